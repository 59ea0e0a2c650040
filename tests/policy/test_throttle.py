"""Guesses are counted, and those of strangers keep nobody out of their own account."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache

from networks.policy.login.throttle import PER_ACCOUNT, PER_CLIENT, PER_PLACE, SLOW_S, Guess, TooManyGuesses, count_guess

HOME = "192.0.2.7"


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def guess(account: str = "ann", address: str = HOME, browser: str = "", *, is_known: bool = False) -> Guess | None:
    """Guess wrongly; return None when the guess wasn't looked at."""
    try:
        return count_guess(account, address=address, browser=browser, is_known_place=lambda: is_known)
    except TooManyGuesses:
        return None


def addresses(count: int) -> list[str]:
    return [f"198.51.{number // 250}.{number % 250 + 1}" for number in range(count)]


def test_it_looks_at_five_guesses_of_one_client() -> None:
    looked_at = [guess() for _try in range(PER_CLIENT.guesses + 3)]

    assert [bool(one) for one in looked_at] == [True] * PER_CLIENT.guesses + [False] * 3
    assert guess(account="bob")


def test_it_lets_one_guess_again_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    for _try in range(PER_CLIENT.guesses + 1):
        guess()
    later = time.time() + PER_CLIENT.within_s + 1
    monkeypatch.setattr(time, "time", lambda: later)

    assert guess()


def test_it_counts_no_guess_that_was_right() -> None:
    for _login in range(3 * PER_PLACE.guesses):
        right = guess()
        assert right
        right.take_back()

    assert guess()


def test_it_looks_at_five_of_a_hundred_guesses_at_once() -> None:
    with ThreadPoolExecutor(20) as threads:
        looked_at = list(threads.map(lambda _number: guess(), range(100)))

    assert sum(bool(one) for one in looked_at) == PER_CLIENT.guesses


def test_it_slows_a_stranger_with_a_thousand_addresses_down_to_one_guess_in_half_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)

    looked_at = sum(bool(guess(address=address)) for address in addresses(1000))
    now += SLOW_S + 1
    afterwards = sum(bool(guess(address=f"203.0.113.{number}")) for number in range(200))

    assert (looked_at, afterwards) == (PER_ACCOUNT.guesses + 1, 1)


def test_it_keeps_the_owner_in_while_a_thousand_addresses_guess() -> None:
    for address in addresses(1000):
        guess(address=address)

    assert guess(browser="a browser that logged in before")
    assert guess(address="192.0.2.99", is_known=True)
    assert not guess(address="192.0.2.98")


def test_it_lets_the_owner_on_a_new_machine_have_a_later_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    for address in addresses(PER_ACCOUNT.guesses + 5):
        guess(address=address)
    refused = [guess(address="192.0.2.99") for _try in range(PER_CLIENT.guesses + 3)]
    now += SLOW_S + 1

    assert not any(refused)
    assert guess(address="192.0.2.99")


def test_it_keeps_the_owner_in_beside_a_stranger_at_the_same_address() -> None:
    for number in range(100):
        guess(account="ann" if number % 2 else f"user{number}", address=HOME)

    assert guess(address=HOME, browser="a browser that logged in before")


def test_it_counts_the_guesses_of_a_known_browser_too() -> None:
    assert sum(bool(guess(browser="stolen")) for _try in range(20)) == PER_CLIENT.guesses


def test_it_says_when_the_whole_place_has_guessed_too_often() -> None:
    for number in range(PER_PLACE.guesses):
        guess(account=f"user{number}")

    with pytest.raises(TooManyGuesses) as refused:
        count_guess("another", address=HOME, is_known_place=lambda: False)

    assert refused.value.is_whole_place


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("", "", True),
    ],
)
def test_it_takes_the_network_of_an_ipv6_address_for_one_place(first: str, second: str, is_one: bool) -> None:
    for _try in range(PER_CLIENT.guesses):
        guess(address=first)

    assert bool(guess(address=second)) is not is_one


def test_it_forgets_no_account_under_a_flood_of_other_names() -> None:
    for address in addresses(PER_ACCOUNT.guesses + 5):
        guess(address=address)
    for number, address in enumerate(addresses(3000)):
        guess(account=f"nobody{number}", address=f"10.{address}".rsplit(".", 1)[0])

    assert not guess(address="192.0.2.98")
