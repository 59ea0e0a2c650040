"""How often a password or a code may be guessed, without keeping out whom it belongs to.

Every guess is counted before it is looked at and taken back when it was right, so a thousand at once get no further than a
thousand in a row. A browser that has logged in to an account before bears a mark in a cookie: a stranger's guesses don't hold it
up. docs/accounts.md has the figures and what they are for.

Source: OWASP, "Slow down online guessing attacks with device cookies".
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

_IPV6_PREFIX = 64  # what one customer of a provider has


@dataclass(frozen=True, slots=True)
class Limit:
    """So many wrong guesses in so many seconds, counted from the first of them."""

    guesses: int
    within_s: int


# One place, whatever the names: somebody who tries many accounts.
PER_PLACE = Limit(30, 60)
# One account from one place or one known browser: somebody who mistypes.
PER_CLIENT = Limit(5, 300)
# One account from everywhere that isn't known to it: a stranger with many addresses. Then one guess of them all every SLOW_S.
PER_ACCOUNT = Limit(20, 3600)
SLOW_S = 30
# The set-up token from one place. Nobody guesses 256 bits: it keeps the work down, and uses nothing up.
PER_SETUP = Limit(10, 60)


class TooManyGuesses(Exception):
    """This guess wasn't looked at. `is_whole_place`: the place has guessed too often at all, not only at this account."""

    def __init__(self, *, is_whole_place: bool = False) -> None:
        super().__init__("place" if is_whole_place else "account")
        self.is_whole_place = is_whole_place


@dataclass(frozen=True, slots=True)
class Guess:
    """One that is being looked at."""

    counters: tuple[str, ...]

    def take_back(self) -> None:
        """It was right: count it no longer."""
        for counter in self.counters:
            try:
                cache.decr(counter)
            except ValueError:  # its time was over meanwhile
                continue


def count_guess(account: str, *, address: str, browser: str = "", is_known_place: Callable[[], bool]) -> Guess:
    """Count a guess at an account that is about to be looked at. Raises TooManyGuesses when it mustn't be.

    `account`: one name for what is guessed at, whether it exists or not. `address`: of the client. `browser`: the mark of a
    browser that has logged in to this account, "" for any other. `is_known_place`: whether the account is in use from this
    address now; asked only while the account is under attack.
    """
    place = _place_of(address)
    mine = _counter("client", account, browser or place)
    _add(mine, PER_CLIENT, is_whole_place=False)
    if browser:
        return Guess((mine,))
    whole_place, everybody = _counter("place", place), _counter("account", account)
    _add(whole_place, PER_PLACE, is_whole_place=True)
    is_slow = _count(everybody, PER_ACCOUNT) > PER_ACCOUNT.guesses and not is_known_place()
    if is_slow and not cache.add(_counter("slow", account), 1, SLOW_S):
        Guess((mine,)).take_back()  # others used the turn up: the owner on a new machine may try again
        raise TooManyGuesses
    return Guess((mine, whole_place, everybody))


def count_setup_guess(address: str) -> Guess:
    """Count a guess at the set-up token from this address. Raises TooManyGuesses when there were too many within a minute."""
    counter = _counter("setup", _place_of(address))
    _add(counter, PER_SETUP, is_whole_place=True)
    return Guess((counter,))


def _add(counter: str, limit: Limit, *, is_whole_place: bool) -> None:
    if _count(counter, limit) > limit.guesses:
        raise TooManyGuesses(is_whole_place=is_whole_place)


def _count(counter: str, limit: Limit) -> int:
    """Count one more, and return how many there are. Of any number at once no two get the same answer."""
    while True:
        cache.add(counter, 0, limit.within_s)
        try:
            return int(cache.incr(counter))
        except ValueError:  # its time was over between the two: begin anew
            continue


def _counter(kind: str, *parts: str) -> str:
    """Return a cache key of fixed length that gives no name away."""
    return f"guesses:{kind}:{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"


def _place_of(address: str) -> str:
    """Return what one client can't change at will: an IPv4 address, the network of an IPv6 address."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, _IPV6_PREFIX), strict=False))


LASTS_S = 180 * 24 * 3600
_MOST_ACCOUNTS = 5  # of one browser; a cookie has 4 KB
_SALT = "netadmin.known-browser"


def cookie_name() -> str:
    """Return the cookie's name: cookies have no port, so it stands in the name."""
    return f"netadmin_known_{settings.NETADMIN_COOKIE_SUFFIX}"


def browser_mark(request: HttpRequest, account: str) -> str:
    """Return the mark that this browser got when it logged in to this account, "" when it never did."""
    return _marks(request).get(_short(account), "")


def mark_browser(request: HttpRequest, response: HttpResponse, account: str) -> None:
    """Give the browser its mark for this account, in an answer. It keeps one that it has: guesses are counted by it."""
    marks = _marks(request)
    mark = marks.pop(_short(account), "") or secrets.token_urlsafe(12)
    kept = dict([*marks.items(), (_short(account), mark)][-_MOST_ACCOUNTS:])
    response.set_cookie(
        cookie_name(),
        signing.dumps(kept, salt=_SALT),
        max_age=LASTS_S,
        httponly=True,
        samesite="Lax",
    )


def _marks(request: HttpRequest) -> dict[str, str]:
    try:
        marks: dict[str, str] = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=_SALT, max_age=LASTS_S)
    except signing.BadSignature:
        return {}
    return marks


def _short(account: str) -> str:
    """Return a name for the account that doesn't tell who logs in here."""
    return hashlib.sha256(account.encode()).hexdigest()[:16]
