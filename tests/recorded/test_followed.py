"""Recorded Engines at a socket, followed as a real one is: the snapshot is what they said, and stays so."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.addressing.address_states import engine_count
from networks.management.commands.snapshot import snapshot_of
from networks.models import Container, Endpoint, EngineStatus, Network, Pool
from networks.queries.addresses.pools import pool_views
from networks.queries.engines import read_engine
from networks.sync.requests import request_sync
from tests.private_engine import wait_until
from tests.recorded.following import followed
from tests.recorded.reading import VERSIONS, recorded
from tests.sync.truth import remembered, truth


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("version", VERSIONS)
def test_it_remembers_what_a_real_engine_said(tmp_path: Path, version: str) -> None:
    with followed(tmp_path, version) as (engine, row):
        status = EngineStatus.objects.get(engine=row)
        told = recorded(version)["version"]

        assert (status.version, status.api_version, status.state) == (version, told["ApiVersion"], "live")
        assert remembered(snapshot_of(row)) == truth(str(engine.path))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("version", VERSIONS)
def test_it_finds_nothing_new_where_nothing_happened(tmp_path: Path, version: str) -> None:
    """Lists and inspections of one moment agree in all that is kept, whichever is read last."""
    with followed(tmp_path, version) as (_engine, row):
        containers = list(Container.objects.filter(engine=row).values_list("docker_id", flat=True))
        wait_until(lambda: not Pool.objects.filter(besides=None).exists() or version < "29", "all counts")
        tables = (Network, Pool, Container, Endpoint)
        before = [list(table.objects.order_by("pk").values()) for table in tables]

        for ids in ((), containers, ()):
            assert request_sync(row.slug, ids, timeout_s=30)
            assert [list(table.objects.order_by("pk").values()) for table in tables] == before


@pytest.mark.django_db(transaction=True)
def test_it_counts_what_engine_29_counts_itself(tmp_path: Path) -> None:
    with followed(tmp_path, "29.7.2") as (_engine, row):
        wait_until(lambda: not Pool.objects.filter(besides=None).exists(), "all counts")
        engine = read_engine(row.slug)
        assert engine is not None
        views = pool_views(engine)
        status = {
            subnet: count
            for each in recorded("29.7.2")["networks"]
            for subnet, count in each["inspect"]["Status"]["IPAM"].get("Subnets", {}).items()
        }

        assert {str(view.use.subnet): engine_count(view.use) for view in views} == {
            subnet: (count["IPsInUse"], count["DynamicIPsAvailable"]) for subnet, count in status.items()
        }
        assert [view.key for view in views if view.dispute] == []
