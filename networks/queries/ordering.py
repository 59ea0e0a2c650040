"""Natural orders: web-2 before web-10, 10.9.0.0/16 before 10.10.0.0/16, and what is missing always last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar

from networks.addressing.reading import to_address, to_subnet

Row = TypeVar("Row")
_DIGITS = re.compile(r"([0-9]+)")
# Hundreds of the same names are ordered at every drawing; a longer one than this is hostile, and not kept.
SHORT_LENGTH = 128


def natural(text: str) -> tuple[tuple[int, str, str], ...]:
    """Return a key that orders digits by their value and letters regardless of case.

    Digits are compared by length and text, not by int(): a name may be 64 KiB of them.
    """
    return _kept(text) if len(text) <= SHORT_LENGTH else _natural(text)


def _natural(text: str) -> tuple[tuple[int, str, str], ...]:
    return tuple(_part_order(part) for part in _DIGITS.split(text.casefold()))


_kept = lru_cache(2_048)(_natural)


def _part_order(part: str) -> tuple[int, str, str]:
    if not _DIGITS.match(part):
        return 0, "", part
    digits = part.lstrip("0")
    return len(digits), digits, part


def address_order(text: str) -> tuple[int, int] | None:
    """Return a key that orders addresses by their number, IPv4 first; None for what is no address."""
    address = to_address(text)
    return (address.version, int(address)) if address else None


def subnet_order(text: str) -> tuple[int, int, int] | None:
    """Return a key that orders subnets by their first address, the larger first; None for what is no subnet."""
    subnet = to_subnet(text)
    return (subnet.version, int(subnet.network_address), subnet.prefixlen) if subnet else None


def ordered(rows: Iterable[Row], key: Callable[[Row], Any], *, descending: bool = False) -> list[Row]:
    """Return the rows by key, None last either way; rows that are equal keep their order."""
    present: list[tuple[Any, Row]] = []
    absent: list[Row] = []
    for row in rows:
        value = key(row)
        if value is None:
            absent.append(row)
        else:
            present.append((value, row))
    present.sort(key=lambda pair: pair[0], reverse=descending)
    return [*(row for _, row in present), *absent]
