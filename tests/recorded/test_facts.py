"""Facts out of real Engines' lists and inspections, field by field against another reading of the same JSON."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest

from networks.engine.facts import ContainerFact, EngineInfo, EventFact, NetworkFact
from networks.engine.parsing.containers import parse_container, parse_containers
from networks.engine.parsing.engines import choose_version, parse_engine
from networks.engine.parsing.events import parse_event
from networks.engine.parsing.joined import parse_joined
from networks.engine.parsing.memory import container_memory, network_memory
from networks.engine.parsing.networks import parse_network_fact
from networks.sync.follow.event_effects import marks_of
from networks.sync.snapshot.memory import merge_inspected, merge_listed
from tests.recorded.another_reading import NO_DNS, container, life, network, plain
from tests.recorded.reading import VERSIONS, events, recorded

pytestmark = pytest.mark.parametrize("version", VERSIONS)

# Members that came, and that went, by the first of these versions whose answers have them, or don't.
CAME = {"EnableIPv4": "28.0.4", "GwPriority": "28.0.4", "Status": "29.7.2"}
WENT = dict.fromkeys(("status", "id", "IPAddress", "GlobalIPv6Address", "MacAddress", "Gateway", "EndpointID"), "29.7.2")


def test_it_has_the_members_that_this_version_is_known_for(version: str) -> None:
    """Else the rest would show nothing."""
    inspected = [each["inspect"] for each in recorded(version)["containers"]]
    settings = [each["NetworkSettings"] for each in inspected]
    endpoints = [end for each in settings for end in each["Networks"].values()]
    networks = [each["inspect"] for each in recorded(version)["networks"]]
    of_containers = [json.loads(line) for line in events(version) if json.loads(line)["Type"] == "container"]

    for name, since in CAME.items():
        group = endpoints if name == "GwPriority" else networks
        assert {name in each for each in group} == {version >= since}
    for name, since in WENT.items():
        assert {name in each for each in (of_containers if name.islower() else settings)} == {version < since}
    assert all("DNSNames" in each for each in endpoints)


def test_it_reads_every_network_whole(version: str) -> None:
    for each in recorded(version)["networks"]:
        listed, inspected = parse_network_fact(each["list"]), parse_network_fact(each["inspect"])

        assert plain(listed) == network(each["list"])
        assert plain(inspected) == network(each["inspect"])
        assert listed == inspected
        assert set(network(each["list"])) == {field.name for field in fields(NetworkFact)}


def test_it_reads_every_listed_container_whole(version: str) -> None:
    for each in recorded(version)["containers"]:
        (fact,) = parse_containers([each["list"]])
        expected = container(each["list"], is_inspected=False)

        assert {name: value for name, value in plain(fact).items() if name in expected} == expected
        assert not fact.has_detail


def test_it_reads_every_inspected_container_whole(version: str) -> None:
    for each in recorded(version)["containers"]:
        expected = container(each["inspect"], is_inspected=True) | life(each["inspect"])

        assert plain(parse_container(each["inspect"])) == expected
        assert set(expected) == {field.name for field in fields(ContainerFact)}


def test_it_reads_lists_as_they_come(version: str) -> None:
    networks, containers = (recorded(version)[noun] for noun in ("networks", "containers"))
    bodies = [json.dumps([each["list"] for each in noun], separators=(",", ":")).encode() for noun in (networks, containers)]
    of_networks, of_containers = network_memory(), container_memory()

    assert of_networks.parse(bodies[0]) == tuple(parse_network_fact(each["list"]) for each in networks)
    assert of_containers.parse(bodies[1]) == parse_containers([each["list"] for each in containers])
    assert of_containers.parse(bodies[1]) is of_containers.parse(bodies[1])


def test_it_never_takes_one_reading_after_the_other_for_a_change(version: str) -> None:
    for each in recorded(version)["containers"]:
        (listed,), inspected = parse_containers([each["list"]]), parse_container(each["inspect"])
        known = merge_inspected(merge_listed(None, listed), inspected)

        assert merge_listed(known, listed) == known
        assert merge_inspected(known, inspected) == known


def test_it_keeps_the_ports_that_a_routed_network_opens(version: str) -> None:
    """Engine 29's list has none of them, its inspection has; 28 has them in both. With 27.5.1 this one didn't start."""
    router = next(each for each in recorded(version)["containers"] if each["list"]["Names"] == ["/router"])
    (listed,), inspected = parse_containers([router["list"]]), parse_container(router["inspect"])
    known = merge_listed(merge_inspected(listed, inspected), listed)

    opened = [(port.private_port, port.address) for port in known.ports if port.public_port is None]
    assert (len(listed.ports) == 4) == version.startswith("28")
    assert opened == ([] if version < "28" else [(port, each) for port in (8000, 8001) for each in ("0.0.0.0", "::")])  # noqa: S104


def test_it_gives_containers_the_endpoints_that_their_networks_have(version: str) -> None:
    """A network's inspection tells the same from its own side."""
    told: dict[Any, Any] = {}
    read: dict[str, dict[Any, Any]] = {}
    for each in recorded(version)["networks"]:
        for docker_id, guest in (each["inspect"]["Containers"] or {}).items():
            addresses = (guest["IPv4Address"].split("/")[0], guest["IPv6Address"].split("/")[0])
            told[each["inspect"]["Id"], docker_id] = (guest["EndpointID"], guest["MacAddress"], *addresses)
        joined = {guest["EndpointID"] for guest in (each["inspect"]["Containers"] or {}).values()}
        assert parse_joined(each["inspect"]) == joined
    for each in recorded(version)["containers"]:
        for fact in (parse_container(each["inspect"]), *parse_containers([each["list"]])):
            here = {
                (end.network_id, fact.docker_id): (end.endpoint_id, end.mac, str(end.ipv4 or ""), str(end.ipv6 or ""))
                for end in fact.endpoints
                if end.endpoint_id
            }
            assert read.setdefault(fact.docker_id, here) == here

    assert {place: end for ends in read.values() for place, end in ends.items()} == told


