"""Endpoints that a record names and no network has: what is asked, what is told, and what is never asked twice."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from networks.engine.errors import ProtocolFault
from networks.engine.facts import ContainerFact, EndpointFact, LeftoverFact
from networks.engine.parsing.joined import JoinedMemory, parse_joined

NETWORK_ID, OTHER_ID = "b" * 64, "c" * 64
LEVEL = EndpointFact(
    network_name="level",
    network_id=NETWORK_ID,
    endpoint_id="e" * 64,
    ipv4=IPv4Address("10.77.0.2"),
    ipv4_prefix_length=24,
    mac="02:42:0a:4d:00:02",
    has_detail=True,
)
FRONT = EndpointFact(
    network_name="front",
    network_id=OTHER_ID,
    endpoint_id="f" * 64,
    ipv4=IPv4Address("10.88.0.2"),
    ipv4_gateway=IPv4Address("10.88.0.1"),
    has_detail=True,
)


def running(*endpoints: EndpointFact) -> ContainerFact:
    return ContainerFact("a" * 64, "web", "i", "", "", "running", None, "front", endpoints=endpoints)


def told(container: ContainerFact, *joined: str) -> ContainerFact:
    memory = JoinedMemory()
    assert memory.networks_to_ask([container]) == {NETWORK_ID}
    memory.learn([container], NETWORK_ID, frozenset(joined))
    return memory.tell(container)


def test_it_leaves_over_what_the_network_does_not_have() -> None:
    front, level = told(running(FRONT, LEVEL), "9" * 64).endpoints

    assert front == FRONT
    assert (level.endpoint_id, level.ipv4, level.ipv4_prefix_length, level.mac) == ("", None, None, "")
    assert level.leftover == LeftoverFact("e" * 64, IPv4Address("10.77.0.2"), None, "02:42:0a:4d:00:02")


@pytest.mark.parametrize("joined", ["e" * 64, "a" * 64])
def test_it_believes_what_the_network_has(joined: str) -> None:
    container = running(LEVEL)

    assert told(container, joined) is container, "by the endpoint's id, or the container's where Podman names that alone"


def test_it_tells_no_leftover_from_a_list() -> None:
    (level,) = told(running(replace(LEVEL, has_detail=False))).endpoints

    assert (level.endpoint_id, level.ipv4, level.leftover) == ("", None, None)


def test_it_asks_no_network_twice_about_an_endpoint_but_about_each_new_one() -> None:
    memory, anew = JoinedMemory(), replace(LEVEL, endpoint_id="d" * 64)
    memory.learn([running(LEVEL)], NETWORK_ID, frozenset())

    assert memory.networks_to_ask([running(LEVEL)]) == set()
    assert memory.networks_to_ask([running(anew)]) == {NETWORK_ID}


@pytest.mark.parametrize(
    "endpoint",
    [
        FRONT,
        replace(LEVEL, network_name="none"),
        replace(LEVEL, network_name="host"),
        replace(LEVEL, endpoint_id=""),
        replace(LEVEL, network_id=""),
    ],
)
def test_it_asks_only_what_is_in_doubt(endpoint: EndpointFact) -> None:
    assert JoinedMemory().networks_to_ask([running(endpoint)]) == set()


def test_it_reads_a_networks_endpoints_with_those_that_no_container_has_yet() -> None:
    answer = {"Containers": {"a" * 64: {"EndpointID": "e" * 64}, f"ep-{'f' * 64}": {"EndpointID": "f" * 64}}}

    assert parse_joined(answer) == {"e" * 64, "f" * 64}
    assert parse_joined({"Containers": {"a" * 64: {"EndpointID": ""}}}) == {"a" * 64}
    assert parse_joined({"Containers": None}) == frozenset()
    assert parse_joined({"Containers": {"a" * 64: "nonsense"}}) == frozenset()


@pytest.mark.parametrize("answer", [None, [], "x"])
def test_it_refuses_what_is_no_network(answer: object) -> None:
    with pytest.raises(ProtocolFault):
        parse_joined(answer)
