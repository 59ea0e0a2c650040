"""Facts survive the database: what was written is what is read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from django.apps import apps

from networks.engine.facts import ContainerFact, EndpointFact, LeftoverFact, NetworkFact, PoolFact, PortFact
from networks.models import Container, Endpoint, EngineStatus, Network, Tombstone
from networks.sync.engines import ensure_local_engine
from networks.sync.snapshot.changes import Update, find_changes
from networks.sync.snapshot.memory import Memory
from networks.sync.snapshot.writer import Snapshot
from tests.builders import make_container, make_endpoint, make_engine, make_network

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FRONT = NetworkFact(
    docker_id="a" * 64,
    name="<front>",
    driver="bridge",
    scope="local",
    created_at=NOW,
    is_internal=True,
    has_ipv6=True,
    ipam_options={"a": "b"},
    pools=(
        PoolFact(
            ip_network("172.72.0.0/16"), ip_network("172.72.0.0/24"), IPv4Address("172.72.0.1"), {"r": IPv4Address("172.72.0.9")}
        ),
        PoolFact(ip_network("fd00:72::/64"), gateway=IPv6Address("fd00:72::1")),
    ),
    options={"com.docker.network.bridge.enable_icc": "false"},
    labels={"__proto__": "x", "이름": "값"},
)
WEB = ContainerFact(
    docker_id="1" * 64,
    name="web",
    image="busybox",
    image_id="sha256:" + "0" * 64,
    command="sh -c 'true'",
    state="exited",
    created_at=NOW,
    network_mode="<front>",
    endpoints=(
        EndpointFact(
            network_name="<front>",
            network_id="a" * 64,
            endpoint_id="e" * 64,
            ipv4=IPv4Address("172.72.0.2"),
            ipv4_prefix_length=16,
            ipv4_gateway=IPv4Address("172.72.0.1"),
            ipv6=IPv6Address("fd00:72::2"),
            ipv6_prefix_length=64,
            mac="02:42:ac:48:00:02",
            requested_ipv4=IPv4Address("172.72.0.2"),
            aliases=("www",),
            dns_names=("web", "www"),
            driver_options={"a": "b"},
            has_detail=True,
        ),
    ),
    ports=(PortFact(80, "tcp", 8080, "0.0.0.0"), PortFact(53, "udp")),  # noqa: S104 an address that Docker reports
    labels={"a": "b"},
    exit_code=137,
    health="unhealthy",
    started_at=NOW,
    finished_at=NOW,
    hostname="web",
    has_detail=True,
)


def write(snapshot: Snapshot, memory: Memory, update: Update) -> Memory:
    changes, after = find_changes(memory, update)
    snapshot.write(changes, after, (), now=NOW)
    return after


@pytest.fixture
def snapshot() -> Snapshot:
    engine = ensure_local_engine("unix:///nowhere.sock")
    snapshot = Snapshot(engine.pk)
    snapshot.load()
    return snapshot


def test_it_reads_back_what_it_wrote(snapshot: Snapshot) -> None:
    after = write(snapshot, Memory(), Update({FRONT.docker_id: FRONT}, {WEB.docker_id: WEB}))

    again = Snapshot(snapshot.engine_pk)

    assert again.load() == after
    assert again.revision == 1


def test_it_gives_each_row_the_revision_at_which_it_changed(snapshot: Snapshot) -> None:
    after = write(snapshot, Memory(), Update({FRONT.docker_id: FRONT}))
    write(snapshot, after, Update(containers={WEB.docker_id: WEB}))

    assert EngineStatus.objects.get().revision == 2
    assert Container.objects.get().revision == 2
    assert Network.objects.get().revision == 2, "its row counts the container"


def test_it_leaves_a_tombstone_for_what_is_gone(snapshot: Snapshot) -> None:
    after = write(snapshot, Memory(), Update({FRONT.docker_id: FRONT}, {WEB.docker_id: WEB}))
    write(snapshot, after, Update({FRONT.docker_id: None}, {WEB.docker_id: None}))

    assert set(Tombstone.objects.values_list("kind", "name")) == {("network", "<front>"), ("container", "web")}
    assert not Network.objects.exists()
    assert Snapshot(snapshot.engine_pk).load() == Memory()


def test_it_begins_a_new_epoch_when_emptied(snapshot: Snapshot) -> None:
    write(snapshot, Memory(), Update({FRONT.docker_id: FRONT}))
    before = snapshot.epoch

    snapshot.empty()

    assert EngineStatus.objects.get().epoch != before
    assert not Network.objects.exists()


def test_it_keeps_a_networks_hue_for_its_life(snapshot: Snapshot) -> None:
    others = {str(number) * 64: NetworkFact(str(number) * 64, f"n{number}", "bridge", "local", None) for number in range(1, 4)}
    after = write(snapshot, Memory(), Update(dict(others)))
    hues = dict(Network.objects.values_list("docker_id", "hue"))

    write(snapshot, after, Update({"1" * 64: None, "a" * 64: FRONT}))

    kept = dict(Network.objects.values_list("docker_id", "hue"))
    assert sorted(hues.values()) == [1, 2, 3]
    assert {key: kept[key] for key in ("2" * 64, "3" * 64)} == {key: hues[key] for key in ("2" * 64, "3" * 64)}


def test_it_finds_nothing_to_write_when_what_was_read_is_known(snapshot: Snapshot) -> None:
    after = write(snapshot, Memory(), Update({FRONT.docker_id: FRONT}, {WEB.docker_id: WEB}))

    changes, _ = find_changes(after, Update({FRONT.docker_id: FRONT}, {WEB.docker_id: WEB}))

    assert not changes


def test_it_keeps_apart_what_a_crash_left_behind(snapshot: Snapshot) -> None:
    left = LeftoverFact("e" * 64, IPv4Address("172.72.0.2"), IPv6Address("fd00:72::2"), "02:42:ac:48:00:02")
    endpoint = EndpointFact(network_name="<front>", network_id="a" * 64, leftover=left)
    ended = replace(WEB, endpoints=(endpoint,), ports=(), leftover_ports=(PortFact(80, "tcp", 8080),))
    after = write(snapshot, Memory(), Update({FRONT.docker_id: FRONT}, {WEB.docker_id: ended}))

    row = Endpoint.objects.get()

    assert (row.ipv4, row.ipv6, row.mac, row.docker_id) == ("", "", "", "")
    assert row.leftover["ipv4"] == "172.72.0.2"
    assert Snapshot(snapshot.engine_pk).load() == after


def test_it_gives_nothing_to_one_whose_network_is_not_there_until_it_is(snapshot: Snapshot) -> None:
    running = replace(WEB, state="running", exit_code=None)
    after = write(snapshot, Memory(), Update(containers={WEB.docker_id: running}))
    row = Endpoint.objects.get()
    assert (row.network, row.ipv4, row.ipv4_prefix_length, row.leftover["ipv4"]) == (None, "", None, "172.72.0.2")
    assert Snapshot(snapshot.engine_pk).load() == after

    write(snapshot, after, Update({FRONT.docker_id: FRONT}))

    row.refresh_from_db()
    assert (row.ipv4, row.ipv4_prefix_length, row.leftover) == ("172.72.0.2", 16, {})


def test_it_puts_right_what_an_earlier_version_wrote() -> None:
    engine = make_engine()
    front = make_network(engine, "front", "172.72.0.0/16")
    across = make_network(engine, "across", docker_id="c" * 25, driver="overlay", scope="swarm")
    port = {"private_port": 80, "protocol": "tcp", "public_port": 8080, "address": ""}
    ended = make_container(engine, "ended", state="exited", exit_code=137, ports=[port, port | {"public_port": None}])
    make_endpoint(ended, front, "172.72.0.2", docker_id="e" * 64, requested_ipv4="172.72.0.2")
    make_endpoint(make_container(engine, "web", ports=[port]), front, "172.72.0.3", docker_id="f" * 64)
    given = {"docker_id": "1" * 64, "requested_ipv4": "10.0.1.4"}
    make_endpoint(make_container(engine, "member"), across, "10.0.1.4", **given)
    migration = import_module("networks.migrations.0016_what_is_assigned")

    migration.put_apart(apps, None)

    rows = {row.container.name: row for row in Endpoint.objects.all()}
    assert (rows["ended"].ipv4, rows["ended"].requested_ipv4, rows["ended"].leftover["ipv4"]) == ("", "172.72.0.2", "172.72.0.2")
    assert (rows["web"].ipv4, rows["web"].leftover) == ("172.72.0.3", {})
    assert (rows["member"].ipv4, rows["member"].requested_ipv4) == ("10.0.1.4", "")
    ports = {one.name: (one.ports, one.leftover_ports) for one in Container.objects.all()}
    assert ports == {"ended": ([], [port]), "web": ([port], []), "member": ([], [])}
