"""What an Engine's record says and isn't so: of a container that has ended, and of one that runs on a swarm's network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest

from networks.engine.facts import ContainerFact, LeftoverFact, PortFact
from networks.engine.parsing.containers import parse_container, parse_containers

ID, NETWORK_ID, SWARM_ID = "a" * 64, "b" * 64, "c" * 25
# As dockerd 26.1 shows a container that ended with it, after kill -9 of it and its containerd.
LEFT: dict[str, Any] = {
    "IPAMConfig": {"IPv4Address": "10.9.0.7"},
    "NetworkID": NETWORK_ID,
    "EndpointID": "e" * 64,
    "Gateway": "10.9.0.1",
    "IPAddress": "10.9.0.7",
    "IPPrefixLen": 24,
    "GlobalIPv6Address": "fd00::7",
    "GlobalIPv6PrefixLen": 64,
    "IPv6Gateway": "fd00::1",
    "MacAddress": "02:42:0a:09:00:07",
}
HELD = (IPv4Address("10.9.0.7"), IPv6Address("fd00::7"))
LISTED_PORTS = [{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8081, "Type": "tcp"}, {"PrivatePort": 81, "Type": "tcp"}]  # noqa: S104
INSPECTED_PORTS = {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8081"}], "81/tcp": None}  # noqa: S104 as Docker reports it


def both(state: str, **endpoint: Any) -> tuple[ContainerFact, ContainerFact]:
    """Return the same container from the list and from its inspection."""
    networks = {"front": LEFT | endpoint}
    listed = {"Id": ID, "State": state, "NetworkSettings": {"Networks": networks}, "Ports": LISTED_PORTS}
    settings = {"Networks": networks, "Ports": INSPECTED_PORTS}
    return parse_containers([listed])[0], parse_container({"Id": ID, "State": {"Status": state}, "NetworkSettings": settings})


@pytest.mark.parametrize("state", ["exited", "dead"])
def test_it_keeps_apart_what_a_crash_left_behind(state: str) -> None:
    for container in both(state):
        (endpoint,) = container.endpoints
        assert (endpoint.ipv4, endpoint.ipv6, endpoint.mac, endpoint.endpoint_id) == (None, None, "", "")
        assert (endpoint.ipv4_gateway, endpoint.ipv4_prefix_length) == (None, None)
        assert (endpoint.ipv6_gateway, endpoint.ipv6_prefix_length) == (None, None)
        left = LeftoverFact("e" * 64, *HELD, "02:42:0a:09:00:07")
        # After a start that was refused the list names what the record doesn't (26.1).
        assert endpoint.leftover == (left if container.has_detail else None)
        assert endpoint.requested_ipv4 == IPv4Address("10.9.0.7"), "the wish stays"
        assert endpoint.network_id == NETWORK_ID, "by which it asks for its network when it starts"
        assert container.ports == ()
        assert container.leftover_ports == (PortFact(80, "tcp", 8081, "0.0.0.0"),)  # noqa: S104


@pytest.mark.parametrize("state", ["created", "restarting", "removing"])
def test_it_calls_nothing_left_behind_that_may_be_coming_or_going(state: str) -> None:
    for container in both(state):
        (endpoint,) = container.endpoints
        assert (endpoint.ipv4, endpoint.ipv6, endpoint.endpoint_id, endpoint.leftover) == (None, None, "", None)
        assert (container.ports, container.leftover_ports) == ((), ())


@pytest.mark.parametrize("state", ["running", "paused"])
def test_it_takes_what_a_container_with_a_stack_has(state: str) -> None:
    for container in both(state):
        (endpoint,) = container.endpoints
        assert (endpoint.ipv4, endpoint.ipv6) == HELD
        assert endpoint.leftover is None
        assert (len(container.ports), container.leftover_ports) == (2, ())


def test_it_keeps_the_mac_address_that_one_never_started_asks_for() -> None:
    nothing = {"EndpointID": "", "IPAddress": "", "GlobalIPv6Address": "", "NetworkID": ""}

    for container in both("created", **nothing):
        (endpoint,) = container.endpoints
        assert (endpoint.mac, endpoint.leftover) == ("02:42:0a:09:00:07", None)


def test_it_finds_nothing_left_behind_on_none_and_host() -> None:
    for container in both("exited", IPAddress="", GlobalIPv6Address="", MacAddress=""):
        (endpoint,) = container.endpoints
        assert (endpoint.endpoint_id, endpoint.leftover) == ("", None)


@pytest.mark.parametrize("state", ["running", "paused", "exited"])
def test_it_takes_no_address_for_a_wish_that_a_swarm_has_given(state: str) -> None:
    for container in both(state, NetworkID=SWARM_ID):
        (endpoint,) = container.endpoints
        assert (endpoint.requested_ipv4, endpoint.requested_ipv6) == (None, None)
        assert endpoint.hides_wishes == (state != "exited")


@pytest.mark.parametrize("network_id", ["", SWARM_ID])
def test_it_takes_a_wish_on_a_swarms_network_from_one_that_has_no_address(network_id: str) -> None:
    for container in both("exited", NetworkID=network_id, EndpointID="", IPAddress="", GlobalIPv6Address="", MacAddress=""):
        (endpoint,) = container.endpoints
        assert endpoint.requested_ipv4 == IPv4Address("10.9.0.7")
        assert not endpoint.hides_wishes
