"""The contract of reads and changes."""

from __future__ import annotations

import io
import tarfile
from contextlib import closing
from ipaddress import IPv4Address, ip_address, ip_network

import pytest

from networks.addressing.pool_checks import Pool
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import NotFound, Refused
from networks.engine.specs import ConnectSpec, ContainerSpec, DisconnectSpec, NetworkSpec
from tests.contract.asks import GONE, create, endpoint_of, listed, reader, run
from tests.contract.worlds import World
from tests.fake_engine import without_detail
from tests.private_engine import IMAGE, PrivateEngine, wait_until


def test_it_answers_and_says_who_it_is(world: World) -> None:
    client = reader(world)

    client.ping()
    version = client.negotiate()
    about = client.info()

    assert version.startswith("1.")
    assert about.api_version.startswith("1.")
    assert about.engine_id
    assert {"bridge", "host", "null"} <= set(about.network_drivers)


def test_it_shows_the_predefined_networks(world: World) -> None:
    networks = {network.name: network for network in reader(world).picture().networks}

    assert {(network.name, network.driver, network.scope) for network in networks.values()} == {
        ("bridge", "bridge", "local"),
        ("host", "host", "local"),
        ("none", "null", "local"),
    }
    assert networks["bridge"].pools[0].subnet
    assert networks["host"].pools == ()


def test_it_creates_a_network_as_specified(world: World) -> None:
    spec = NetworkSpec(
        "my_custom_network",
        pools=(
            Pool(
                ip_network("172.72.0.0/16"),
                ip_network("172.72.0.0/24"),
                ip_address("172.72.0.1"),
                {"router": ip_address("172.72.0.5")},
            ),
        ),
        is_internal=True,
        is_attachable=True,
        labels={"owner": "me"},
        options={"com.docker.network.bridge.enable_icc": "false"},
    )

    network_id = world.client(Profile.NETWORK).create_network(spec)
    network = reader(world).inspect_network(network_id)

    assert (network.name, network.driver, network.scope, network.docker_id) == (spec.name, "bridge", "local", network_id)
    assert network.pools[0].aux_addresses == {"router": ip_address("172.72.0.5")}
    assert (network.pools[0].subnet, network.pools[0].ip_range, network.pools[0].gateway) == (
        ip_network("172.72.0.0/16"),
        ip_network("172.72.0.0/24"),
        ip_address("172.72.0.1"),
    )
    assert (network.is_internal, network.is_attachable, network.has_ipv4, network.has_ipv6) == (True, True, True, False)
    assert (network.labels, network.options) == ({"owner": "me"}, dict(spec.options))
    assert network in reader(world).picture().networks


def test_it_gives_a_network_a_pool_where_none_was_asked_for(world: World) -> None:
    pool = reader(world).inspect_network(create(world, "n1")).pools[0]

    assert pool.gateway in pool.subnet


def test_it_tells_the_same_of_a_container_by_list_and_by_inspection(world: World) -> None:
    network_id = create(world, "n1", "172.30.0.0/16")
    running, stopped, none = run(world, "c1", "n1"), run(world, "c2"), run(world, "c3", "none")
    host, guest = run(world, "c4", "host"), run(world, "c5", f"container:{running}")
    world.client(Profile.NETWORK).connect_container(ConnectSpec(network_id, stopped, ipv4=IPv4Address("172.30.0.9")))
    world.client(Profile.RUN).stop_container(stopped)

    for container_id in (running, stopped, none, host, guest):
        inspected = reader(world).inspect_container(container_id)
        assert without_detail(inspected) == listed(world, container_id)
        assert inspected.has_detail
        assert listed(world, container_id) in reader(world).picture().containers


def test_it_shows_a_running_container_with_its_endpoint(world: World) -> None:
    container_id = run(world, "web")

    container = reader(world).inspect_container(container_id)
    endpoint = endpoint_of(container, "bridge")
    bridge = next(network for network in reader(world).picture().networks if network.name == "bridge")

    assert (container.name, container.state, container.network_mode) == ("web", "running", "bridge")
    assert (container.labels, container.command) == ({"k": "v"}, "sleep 1000000")
    assert container.pid > 0
    assert container.started_at
    assert container.exit_code is None
    assert endpoint.network_id == bridge.docker_id
    assert endpoint.ipv4 in bridge.pools[0].subnet
    assert endpoint.ipv4_prefix_length == bridge.pools[0].subnet.prefixlen
    assert len(endpoint.mac) == 17


