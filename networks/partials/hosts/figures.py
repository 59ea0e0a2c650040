"""Bytes and rates in words, for cells of which there are thousands: plain functions, no template."""

from __future__ import annotations

UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
STEP = 1000
# From here on a rate's tenths say nothing.
WHOLE = 10.0


def bytes_text(count: int) -> str:
    """Return a number of bytes: "936 B", "265.4 kB", "1.2 GB"; units of a thousand, as `ifconfig` counts."""
    if count < STEP:
        return f"{count} B"
    value, unit = _scaled(float(count), 1)
    return f"{value:.1f} {unit}"


def rate_text(bytes_per_s: float) -> str:
    """Return bytes per second: "0 B/s", "213 B/s", "2.9 kB/s", "85 kB/s"."""
    if round(bytes_per_s) < STEP:
        return f"{round(bytes_per_s)} B/s"
    value, unit = _scaled(bytes_per_s, 0)
    return f"{value:.0f} {unit}/s" if value >= WHOLE else f"{value:.1f} {unit}/s"


def _scaled(value: float, decimals: int) -> tuple[float, str]:
    """Return the value in the largest unit of which there is one, also after rounding: 999,960 is 1.0 MB."""
    for unit in UNITS[:-1]:
        if round(value, decimals) < STEP:
            return value, unit
        value /= STEP
    return value, UNITS[-1]
