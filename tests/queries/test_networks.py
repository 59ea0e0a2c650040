"""Networks as their list shows them, and how many statements that takes."""

from __future__ import annotations

import pytest

from networks.models import Container, Endpoint, Engine, EngineStatus, Network
from networks.queries.engines import read_engine
from networks.queries.networks import network_rows
from networks.queries.rows import EngineRow, NetworkRow
from tests.builders import make_container, make_endpoint, make_engine, make_network, make_pool, make_predefined
from tests.worlds import grow_world

pytestmark = pytest.mark.django_db


def engine_row() -> EngineRow:
    row = read_engine("local")
    assert row is not None
    return row


def row_of(name: str) -> NetworkRow:
    return next(row for row in network_rows(engine_row()) if row.name == name)


def test_it_counts_containers_by_state_and_addresses_in_use() -> None:
    engine = make_engine()
    network = make_network(engine, "my_custom_network", "172.72.0.0/16", ip_range="172.72.0.0/24", gateway="172.72.0.1")
    for index in range(2, 5):
        make_endpoint(make_container(engine, f"mycustom_{index}"), network, f"172.72.0.{index}")
    make_endpoint(make_container(engine, "elsewhere"), network, "172.72.9.9")  # outside the range
    make_endpoint(make_container(engine, "asleep", state="exited", exit_code=0), network, requested_ipv4="172.72.0.20")
    make_endpoint(make_container(engine, "broken", state="exited", exit_code=137, ending="itself"), network)
    make_endpoint(make_container(engine, "told", state="exited", exit_code=137, ending="asked"), network)
    make_endpoint(make_container(engine, "unseen", state="exited", exit_code=143), network)
    make_endpoint(make_container(engine, "halted", state="paused"), network, "172.72.0.9")

    row = row_of("my_custom_network")

    assert (row.running, row.paused, row.stopped, row.failed) == (4, 1, 3, 1)
    assert (row.used, row.capacity) == (4, 254)


MODE = "com.docker.network.bridge.gateway_mode_ipv4"
BARE = "com.docker.network.bridge.inhibit_ipv4"


@pytest.mark.parametrize(
    ("fields", "api", "capacity"),
    [
        ({}, "1.48", 5),
        ({"driver": "macvlan"}, "1.47", 5),
        ({"driver": "macvlan"}, "1.48", 6),
        ({"driver": "ipvlan", "options": {"ipvlan_mode": "l3"}}, "1.54", 6),
        ({"is_internal": True, "options": {MODE: "isolated"}}, "1.48", 6),
        ({"is_internal": True, "options": {MODE: "isolated"}}, "1.45", 5),  # which older Engines take and ignore
        ({"is_internal": True, "options": {BARE: "true"}}, "1.48", 6),
        ({"options": {BARE: "true"}}, "1.48", 5),
        ({"driver": "overlay", "scope": "swarm"}, "1.48", 5),
    ],
)
def test_it_keeps_an_address_for_a_gateway_only_where_docker_takes_one(
    fields: dict[str, object], api: str, capacity: int
) -> None:
    make_network(make_engine(api_version=api), "lan", "172.23.0.0/29", **fields)  # type: ignore[arg-type]

    [pool] = row_of("lan").pools

    assert (pool.capacity, pool.is_gateway_given) == (capacity, capacity == 5)


def test_it_says_what_is_unusual_about_a_network() -> None:
    engine = make_engine()
    options = {
        "com.docker.network.bridge.enable_ip_masquerade": "False",
        "com.docker.network.bridge.enable_icc": "0",
    }
    make_network(engine, "quarantine", "172.23.0.0/28", options=options, labels={"com.docker.compose.project": "shop"})

    row = row_of("quarantine")

    assert row.is_masquerade_off
    assert row.is_icc_off
    assert row.project == "shop"
    assert not row.is_predefined


def test_it_knows_no_capacity_where_there_is_no_pool() -> None:
    make_predefined(make_engine())

    row = row_of("host")

    assert row.is_predefined
    assert (row.used, row.capacity, row.pools) == (None, None, ())


def test_it_counts_both_families_apart() -> None:
    engine = make_engine()
    network = make_network(engine, "dualstack", "172.24.0.0/16", gateway="172.24.0.1", has_ipv6=True)
    make_pool(network, "fd00:24::/64")
    make_endpoint(make_container(engine, "web"), network, "172.24.0.2", ipv6="fd00:24::2", ipv6_prefix_length=64)

    row = row_of("dualstack")

    assert (row.used, row.capacity) == (1, 65_533)
    assert [(pool.used, pool.capacity) for pool in row.pools] == [(1, 65_533), (1, None)]


def test_it_shows_a_network_whose_pool_cannot_be_read() -> None:
    make_network(make_engine(), "odd", "not a subnet")

    row = row_of("odd")

    assert (row.used, row.capacity) == (None, None)


def test_it_keeps_to_its_engine() -> None:
    make_network(make_engine(), "mine")
    make_network(make_engine("other"), "theirs")

    assert [row.name for row in network_rows(engine_row())] == ["mine"]


def test_it_reads_anew_what_has_a_newer_revision() -> None:
    engine = make_engine()
    network = make_network(engine, "front", "172.20.0.0/24")
    make_network(engine, "back", "172.21.0.0/24")
    network_rows(engine_row())

    make_endpoint(make_container(engine, "web"), network, "172.20.0.2")
    Network.objects.filter(pk=network.pk).update(revision=2)
    EngineStatus.objects.update(revision=2)

    assert row_of("front").running == 1
    assert row_of("back").running == 0


def test_it_forgets_what_it_kept_when_the_epoch_is_another() -> None:
    network = make_network(make_engine(), "front")
    network_rows(engine_row())

    Network.objects.filter(pk=network.pk).update(driver="macvlan")
    EngineStatus.objects.update(epoch="another")

    assert row_of("front").driver == "macvlan"


@pytest.mark.parametrize(("networks", "containers"), [(10, 20), (1_000, 1_500)])
def test_it_takes_three_statements_whatever_the_size(
    networks: int, containers: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    engine = make_engine()
    grow_world(engine, networks=networks, containers=containers)
    row = engine_row()

    with django_assert_num_queries(3):  # type: ignore[operator]
        first = network_rows(row)
    with django_assert_num_queries(0):  # type: ignore[operator]
        again = network_rows(row)

    assert first == again
    assert len(first) == networks


def test_it_reads_only_what_changed(django_assert_num_queries: pytest.FixtureRequest) -> None:
    engine = make_engine()
    grow_world(engine, networks=100, containers=100)
    row = engine_row()
    before = {each.docker_id: each for each in network_rows(row)}
    changed = Network.objects.get(name="net-0042")
    Endpoint.objects.filter(network=changed).delete()
    Network.objects.filter(pk=changed.pk).update(revision=2)
    EngineStatus.objects.update(revision=2)
    row = engine_row()

    with django_assert_num_queries(4):  # type: ignore[operator]
        after = {each.docker_id: each for each in network_rows(row)}

    assert [name for name in after if after[name] is not before[name]] == [changed.docker_id]
    assert after[changed.docker_id].running == 0


def test_it_leaves_an_engine_without_a_status_uncached() -> None:
    engine = Engine.objects.create(slug="new", name="new", url="unix:///nowhere")
    network = make_network(engine, "front")
    row = read_engine("new")
    assert row is not None
    network_rows(row)

    Network.objects.filter(pk=network.pk).update(driver="macvlan")

    assert [each.driver for each in network_rows(row)] == ["macvlan"]
    assert Container.objects.count() == 0
