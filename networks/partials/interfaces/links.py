"""Where the links of a machine stand: addresses of the Interfaces page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from networks.partials.links import url_of
from networks.sync.host.board import HostLink

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


# Digits alone would be taken for an index.
_TELLING_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._@-]{0,62}")


def row_id(link: HostLink) -> str:
    return f"lnk-{link.fact.index}"


def open_word(link: HostLink) -> str:
    """Return what `?open=` says of a link: its name, or its index where the name is odd."""
    name = link.fact.name
    return name if _TELLING_NAME.fullmatch(name) else str(link.fact.index)


def interfaces_url(engine_slug: str, asked: Mapping[str, str] | None = None, link: HostLink | None = None) -> str:
    """Return the address of the page, with what is asked of it, `link` open and in sight; "" where there is no such page.

    It names the Engine: the reader may have chosen another.
    """
    base = url_of("interface_list")
    if not base:
        return ""
    given = {"engine": engine_slug, **(asked or {})}
    if link is not None:
        given.pop("open", None)
    page = f"{base}?{urlencode({name: value for name, value in given.items() if value}, safe='@')}"
    return opening(page, link) if link is not None else page


def opening(page: str, link: HostLink) -> str:
    """Return an address of the page, on which nothing is open, with a link open and in sight."""
    return f"{page}&open={open_word(link)}#{row_id(link)}"
