"""Which ports the run form calls taken: exactly those that a real Engine refuses."""

from __future__ import annotations

import sys
from ipaddress import ip_address
from subprocess import PIPE

import pytest

from networks.addressing.findings import Level
from networks.engine.specs import PortSpec
from networks.hostnet.listeners import bound_sockets
from networks.preflight.launch_checks import LaunchContext, check_ports
from networks.queries.lifecycle.places import PublishedPort
from networks.views.changes.launch import _processes
from tests.private_engine import PrivateEngine

LISTEN = (
    "import socket, sys; address, port, family = sys.argv[1:]; "
    "held = socket.create_server((address, int(port)), family=int(family)); print(1, flush=True); input()"
)
ANY, ANY6 = "0.0.0.0", "::"  # noqa: S104


def spec(address: str, port: int) -> PortSpec:
    return PortSpec(80, 80, "tcp", port, port, ip_address(address) if address else None)


def is_refused(engine: PrivateEngine, address: str, port: int) -> bool:
    """Let Docker publish the port, and take it back."""
    host = f"[{address}]:" if ":" in address else f"{address}:" if address else ""
    said = engine.cli("run", "--rm", "-p", f"{host}{port}:80", engine.import_image(), "true", check=False)
    return "already in use" in said or "already allocated" in said


@pytest.mark.parametrize(
    ("held", "asked", "level"),
    [
        ("127.0.0.53", "127.0.0.1", Level.OK),
        ("127.0.0.53", "", Level.BAD),
        ("127.0.0.53", ANY, Level.BAD),
        ("127.0.0.53", ANY6, Level.OK),
        (ANY, "127.0.0.1", Level.BAD),
        (ANY, ANY6, Level.OK),
        (ANY6, ANY6, Level.BAD),
    ],
)
def test_it_calls_a_process_in_the_way_where_docker_refuses(engine: PrivateEngine, held: str, asked: str, level: Level) -> None:
    family = 10 if ":" in held else 2  # Linux: AF_INET6, AF_INET
    process = engine.enter(sys.executable, "-c", LISTEN, held, "7053", str(family), stdout=PIPE, stdin=PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        assert any((one.port, str(one.address)) == (7053, held) for one in bound_sockets(engine.url))
        ground = LaunchContext("local", find_processes=lambda protocol, wanted: _processes(engine.url, protocol, wanted))

        assert [one.level for one in check_ports([spec(asked, 7053)], ground)] == [level]
        assert is_refused(engine, asked, 7053) == (level is Level.BAD)
    finally:
        process.kill()
        process.communicate()


def test_it_is_not_sure_of_ipv4_beside_all_of_ipv6(engine: PrivateEngine) -> None:
    process = engine.enter(sys.executable, "-c", LISTEN, ANY6, "7054", "10", stdout=PIPE, stdin=PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        ground = LaunchContext("local", find_processes=lambda protocol, wanted: _processes(engine.url, protocol, wanted))

        [found] = check_ports([spec(ANY, 7054)], ground)
        assert (found.level, found.key) == (Level.WARN, "port_perhaps_of_process")
        assert not is_refused(engine, ANY, 7054), "this one keeps to IPv6"
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("held", "asked", "is_taken"),
    [(ANY, ANY6, False), (ANY6, ANY, False), (ANY, "", True), (ANY, "127.0.0.1", True), ("127.0.0.1", ANY, True)],
)
def test_it_keeps_the_families_of_containers_apart(engine: PrivateEngine, held: str, asked: str, is_taken: bool) -> None:
    host = f"[{held}]" if ":" in held else held
    engine.run("first", "-p", f"{host}:7055:80")
    ground = LaunchContext("local", ports=(PublishedPort(7055, "tcp", ip_address(held), "f" * 64, "first"),))

    assert any(one.key == "port_held" for one in check_ports([spec(asked, 7055)], ground)) == is_taken
    assert is_refused(engine, asked, 7055) == is_taken