def test_it_reads_the_same_of_an_engine_that_is_asked_in_api_1_44(version: str) -> None:
    older, now = recorded(version)["older_api"], recorded(version)
    listed = {each["list"]["Id"]: each["list"] for each in now["containers"]}
    web = next(each["inspect"] for each in now["containers"] if each["inspect"]["Name"] == "/web")
    six = next(each["inspect"] for each in now["networks"] if each["inspect"]["Name"] == "six")

    assert parse_container(older["container_web"]) == parse_container(web)
    assert older["network_six"].keys() <= six.keys()
    assert parse_network_fact(older["network_six"]) == parse_network_fact(six)
    assert parse_containers(older["containers"]) == parse_containers([listed[each["Id"]] for each in older["containers"]])


def test_it_reads_who_answers(version: str) -> None:
    told, about = recorded(version)["version"], recorded(version)["info"]

    assert plain(parse_engine(told, about)) == {
        "engine_id": "",  # left out of the recording
        "name": about["Name"],
        "version": version,
        "api_version": told["ApiVersion"],
        "min_api_version": told["MinAPIVersion"],
        "os": about["OperatingSystem"],
        "kernel": told["KernelVersion"],
        "architecture": about["Architecture"],
        "network_drivers": sorted(about["Plugins"]["Network"]),
        "default_address_pools": [[pool["Base"], pool["Size"]] for pool in about["DefaultAddressPools"]],
        "swarm": {
            **dict.fromkeys(("node_id", "address", "error", "swarm_id"), ""),
            **{"state": "inactive", "is_manager": False, "managers": [], "pools": [], "subnet_size": 0, "data_path_port": 0},
        },
        "is_rootless": False,
        "registries": [],
    }
    assert len(fields(EngineInfo)) == 13
    assert choose_version(told) == told["ApiVersion"]


def test_it_reads_every_event_whole(version: str) -> None:
    lines = events(version)

    assert len(lines) >= 100
    for line in lines:
        told = json.loads(line)
        attributes = told["Actor"]["Attributes"]
        assert parse_event(line) == EventFact(
            kind=told["Type"],
            verb=told["Action"],
            actor_id=told["Actor"]["ID"],
            actor_name=attributes["name"],
            time_nano=told["timeNano"],
            attributes=attributes,
        )


def test_it_is_led_by_events_to_all_that_there_is(version: str) -> None:
    marks = [marks_of([fact], {}) for line in events(version) if (fact := parse_event(line)) is not None]
    networks = {each["list"]["Id"] for each in recorded(version)["networks"] if each["list"]["Name"] not in NO_DNS}
    containers = {each["list"]["Id"] for each in recorded(version)["containers"]}

    assert {docker_id for each in marks for docker_id in each.networks} >= networks
    assert {docker_id for each in marks for docker_id in each.listed | each.inspected} >= containers
