"""Whatever JSON comes, parsing gives facts or a ProtocolFault, and nothing that a database would refuse."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.engine.errors import EngineError, Incompatible, ProtocolFault
from networks.engine.parsing.containers import parse_container, parse_containers, parse_stats
from networks.engine.parsing.engines import choose_version, parse_engine
from networks.engine.parsing.events import parse_event, read_event
from networks.engine.parsing.images import parse_imported
from networks.engine.parsing.memory import container_memory, network_memory
from networks.engine.parsing.networks import parse_network_fact
from networks.engine.parsing.refusals import refusal
from networks.engine.parsing.values import parse_json

ID = "a" * 64
NAMES = sorted(
    {
        *("Id", "Name", "Names", "Driver", "Scope", "Created", "Internal", "IPAM", "Config", "Subnet", "Gateway", "IPRange"),
        *("Options", "Labels", "ConfigFrom", "Network", "EnableIPv4", "EnableIPv6", "AuxiliaryAddresses", "ID", "Actor"),
        *("State", "Status", "Health", "ExitCode", "Pid", "StartedAt", "FinishedAt", "Path", "Args", "Image", "ImageID"),
        *("NetworkSettings", "Networks", "Ports", "HostConfig", "NetworkMode", "IPAMConfig", "IPAddress", "IPPrefixLen"),
        *("GlobalIPv6Address", "Aliases", "DNSNames", "Links", "DriverOpts", "GwPriority", "NetworkID", "Type", "Action"),
        *("Attributes", "timeNano", "time", "container", "network", "name", "Plugins", "Swarm", "DefaultAddressPools"),
        *("Base", "Size", "PrivatePort", "PublicPort", "IP", "80/tcp", "HostPort", "HostIp", "ApiVersion", "MinAPIVersion"),
        *("networks", "eth0", "rx_bytes", "rx_packets", "tx_bytes"),
        *("message", "error", "errorDetail", "status", "id"),
    }
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.text(st.characters(categories=("Cs", "Cc", "Lu")))
    | st.sampled_from([ID, "10.0.0.0/8", "10.0.0.1", "fe80::1%eth0", "fd00::/64", "2026-11-24T08:40:01.123456789Z"])
    | st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-23:59", "Exited (137) ago", "1.45", "network"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=6),
    max_leaves=30,
)
WITH_ID = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=20).map(lambda members: {**members, "Id": ID})
PARSERS: list[Callable[[Any], Any]] = [
    *(parse_network_fact, parse_containers, parse_container, read_event, parse_stats),
    lambda answer: network_memory().parse(json.dumps(answer, separators=(",", ":")).encode()),
    lambda answer: container_memory().parse(json.dumps(answer, separators=(",", ":")).encode()),
]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if dataclasses.is_dataclass(value):
        return [text for field in dataclasses.fields(value) for text in _texts(getattr(value, field.name))]
    if isinstance(value, Mapping):
        return [text for pair in value.items() for text in _texts(pair)]
    if isinstance(value, tuple):
        return [text for member in value for text in _texts(member)]
    return []


@pytest.mark.parametrize("parse", PARSERS)
@given(answer=JSON | WITH_ID | st.lists(WITH_ID, max_size=3))
def test_it_gives_facts_that_a_database_takes_or_a_protocol_fault(parse: Callable[[Any], Any], answer: Any) -> None:
    try:
        facts = parse(parse_json(json.dumps(answer).encode()))
    except ProtocolFault:
        return

    for text in _texts(facts):
        assert "\0" not in text
        text.encode()  # raises for a lone surrogate


@given(answer=JSON, other=JSON)
def test_it_reads_or_refuses_any_engine(answer: Any, other: Any) -> None:
    try:
        parse_engine(answer, other)
        choose_version(answer)
    except (ProtocolFault, Incompatible):
        return


@given(body=st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_it_survives_any_bytes(body: bytes) -> None:
    parse_event(body)
    assert isinstance(refusal(500, body, "GET /", 1), EngineError)
    for parse in (parse_json, parse_imported):
        try:
            parse(body)
        except EngineError:
            continue


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"a":' * 5000, b"1" * 5000, b'"\xff\xfe"', b'"\\ud800"', b"NaN"])
def test_it_survives_what_breaks_parsers(body: bytes) -> None:
    try:
        parse_json(body)
    except ProtocolFault as error:
        assert error.sentence  # noqa: PT017 - whether it is JSON is the parser's affair, that nothing else comes is ours
