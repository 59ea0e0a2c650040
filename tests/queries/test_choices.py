"""What forms offer is kept by revision: as new as the snapshot each time, by as many statements at any size."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from networks.models import Container, Endpoint, Engine, EngineStatus, Network
from networks.queries.choices import container_choices, network_choices
from networks.queries.engine_context import engine_version, read_ground
from networks.queries.engines import read_engine
from networks.queries.swarm import with_elsewhere
from tests.builders import make_engine
from tests.worlds import grow_world

pytestmark = pytest.mark.django_db
CREATE = {"preview": "1", "name": "front", "driver": "bridge", "pools-count": "1", "pools-0-subnet": "10.99.0.0/24"}


@pytest.fixture
def engine() -> Engine:
    return make_engine()


def statements_of(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def test_it_offers_the_same_network_alone_and_among_others(engine: Engine) -> None:
    grow_world(engine, networks=3, containers=9, second_endpoints=3)

    all_of_them = network_choices("local")

    first, second, third = all_of_them
    assert [choice.name for choice in all_of_them] == ["net-0000", "net-0001", "net-0002"]
    assert list(second.holders.values()) == ["service-0001", "service-0004"]
    assert second.pools[0].gateway == ip_address("10.64.0.65")
    assert network_choices("local", [second.docker_id]) == (second,)
    assert network_choices("local", [third.docker_id, first.docker_id]) == (first, third)
    assert network_choices("local", ["0" * 64]) == network_choices("other") == ()


def test_it_offers_what_is_so_now(engine: Engine) -> None:
    grow_world(engine, networks=1, containers=2)
    [network], containers = network_choices("local"), container_choices("local")
    Network.objects.update(name="back", has_ipv6=True, revision=2)
    Container.objects.filter(docker_id=containers[1].docker_id).update(state="exited", is_mode_lost=True, revision=2)
    Endpoint.objects.filter(container__name="service-0001").update(ipv4="", requested_ipv4="10.64.0.40", network_name="back")
    EngineStatus.objects.update(version="29.0.1", api_version="1.52", revision=2)

    [renamed], [_, stopped] = network_choices("local", [network.docker_id]), container_choices("local")

    assert list(network.holders.values()) == ["service-0001"]
    assert (renamed.name, renamed.has_ipv6) == ("back", True)
    assert (renamed.holders, renamed.wishes) == ({}, {ip_address("10.64.0.40"): "service-0001"})
    assert (stopped.state, stopped.networks, stopped.lost_mode) == ("exited", ("back",), "net-0000")
    version = engine_version(read_engine("local"))
    assert (version.text, version.api) == ("29.0.1", (1, 52))
    assert read_ground("local").names == {"back"}


@pytest.mark.parametrize("size", [2, 60])
def test_it_asks_as_much_at_any_size(engine: Engine, size: int) -> None:
    grow_world(engine, networks=size, containers=size)

    assert [statements_of(lambda: container_choices("local")) for _ in "12"] == [3, 1]
    assert [statements_of(lambda: network_choices("local")) for _ in "12"] == [4, 1]
    some = [choice.docker_id for choice in network_choices("local")][:2]
    assert [statements_of(lambda ids=ids: network_choices("local", ids)) for ids in (some[:1], some)] == [1, 1]  # type: ignore[misc]
    assert [statements_of(lambda: read_ground("local")) for _ in "12"] == [5, 2]
    assert statements_of(lambda: read_engine("local")) == 1


def test_it_asks_other_engines_only_where_there_are_some(engine: Engine) -> None:
    assert statements_of(lambda: with_elsewhere((), "local", ["local"])) == 0
    assert statements_of(lambda: with_elsewhere((), "local", ["local", "other"])) == 1


@pytest.mark.parametrize("size", [2, 60])
def test_it_previews_with_few_statements(engine: Engine, admin_client: Client, size: int) -> None:
    grow_world(engine, networks=size, containers=size)
    network, container = Network.objects.earliest("name"), Container.objects.latest("name")
    half = {"preview": "1", "network_id": network.docker_id, "container_id": container.docker_id}
    asked = (
        ("/networks/local/create/", CREATE, 8),
        (f"/networks/local/{network.docker_id}/connect/", half, 12),
        (f"/containers/local/{container.docker_id}/connect/", half, 12),
    )

    for path, typed, most in asked:
        admin_client.post(path, typed)  # whoever comes first pays for what is kept until the snapshot changes
        assert statements_of(lambda path=path, typed=typed: admin_client.post(path, typed)) <= most, path  # type: ignore[misc]
