"""Engines and their state, as pages read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from django.db.models import Exists, OuterRef

from networks.models import Engine, EngineState, EngineStatus, Job
from networks.models.database_trouble import trouble_of
from networks.models.engine import state_at
from networks.queries.cache.prepared import Prepared
from networks.queries.rows import EngineRow

_OF_ENGINE = ("pk", "slug", "name", "url", "is_terminal_on", "unprotected")
_DEFAULTS: dict[str, Any] = {
    # An Engine whose status row isn't there yet has never been read.
    "state": EngineState.DISCONNECTED.value,
    "version": "",
    "api_version": "",
    "last_error": "",
    "epoch": "",
    "revision": 0,
    "is_rootless": False,
}
_ACTING = (EngineState.LIVE, EngineState.LAGGING)


@dataclass(frozen=True, slots=True)
class EngineAbout:
    """All that the Engine's own page shows besides its EngineRow. `default_address_pools`: (base, prefix length) pairs."""

    docker_id: str = ""
    docker_name: str = ""
    min_api_version: str = ""
    os: str = ""
    kernel: str = ""
    architecture: str = ""
    network_drivers: tuple[str, ...] = ()
    default_address_pools: tuple[tuple[str, int], ...] = ()
    is_swarm_manager: bool = False
    swarm_state: str = ""
    follower: str = ""
    is_another_engine: bool = False
    resyncs: int = 0
    mended_rows: int = 0
    events_seen: int = 0


_VERSION = ("engine__slug", "epoch", "revision")
_COUNTED = frozenset({"has_jobs"})
_ROW_COLUMNS = tuple(
    field.name if field.name in _OF_ENGINE else f"status__{field.name}"
    for field in fields(EngineRow)
    if field.name not in _COUNTED
)
_ALL = Prepared(
    lambda: (
        Engine.objects.order_by("slug")
        .annotate(has_jobs=Exists(Job.objects.filter(engine_slug=OuterRef("slug"))))
        .values(*_ROW_COLUMNS, "has_jobs")
    )
)
_ONE = Prepared(lambda slug: Engine.objects.filter(slug=slug).values(*_ROW_COLUMNS), str)
_ABOUT_COLUMNS = tuple(field.name for field in fields(EngineAbout))


def list_engines() -> tuple[EngineRow, ...]:
    """Return every Engine by slug; the caller asks policy which of them a person may see. One query."""
    return tuple(_row_of(record) for record in _ALL.rows())


def list_slugs() -> tuple[str, ...]:
    """Return the slugs of all Engines. One query."""
    return tuple(Engine.objects.order_by("slug").values_list("slug", flat=True))


def versions_of(slugs: Iterable[str]) -> str:
    """Return what changes with any of these Engines' snapshots. One query, none for no Engine."""
    wanted = sorted(slugs)
    if not wanted:
        return ""
    rows = EngineStatus.objects.filter(engine__slug__in=wanted).order_by("engine__slug")
    said = "\n".join(f"{slug} {epoch} {revision}" for slug, epoch, revision in rows.values_list(*_VERSION))
    return blake2b(said.encode(), digest_size=8).hexdigest()


def read_engine(slug: str) -> EngineRow | None:
    """Return one Engine as it is now, None where there is none. One query: read it before the rows that it dates."""
    return next((_row_of(record) for record in _ONE.rows(slug)), None)


def read_engine_about(slug: str) -> EngineAbout:
    """Return what else is known of an Engine; all empty for one that was never read. One query."""
    columns = [f"status__{column}" for column in _ABOUT_COLUMNS]
    record = Engine.objects.filter(slug=slug).values(*columns).first() or {}
    known = {name: record.get(f"status__{name}") for name in _ABOUT_COLUMNS}
    known["network_drivers"] = tuple(str(driver) for driver in known["network_drivers"] or ())
    known["default_address_pools"] = read_pairs(known["default_address_pools"] or ())
    return EngineAbout(**{name: value for name, value in known.items() if value is not None})


def read_pairs(stored: Iterable[Any]) -> tuple[tuple[str, int], ...]:
    """Return the (base, prefix length) pairs of a stored list of default pools; what is no pair is left out."""
    pairs = []
    for pair in stored:
        if isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[1], int):
            pairs.append((str(pair[0]), pair[1]))
    return tuple(pairs)


def _row_of(record: dict[str, Any]) -> EngineRow:
    """Return the row of one record, with defaults where no status row stands.

    The state is that of now: a follower that can't write can't say so there either.
    """
    values: dict[str, Any] = {}
    for column, value in record.items():
        name = column.removeprefix("status__")
        values[name] = _DEFAULTS.get(name) if value is None else value
    values["unprotected"] = frozenset(map(str, values["unprotected"] or ()))
    values["state"] = state_at(values["state"], values["as_of"], datetime.now(UTC))
    if values["state"] in _ACTING and trouble_of(values["slug"]):
        values["state"] = EngineState.STALE.value
    return EngineRow(**values)
