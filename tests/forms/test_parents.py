"""What a macvlan or ipvlan network stands on: the machine's links to choose from, VLANs, and what is said of the chosen one."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_interface, ip_network

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from networks.addressing.findings import Level
from networks.addressing.host import HostRoute, HostSide, ParentLink, quiet_range, split_vlan
from networks.forms.edits import take_parent
from networks.forms.networks import NetworkForm
from networks.preflight.findings import say_advice, say_finding
from networks.preflight.parents import MOST_LISTED, list_parents, pool_on
from networks.queries.engine_context import EngineContext

ETH0 = ParentLink(
    "eth0",
    "ethernet",
    is_hardware=True,
    interfaces=(ip_interface("192.168.0.4/24"),),
    routers=(ip_address("192.168.0.1"),),
)
LINKS = (
    ParentLink("bond1", "bond", interfaces=(ip_interface("10.7.0.200/24"),)),
    ETH0,
    ParentLink("eth1", "ethernet", "down", is_on=False, is_up=False, is_hardware=True),
    ParentLink("eth2", "ethernet", "down", is_up=False, is_hardware=True),
    ParentLink("port0", "veth", plugged_into="br0"),
    ParentLink("br0", "bridge"),
    ParentLink("wlan0", "wireless", is_hardware=True),
)
OTHERS = (
    ParentLink("lo", "loopback", is_ethernet=False),
    ParentLink("docker0", "bridge", bridge_of="bridge"),
    ParentLink("br1", "bridge", "down", is_up=False, bridge_of="front"),
    ParentLink("veth1", "veth", plugged_into="docker0"),
    ParentLink("tun0", "tun", is_ethernet=False),
    ParentLink("mac0", "macvlan", stands_on="eth0"),
    ParentLink("ovs0", "openvswitch"),
)
HOST = HostSide(
    routes=(HostRoute(ip_network("0.0.0.0/0"), "eth0", ip_address("192.168.0.1")),),
    is_known=True,
    knows_name_servers=True,
    parents=LINKS,
    others=OTHERS,
)
GROUND = EngineContext(
    "local",
    parents={("macvlan", "br0"): "lan", ("ipvlan", "bond1"): "routed"},
    drivers=("bridge", "host", "ipvlan", "macvlan", "null", "overlay"),
    version="26.1.5",
    api_version=(1, 45),
    host=HOST,
)


def typed(ground: EngineContext = GROUND, **fields: str) -> NetworkForm:
    data = QueryDict(mutable=True)
    data.update({"name": "new", "driver": "macvlan", "pools-count": "1"} | {n.replace("__", "-"): v for n, v in fields.items()})
    form = NetworkForm(data, ground=ground, may_shape=True)
    form.is_valid()
    return form


def said(form: NetworkForm) -> list[tuple[str, str, str]]:
    about = ("name_free", "driver_known", "subnet_by_docker", "parent_apart", "parent_apart_ipvlan", "parent_apart_always")
    return [(str(each.level), each.key, each.suggestion) for each in form.all_findings if each.key not in about]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"parent": "eth0"}, []),
        ({"parent": "eht0"}, [("bad", "parent_missing", "eth0")]),
        ({"parent": "ens3"}, [("bad", "parent_missing", "eth0")]),
        ({"parent": "eth7.10"}, [("bad", "parent_missing", "eth0.10")]),
        ({"parent": "lo"}, [("bad", "parent_loopback", "eth0")]),
        ({"parent": "lo", "driver": "ipvlan"}, [("bad", "parent_loopback", "eth0")]),
        ({"parent": "lo.5"}, [("bad", "vlan_on_loopback", "eth0.5")]),
        ({"parent": "docker0"}, [("warn", "parent_bridge", "")]),
        ({"parent": "docker0.5"}, [("ok", "parent_vlan_made", "")]),
        ({"parent": "veth1"}, [("bad", "parent_port", "docker0")]),
        ({"parent": "tun0"}, [("bad", "parent_no_ethernet", "eth0")]),
        ({"parent": "tun0", "driver": "ipvlan"}, [("warn", "parent_unsure", "")]),
        ({"parent": "mac0"}, [("warn", "parent_stacked", "")]),
        ({"parent": "mac0", "driver": "ipvlan"}, [("warn", "parent_unsure", "")]),
        ({"parent": "ovs0"}, [("warn", "parent_unsure", "")]),
        ({"parent": "eth0.10"}, [("ok", "parent_vlan_made", "")]),
        ({"parent": "eth0", "vlan": "10"}, [("ok", "parent_vlan_made", "")]),
        ({"parent": "eth0", "vlan": "4095"}, [("bad", "vlan_number", "")]),
        ({"parent": "eth0", "vlan": "ten"}, [("bad", "vlan_number", "")]),
        ({"parent": "eth0.7", "vlan": "10"}, [("ok", "parent_vlan_made", ""), ("bad", "vlan_twice", "")]),
        ({"vlan": "10"}, [("warn", "no_parent", ""), ("bad", "vlan_without_parent", "")]),
        ({"parent": "eth1"}, [("warn", "parent_off", "")]),
        ({"parent": "eth1", "vlan": "10"}, [("ok", "parent_vlan_made", ""), ("warn", "parent_off", "")]),
        ({"parent": "eth2"}, [("warn", "parent_no_carrier", "")]),
        ({"parent": "br1"}, [("warn", "parent_bridge", ""), ("warn", "parent_no_ports", "")]),
        ({"parent": "port0"}, [("bad", "parent_port", "br0")]),
        ({"parent": "port0", "vlan": "9"}, [("ok", "parent_vlan_made", "")]),
        ({"parent": "wlan0"}, [("warn", "parent_wireless", "ipvlan")]),
        ({"parent": "wlan0", "driver": "ipvlan"}, []),
        ({"parent": "bond1"}, [("bad", "parent_other_driver", "")]),
        ({"parent": "br0"}, [("bad", "parent_taken", "")]),
        ({"parent": "br0", "driver": "ipvlan"}, [("bad", "parent_other_driver", "")]),
        ({"parent": "eth0", "macvlan_mode": "passthru"}, [("warn", "passthru_alone", "")]),
        ({"parent": "eth0", "is_config_only": "on"}, [("warn", "config_only_use", "")]),
    ],
)
def test_it_says_of_a_parent_what_docker_and_the_kernel_would(
    fields: dict[str, str], expected: list[tuple[str, str, str]]
) -> None:
    assert sorted(said(typed(**fields))) == sorted(expected)


def test_it_always_says_that_the_host_itself_stays_apart() -> None:
    [apart] = [each for each in typed(parent="eth0").all_findings if each.key == "parent_apart"]

    assert apart.level is Level.WARN
    assert say_finding(apart) == "These containers and the host can't reach each other: the kernel separates them on eth0."
    assert "macvlan link of its own" in say_advice(apart)


def test_it_never_sends_to_a_macvlan_link_where_the_parent_has_ipvlan_children() -> None:
    [apart] = [each for each in typed(driver="ipvlan", parent="eth0").all_findings if each.key.startswith("parent_apart")]

    assert say_finding(apart) == "These containers and the host can't reach each other: the kernel separates them on eth0."
    assert "ipvlan link of its own" in say_advice(apart)
    assert "macvlan" not in say_advice(apart)


@pytest.mark.parametrize("mode", ["private", "vepa", "passthru"])
def test_it_knows_no_way_to_containers_that_see_no_neighbour(mode: str) -> None:
    typed_one = typed(parent="eth0", macvlan_mode=mode)
    [apart] = [each for each in typed_one.all_findings if each.key.startswith("parent_apart")]

    assert say_finding(apart) == "These containers and the host can't reach each other: the kernel separates them on eth0."
    assert say_advice(apart) == ""


def test_it_knows_what_hypervisors_do_to_further_mac_addresses() -> None:
    virtual = replace(GROUND, host=replace(HOST, is_virtual=True))

    assert said(typed(virtual, parent="eth0")) == [("warn", "parent_virtual", "ipvlan")]
    assert said(typed(virtual, parent="eth0", driver="ipvlan")) == []
    assert ("warn", "parent_virtual", "ipvlan") not in said(typed(virtual, parent="br0"))  # not a device of the machine


def test_it_says_where_no_link_is_seen() -> None:
    blind = replace(GROUND, host=HostSide())

    assert said(typed(blind, parent="eth0")) == [("warn", "parent_unseen", "")]
    assert not list_parents("macvlan", "", blind).is_known


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"pools__0__subnet": "192.168.0.0/24", "pools__0__ip_range": "192.168.0.224/27"}, []),
        ({"pools__0__subnet": "192.168.0.0/24"}, [("dhcp_range", "192.168.0.224/27")]),
        ({"pools__0__subnet": "10.99.0.0/24"}, [("subnet_not_parents", "192.168.0.0/24")]),
        ({"pools__0__subnet": "10.99.0.0/24", "vlan": "10"}, []),  # another network than its parent's
        ({"pools__0__subnet": "10.99.0.0/24", "driver": "ipvlan", "ipvlan_mode": "l3"}, []),
    ],
)
def test_it_holds_the_subnet_against_the_parents(fields: dict[str, str], expected: list[tuple[str, str]]) -> None:
    found = typed(parent="eth0", **fields).all_findings

    about = ("subnet_not_parents", "dhcp_range")
    assert [(each.key, each.suggestion) for each in found if each.key in about] == expected


def test_it_composes_the_name_of_a_vlan() -> None:
    form = typed(parent="eth0", vlan="0010", macvlan_mode="private")

    assert form.to_spec().options == {"parent": "eth0.10", "macvlan_mode": "private"}
    assert ("--opt", "parent=eth0.10") in form.command_lines()
    assert typed(driver="bridge", parent="eth0", vlan="10").hidden_options == [("parent", "eth0"), ("vlan", "10")]


def test_it_lists_ways_out_first_and_troubled_links_last() -> None:
    listed = list_parents("macvlan", "eth0", GROUND)

    assert [(each.link.name, each.trouble, each.owner) for each in listed.shown] == [
        ("eth0", "", ""),
        ("eth1", "off", ""),
        ("eth2", "no_carrier", ""),
        ("wlan0", "wireless", ""),
        ("bond1", "used", "routed"),
        ("port0", "port", ""),
        ("br0", "used", "lan"),
    ]
    assert [each.is_chosen for each in listed.shown[:2]] == [True, False]
    assert (listed.shown[0].subnets, listed.shown[0].router) == (("192.168.0.0/24",), "192.168.0.1")


def test_it_lists_no_more_than_one_can_read() -> None:
    many = replace(GROUND, host=replace(HOST, parents=tuple(ParentLink(f"eth{n}", "ethernet") for n in range(40))))

    listed = list_parents("macvlan", "", many)

    assert (len(listed.shown), listed.more) == (MOST_LISTED, 40 - MOST_LISTED)


def test_it_puts_a_chosen_link_s_network_into_the_form() -> None:
    chosen = take_parent(QueryDict("driver=macvlan&vlan=10"), GROUND, "eth0")
    again = take_parent(chosen, GROUND, "bond1")
    bare = take_parent(again, GROUND, "eth1")

    assert {name: chosen.get(name) for name in ("parent", "vlan", "pools-0-subnet", "pools-0-ip_range", "pools-0-gateway")} == {
        "parent": "eth0",
        "vlan": None,
        "pools-0-subnet": "192.168.0.0/24",
        "pools-0-ip_range": "192.168.0.224/27",
        "pools-0-gateway": "192.168.0.1",
    }
    # Nobody names a router on bond1, so the gateway is Docker's choice; the machine's own address lies outside of the range.
    assert [again[f"pools-0-{field}"] for field in ("subnet", "ip_range", "gateway", "aux_addresses")] == [
        "10.7.0.0/24",
        "10.7.0.224/27",
        "10.7.0.1",
        "",
    ]
    assert (bare["parent"], bare["pools-0-subnet"]) == ("eth1", "")


def test_it_leaves_a_row_that_somebody_filled() -> None:
    mine = QueryDict("driver=macvlan&pools-0-subnet=10.99.0.0/24")

    assert take_parent(mine, GROUND, "eth0")["pools-0-subnet"] == "10.99.0.0/24"
    assert take_parent(mine, GROUND, "no-such-link") is mine


@given(length=st.integers(0, 32), last=st.integers(0, 2**32 - 1), kept=st.lists(st.integers(0, 2**32 - 1), max_size=6))
def test_it_never_suggests_a_range_with_an_address_that_is_in_use(length: int, last: int, kept: list[int]) -> None:
    subnet = ip_network((last, length), strict=False)
    addresses = [ip_address(number) for number in kept] + [subnet.network_address + min(1, subnet.num_addresses - 1)]

    found = quiet_range(subnet, addresses)

    if found is not None:
        assert found.subnet_of(subnet)  # type: ignore[arg-type]
        assert not any(each in found for each in addresses)
    link = ParentLink("eth0", "ethernet", interfaces=(ip_interface((int(subnet.network_address), length)),))
    assert pool_on(link)["subnet"] == str(subnet)


def test_it_tells_a_vlan_from_a_name_with_a_dot() -> None:
    assert [split_vlan(name) for name in ("eth0.10", "eth0", "a.b.7", "a.b", ".5", "eth0.")] == [
        ("eth0", "10"),
        ("eth0", ""),
        ("a.b", "7"),
        ("a.b", ""),
        (".5", ""),
        ("eth0.", ""),
    ]


@pytest.mark.parametrize(("name", "expected"), [("veth1", ["bridge_name_link"]), ("br1", []), ("br-free", [])])
def test_it_says_that_a_bridge_cannot_have_another_links_name(name: str, expected: list[str]) -> None:
    found = typed(driver="bridge", bridge_name=name).all_findings

    assert [each.key for each in found if each.key.startswith("bridge_name")] == expected
