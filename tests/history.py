"""Rows of the history of addresses for tests: `assign("172.18.0.2", "web", 10, 20)`, in seconds after BEGIN."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from networks.addressing.reading import address_key
from networks.models import AddressAssignment, WatchedSpan
from tests.builders import make_id

BEGIN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return a moment by its distance from BEGIN."""
    return BEGIN + timedelta(seconds=seconds)


def assign(address: str, container: str, begin: float, end: float | None = None, **columns: Any) -> AddressAssignment:
    """Write an assignment with exact times; `network`: its name, "net" where none is given."""
    network = columns.pop("network", "net")
    values = {
        "engine_slug": "local",
        "address": address,
        "address_key": address_key(ip_address(address)),
        "container_id": make_id(f"container {container}"),
        "container_name": container,
        "network_id": make_id(f"network {network}"),
        "network_name": network,
        "family": ip_address(address).version,
        "mac": "02:42:ac:12:00:02",
        "from_at": at(begin),
        "is_from_exact": True,
        "until_at": None if end is None else at(end),
        "is_until_exact": end is not None,
    }
    return AddressAssignment.objects.create(**{**values, **columns})


def watch(begin: float, end: float | None = None, slug: str = "local") -> WatchedSpan:
    """Write a time in which the Engine was followed."""
    return WatchedSpan.objects.create(engine_slug=slug, from_at=at(begin), until_at=None if end is None else at(end))
