"""The lines of the table: what rarely changes comes from a template and is kept, the figures are put in at each drawing."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from threading import Lock
from typing import Any

from cachetools import LRUCache
from django.urls import reverse
from django.utils.translation import gettext as _

from networks.hostnet.facts import Counters
from networks.partials.cache import digest, draw_row
from networks.partials.interfaces.asked import InterfaceQuery, opening, row_id
from networks.partials.interfaces.sight import say_belonging
from networks.partials.screen import DrawnRow, ScreenKey
from networks.sync.host.board import HostLink, HostPicture
from networks.sync.host.traffic import Rate, Volume
from networks.templatetags.ui import count_text
from networks.templatetags.wording import bytes_text, rate_text

WINDOW_S = 300.0
BUCKETS, FEW_BUCKETS = 50, 25
HALF = 20  # units of the drawing above the middle, and below
FLAT = '<i class="spark"></i>'

# What a bucket holds: mean bytes per second in and out; None where nothing was measured.
Bucket = tuple[float, float] | None


def draw_spark(volumes: Sequence[Volume], *, buckets: int = BUCKETS) -> str:
    """Return the drawing of what moved in the `WINDOW_S` before the newest stretch; what wasn't measured stays empty.

    Both directions have one scale, the row's own. Nothing but silence is `FLAT`, an element of which the middle line is CSS.
    """
    if not volumes:
        return FLAT
    filled = fill_buckets(volumes, buckets)
    most = max(max(each) for each in filled if each)
    if most <= 0:
        return FLAT
    above = _area([HALF - _height(each[0], most) if each else None for each in filled])
    below = _area([HALF + _height(each[1], most) if each else None for each in filled])
    return (
        f'<svg class="spark" viewBox="0 0 {buckets} {2 * HALF}" preserveAspectRatio="none" aria-hidden="true">'
        f'<path class="in" d="{above}"/><path class="out" d="{below}"/></svg>'
    )


def fill_buckets(volumes: Sequence[Volume], buckets: int) -> list[Bucket]:
    """Return the means of equal stretches of time, oldest first; they begin at whole multiples, so that a drawing only moves."""
    length_s = WINDOW_S / buckets
    first = int(volumes[-1][0] // length_s) - buckets + 1 if volumes else 0
    sums: list[list[float] | None] = [None] * buckets
    for at, rx, tx in volumes:
        place = int(at // length_s) - first
        if place < 0:
            continue
        held = sums[place]
        if held is None:
            sums[place] = [rx, tx, 1]
        else:
            held[0] += rx
            held[1] += tx
            held[2] += 1
    return [(each[0] / each[2], each[1] / each[2]) if each else None for each in sums]


def _height(value: float, most: float) -> int:
    """Return a height; anything at all is one unit at least."""
    return max(1, round(HALF * value / most)) if value > 0 else 0


def _area(heights: Sequence[int | None]) -> str:
    """Return the path of the areas between the middle and the heights, one for each stretch without a gap.

    Points that lie between two of the same height are left out.
    """
    drawn: list[str] = []
    run: list[tuple[int, int]] = []
    for x, height in enumerate((*heights, None)):
        if height is not None:
            run.append((x, height))
        elif run:
            if any(y != HALF for _x, y in run):
                drawn.append(_closed(run))
            run = []
    return "".join(drawn)


def _closed(run: Sequence[tuple[int, int]]) -> str:
    last = len(run) - 1
    kept = [
        f" {x} {y}" for place, (x, y) in enumerate(run) if place in (0, last) or not run[place - 1][1] == y == run[place + 1][1]
    ]
    # A stretch is one unit wide: the last one too.
    return f"M{run[0][0]} {HALF}{''.join(kept)} {run[-1][0] + 1} {run[-1][1]} {run[-1][0] + 1} {HALF}z"


DASH = '<span class="dash">–</span>'


@dataclass(frozen=True, slots=True)
class Figures:
    """What a line shows that changes by itself. `spark`: the drawing of the last minutes, ours and safe."""

    counters: Counters
    rate: Rate | None
    spark: str


def _draw_figures(figures: Figures, words: Sequence[str]) -> str:
    """Return seven cells. `words`: those of the cells, translated once for a thousand rows."""
    counters, rate = figures.counters, figures.rate
    errors, dropped = counters.rx_errors + counters.tx_errors, counters.rx_dropped + counters.tx_dropped
    now = DASH if rate is None else rate_text(rate.rx_bytes + rate.tx_bytes)
    rx_word, tx_word, errors_word, now_word = words
    return (
        f'<td class="num lo0 not-sm">{_count(counters.rx_packets)}</td>'
        f'<td class="num mut lo2" data-l="{rx_word}">{bytes_text(counters.rx_bytes)}</td>'
        f'<td class="num lo0 not-sm">{_count(counters.tx_packets)}</td>'
        f'<td class="num mut lo2" data-l="{tx_word}">{bytes_text(counters.tx_bytes)}</td>'
        f'<td class="num lo" data-l="{errors_word}">{_trouble(errors)} / {_trouble(dropped)}</td>'
        f'<td class="c-spark">{figures.spark}</td><td class="ink2 c-rate" data-l="{now_word}">{now}</td>'
    )


def _count(value: int) -> str:
    return str(value) if value < 1000 else count_text(value)


def _trouble(value: int) -> str:
    return f'<b class="warn">{count_text(value)}</b>' if value else "0"


# Where the figures go, and the address that opens the link. No name can hold them: they are new at each start.
_PLACE, _LEADS = secrets.token_hex(16), secrets.token_hex(16)
MOST_SHOWN_ADDRESSES = 2


@dataclass(frozen=True, slots=True)
class LinkPosition:
    """Where a line stands. `depth`: how many of the lines above it is plugged into, one into the other; `is_last` of its like.

    `ports`: how many links are plugged into it; `lower`: the name of the link of this machine that it stands on.
    """

    depth: int = 0
    is_last: bool = False
    is_open: bool = False
    ports: int = 0
    lower: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as it was drawn last: of what, the HTML before and behind its figures, and with them."""

    link: HostLink
    place: LinkPosition
    figures: Figures
    before: str
    after: str
    row: DrawnRow


