"""Words for numbers and modes."""

from __future__ import annotations

import pytest

from networks.partials.words import (
    network_flags,
    offered,
    prefix_length_for,
    public_subnets,
    say_unused,
    status_text,
    why_no_connect,
    why_no_network,
    write_ports,
)
from networks.queries.rows import NetworkRow, PoolRow, PortRow
from tests.queries.test_filters import container, network

ANY = "0.0.0.0"  # noqa: S104


@pytest.mark.parametrize(
    ("ports", "written"),
    [
        ([], ()),
        ([PortRow(80, "tcp")], ("80/tcp",)),
        ([PortRow(80, "tcp", 49153, ANY)], ("0.0.0.0:49153->80/tcp",)),
        ([PortRow(80, "tcp", 49153, "::")], ("[::]:49153->80/tcp",)),
        ([PortRow(80, "tcp", 8080)], ("8080->80/tcp",)),
        ([PortRow(53, "udp"), PortRow(53, "tcp")], ("53/tcp", "53/udp")),
        ([PortRow(8000 + n, "tcp", 9000 + n, ANY) for n in range(3)], ("0.0.0.0:9000-9002->8000-8002/tcp",)),
        ([PortRow(8000 + n, "tcp") for n in (0, 1, 3)], ("8000-8001/tcp", "8003/tcp")),
        ([PortRow(80, "tcp", 1000, ANY), PortRow(81, "tcp", 3000, ANY)], ("0.0.0.0:1000->80/tcp", "0.0.0.0:3000->81/tcp")),
        ([PortRow(443, "tcp"), PortRow(80, "tcp", 80, ANY)], ("0.0.0.0:80->80/tcp", "443/tcp")),
    ],
)
def test_it_writes_ports_as_docker_does(ports: list[PortRow], written: tuple[str, ...]) -> None:
    assert write_ports(ports) == written


@pytest.mark.parametrize(
    ("state", "exit_code", "text"),
    [("running", None, "running"), ("exited", 0, "exited (0)"), ("exited", 137, "exited (137)"), ("odd", None, "odd")],
)
def test_it_says_a_status_without_its_times(state: str, exit_code: int | None, text: str) -> None:
    assert status_text(state, exit_code) == text


def test_it_flags_what_is_unusual() -> None:
    plain = network("plain", "172.20.0.0/16")
    odd = network("odd", "172.72.0.0/16", is_internal=True, has_ipv6=True, is_icc_off=True)

    assert network_flags(plain) == []
    assert [flag["word"] for flag in network_flags(odd)] == ["internal", "IPv6", "ICC off", "public range"]
    assert public_subnets(network("broken", "nonsense")) == ()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"driver": "host"}, "--network host"),
        ({"driver": "null"}, "absence of a network"),
        ({"is_ingress": True, "driver": "overlay", "scope": "swarm"}, "swarm"),
        ({"driver": "overlay", "scope": "swarm"}, "isn't attachable"),
        ({"driver": "overlay", "scope": "swarm", "is_attachable": True}, ""),
        ({}, ""),
    ],
)
def test_it_says_why_nothing_can_be_connected(fields: dict[str, object], said: str) -> None:
    reason = why_no_connect(network("front", **fields))

    assert said in reason
    assert bool(reason) == bool(said)


def test_it_knows_networks_that_only_hold_settings() -> None:
    assert "settings" in why_no_connect(network("front"), is_config_only=True)


@pytest.mark.parametrize("mode", ["host", "container:abc"])
def test_it_says_why_a_container_cannot_move(mode: str) -> None:
    assert why_no_network(container("web", network_mode=mode))


@pytest.mark.parametrize("mode", ["none", "bridge", "front"])
def test_it_lets_other_containers_move(mode: str) -> None:
    assert why_no_network(container("web", network_mode=mode)) == ""


def test_it_offers_only_what_a_browser_sends_back() -> None:
    assert offered({"web-10", "web-2", "", "a\u202eb", "\x00"}) == (("web-2", "web-2"), ("web-10", "web-10"))


def test_it_finds_the_prefix_of_an_address() -> None:
    row = network("front", pools=(PoolRow("nonsense"), PoolRow("172.72.0.0/16")))

    assert prefix_length_for("172.72.0.20", row) == 16
    assert prefix_length_for("10.0.0.1", row) is None
    assert prefix_length_for("", row) is None


@pytest.mark.parametrize(
    ("row", "is_told", "said"),
    [
        (network("mine"), True, "No container is on this network."),
        (network("bridge"), True, "No container is on this network."),
        (
            network("docker_gwbridge"),
            False,
            "No container was connected to it. What Docker plugs in here by itself, only docker network inspect lists.",
        ),
        (
            network("ingress", driver="overlay", scope="swarm", is_ingress=True),
            False,
            "No container is on it, only the swarm's load balancer, which docker network inspect lists.",
        ),
        (
            network("mesh", driver="overlay", scope="swarm"),
            False,
            "No container of this Engine is on this network. Services, and containers of other Engines, may be.",
        ),
        (network("host", driver="host"), False, "Docker lists no container on the host's network."),
        (network("none", driver="null"), True, "No container is on none."),
    ],
)
def test_it_promises_of_no_network_that_others_use_that_its_removal_breaks_nothing(
    row: NetworkRow, is_told: bool, said: str
) -> None:
    assert (row.is_told, say_unused(row)) == (is_told, said)
