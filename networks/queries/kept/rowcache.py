"""Rows that were read before, so that a page of 500 reads anew only what changed since."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

from networks.queries.kept.versioned import VersionedCache
from networks.queries.rows import EngineRow

Row = TypeVar("Row")

# Above this many, one read of everything is cheaper than a list of ids (and shorter than what SQLite takes).
FEW = 60


def current_rows(
    cache: VersionedCache[Row],
    engine: EngineRow,
    listed: Iterable[tuple[str, int]],
    read: Callable[[Collection[str] | None], Mapping[str, tuple[int, Row]]],
) -> list[Row]:
    """Return the rows of `listed` (docker id, revision) in its order: kept ones, and those that `read` brings.

    `read` gets the ids, or None for all, and gives docker id -> (revision, row): a row may be newer than it was listed, never
    older. What went away in between is left out. An Engine without an epoch has nothing that could be kept.
    """
    wanted = list(listed)
    kept: dict[str, Row | None] = {}
    if engine.epoch:
        held = cache.get_each(((engine.epoch, docker_id), revision) for docker_id, revision in wanted)
        kept = {docker_id: row for (docker_id, _), row in zip(wanted, held, strict=True)}
    missing = [docker_id for docker_id, _ in wanted if kept.get(docker_id) is None]
    found = read(None if len(missing) > FEW else missing) if missing else {}
    for docker_id in missing:
        if docker_id in found:
            revision, row = found[docker_id]
            kept[docker_id] = cache.put((engine.epoch, docker_id), revision, row) if engine.epoch else row
    return [current for docker_id, _ in wanted if (current := kept.get(docker_id)) is not None]
