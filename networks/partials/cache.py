"""What was drawn before: each row once per revision, language and rights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from threading import Lock
from typing import Any, TypeVar

from cachetools import LRUCache, TTLCache
from django.template.loader import get_template

from networks.partials.screen import DrawnRow, ScreenKey
from networks.queries.rows import ContainerRow, NetworkRow

# In characters of HTML. 200 networks and 500 containers in two languages for three roles are about 8 million. The rows of
# screens that are looked at are held by those as well; what was drawn of things that are gone leaves within 5 minutes.
_MOST_HTML = 12_000_000
_ROWS: TTLCache[object, tuple[object, DrawnRow]] = TTLCache(
    _MOST_HTML, 300, getsizeof=lambda kept: min(len(kept[1].html), _MOST_HTML)
)
# The lines of the screens that were drawn last, each with the very row that it was drawn of, and what it shows besides.
_LINES: LRUCache[ScreenKey, Mapping[str, tuple[object, object, DrawnRow]]] = LRUCache(32)
_LOCK = Lock()


Row = TypeVar("Row", NetworkRow, ContainerRow)


def draw_row(
    template: str,
    dom_id: str,
    *,
    key: ScreenKey,
    version: object,
    context: Callable[[], Mapping[str, Any]],
) -> DrawnRow:
    """Return a row, drawn by its template unless this very version was drawn before for this language and these rights.

    `version`: what the row's facts are known by, hashable: (epoch, revision), or the facts themselves. `context` is called only
    to draw. The language must be active.
    """
    kept_as = (template, key.engine_slug, dom_id, key.docker_id, key.language, key.rights)
    with _LOCK:
        kept = _ROWS.get(kept_as)
    if kept is not None and kept[0] == version:
        return kept[1]
    html = draw(template, {**context(), "dom_id": dom_id})
    drawn = DrawnRow(dom_id, digest(html), html)
    with _LOCK:
        _ROWS[kept_as] = version, drawn
    return drawn


def draw_rows(
    key: ScreenKey,
    rows: Iterable[Row],
    draw_line: Callable[[Row, Any], DrawnRow],
    *,
    beside: Callable[[Row], object] | None = None,
) -> tuple[DrawnRow, ...]:
    """Return all lines of a screen; a row that is the very same object as last time has the line of last time.

    Queries keep the rows that didn't change. Of 500 lines this spares all but a few the question to a cache: 1.5 ms.
    `beside`: what a line shows that isn't in its row, compared as well and handed to `draw_line`.
    """
    with _LOCK:
        last = _LINES.get(key, {})
    lines: dict[str, tuple[object, object, DrawnRow]] = {}
    for row in rows:
        held, other = last.get(row.docker_id), beside(row) if beside else None
        is_same = held is not None and held[0] is row and held[1] == other
        lines[row.docker_id] = held if held is not None and is_same else (row, other, draw_line(row, other))
    with _LOCK:
        _LINES[key] = lines
    return tuple(line for _row, _other, line in lines.values())


def draw_kept(template: str, dom_id: str, *, key: ScreenKey, context: Mapping[str, Any]) -> str:
    """Return a part, drawn unless it was drawn before out of an equal context; all in it must be hashable."""
    version = tuple(sorted(context.items(), key=lambda item: item[0]))
    return draw_row(template, dom_id, key=key, version=version, context=lambda: context).html


def draw(template: str, context: Mapping[str, Any]) -> str:
    """Return a template's text without the white space around it."""
    return get_template(template).render(dict(context)).strip()


def digest(html: str) -> str:
    """Return a short digest of what was drawn."""
    return blake2b(html.encode("utf-8", "replace"), digest_size=8).hexdigest()
