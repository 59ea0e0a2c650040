"""Containers: the list and the inspection of the same give equal facts; wrong types count as absent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest

from networks.engine.errors import ProtocolFault
from networks.engine.facts import PortFact
from networks.engine.parsing.containers import parse_container, parse_containers, parse_listed
from networks.engine.parsing.values import parse_json

ID = "a" * 64
NETWORK_ID = "b" * 64


def _listed(**members: Any) -> Any:
    return parse_containers([{"Id": ID, **members}])[0]


def _inspected(**members: Any) -> Any:
    return parse_container({"Id": ID, **members})


def test_it_needs_nothing_but_an_id() -> None:
    assert _listed().name == ""
    assert _inspected().endpoints == ()


@pytest.mark.parametrize("answer", [None, {}, "", 3, [None], [[]], [{}], [{"Id": "../containers/victim"}], [{"Id": 7}]])
def test_it_takes_only_a_list_of_things_with_full_ids(answer: Any) -> None:
    with pytest.raises(ProtocolFault):
        parse_containers(answer)


@pytest.mark.parametrize(
    ("names", "name"),
    [(["/web"], "web"), (["/client/alias", "/web"], "web"), (["/a/b"], "a/b"), ([], ""), (None, ""), ([3, "/w"], "w")],
)
def test_it_takes_the_name_that_is_its_own(names: Any, name: str) -> None:
    assert _listed(Names=names).name == name


@pytest.mark.parametrize(
    ("state", "status", "exit_code", "health"),
    [
        ("exited", "Exited (137) 3 hours ago", 137, ""),
        ("exited", "Exited (0) Less than a second ago", 0, ""),
        ("restarting", "Restarting (1) 5 seconds ago", 1, ""),
        ("running", "Up 38 minutes", None, ""),
        ("running", "Up 38 minutes (healthy)", None, "healthy"),
        ("running", "Up 2 seconds (health: starting)", None, "starting"),
        ("running", "Up 2 hours (unhealthy)", None, "unhealthy"),
        ("paused", "Up 2 hours (Paused)", None, ""),
        ("created", "Created", None, ""),
        ("dead", "Dead", None, ""),
        ("exited", None, None, ""),
        ("exited", "Exited (99999999999999999999) ago", None, ""),
    ],
)
def test_it_takes_exit_code_and_health_from_the_status_and_keeps_no_status(
    state: str, status: Any, exit_code: int | None, health: str
) -> None:
    container = _listed(State=state, Status=status)

    assert (container.exit_code, container.health) == (exit_code, health)
    assert "Up" not in repr(container)


def test_it_takes_exit_code_health_and_times_from_the_inspection() -> None:
    container = _inspected(
        Created="2026-11-24T08:40:01.123456789Z",
        State={
            "Status": "exited",
            "ExitCode": 137,
            "Pid": 0,
            "Health": {"Status": "unhealthy"},
            "StartedAt": "2026-11-24T08:40:02.987654321+09:00",
            "FinishedAt": "0001-01-01T00:00:00Z",
        },
    )

    assert container.created_at == datetime(2026, 11, 24, 8, 40, 1, tzinfo=UTC)
    assert container.started_at == datetime(2026, 11, 23, 23, 40, 2, 987654, tzinfo=UTC)
    assert container.finished_at is None
    assert (container.exit_code, container.health) == (137, "")


@pytest.mark.parametrize(
    ("told", "stop_wait_s"), [(3, 3), (-5, -1), (2**31, 2**31 - 1), (2**62, 2**31 - 1), (None, None), ("9", None), (True, None)]
)
def test_it_takes_a_time_to_stop_that_is_too_long_for_the_longest(told: Any, stop_wait_s: int | None) -> None:
    assert parse_container({"Id": ID, "Config": {"StopTimeout": told}}).stop_wait_s == stop_wait_s


def test_it_never_keeps_the_environment() -> None:
    container = _inspected(Config={"Env": ["PASSWORD=s3cret"], "Hostname": "h"}, Path="sh", Args=["-c", "sleep 1"])

    assert "s3cret" not in repr(container)
    assert container.command == "sh -c 'sleep 1'"
    assert container.hostname == "h"


def test_it_reads_endpoints_with_all_their_detail() -> None:
    container = _inspected(
        State={"Status": "running"},
        NetworkSettings={
            "Networks": {
                "n1": {
                    "IPAMConfig": {
                        "IPv4Address": "172.72.0.9",
                        "IPv6Address": "fd00::9",
                        "LinkLocalIPs": ["169.254.1.1"],
                    },
                    "Links": ["db:database"],
                    "Aliases": ["web", ID[:12]],
                    "DNSNames": ["c1", "web", ID[:12]],
                    "DriverOpts": {"k": "v"},
                    "GwPriority": 3,
                    "NetworkID": NETWORK_ID,
                    "EndpointID": "e" * 64,
                    "Gateway": "172.72.0.1",
                    "IPAddress": "172.72.0.9",
                    "IPPrefixLen": 16,
                    "IPv6Gateway": "fd00::1",
                    "GlobalIPv6Address": "fd00::9",
                    "GlobalIPv6PrefixLen": 64,
                    "MacAddress": "02:42:ac:48:00:09",
                }
            }
        },
    )

    (endpoint,) = container.endpoints
    assert endpoint.network_id == NETWORK_ID
    assert (endpoint.ipv4, endpoint.ipv4_prefix_length) == (IPv4Address("172.72.0.9"), 16)
    assert (endpoint.ipv6, endpoint.ipv6_prefix_length) == (IPv6Address("fd00::9"), 64)
    assert (endpoint.ipv4_gateway, endpoint.ipv6_gateway) == (IPv4Address("172.72.0.1"), IPv6Address("fd00::1"))
    assert (endpoint.requested_ipv4, endpoint.requested_ipv6) == (IPv4Address("172.72.0.9"), IPv6Address("fd00::9"))
    assert endpoint.link_local_ips == ("169.254.1.1",)
    assert endpoint.aliases == ("web",)
    assert endpoint.dns_names == ("c1", "web", ID[:12])
    assert endpoint.links == ("db:database",)
    assert (endpoint.driver_options, endpoint.gateway_priority) == ({"k": "v"}, 3)
    assert endpoint.has_detail


def test_it_knows_the_names_that_an_engine_before_1_44_does_not_list() -> None:
    running = {"EndpointID": "e" * 64, "Aliases": ["www", ID[:12]]}
    networks = {"front": running, "bridge": running | {"Aliases": None}, "later": {"Aliases": ["www"]}}

    found = _inspected(Name="/web", NetworkSettings={"Networks": networks})

    names = {endpoint.network_name: endpoint.dns_names for endpoint in found.endpoints}
    assert names == {"front": ("web", "www", ID[:12]), "bridge": (), "later": ()}


def test_it_believes_no_name_where_no_dns_answers() -> None:
    named = {"EndpointID": "e" * 64, "DNSNames": ["web", ID[:12]]}

    found = _inspected(NetworkSettings={"Networks": dict.fromkeys(("bridge", "host", "none"), named)})

    assert [endpoint.dns_names for endpoint in found.endpoints] == [(), (), ()]


def test_it_keeps_an_endpoint_that_names_its_network_only() -> None:
    empty = {"NetworkID": "", "EndpointID": "", "IPAddress": "", "IPPrefixLen": 0, "MacAddress": "", "IPAMConfig": None}

    (endpoint,) = _listed(State="created", NetworkSettings={"Networks": {"n1": empty}}).endpoints

    assert (endpoint.network_name, endpoint.network_id) == ("n1", "")
    assert (endpoint.ipv4, endpoint.ipv4_prefix_length, endpoint.mac) == (None, None, "")
    assert not endpoint.has_detail


@pytest.mark.parametrize("wrong", [None, [], "x", 3, True, {"n1": None}, {"n1": []}, {"n1": "x"}])
def test_it_has_no_endpoints_where_the_answer_has_none_of_the_right_type(wrong: Any) -> None:
    assert _listed(NetworkSettings={"Networks": wrong}).endpoints == ()


def test_it_reads_ports_alike_from_both() -> None:
    listed = _listed(
        State="running",
        Ports=[
            {"IP": "127.0.0.1", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
            {"PrivatePort": 53, "Type": "udp"},
            {"IP": "::1", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
            {"PrivatePort": 99999, "Type": "tcp"},
            "garbage",
        ],
    )
    inspected = _inspected(
        State={"Status": "running"},
        NetworkSettings={
            "Ports": {
                "80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}, {"HostIp": "::1", "HostPort": "8080"}],
                "53/udp": None,
                "x/tcp": None,
            }
        },
    )

    assert listed.ports == inspected.ports
    assert listed.ports == (
        PortFact(53, "udp"),
        PortFact(80, "tcp", 8080, "127.0.0.1"),
        PortFact(80, "tcp", 8080, "::1"),
    )


def test_it_calls_the_default_mode_by_its_name() -> None:
    assert _listed(HostConfig={"NetworkMode": "default"}).network_mode == "bridge"
    assert _inspected(HostConfig={"NetworkMode": f"container:{ID}"}).network_mode == f"container:{ID}"


def test_it_makes_text_that_every_database_takes() -> None:
    entry = {"Id": ID, "Names": ["/a\0b"], "Labels": {"k\0": "\ud800x", "n": 3, "ok": "한글 \u202e"}}

    (container,) = parse_containers(parse_json(json.dumps([entry]).encode()))

    assert container.name == "a\u2400b"
    assert container.labels == {"k\u2400": "\ufffdx", "ok": "한글 \u202e"}


@pytest.mark.parametrize("mode", ["container:" + "f" * 64, "front"])
def test_it_reads_no_endpoint_of_one_that_shares_anothers_stack(mode: str) -> None:
    networks = {"NetworkSettings": {"Networks": {"front": {"NetworkID": ""}}}, "HostConfig": {"NetworkMode": mode}}

    inspected = parse_container({"Id": ID, "Name": "/web", "State": {"Status": "running"}, **networks})
    listed = parse_listed({"Id": ID, "Names": ["/web"], "State": "running", **networks})

    names = [] if mode.startswith("container:") else ["front"]
    assert [end.network_name for end in inspected.endpoints] == [end.network_name for end in listed.endpoints] == names
