"""An operator takes a route of the host, or one of its own ports: tried as it was done, on a real Engine."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from networks.actions.actors import Actor
from networks.actions.launching import run_container
from networks.actions.networks import create_network
from networks.addressing.pool_checks import Pool
from networks.engine.specs import EndpointSpec, NetworkSpec, PortSpec, RunSpec
from networks.models import Engine, Grant, Network, OutcomeKind, Role
from tests.lab_image import IMAGE
from tests.machines import office, seen
from tests.private_engine import PrivateEngine, wait_until

OUTSIDE = ("203.0.113.0/24", "172.31.0.0/24", "192.168.77.0/24", "fd00:7::/64")


@pytest.mark.parametrize("subnet", OUTSIDE)
def test_an_operator_gets_no_route_of_a_host_that_is_not_seen(
    engine: PrivateEngine, followed: Engine, operator: Actor, subnet: str
) -> None:
    result = create_network(operator, followed, NetworkSpec("trap", pools=(Pool(ip_network(subnet)),)))

    assert result.kind is OutcomeKind.DENIED
    assert "shape" in result.sentence
    assert not engine.cli("network", "ls", "-q", "--filter", "name=trap")
    assert subnet not in engine.check_inside("ip", "route")


def test_an_operator_gets_what_docker_chooses_and_what_is_free(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    chosen = create_network(operator, followed, NetworkSpec("chosen"))
    with seen(office(), followed.slug):
        free = create_network(operator, followed, NetworkSpec("free", pools=(Pool(ip_network("172.30.0.0/24")),)))
        taken = create_network(operator, followed, NetworkSpec("trap", pools=(Pool(ip_network("203.0.113.0/24")),)))

    assert (chosen.kind, free.kind, taken.kind) == (OutcomeKind.OK, OutcomeKind.OK, OutcomeKind.DENIED)


PORTS = {
    "below 1024": PortSpec(80, 80, host_first=53, host_last=53, protocol="udp"),
    "a range from below": PortSpec(80, 80, host_first=1000, host_last=1100),
    "at the loopback address": PortSpec(80, 80, host_first=5432, host_last=5432, address=ip_address("127.0.0.1")),
    "at loopback by IPv6": PortSpec(80, 80, host_first=5432, host_last=5432, address=ip_address("::1")),
    "at all of IPv6, where localhost leads first": PortSpec(80, 80, host_first=5432, host_last=5432, address=ip_address("::")),
    "at all of IPv4": PortSpec(80, 80, host_first=5432, host_last=5432, address=ip_address(0)),
    "at Netadmin's own port": PortSpec(80, 80, host_first=8000, host_last=8000),
    "across Netadmin's own port": PortSpec(80, 89, host_first=7995, host_last=8004),
    "at one of the machine's": PortSpec(80, 80, host_first=8080, host_last=8080, address=ip_address("192.0.2.7")),
}


@pytest.mark.parametrize("kind", PORTS)
def test_an_operator_publishes_at_no_place_of_the_host_s_own(
    engine: PrivateEngine, followed: Engine, operator: Actor, kind: str
) -> None:
    bridge = engine.cli("network", "inspect", "-f", "{{.Id}}", "bridge")
    spec = RunSpec(IMAGE, "trap", networks=(EndpointSpec(bridge, "bridge"),), ports=(PORTS[kind],))

    denied = run_container(operator, followed, spec)

    assert (denied.kind, "shape" in denied.sentence) == (OutcomeKind.DENIED, True)
    assert not engine.cli("ps", "-aq", "--filter", "name=trap")


def test_an_operator_publishes_where_the_engine_does_by_itself(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    bound = engine.cli("network", "create", "-o", "com.docker.network.bridge.host_binding_ipv4=127.0.0.1", "bound")
    wait_until(lambda: Network.objects.filter(docker_id=bound).exists(), "the network in the snapshot")
    port = PORTS["at the loopback address"]
    where = (EndpointSpec(bound, "bound"),)

    fits = run_container(operator, followed, RunSpec(IMAGE, "fits", networks=where, ports=(port,)))
    anywhere = PortSpec(80, 80, host_first=5433, host_last=5433, address=ip_address(0))
    wider = run_container(operator, followed, RunSpec(IMAGE, "wider", networks=where, ports=(anywhere,)))

    assert (fits.kind, wider.kind) == (OutcomeKind.OK, OutcomeKind.DENIED)


def test_an_admin_may_all_of_it(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    Grant.objects.update(role=Role.ADMIN)
    bridge = engine.cli("network", "inspect", "-f", "{{.Id}}", "bridge")
    ports = (PORTS["below 1024"], PORTS["at the loopback address"])

    made = create_network(operator, followed, NetworkSpec("mine", pools=(Pool(ip_network("203.0.113.0/24")),)))
    ran = run_container(operator, followed, RunSpec(IMAGE, "mine", networks=(EndpointSpec(bridge, "bridge"),), ports=ports))

    assert (made.kind, ran.kind) == (OutcomeKind.OK, OutcomeKind.OK), (made.sentence, ran.sentence)
