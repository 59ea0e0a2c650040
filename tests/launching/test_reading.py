"""What is typed for a new container: ports, hosts, variables, words."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.engine.cli import publication
from networks.engine.image_facts import split_reference, whole_reference
from networks.engine.specs import PortSpec
from networks.forms.containers.launch_reading import (
    parse_addresses,
    parse_command,
    parse_container_sysctls,
    parse_environment,
    parse_hosts,
    parse_ports,
)


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("80", PortSpec(80, 80)),
        ("8080:80", PortSpec(80, 80, "tcp", 8080, 8080)),
        ("8080:80/UDP", PortSpec(80, 80, "udp", 8080, 8080)),
        ("127.0.0.1:8080:80", PortSpec(80, 80, "tcp", 8080, 8080, ip_address("127.0.0.1"))),
        ("127.0.0.1::80", PortSpec(80, 80, address=ip_address("127.0.0.1"))),
        ("[::1]:53:53/sctp", PortSpec(53, 53, "sctp", 53, 53, ip_address("::1"))),
        ("8000-8010:80", PortSpec(80, 80, "tcp", 8000, 8010)),
        ("9000-9002:90-92", PortSpec(90, 92, "tcp", 9000, 9002)),
    ],
)
def test_it_reads_a_port_as_docker_does(text: str, port: PortSpec) -> None:
    assert parse_ports(text) == ((port,), [])


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("http", "port_unreadable"),
        ("80/icmp", "port_protocol"),
        ("0", "port_number"),
        ("70000:80", "port_number"),
        ("90-80", "port_number"),
        ("8000-8003:80-81", "port_range"),
        ("1-2000", "port_range"),
        ("999.0.0.1:80:80", "port_unreadable"),
        (":::80", "port_unreadable"),
    ],
)
def test_it_says_what_is_wrong_with_a_port(text: str, key: str) -> None:
    ports, findings = parse_ports(text)

    assert (ports, [finding.key for finding in findings]) == ((), [key])


_ports = st.integers(1, 65_000)


@given(_ports, st.integers(0, 5), st.sampled_from(["tcp", "udp", "sctp"]), st.none() | _ports, st.none() | st.ip_addresses())
def test_it_reads_what_it_writes(first: int, more: int, protocol: str, host: int | None, address: object) -> None:
    known = ip_address(str(address)) if address and "%" not in str(address) else None
    port = PortSpec(first, first + more, protocol, host or 0, host + more if host else 0, known)

    assert parse_ports(publication(port)) == ((port,), [])


@given(st.text(max_size=40))
def test_it_never_fails(text: str) -> None:
    for parse in (parse_ports, parse_hosts, parse_container_sysctls, parse_environment):
        parse(text)
    parse_command(text, "command")
    parse_addresses(text, "dns")


def test_it_names_no_variable_s_value_in_a_fault() -> None:
    variables, findings = parse_environment("A=1\nhunter2\nB=x=y\n\nA=2")

    assert variables == {"A": "1", "B": "x=y"}
    assert [(finding.key, dict(finding.parameters)) for finding in findings] == [
        ("variable_unreadable", {"number": "2"}),
        ("pairs_twice", {"key": "A"}),
    ]


def test_it_reads_hosts_sysctls_and_words() -> None:
    assert parse_hosts("db=10.0.0.9\nhost=host-gateway\nsix=fd00::6") == (
        (("db", "10.0.0.9"), ("host", "host-gateway"), ("six", "fd00::6")),
        [],
    )
    assert [finding.key for finding in parse_container_sysctls("kernel.msgmax=1")[1]] == ["sysctl_not_net"]
    assert parse_command("sh -c 'echo a b'", "command") == (("sh", "-c", "echo a b"), [])
    assert [finding.key for finding in parse_command("sh 'a", "command")[1]] == ["quote_open"]


@pytest.mark.parametrize(
    ("text", "whole", "parts"),
    [
        ("ubuntu", "ubuntu:latest", ("ubuntu", "latest")),
        ("ubuntu:18.04", "ubuntu:18.04", ("ubuntu", "18.04")),
        ("docker.io/library/ubuntu", "ubuntu:latest", ("docker.io/library/ubuntu", "latest")),
        ("127.0.0.1:5000/web", "127.0.0.1:5000/web:latest", ("127.0.0.1:5000/web", "latest")),
        ("a/b@sha256:" + "0" * 64, "a/b@sha256:" + "0" * 64, ("a/b", "sha256:" + "0" * 64)),
    ],
)
def test_it_tells_repository_and_tag(text: str, whole: str, parts: tuple[str, str]) -> None:
    assert (whole_reference(text), split_reference(text)) == (whole, parts)