def test_it_shows_a_stopped_container_without_addresses(world: World) -> None:
    container_id = run(world, "web")
    world.client(Profile.RUN).stop_container(container_id)
    world.client(Profile.RUN).stop_container(container_id)

    container = reader(world).inspect_container(container_id)
    endpoint = endpoint_of(container, "bridge")

    assert (container.state, container.exit_code, container.pid) == ("exited", 137, 0)
    assert container.finished_at
    assert (endpoint.ipv4, endpoint.ipv4_prefix_length, endpoint.ipv4_gateway, endpoint.mac) == (None, None, None, "")


def test_it_connects_a_stopped_container_by_name_only(world: World) -> None:
    network_id, container_id = create(world, "n1", "172.30.0.0/16"), run(world, "web")
    world.client(Profile.RUN).stop_container(container_id)

    world.client(Profile.NETWORK).connect_container(
        ConnectSpec(network_id, container_id, ipv4=IPv4Address("172.30.0.9"), aliases=("www",))
    )

    endpoint = endpoint_of(reader(world).inspect_container(container_id), "n1")
    assert (endpoint.network_id, endpoint.ipv4) == ("", None)
    assert (endpoint.requested_ipv4, endpoint.aliases) == (IPv4Address("172.30.0.9"), ("www",))


def test_it_disconnects(world: World) -> None:
    container_id = run(world, "web")
    bridge_id = endpoint_of(reader(world).inspect_container(container_id), "bridge").network_id

    world.client(Profile.NETWORK).disconnect_container(DisconnectSpec(bridge_id, container_id))

    assert reader(world).inspect_container(container_id).endpoints == ()
    with pytest.raises(Refused, match="not connected"):
        world.client(Profile.NETWORK).disconnect_container(DisconnectSpec(bridge_id, container_id))


def test_it_tells_what_interfaces_counted_and_of_which_container(world: World) -> None:
    network_id, web = create(world, "n1", "172.30.0.0/16"), run(world, "web")
    world.client(Profile.NETWORK).connect_container(ConnectSpec(network_id, web))
    guest, host, none = run(world, "guest", f"container:{web}"), run(world, "host", "host"), run(world, "quiet", "none")

    names = {container_id: [one.name for one in reader(world).read_stats(container_id)] for container_id in (web, guest)}

    assert names == {web: ["eth0", "eth1"], guest: ["eth0", "eth1"]}
    assert reader(world).read_stats(host) == reader(world).read_stats(none) == ()
    world.client(Profile.RUN).stop_container(web)
    assert reader(world).read_stats(web) == ()


def test_it_lists_only_those_that_are_there(world: World) -> None:
    container_ids = [run(world, f"c{number}") for number in range(3)]

    few = reader(world).list_containers([*container_ids[:2], GONE])
    many = reader(world).list_containers([container_ids[0], *(f"{number:064x}" for number in range(100))])

    assert {container.docker_id for container in few} == set(container_ids[:2])
    assert [container.docker_id for container in many] == [container_ids[0]]
    assert reader(world).list_containers([]) == ()


def test_it_imports_finds_and_removes_an_image(world: World) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("etc/"))
    running = world.client(Profile.RUN)
    assert not running.has_image("netadmin-contract:1")

    image_id = running.import_image(archive.getvalue(), "netadmin-contract", "1")
    assert running.has_image("netadmin-contract:1")
    running.remove_image(image_id)

    assert not running.has_image("netadmin-contract:1")
    with pytest.raises(NotFound, match="No such image"):
        running.run_container(ContainerSpec("c", "netadmin-contract:1", "bridge"))


def test_it_connects_with_address_and_aliases(world: World) -> None:
    network_id, container_id = create(world, "n1", "172.30.0.0/16"), run(world, "web")
    spec = ConnectSpec(network_id, container_id, ipv4=IPv4Address("172.30.0.9"), aliases=("www", "api"))

    world.client(Profile.NETWORK).connect_container(spec)

    endpoint = endpoint_of(reader(world).inspect_container(container_id), "n1")
    assert (endpoint.ipv4, endpoint.requested_ipv4) == (IPv4Address("172.30.0.9"), IPv4Address("172.30.0.9"))
    assert endpoint.aliases == ("www", "api")
    assert {"web", "www", "api"} <= set(endpoint.dns_names)
    wait_until(lambda: len(listed(world, container_id).endpoints) == 2, "the list")  # it lags by up to 2 ms


def test_it_goes_on_after_a_pull_that_was_refused(engine: PrivateEngine) -> None:
    with closing(EngineClient(engine.url, Profile.RUN)) as client:
        for _ in range(2):
            with pytest.raises(Refused, match="dial tcp"):
                client.pull_image("127.0.0.1:1/web", "1", lambda layer: None)
        assert (IMAGE,) in [image.references for image in client.list_images()]
