"""From two pictures of a page to the frames that turn one into the other. Pure: no socket, no thread, no clock."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from html import escape
from itertools import pairwise

import orjson

from networks.partials.screen import DrawnRow, Screen

# daphne refuses to send more than 1 MiB in one message; this much of it is content, the rest a margin for the envelope.
MAX_CONTENT_BYTES = 900_000
# Rows that go to one place are cut into patches of about this size, so that any number of them fits into frames.
MAX_PATCH_LENGTH = 200_000
_ADDING = frozenset({"beforebegin", "beforeend"})


@dataclass(frozen=True, slots=True)
class Rows:
    """What a browser holds of one region: ids and versions, in order."""

    ids: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """What a browser holds of a screen, as far as the next difference needs it. `parts`: dom id to html."""

    regions: Mapping[str, Rows] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Patch:
    """One change of the page: `style` is one of htmx's swap styles, `target` a dom id. It becomes one `<hx-partial>`.

    `news`: ids of the rows in it that live.js marks. A row of which only figures changed is none, nor is a whole region.
    """

    target: str
    style: str
    html: str = ""
    news: tuple[str, ...] = ()


def outline_of(screen: Screen, known: Outline | None = None) -> Outline:
    """Return the outline of a screen. What is equal in `known` is shared with it: many outlines are kept."""
    regions = {}
    for name, rows in screen.regions.items():
        ids = tuple(row.dom_id for row in rows)
        versions = tuple(row.whole_version for row in rows)
        kept = known.regions.get(name) if known else None
        if kept and kept.ids == ids:
            ids = kept.ids
            versions = tuple(old if old == new else new for old, new in zip(kept.versions, versions, strict=True))
        regions[name] = kept if kept and kept.versions == versions and kept.ids == ids else Rows(ids, versions)
    return Outline(regions, dict(screen.parts))


def picture_name(outline: Outline) -> str:
    """Return the name of a picture on the wire. It follows from the content alone: another process knows it as well."""
    digest = blake2b(digest_size=12)
    for region, rows in outline.regions.items():
        digest.update("\0".join((region, *rows.ids, *rows.versions, "\n")).encode())
    for part, html in outline.parts.items():
        digest.update(f"{part}\0{html}\n".encode())
    return digest.hexdigest()


def patches_between(before: Outline, after: Screen) -> list[Patch]:
    """Return the patches that turn a page of outline `before` into `after`; [] when they are equal."""
    patches: list[Patch] = []
    for region, rows in after.regions.items():
        if region in before.regions:
            patches.extend(_patches_of_region(region, before.regions[region], rows))
        else:
            patches.extend(_whole_region(region, rows))
    return patches + patches_of_parts(after, before)


def patches_of_whole(screen: Screen) -> list[Patch]:
    """Return the patches that turn any page into this screen: each region whole (focus is kept), and all parts."""
    patches = [patch for region, rows in screen.regions.items() for patch in _whole_region(region, rows)]
    return patches + patches_of_parts(screen)


def patches_of_parts(screen: Screen, before: Outline | None = None) -> list[Patch]:
    """Return the parts that differ from those of `before`, or all."""
    return [
        Patch(part, "outerMorph", html.strip())
        for part, html in screen.parts.items()
        if before is None or before.parts.get(part) != html
    ]


def encode_frames(patches: Iterable[Patch], *, epoch: str, revision: int, mark: str) -> tuple[str, ...]:
    """Return the JSON texts that carry these patches, in the order in which they have to be applied.

    `mark`: what a client says to be recognised at exactly this picture. Frames before the last one say `more`: after them the
    page is neither the old picture nor the new one.
    """
    frames = list(_gather(patches))
    head: dict[str, object] = {"epoch": epoch, "revision": revision, "mark": mark}
    return tuple(_encode(head if frame is frames[-1] else head | {"more": True}, frame) for frame in frames)


def _encode(head: dict[str, object], frame: Sequence[tuple[Patch, bytes]]) -> str:
    """Return one frame from its patches, each beside its partial as JSON text without quotation marks."""
    patches = [patch for patch, _ in frame]
    added = [dom_id for patch in patches if patch.style in _ADDING for dom_id in patch.news]
    changed = [dom_id for patch in patches if patch.style not in _ADDING for dom_id in patch.news]
    head = head | ({"added": added} if added else {}) | ({"changed": changed} if changed else {})
    return (orjson.dumps(head)[:-1] + b',"content":"' + b"".join(piece for _, piece in frame) + b'"}').decode()


def _gather(patches: Iterable[Patch]) -> Iterator[list[tuple[Patch, bytes]]]:
    """Yield what goes into each frame, each below the limit (but for a monstrous patch)."""
    gathered: list[tuple[Patch, bytes]] = []
    size = 0
    for patch in patches:
        partial = f'<hx-partial id="{escape(patch.target)}" hx-swap="{patch.style}">{patch.html}</hx-partial>'
        piece = orjson.dumps(partial)[1:-1]
        length = len(piece) + sum(map(len, patch.news))
        if gathered and size + length > MAX_CONTENT_BYTES:
            yield gathered
            gathered, size = [], 0
        gathered.append((patch, piece))
        size += length
    if gathered:
        yield gathered


def _patches_of_region(region: str, before: Rows, after: Sequence[DrawnRow]) -> Iterator[Patch]:
    """Yield the patches of one region.

    htmx looks all targets of a message up before it applies the first patch. So a row is never put before one that the same
    message brings: runs of new and moved rows go before the next row that stays where it is, or to the region's end.
    """
    ids = [row.dom_id for row in after]
    held = dict(zip(before.ids, before.versions, strict=True))
    first, last = _differing(before.ids, ids)
    old, new = before.ids[first : len(before.ids) - last], ids[first : len(ids) - last]
    moved_in = set(new)
    staying = _longest_in_order([dom_id for dom_id in old if dom_id in moved_in], new)
    for dom_id in old:
        if dom_id not in staying:
            yield Patch(dom_id, "delete")
    moved_in -= staying
    arriving: list[DrawnRow] = []
    for row in after:
        if row.dom_id in moved_in:
            arriving.append(row)
            continue
        if arriving:
            yield from _arrivals(row.dom_id, "beforebegin", arriving)
            arriving = []
        if held[row.dom_id] != row.whole_version:
            is_figures_only = bool(row.figures) and held[row.dom_id].partition("~")[0] == row.version
            yield Patch(row.dom_id, "outerMorph", row.html.strip(), () if is_figures_only else (row.dom_id,))
    yield from _arrivals(region, "beforeend", arriving)


def _arrivals(target: str, style: str, rows: Iterable[DrawnRow]) -> Iterator[Patch]:
    for piece in _cut(rows):
        yield Patch(target, style, _html_of(piece), tuple(row.dom_id for row in piece))


def _differing(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Return how many ids are the same at the beginning and, of the rest, at the end: nearly all, at a change."""
    shorter = min(len(old), len(new))
    first = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    last = next((place for place in range(shorter - first) if old[-1 - place] != new[-1 - place]), shorter - first)
    return first, last