_MOST_HTML = 16_000_000
_LINES: LRUCache[ScreenKey, Mapping[int, _Line]] = LRUCache(
    _MOST_HTML, getsizeof=lambda lines: min(sum(2 * len(line.row.html) for line in lines.values()), _MOST_HTML)
)
_LOCK = Lock()


def places_of(shown: Sequence[HostLink], picture: HostPicture, opened: HostLink | None) -> list[LinkPosition]:
    """Return where each of the links that are shown stands."""
    ports = Counter(link.fact.master for link in picture.links if link.fact.master)
    names = {link.fact.index: link.fact.name for link in picture.links}
    depths: dict[int, int] = {}
    for link in shown:
        master = link.fact.master
        depths[link.fact.index] = depths[master] + 1 if master in depths else 0
    coming: set[int] = set()
    places: list[LinkPosition] = []
    for link in reversed(shown):
        fact = link.fact
        depth = depths[fact.index]
        lower = names.get(fact.peer, "") if fact.peer_nsid is None and fact.peer != fact.index and fact.peer else ""
        places.append(
            LinkPosition(min(depth, 2), bool(depth) and fact.master not in coming, link is opened, ports[fact.index], lower)
        )
        coming.add(fact.master)
    return places[::-1]


def draw_link_rows(
    key: ScreenKey, asked: InterfaceQuery, lines: Iterable[tuple[HostLink, LinkPosition, Figures]]
) -> tuple[DrawnRow, ...]:
    """Return the rows. One whose link, place and figures are those of last time is that of last time."""
    with _LOCK:
        last = _LINES.get(key, {})
    words = [escape(word) for word in (_("RX bytes"), _("TX bytes"), _("Errors / dropped"), _("Now"))]
    page = replace(asked, opened="").url(key.engine_slug)
    drawn: dict[int, _Line] = {}
    for link, place, figures in lines:
        held = last.get(link.fact.index)
        if held is None or held.link is not link or held.place != place:
            drawn[link.fact.index] = _draw_line(key, page, link, place, figures, words)
        elif held.figures != figures:
            drawn[link.fact.index] = _with_figures(held, figures, words)
        else:
            drawn[link.fact.index] = held
    with _LOCK:
        _LINES[key] = drawn
    return tuple(line.row for line in drawn.values())


def _draw_line(key: ScreenKey, page: str, link: HostLink, place: LinkPosition, figures: Figures, words: Sequence[str]) -> _Line:
    """Return a line; what of it doesn't depend on the page's own query is drawn once for all. `page`: its address."""
    kept = draw_row(
        "interfaces/_row.html",
        row_id(link),
        key=key,
        version=(link, place),
        context=lambda: line_context(key.engine_slug, link, place) | {"url": _LEADS, "figures": _PLACE},
    )
    url = f"{page}#{kept.dom_id}" if place.is_open else opening(page, link)
    before, _place, after = kept.html.replace(_LEADS, escape(url)).partition(_PLACE)
    row = DrawnRow(kept.dom_id, f"{kept.version}{url}", "")
    return _with_figures(_Line(link, place, figures, before, after, row), figures, words)


def _with_figures(line: _Line, figures: Figures, words: Sequence[str]) -> _Line:
    cells = _draw_figures(figures, words)
    row = DrawnRow(line.row.dom_id, line.row.version, f"{line.before}{cells}{line.after}", digest(cells))
    return replace(line, figures=figures, row=row)


def line_context(engine_slug: str, link: HostLink, place: LinkPosition) -> dict[str, Any]:
    """Return what interfaces/_row.html draws of a link, its figures and its own address aside."""
    fact, peer = link.fact, link.peer
    shown = [address for address in fact.addresses if address.scope not in ("link", "host") or fact.kind == "loopback"]
    return {
        "link": link,
        "fact": fact,
        "place": place,
        "dom_id": row_id(link),
        "addresses": [str(address.interface) for address in shown[:MOST_SHOWN_ADDRESSES]],
        "more_addresses": max(0, len(shown) - MOST_SHOWN_ADDRESSES),
        "belonging": say_belonging(link.belonging),
        "has_end": bool(
            peer or link.network_id or link.parent_of or link.is_way_out or place.lower or place.ports or fact.kind == "veth"
        ),
        "has_link_local": any(address.scope == "link" for address in fact.addresses),
        "container_url": reverse("container_detail", args=[engine_slug, peer.container_id]) if peer else "",
        "network_url": reverse("network_detail", args=[engine_slug, link.network_id]) if link.network_id else "",
        "parents": [(name, reverse("network_detail", args=[engine_slug, network_id])) for network_id, name in link.parent_of],
    }
