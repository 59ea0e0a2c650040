"""What the watcher knows of the snapshot: read again only where a revision is newer."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_interface, ip_network

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networks.models import Container, Endpoint, Engine, EngineStatus, Network, Tombstone
from networks.sync.host.remembered import Difference, EndpointRecord, NetworkRecord, Remembered, network_record
from tests.builders import make_container, make_endpoint, make_engine, make_id, make_network, make_pool, make_predefined

pytestmark = pytest.mark.django_db


@pytest.fixture
def engine() -> Engine:
    return make_engine(revision=5, kernel="6.1.0")


@pytest.fixture
def remembered(engine: Engine) -> Remembered:
    return Remembered(engine.pk)


def write(engine: Engine, **status: object) -> None:
    EngineStatus.objects.filter(engine=engine).update(**status)


def statements(remembered: Remembered) -> int:
    with CaptureQueriesContext(connection) as asked:
        remembered.refresh()
    return len(asked)


def test_it_reads_networks_and_containers(engine: Engine, remembered: Remembered) -> None:
    front = make_network(engine, "front", "172.72.0.0/16", gateway="172.72.0.1", hue=3)
    make_pool(front, "fd00:72::/64", gateway="fd00:72::1")
    web = make_container(engine, "web", pid=4001)
    make_endpoint(web, front, "172.72.0.2")
    make_container(engine, "sidecar", pid=4002, donor_id=web.docker_id)
    make_container(engine, "asleep", state="exited", exit_code=0, pid=4003)
    make_container(engine, "starting", pid=0)

    difference = remembered.refresh()

    assert remembered.networks == {
        front.docker_id: NetworkRecord(
            front.docker_id,
            "front",
            "bridge",
            3,
            f"br-{front.docker_id[:12]}",
            gateways=(ip_interface("172.72.0.1/16"), ip_interface("fd00:72::1/64")),
            subnets=(ip_network("172.72.0.0/16"), ip_network("fd00:72::/64")),
        )
    }
    record = remembered.containers[web.docker_id]
    assert record.endpoints == (EndpointRecord(front.docker_id, "front", "bridge", "02:42:ac:48:00:02", "172.72.0.2"),)
    assert remembered.containers[make_id("container sidecar")].donor_id == web.docker_id
    assert remembered.pids == {web.docker_id: 4001, make_id("container sidecar"): 4002}
    assert remembered.kernel == "6.1.0"
    assert difference.containers == set(remembered.containers)
    assert difference.has_other_networks
    assert not difference.is_other


def test_it_asks_once_where_nothing_is_newer(engine: Engine, remembered: Remembered) -> None:
    make_endpoint(make_container(engine, "web", pid=4001), make_network(engine, "front", "172.72.0.0/16"), "172.72.0.2")

    assert statements(remembered) <= 6
    assert statements(remembered) == 1
    assert remembered.refresh() == Difference()


def test_it_reads_what_is_newer_alone(engine: Engine, remembered: Remembered) -> None:
    for name in ("web", "other"):
        make_container(engine, name, pid=4001)
    remembered.refresh()
    Container.objects.filter(name="web").update(pid=4009, revision=6)
    Container.objects.filter(name="other").update(pid=1)  # no newer revision: as if it were another process's half of a write
    write(engine, revision=6)

    difference = remembered.refresh()

    assert difference == Difference(frozenset({make_id("container web")}))
    assert sorted(remembered.pids.values()) == [4001, 4009]


def test_it_does_not_call_different_what_shows_nothing_else(engine: Engine, remembered: Remembered) -> None:
    make_container(engine, "web", pid=4001)
    make_network(engine, "front", "172.72.0.0/16")
    remembered.refresh()
    Container.objects.update(health="healthy", revision=6)
    Network.objects.update(labels={"a": "b"}, revision=6)
    write(engine, revision=6)

    assert not remembered.refresh()


def test_it_forgets_what_is_gone(engine: Engine, remembered: Remembered) -> None:
    web, front = make_container(engine, "web", pid=4001), make_network(engine, "front", "172.72.0.0/16")
    remembered.refresh()
    now = datetime.now(UTC)
    for kind, row in (("container", web), ("network", front)):
        Tombstone.objects.create(engine=engine, kind=kind, docker_id=row.docker_id, name=row.name, revision=6, gone_at=now)
        row.delete()
    write(engine, revision=6)

    difference = remembered.refresh()

    assert difference == Difference(frozenset({make_id("container web")}), has_other_networks=True)
    assert (remembered.networks, remembered.containers) == ({}, {})


def test_it_takes_endpoints_of_running_containers_on_networks_that_are_there(engine: Engine, remembered: Remembered) -> None:
    front = make_network(engine, "front", "172.72.0.0/16")
    make_endpoint(make_container(engine, "asleep", state="exited"), front, requested_ipv4="172.72.0.9")
    make_endpoint(make_container(engine, "web", pid=1), None, network_name="gone")
    make_endpoint(make_container(engine, "paused", state="paused", pid=2), front, "172.72.0.2")

    remembered.refresh()

    assert {one.name: len(one.endpoints) for one in remembered.containers.values()} == {"asleep": 0, "web": 0, "paused": 1}
    assert {one.name for one in remembered.containers.values() if one.is_running} == {"web", "paused"}


def test_it_begins_anew_with_another_engine(engine: Engine, remembered: Remembered) -> None:
    make_container(engine, "web", pid=4001)
    remembered.refresh()
    Container.objects.all().delete()
    make_container(engine, "theirs", pid=5001)
    write(engine, epoch="another", revision=1)

    difference = remembered.refresh()

    assert difference.is_other
    assert [one.name for one in remembered.containers.values()] == ["theirs"]


def test_it_says_that_the_engine_is_back(engine: Engine, remembered: Remembered) -> None:
    """Its links may be others: dockerd was started anew, perhaps with the machine."""
    remembered.refresh()
    write(engine, state="disconnected")
    assert not remembered.refresh().is_other
    write(engine, state="live")

    assert remembered.refresh().is_other
    assert not remembered.refresh().is_other


def test_it_knows_nothing_without_a_status(remembered: Remembered) -> None:
    EngineStatus.objects.all().delete()

    assert remembered.refresh() == Difference()
    assert remembered.networks == {}


def test_it_leaves_other_engines_alone(engine: Engine, remembered: Remembered) -> None:
    other = make_engine("other")
    make_endpoint(make_container(other, "web", pid=4001), make_network(other, "front"), "172.72.0.2")

    remembered.refresh()

    assert (remembered.networks, remembered.containers) == ({}, {})
    assert Endpoint.objects.count() == 1


def test_it_gives_host_and_none_no_bridge(engine: Engine, remembered: Remembered) -> None:
    make_predefined(engine)

    remembered.refresh()

    assert {one.name: bool(one.bridge) for one in remembered.networks.values()} == {"bridge": True, "host": False, "none": False}


@pytest.mark.parametrize(
    ("driver", "options", "bridge", "parent", "is_bare"),
    [
        ("bridge", {}, "br-aaaaaaaaaaaa", "", False),
        ("bridge", {"com.docker.network.bridge.name": "lab0"}, "lab0", "", False),
        ("bridge", {"com.docker.network.bridge.inhibit_ipv4": "true"}, "br-aaaaaaaaaaaa", "", True),
        ("bridge", {"com.docker.network.bridge.inhibit_ipv4": "0"}, "br-aaaaaaaaaaaa", "", False),
        ("bridge", {"com.docker.network.bridge.gateway_mode_ipv4": "isolated"}, "br-aaaaaaaaaaaa", "", True),
        ("bridge", "no map", "br-aaaaaaaaaaaa", "", False),
        ("macvlan", {"parent": "enp1s0.100"}, "", "enp1s0.100", False),
        ("macvlan", {}, "", "dm-aaaaaaaaaaaa", False),
        ("ipvlan", {}, "", "di-aaaaaaaaaaaa", False),
        ("overlay", {"parent": "enp1s0"}, "", "", False),
        ("somebody/plugin:1", {"com.docker.network.bridge.name": "lab0"}, "", "", False),
    ],
)
def test_it_knows_which_links_a_network_has(driver: str, options: object, bridge: str, parent: str, is_bare: bool) -> None:
    row = {"docker_id": "a" * 64, "name": "n", "driver": driver, "hue": 1, "options": options}

    record = network_record(row, [("10.0.0.0/24", ""), ("fd00::/64", "fd00::1")])

    assert (record.bridge, record.parent, record.is_bare) == (bridge, parent, is_bare)
    assert record.gateways == (ip_interface("fd00::1/64"),)
