"""Answers are made once while they are asked for, and forgotten with what is gone from Docker."""

from __future__ import annotations

from threading import Thread

import pytest

from networks.queries import lately
from networks.queries.lately import kept_lately


class Echo:
    """Counts how often an answer was made."""

    def __init__(self) -> None:
        self.made: list[tuple[str, int]] = []

    def __call__(self, text: str, number: int) -> str | None:
        self.made.append((text, number))
        return text * number or None


def test_it_makes_an_answer_once_while_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(lately.time, "monotonic", lambda: now)
    echo = Echo()
    ask = kept_lately(100, keep_s=60)(echo)

    for _ in range(20):
        assert (ask("a", 2), ask("", 3)) == ("aa", None)
        now += 50

    assert echo.made == [("a", 2), ("", 3)]


def test_it_forgets_what_nobody_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(lately.time, "monotonic", lambda: now)
    echo = Echo()
    ask = kept_lately(100, keep_s=60)(echo)
    ask("gone", 1)
    for number in range(3):
        now += 60
        ask("new", number)
    made = len(echo.made)

    ask("gone", 1)

    assert len(echo.made) == made + 1


def test_it_holds_only_so_many_at_once() -> None:
    echo = Echo()
    ask = kept_lately(100)(echo)
    for number in range(1_000):
        ask("n", number)
    echo.made.clear()

    for number in range(999, -1, -1):
        ask("n", number)

    assert 100 <= 1_000 - len(echo.made) <= 200


def test_it_may_be_used_from_several_threads() -> None:
    ask = kept_lately(20)(lambda number: number * 2)
    wrong: list[int] = []

    def work() -> None:
        wrong.extend(number for number in range(5_000) if ask(number % 70) != number % 70 * 2)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
