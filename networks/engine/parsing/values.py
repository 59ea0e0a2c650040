"""Single values out of Docker's JSON: a value of the wrong type counts as absent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import orjson

from networks.addressing.reading import IPAddress, IPNetwork
from networks.engine.allow_list import Noun, is_full_id
from networks.engine.errors import ProtocolFault

_SURROGATES = re.compile("[\ud800-\udfff]")
_MAX_INTEGER = 2**31 - 1  # what an integer column of every database takes


def parse_json(body: bytes) -> Any:
    """Return the JSON value of a body; its strings are such as every database takes. Raises ProtocolFault.

    NUL becomes U+2400 and a lone surrogate U+FFFD. Only a body that may hold one is walked for it.
    """
    try:
        value = orjson.loads(body)
        if b"\\u0000" not in body:
            return value
    except ValueError:
        value = _parse_leniently(body)
    try:
        return _cleaned(value)
    except RecursionError as error:
        raise ProtocolFault("The answer is nested too deeply.") from error


def _parse_leniently(body: bytes) -> Any:
    """Parse what the fast parser refuses: lone surrogates and broken UTF-8 are no reason to lose the whole answer."""
    try:
        return json.loads(body.decode(errors="replace"))
    except (ValueError, RecursionError) as error:
        raise ProtocolFault("The answer isn't JSON, or was cut.") from error


def _cleaned(value: Any) -> Any:
    if type(value) is str:
        return _SURROGATES.sub("\ufffd", value.replace("\0", "\u2400"))
    if type(value) is list:
        return [_cleaned(member) for member in value]
    if type(value) is dict:
        return {_cleaned(name): _cleaned(member) for name, member in value.items()}
    return value


def parse_done(body: bytes) -> None:
    """Accept the answer to a change that returns nothing. Raises ProtocolFault for a web page and the like."""
    if body.strip():
        parse_json(body)


def parse_text(value: object, limit: int | None = None) -> str:
    """Return a string, cut to so many characters; "" for anything else."""
    if type(value) is not str:
        return ""
    return value if limit is None or len(value) <= limit else value[:limit]


def texts(value: object) -> tuple[str, ...]:
    return tuple(member for member in members(value) if type(member) is str)


def text_map(value: object) -> dict[str, str]:
    """Return the string members of an object, sorted by name, so that two readings of the same are equal and alike."""
    if not value or type(value) is not dict:
        return {}
    return {name: member for name, member in sorted(value.items()) if type(member) is str}


def names(value: object) -> list[str]:
    """Return the names of an object's members, sorted; an empty list for anything else."""
    return sorted(name for name in value if type(name) is str) if type(value) is dict else []


def members(value: object) -> list[Any]:
    return value if type(value) is list else []


def child(value: object, *names: str) -> Any:
    """Return what lies under these names, None where the way ends."""
    for name in names:
        if type(value) is not dict:
            return None
        value = value.get(name)
    return value


def objects(value: object) -> Iterator[dict[str, Any]]:
    return (member for member in members(value) if type(member) is dict)


def integer(value: object) -> int | None:
    """Return a whole number that fits a database's integer, None for anything else (true and false too)."""
    return value if type(value) is int and -_MAX_INTEGER <= value <= _MAX_INTEGER else None


def flag(value: object, default: bool = False) -> bool:
    return value if type(value) is bool else default


def document(answer: object, what: str) -> dict[str, Any]:
    """Return an answer that is an object. Raises ProtocolFault, which says that it isn't `what`: "a container"."""
    if type(answer) is dict:
        return answer
    raise ProtocolFault(f"The answer isn't {what}.")


def listing(answer: object, what: str) -> list[Any]:
    """Return an answer that is a list. Raises ProtocolFault, which says that it isn't one of `what`: "containers"."""
    if type(answer) is list:
        return answer
    raise ProtocolFault(f"The answer isn't a list of {what}.")


def identity(value: object, noun: Noun) -> str:
    """Return a full id. Raises ProtocolFault: something that has none can neither be shown nor asked for."""
    if type(value) is str and is_full_id(noun, value):
        return value
    raise ProtocolFault(f"The answer holds a {noun} without an id.")


def parse_moment(value: object) -> datetime | None:
    """Return a time in UTC, nanoseconds cut to microseconds; None for Docker's zero time (the year 1)."""
    if type(value) is not str:
        return None
    try:
        parsed = datetime.fromisoformat(value)
        if parsed.year <= 1:
            return None
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def second(value: object) -> datetime | None:
    """Return the time of a number of whole seconds since 1970, None for anything else and for 0."""
    if type(value) is not int or value <= 0:
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


# Small: Docker gives ever other subnets, and an entry of a list that reads as before isn't parsed again.
@lru_cache(maxsize=1024)
def _address(value: str) -> IPAddress | None:
    try:
        return ip_address(value.partition("/")[0])  # some Engines write a gateway with its prefix length
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _network(value: str) -> IPNetwork | None:
    try:
        return ip_network(value, strict=False)
    except ValueError:
        return None


def parse_ip(value: object) -> IPAddress | None:
    """Return an address without its zone, None where there is none."""
    if not value or type(value) is not str or "%" in value:
        return None
    return _address(value)


def address_4(value: object) -> IPv4Address | None:
    found = parse_ip(value)
    return found if type(found) is IPv4Address else None


def address_6(value: object) -> IPv6Address | None:
    found = parse_ip(value)
    return found if type(found) is IPv6Address else None


def subnet(value: object) -> IPNetwork | None:
    if not value or type(value) is not str or "%" in value:
        return None
    return _network(value)
