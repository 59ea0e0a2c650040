"""The memory of newest versions."""

from __future__ import annotations

from threading import Thread

import pytest

from networks.queries.cache import versioned
from networks.queries.cache.versioned import VersionedCache


def test_it_gives_only_the_version_that_was_asked_for() -> None:
    cache: VersionedCache[str] = VersionedCache(10)
    cache.put("a", 1, "one")

    assert cache.get("a", 1) == "one"
    assert cache.get("a", 2) is None
    assert cache.get("b", 1) is None


def test_it_keeps_one_version_of_each() -> None:
    cache: VersionedCache[str] = VersionedCache(10)
    cache.put("a", 1, "one")
    cache.put("a", 2, "two")

    assert (cache.get("a", 1), cache.get("a", 2), len(cache)) == (None, "two", 1)


def test_it_lets_go_of_what_was_least_recently_asked_for() -> None:
    cache: VersionedCache[str] = VersionedCache(6, weigh=len)
    cache.put("a", 1, "aaa")
    cache.put("b", 1, "bbb")
    cache.get("a", 1)
    cache.put("c", 1, "ccc")

    assert [key for key in "abc" if cache.get(key, 1)] == ["a", "c"]


def test_it_keeps_the_last_one_even_if_it_is_too_heavy() -> None:
    cache: VersionedCache[str] = VersionedCache(2, weigh=len)
    cache.put("a", 1, "aaa")

    assert cache.get("a", 1) == "aaa"


def test_it_may_be_used_from_several_threads() -> None:
    cache: VersionedCache[int] = VersionedCache(50)

    def work() -> None:
        for number in range(2_000):
            cache.put(number % 80, number, number)
            cache.get(number % 7, number)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(cache) == 50


def test_it_forgets_what_nobody_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(versioned.time, "monotonic", lambda: now)
    cache: VersionedCache[str] = VersionedCache(100, weigh=len, idle_s=300)
    cache.put("asked for", 1, "a" * 40)
    cache.put("gone", 1, "b" * 40)

    for minutes in (5, 10, 15):
        now = 1000.0 + minutes * 60
        assert cache.get("asked for", 1)
        cache.put("newest", minutes, "c")

    assert cache.get("gone", 1) is None
    assert len(cache) == 2
    cache.put("as heavy as what left", 1, "d" * 40)
    assert cache.get("asked for", 1)