def _whole_region(region: str, rows: Sequence[DrawnRow]) -> Iterator[Patch]:
    first, *rest = [_html_of(piece) for piece in _cut(rows)] or [""]
    yield Patch(region, "innerMorph", first)
    for html in rest:
        yield Patch(region, "beforeend", html)


def _html_of(rows: Iterable[DrawnRow]) -> str:
    """Join rows. Space around one would add a text node at every change."""
    return "".join(row.html.strip() for row in rows)


def _cut(rows: Iterable[DrawnRow]) -> Iterator[list[DrawnRow]]:
    """Yield the rows in pieces of a limited length."""
    gathered: list[DrawnRow] = []
    length = 0
    for row in rows:
        if gathered and length + len(row.html) > MAX_PATCH_LENGTH:
            yield gathered
            gathered, length = [], 0
        gathered.append(row)
        length += len(row.html)
    if gathered:
        yield gathered


def _longest_in_order(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """Return the most rows that can stay where they are: a longest run of `old` ids whose order is the same in `new`."""
    place = {dom_id: index for index, dom_id in enumerate(new)}
    places = [place[dom_id] for dom_id in old]
    if all(one < other for one, other in pairwise(places)):
        return set(old)
    ends: list[int] = []  # the smallest last place of a run of each length
    ends_at: list[int] = []  # its index in `old`
    previous: list[int] = []
    for index, value in enumerate(places):
        length = bisect_left(ends, value)
        previous.append(ends_at[length - 1] if length else -1)
        ends[length : length + 1] = [value]
        ends_at[length : length + 1] = [index]
    staying = set()
    index = ends_at[-1]
    while index >= 0:
        staying.add(old[index])
        index = previous[index]
    return staying
