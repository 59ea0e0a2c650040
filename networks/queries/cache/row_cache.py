"""An Engine's rows in their order, kept between two looks, so that only what changed since is read."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from networks.models import Tombstone
from networks.queries.cache.prepared import Prepared
from networks.queries.ordering import natural
from networks.queries.rows import EngineRow


def gone_since(kind: str) -> Callable[[str, int], list[tuple[str, int]]]:
    """Return a query for things of a `kind`, network or container: Engine's slug and revision to (docker id, revision) pairs."""
    prepared = Prepared(
        lambda slug, since: (
            Tombstone.objects.filter(engine__slug=slug, kind=kind, revision__gt=since)
            .order_by("revision")
            .values("docker_id", "revision")
        ),
        str,
        int,
    )
    return lambda slug, since: [(row["docker_id"], row["revision"]) for row in prepared.rows(slug, since)]


EVERYTHING = -1  # the revision before the first one
# Well below the life of a tombstone (24 h): without it nobody can tell what went away since.
KEEP_S = 3600.0
MOST_ENGINES = 50


class Listed(Protocol):
    """A row of something that Docker gave an id and a name."""

    @property
    def docker_id(self) -> str:
        """The full id."""

    @property
    def name(self) -> str:
        """The name, which rows are ordered by."""

    @property
    def revision(self) -> int:
        """The revision that the row's facts were read at."""


Row = TypeVar("Row", bound=Listed)
Key = tuple[Any, str]


@dataclass(frozen=True, slots=True)
class _Held(Generic[Row]):
    """All rows at a revision. Never changed: whoever holds it may go through it while others make the next one."""

    epoch: str
    revision: int
    read_at: float
    by_id: dict[str, Row]
    keys: list[Key]
    rows: list[Row]


class RowCache(Generic[Row]):
    """Keeps the rows of each Engine. May be used from several threads; two of them may then read the same change.

    `read` returns the rows of an Engine whose revision is above the given one, `read_gone` the ids and revisions of what went
    away above it.
    """

    def __init__(
        self, read: Callable[[str, int], Iterable[Row]], read_gone: Callable[[str, int], Iterable[tuple[str, int]]]
    ) -> None:
        self._read = read
        self._read_gone = read_gone
        self._held: dict[str, _Held[Row]] = {}

    def rows(self, engine: EngineRow) -> Sequence[Row]:
        """Return all rows by name, in natural order; no query where the Engine's revision is the one of the last time.

        `engine` must have been read before: its rows may then be newer than its revision, never older. An Engine without an
        epoch has nothing that could be kept.
        """
        held = self._held.get(engine.slug)
        is_base = held is not None and held.epoch == engine.epoch != "" and held.revision <= engine.revision
        if held is None or not is_base or time.monotonic() - held.read_at > KEEP_S:
            new = _whole(engine, self._read(engine.slug, EVERYTHING))
        elif held.revision == engine.revision:
            return held.rows
        else:
            changed = self._read(engine.slug, held.revision)  # before what is gone: a row of both is gone, or is back
            new = _later(held, engine, changed, dict(self._read_gone(engine.slug, held.revision)))
        if len(self._held) > MOST_ENGINES:
            self._held.clear()
        self._held[engine.slug] = new
        return new.rows


def _key(row: Listed) -> Key:
    return natural(row.name), row.docker_id


def _whole(engine: EngineRow, rows: Iterable[Row]) -> _Held[Row]:
    ordered = sorted(rows, key=_key)
    by_id = {row.docker_id: row for row in ordered}
    return _Held(engine.epoch, engine.revision, time.monotonic(), by_id, [_key(row) for row in ordered], ordered)


def _later(held: _Held[Row], engine: EngineRow, changed: Iterable[Row], gone: dict[str, int]) -> _Held[Row]:
    """Return what is held once these rows have changed and those have gone; the very same rows where none did."""
    changed = list(changed)
    if not changed and not gone:
        return replace(held, revision=engine.revision, read_at=time.monotonic())
    by_id, keys, rows = held.by_id.copy(), held.keys.copy(), held.rows.copy()

    def drop(docker_id: str) -> None:
        old = by_id.pop(docker_id, None)
        if old is not None:
            place = bisect_left(keys, _key(old))
            del keys[place], rows[place]

    for docker_id in gone:
        drop(docker_id)
    for row in changed:
        if gone.get(row.docker_id, EVERYTHING) > row.revision:
            continue
        drop(row.docker_id)
        key = _key(row)
        place = bisect_left(keys, key)
        keys.insert(place, key)
        rows.insert(place, row)
        by_id[row.docker_id] = row
    return _Held(engine.epoch, engine.revision, time.monotonic(), by_id, keys, rows)
