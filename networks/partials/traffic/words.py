"""Bytes and rates in words: decimal units, as links count them and as `ifconfig` has them."""

from __future__ import annotations

from django.utils.formats import number_format

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def size_text(count: float) -> str:
    """Return a number of bytes: "0 B", "936 B", "5.2 kB", "131.9 MB"; less than one byte is "< 1 B"."""
    if 0 < count < 0.5:
        return "< 1 B"
    size, unit = float(count), 0
    while size >= 999.5 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{_rounded(size, 1 if unit else 0)} {_UNITS[unit]}"


def rate_text(per_second: float) -> str:
    """Return a rate of bytes: "1.2 MB/s"."""
    return f"{size_text(per_second)}/s"


def packets_text(packets: float) -> str:
    """Return a number of packets, which an average may have made a fraction of: "12", "0.4"."""
    return _rounded(packets, 0 if packets == int(packets) or packets >= 10 else 1)


def _rounded(number: float, places: int) -> str:
    # Django cuts a float where it should round it.
    return str(number_format(round(number, places), decimal_pos=places, force_grouping=True))
