"""Networks, Engines, refusals and images out of their JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from networks.engine.errors import Conflict, EngineError, NotFound, ProtocolFault, Refused
from networks.engine.facts import PoolFact, SubnetCount
from networks.engine.parsing.engines import parse_engine
from networks.engine.parsing.images import parse_images, parse_imported, parse_progress
from networks.engine.parsing.memory import network_memory
from networks.engine.parsing.networks import parse_network_fact
from networks.engine.parsing.refusals import MAX_SENTENCE, refusal

ID = "b" * 64


def test_it_reads_a_network() -> None:
    network = parse_network_fact(
        {
            "Name": "n1",
            "Id": ID,
            "Created": "2026-11-24T08:40:01.123456789Z",
            "Scope": "local",
            "Driver": "bridge",
            "EnableIPv6": True,
            "IPAM": {
                "Driver": "default",
                "Options": {"o": "1"},
                "Config": [
                    {
                        "Subnet": "172.72.0.0/16",
                        "IPRange": "172.72.0.0/24",
                        "Gateway": "172.72.0.1",
                        "AuxiliaryAddresses": {"router": "172.72.0.5", "wrong": "x"},
                    },
                    {"Subnet": "fd00::/64"},
                    {"Gateway": "10.0.0.1"},
                    None,
                ],
            },
            "Internal": True,
            "Attachable": False,
            "Ingress": False,
            "ConfigFrom": {"Network": ""},
            "ConfigOnly": False,
            "Containers": {},
            "Options": {"com.docker.network.bridge.name": "br1"},
            "Labels": {"b": "2", "a": "1"},
            "SomethingNew": [1],
        }
    )

    assert network.created_at == datetime(2026, 11, 24, 8, 40, 1, 123456, tzinfo=UTC)
    assert network.pools == (
        PoolFact(
            ip_network("172.72.0.0/16"),
            ip_network("172.72.0.0/24"),
            ip_address("172.72.0.1"),
            {"router": ip_address("172.72.0.5")},
        ),
        PoolFact(ip_network("fd00::/64")),
    )
    assert (network.has_ipv4, network.has_ipv6, network.is_internal) == (True, True, True)
    assert list(network.labels) == ["a", "b"]
    assert network.ipam_options == {"o": "1"}


def test_it_needs_nothing_but_an_id() -> None:
    network = parse_network_fact({"Id": ID})

    assert (network.name, network.driver, network.pools, network.ipam_driver) == ("", "", (), "default")
    assert network.has_ipv4
    assert not network.has_ipv6


def test_it_takes_the_ids_of_swarm_networks() -> None:
    assert parse_network_fact({"Id": "2xhevk6yb9wqkvqu0ul7n6kw3"}).docker_id == "2xhevk6yb9wqkvqu0ul7n6kw3"


@pytest.mark.parametrize("answer", [None, {}, [3], [{}], [{"Id": "x/y"}], [{"Id": ID + "\n"}]])
def test_it_takes_only_a_list_of_networks(answer: Any) -> None:
    with pytest.raises(ProtocolFault):
        network_memory().parse(json.dumps(answer).encode())


@pytest.mark.parametrize("wrong", [None, 3, "x", [], {}, True])
def test_it_counts_wrong_types_as_absent_and_keeps_the_rest(wrong: Any) -> None:
    members = ("Driver", "Scope", "Created", "Internal", "IPAM", "Options", "Labels", "ConfigFrom", "EnableIPv4")

    for member in members:
        network = parse_network_fact({"Id": ID, "Name": "n1", member: wrong})
        assert network.name == "n1"


def test_it_reads_a_gateway_that_carries_a_prefix_length() -> None:
    pool = parse_network_fact({"Id": ID, "IPAM": {"Config": [{"Subnet": "10.0.0.0/8", "Gateway": "10.0.0.1/8"}]}}).pools[0]

    assert pool.gateway == ip_address("10.0.0.1")


def test_it_reads_what_the_engine_counts_of_a_subnet() -> None:
    subnets = {
        "172.72.0.0/16": {"IPsInUse": 5, "DynamicIPsAvailable": 65_531},
        "fd00::/64": {"IPsInUse": 2, "DynamicIPsAvailable": 2**64 - 1},
        "10.0.0.0/24": {"IPsInUse": 5},
        "10.0.1.0/24": {"IPsInUse": -1, "DynamicIPsAvailable": 3},
        "10.0.2.0/24": {"IPsInUse": True, "DynamicIPsAvailable": 3},
        "10.0.3.0/24": None,
        "x": {"IPsInUse": 1, "DynamicIPsAvailable": 1},
    }

    network = parse_network_fact({"Id": ID, "Status": {"IPAM": {"Subnets": subnets}}})

    assert network.counts == {
        ip_network("172.72.0.0/16"): SubnetCount(5, 65_531),
        ip_network("fd00::/64"): SubnetCount(2, 2**64 - 1),
    }


@pytest.mark.parametrize("status", [None, 3, {}, {"IPAM": None}, {"IPAM": {"Subnets": []}}])
def test_it_knows_an_engine_that_does_not_count(status: Any) -> None:
    assert parse_network_fact({"Id": ID}).counts is None
    assert parse_network_fact({"Id": ID, "Status": status}).counts is None


def test_it_takes_two_counts_of_a_network_for_the_same_network() -> None:
    one, other = (
        parse_network_fact(
            {"Id": ID, "Status": {"IPAM": {"Subnets": {"10.0.0.0/24": {"IPsInUse": n, "DynamicIPsAvailable": 9}}}}}
        )
        for n in (3, 4)
    )

    assert one == other == parse_network_fact({"Id": ID})


def test_it_reads_who_answers() -> None:
    engine = parse_engine(
        {"Version": "26.1.5", "ApiVersion": "1.45", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64"},
        {
            "ID": "abc",
            "Name": "vm",
            "OperatingSystem": "Debian",
            "Plugins": {"Network": ["host", "bridge", 3]},
            "Swarm": {"ControlAvailable": True},
            "DefaultAddressPools": [{"Base": "10.0.0.0/8", "Size": 24}, {"Base": 3}, None],
        },
    )

    assert (engine.engine_id, engine.version, engine.os, engine.architecture) == ("abc", "26.1.5", "Debian", "amd64")
    assert engine.network_drivers == ("bridge", "host")
    assert engine.swarm.is_manager
    assert engine.default_address_pools == (("10.0.0.0/8", 24),)
    assert not engine.is_rootless


def test_it_reads_that_an_engine_runs_without_root() -> None:
    about = {"SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless"]}  # of a real one, 26.1.5

    assert parse_engine({"Version": "26.1.5"}, about).is_rootless


def test_it_reads_the_registries_of_a_configuration() -> None:
    about = {  # of a real one, 26.1.5, with --insecure-registry registry.example:5000
        "RegistryConfig": {
            "InsecureRegistryCIDRs": ["127.0.0.0/8"],
            "IndexConfigs": {
                "docker.io": {"Name": "docker.io", "Mirrors": [], "Secure": True, "Official": True},
                "Registry.example:5000": {"Name": "Registry.example:5000", "Mirrors": [], "Secure": False, "Official": False},
            },
            "Mirrors": None,
        }
    }

    assert parse_engine({"Version": "26.1.5"}, about).registries == ("docker.io", "registry.example:5000")
    for garbage in ({"RegistryConfig": None}, {"RegistryConfig": {"IndexConfigs": ["x"]}}, {}):
        assert parse_engine({"Version": "26.1.5"}, garbage).registries == ()


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Refused), (403, Refused), (404, NotFound), (409, Conflict), (500, Refused), (503, Refused)]
)
def test_it_says_no_in_the_engines_own_words(status: int, kind: type[EngineError]) -> None:
    error = refusal(status, b'{"message": "Pool overlaps\\u0000"}', "POST /networks/create", 1.5)

    assert type(error) is kind
    assert (error.sentence, error.status) == ("Pool overlaps\u2400", status)
    assert (error.request, error.duration_ms) == ("POST /networks/create", 1.5)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"message": 3}', b'{"message": ""}', b"\xff"])
def test_it_does_not_take_a_strangers_no_for_the_engines(body: bytes) -> None:
    assert type(refusal(404, body, "GET /networks", 1)) is ProtocolFault


def test_it_cuts_an_endless_sentence() -> None:
    assert len(refusal(400, b'{"message": "%s"}' % (b"x" * 70_000), "", 1).sentence) == MAX_SENTENCE


def test_it_reads_the_id_of_an_import() -> None:
    image_id = f"sha256:{ID}"

    assert parse_imported(f'{{"status":"Extracting"}}\r\n{{"status":"{image_id}"}}\r\n'.encode()) == image_id


def test_it_finds_the_error_that_comes_with_status_200() -> None:
    with pytest.raises(Refused, match="no space left"):
        parse_progress(b'{"status":"x"}\n{"errorDetail":{"message":"no space left"},"error":"no space left"}\n')


@pytest.mark.parametrize("body", [b"", b"{}", b'{"status":"done"}', b"<html>"])
def test_it_does_not_invent_an_image(body: bytes) -> None:
    with pytest.raises(ProtocolFault):
        parse_imported(body)


def test_it_counts_images() -> None:
    assert len(parse_images([{"Id": "x"}])) == 1
    with pytest.raises(ProtocolFault):
        parse_images({})
