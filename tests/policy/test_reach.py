"""What of a machine a new network may take: read from its picture, never Docker's own, never more than is seen."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from networks.addressing.host import HostSide
from networks.addressing.pool_checks import Pool
from networks.engine.errors import NotAllowed
from networks.engine.specs import NetworkSpec
from networks.hostnet.facts import HostView, Obstacle, ResolverFact
from networks.policy.harmful_subnets import are_typed, harmful_subnets, refuse_untyped, subnets_of, words_to_type
from networks.policy.host_space import host_side_of, side_of
from networks.sync.host.board import HostPicture
from tests.machines import SUBNET, office, seen

LAN, INSIDE, FREE = ip_network(SUBNET), ip_network("192.168.77.128/25"), ip_network("10.99.0.0/24")


def spec(*subnets: object, driver: str = "bridge", **members: object) -> NetworkSpec:
    pools = tuple(Pool(ip_network(str(subnet))) for subnet in subnets)
    return NetworkSpec("new", driver, pools, **members)  # type: ignore[arg-type]


def test_it_reads_the_machine_without_docker_s_own_bridges() -> None:
    side = side_of(office())

    assert side.is_known
    assert side.knows_name_servers
    assert [(str(each.interface), each.link) for each in side.addresses] == [("192.168.77.4/24", "eth0")]
    assert [str(route.destination) for route in side.routes] == ["0.0.0.0/0", SUBNET]
    assert side.name_servers == (ip_address("10.53.0.53"),)
    assert side.ways_out == {"eth0"}


@pytest.mark.parametrize(
    "picture",
    [
        HostPicture(),
        office(view=HostView(enters_containers=True, why_not_host=Obstacle.OTHER_NAMESPACE)),
        replace(office(), trouble="Operation not permitted"),
        replace(office(), as_of=None),
    ],
)
def test_it_knows_nothing_of_a_machine_that_it_does_not_see(picture: HostPicture) -> None:
    assert side_of(picture) == HostSide()
    with seen(picture):
        assert host_side_of("local") == HostSide()
        assert harmful_subnets("local", spec(LAN)) == ()


def test_it_tells_where_the_name_servers_are_not_known() -> None:
    side = side_of(replace(office(), resolver=ResolverFact(is_known=False)))

    assert side.is_known
    assert not side.knows_name_servers


@pytest.mark.parametrize(
    ("asked", "harmful"),
    [
        (spec(LAN), (LAN,)),
        (spec(INSIDE, FREE), (INSIDE,)),
        (spec("10.53.0.0/16"), (ip_network("10.53.0.0/16"),)),
        (spec(FREE), ()),
        (spec("10.20.0.0/24"), ()),  # a network of the Engine's own has it, and the Engine refuses
        (spec(LAN, driver="weave"), (LAN,)),
        (spec(LAN, driver="macvlan", options={"parent": "eth0"}), ()),
        (spec(LAN, driver="overlay"), ()),
        (spec(LAN, options={"com.docker.network.bridge.inhibit_ipv4": "true"}), ()),
        (spec(LAN, options={"com.docker.network.bridge.inhibit_ipv4": "no"}), (LAN,)),
        (spec(LAN, is_config_only=True), ()),
        (spec(), ()),
    ],
)
def test_it_finds_what_would_cut_the_machine_off(asked: NetworkSpec, harmful: tuple[object, ...]) -> None:
    with seen(office()):
        assert harmful_subnets("local", asked) == harmful
        assert harmful_subnets("elsewhere", asked) == ()


def test_it_counts_what_comes_from_a_configuration() -> None:
    assert subnets_of(spec(config_from="plan"), [LAN]) == (LAN,)
    with seen(office()):
        assert harmful_subnets("local", spec(config_from="plan"), [LAN]) == (LAN,)


def test_it_wants_exactly_the_subnets_typed() -> None:
    assert words_to_type([LAN, INSIDE, LAN]) == "192.168.77.0/24, 192.168.77.128/25"
    assert are_typed(" 192.168.77.0/24\n", [LAN])
    refuse_untyped([], "")
    refuse_untyped([LAN], SUBNET)
    for typed in ("", "192.168.77.0", "192.168.77.0/25", "192.168.77.0/24, 192.168.77.128/25", "yes"):
        with pytest.raises(NotAllowed, match=r"192\.168\.77\.0/24 would cut"):
            refuse_untyped([LAN], typed)
