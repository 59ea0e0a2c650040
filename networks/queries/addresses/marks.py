"""Containers whose address has changed since they had one before on the same network: what their rows are marked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from networks.models import AddressAssignment
from networks.queries.kept.versioned import VersionedCache
from networks.queries.rows import EndpointRow, EngineRow

MarkKey = tuple[str, str]  # a container's id, a network's name: it has one endpoint there
_KEPT: VersionedCache[Mapping[MarkKey, Mark]] = VersionedCache(50)


@dataclass(frozen=True, slots=True)
class Mark:
    """An endpoint has `address` since `from_at`, and had `was_address` until `was_until_at`."""

    address: str
    from_at: datetime
    was_address: str
    was_until_at: datetime | None
    family: int


def read_marks(engine: EngineRow) -> Mapping[MarkKey, Mark]:
    """Return the marks of an Engine, an IPv4 one before an IPv6 one. One statement, none while nothing changes."""
    version = (engine.epoch, engine.revision)
    found = _KEPT.get(engine.slug, version) if engine.epoch else None
    return _KEPT.put(engine.slug, version, _read(engine.slug)) if found is None else found


def mark_of(marks: Mapping[MarkKey, Mark], endpoint: EndpointRow) -> Mark | None:
    """Return an endpoint's mark; None of one that still is where it was, or whose address was asked for since."""
    mark = marks.get((endpoint.container_id, endpoint.network_name))
    if mark is None:
        return None
    has, asked = (endpoint.ipv4, endpoint.requested_ipv4) if mark.family == 4 else (endpoint.ipv6, endpoint.requested_ipv6)
    return mark if has == mark.address and asked != has else None


def _read(engine_slug: str) -> dict[MarkKey, Mark]:
    open_ones = AddressAssignment.objects.filter(engine_slug=engine_slug, until_at=None).exclude(was_address="")
    columns = ("container_id", "network_name", "address", "from_at", "was_address", "was_until_at", "family")
    return {
        (container_id, network_name): Mark(*mark)
        for container_id, network_name, *mark in open_ones.order_by("-family").values_list(*columns)
    }
