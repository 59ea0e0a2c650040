"""Where a new network's subnet lies: what it collides with, what is suggested instead, and what only an admin may let happen."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_interface, ip_network

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from networks.addressing.findings import Level
from networks.addressing.host import HostAddress, HostRoute, HostSide, ParentLink
from networks.addressing.pool_checks import TakenPool
from networks.forms.edits import suggest_pool, take_suggestion
from networks.forms.networks import NetworkForm
from networks.queries.engine_context import EngineContext
from tests.addressing.hosts import HOSTS, SUBNETS

LAN = HostSide(
    addresses=(HostAddress(ip_interface("192.168.0.4/24"), "eth0"),),
    routes=(
        HostRoute(ip_network("0.0.0.0/0"), "eth0", ip_address("192.168.0.1")),
        HostRoute(ip_network("192.168.0.0/24"), "eth0", is_on_link=True),
        HostRoute(ip_network("10.9.0.0/16"), "eth0", ip_address("192.168.0.9")),
    ),
    name_servers=(ip_address("10.53.0.53"),),
    is_known=True,
    knows_name_servers=True,
    parents=(
        ParentLink("eth0", "ethernet", interfaces=(ip_interface("192.168.0.4/24"),), routers=(ip_address("192.168.0.1"),)),
        ParentLink("eth1", "ethernet"),
    ),
)
GROUND = EngineContext(
    "local",
    names=frozenset({"bridge", "front"}),
    pools=(
        ("local", TakenPool(ip_network("172.17.0.0/16"), "bridge")),
        ("local", TakenPool(ip_network("10.20.0.0/24"), "front")),
        ("swarm", TakenPool(ip_network("10.30.0.0/24"), "ingress")),
    ),
    config_networks=("plan",),
    config_subnets={"plan": (ip_network("192.168.0.0/25"),)},
    drivers=("bridge", "host", "ipvlan", "macvlan", "null", "overlay"),
    is_swarm_manager=True,
    version="28.0.0",
    api_version=(1, 48),
    host=LAN,
)


def typed(ground: EngineContext = GROUND, *, may_shape: bool = True, is_draft: bool = False, **fields: str) -> NetworkForm:
    data = QueryDict(mutable=True)
    data.update({"name": "back", "driver": "bridge", "pools-count": "2"} | {n.replace("__", "-"): v for n, v in fields.items()})
    form = NetworkForm(data, ground=ground, may_shape=may_shape, is_draft=is_draft)
    form.is_valid()
    return form


def said(form: NetworkForm) -> dict[str, Level]:
    about = ("name_free", "driver_known")
    return {finding.key: finding.level for finding in form.all_findings if finding.key not in about}


def test_it_is_green_only_where_everything_was_looked_at() -> None:
    blind = replace(GROUND, host=HostSide())
    half_blind = replace(GROUND, host=replace(LAN, name_servers=(), knows_name_servers=False))

    assert said(typed(pools__0__subnet="10.99.0.0/24")) == {"subnet_free_all": Level.OK}
    assert said(typed(blind, pools__0__subnet="10.99.0.0/24")) == {"subnet_free": Level.OK, "host_unknown": Level.WARN}
    assert said(typed(half_blind, pools__0__subnet="10.99.0.0/24")) == {
        "subnet_free": Level.OK,
        "name_servers_unknown": Level.WARN,
    }


@pytest.mark.parametrize(
    ("subnet", "keys"),
    [
        ("192.168.0.0/24", {"host_gateway": "bad", "in_default_pools": "warn"}),
        ("10.53.0.0/16", {"host_name_server": "bad"}),
        ("10.9.7.0/24", {"host_route": "warn"}),
        ("10.20.0.128/25", {"overlaps": "bad"}),
        ("10.30.0.0/25", {"overlaps_other_scope": "warn"}),
        ("172.20.0.0/16", {"in_default_pools": "warn"}),
        ("172.72.0.0/16", {"public": "warn", "subnet_free_all": "ok"}),
    ],
)
def test_it_names_what_is_in_the_way(subnet: str, keys: dict[str, str]) -> None:
    assert {key: str(level) for key, level in said(typed(pools__0__subnet=subnet)).items()} == keys


def test_it_suggests_a_subnet_of_the_same_size_for_each_collision() -> None:
    form = typed(pools__0__subnet="192.168.0.0/26", pools__1__subnet="10.20.0.0/24")

    found = {finding.key: finding.suggestion for finding in form.all_findings if finding.level is Level.BAD}
    assert found["host_gateway"] == "10.128.0.0/26"
    assert found["overlaps"] == "10.128.0.0/24"


@given(
    host=HOSTS,
    taken=st.lists(SUBNETS, max_size=8),
    defaults=st.lists(SUBNETS.filter(lambda subnet: subnet.version == 4 and subnet.prefixlen < 30), max_size=2),
    length=st.none() | st.integers(0, 128),
    other=st.none() | SUBNETS,
    gateway=st.booleans(),
    driver=st.sampled_from(("bridge", "bridge", "macvlan", "overlay")),
    has_ipv6=st.booleans(),
)
def test_it_suggests_only_what_is_green(
    host: HostSide,
    taken: list[object],
    defaults: list[object],
    length: int | None,
    other: object,
    gateway: bool,
    driver: str,
    has_ipv6: bool,
) -> None:
    """Of a subnet that the button put in, no rule says anything but that it is free, whatever the machine and the Engine have."""
    pools = tuple((("local", "swarm")[n % 2], TakenPool(ip_network(str(subnet)), f"n{n}")) for n, subnet in enumerate(taken))
    ground = replace(GROUND, host=host, pools=pools, default_pools=tuple((str(base), 28) for base in defaults))
    data = QueryDict(mutable=True)
    data.update({"name": "back", "driver": driver, "pools-count": "2", "pools-1-subnet": str(other or "")})
    data.update({"pools-0-subnet": f"/{length}" if length is not None else "", "parent": "eth0"})
    if other and gateway:
        data["pools-1-gateway"] = str(ip_network(str(other))[ip_network(str(other)).num_addresses // 2])
    if has_ipv6:
        data["enable_ipv6"] = "on"

    edited = suggest_pool(data, NetworkForm(data, ground=ground, may_shape=True, is_draft=True))

    form = NetworkForm(edited, ground=ground, may_shape=True)
    form.is_valid()
    for index, pool in enumerate(form.pools):
        if edited.get(f"pools-{index}-subnet") != data.get(f"pools-{index}-subnet"):
            assert {finding.key for finding in pool.findings} <= {"subnet_free", "subnet_free_all"}, edited
            assert not ({finding.key for finding in form.findings} & {"host_unknown", "name_servers_unknown"})


def filled(form: NetworkForm) -> dict[str, str]:
    edited = suggest_pool(form.data, form)
    return {name: edited[name] for name in edited if name.endswith("subnet") and edited[name] != form.data.get(name)}


def test_it_puts_a_suggestion_where_it_is_wanted() -> None:
    assert filled(typed()) == {"pools-0-subnet": "10.128.0.0/16"}
    assert filled(typed(pools__0__subnet="/24")) == {"pools-0-subnet": "10.128.0.0/24"}
    assert filled(typed(pools__0__subnet="10.20.0.0/25")) == {"pools-0-subnet": "10.128.0.0/25"}
    assert filled(typed(pools__0__subnet="10.99.0.0/24", enable_ipv6="on")) == {"pools-1-subnet": "fd00::/64"}
    assert filled(typed(pools__0__subnet="/64", enable_ipv6="on")) == {"pools-0-subnet": "fd00::/64"}
    # A bridge has one pool of a family, and IPv6 is off: nothing that could be put in would be green.
    assert filled(typed(pools__0__subnet="10.99.0.0/24")) == {}
    assert filled(typed(pools__0__subnet="10.99.0.0/24", driver="overlay")) == {"pools-1-subnet": "10.128.0.0/16"}


def test_it_moves_the_rest_of_the_row_along() -> None:
    row = {"subnet": "10.20.0.0/25", "ip_range": "10.20.0.64/26", "gateway": "10.20.0.1", "aux_addresses": "a=10.20.0.9"}
    form = typed(**{f"pools__0__{field}": text for field, text in row.items()})

    by_button = suggest_pool(form.data, form)
    form.data["use"] = "pools-0-subnet=10.128.0.0/25"
    by_way_out = take_suggestion(form.data, frozenset())

    for edited in (by_button, by_way_out):
        assert {field: edited[f"pools-0-{field}"] for field in row} == {
            "subnet": "10.128.0.0/25",
            "ip_range": "10.128.0.64/26",
            "gateway": "10.128.0.1",
            "aux_addresses": "a=10.128.0.9",
        }


@pytest.mark.parametrize(
    ("was", "use", "gateway", "kept"),
    [
        ("10.20.0.5/24", "10.20.0.0/24", "10.20.0.9", "10.20.0.9"),  # only written otherwise
        ("10.0.0.0/8", "10.0.0.0/16", "10.0.0.9", "10.0.0.9"),
        ("10.0.0.0/8", "10.0.0.0/16", "10.128.0.9", ""),
        ("10.0.0.0/8", "10.128.0.0/16", "10.128.0.0", ""),  # an address like any other before, the network's own now
        ("10.0.0.0/8", "10.128.0.0/16", "10.128.255.255", ""),
        ("10.20.0.0/24", "10.128.0.0/24", "255.255.255.255", "255.255.255.255"),  # was wrong before, and is marked so
        ("10.20.0.0/24", "fd00::/64", "10.20.0.9", "10.20.0.9"),
        ("10.20.0.0/24", "10.128.0.0/28", "10.20.0.99", ""),
        ("10.20.0.0/24", "nonsense", "10.20.0.9", "10.20.0.9"),
        ("", "10.128.0.0/24", "10.20.0.9", "10.20.0.9"),
    ],
)
def test_it_moves_only_what_had_its_place(was: str, use: str, gateway: str, kept: str) -> None:
    form = typed(pools__0__subnet=was, pools__0__gateway=gateway, use=f"pools-0-subnet={use}")

    assert take_suggestion(form.data, frozenset())["pools-0-gateway"] == kept


def test_it_lets_an_admin_go_on_who_types_the_subnet() -> None:
    harm = {"pools__0__subnet": "192.168.0.0/25"}

    assert not typed(**harm).is_valid()
    assert typed(**harm).harm == "192.168.0.0/25"
    assert "typed_subnet" in typed(**harm, typed_subnet="192.168.0.0/24").errors
    assert "typed_subnet" not in typed(**harm, is_draft=True).errors
    confirmed = typed(**harm, typed_subnet=" 192.168.0.0/25 ")
    assert confirmed.is_valid()
    assert said(confirmed)["host_gateway"] is Level.WARN


@pytest.mark.parametrize("subnet", ["0.0.0.0/0", "::/0"])
def test_it_asks_nobody_to_type_the_whole_address_space(subnet: str) -> None:
    form = typed(pools__0__subnet=subnet, typed_subnet=subnet, enable_ipv6="on")

    assert form.harm == ""
    assert "typed_subnet" not in form.errors
    assert form.pools[0].errors["subnet"] == [f"{subnet} covers all addresses."]


@pytest.mark.django_db
def test_it_lets_nobody_else_go_on() -> None:
    form = typed(may_shape=False, pools__0__subnet="192.168.0.0/25", typed_subnet="192.168.0.0/25")

    assert not form.is_valid()
    assert form.is_harm_alone
    assert said(form)["host_gateway"] is Level.BAD
    assert not typed(may_shape=False, pools__0__subnet="192.168.0.0/25", name="front").is_harm_alone
    assert not typed(may_shape=False, pools__0__subnet="192.168.0.0/25", labels="k=\0").is_harm_alone


def test_it_wants_all_of_several_typed() -> None:
    both = {"pools__0__subnet": "192.168.0.0/25", "pools__1__subnet": "10.53.0.0/16", "driver": "overlay2"}
    ground = replace(GROUND, drivers=("overlay2",))

    assert typed(ground, **both).harm == "192.168.0.0/25, 10.53.0.0/16"
    assert not typed(ground, **both, typed_subnet="192.168.0.0/25").is_valid()
    assert typed(ground, **both, typed_subnet="192.168.0.0/25, 10.53.0.0/16").is_valid()


def test_it_looks_into_the_configuration_that_a_network_takes() -> None:
    form = typed(config_from="plan")

    assert form.harm == "192.168.0.0/25"
    assert {finding.field for finding in form.all_findings if finding.key == "host_gateway"} == {"config_from"}
    assert typed(config_from="plan", typed_subnet="192.168.0.0/25").is_valid()


def test_it_only_warns_of_a_configuration() -> None:
    form = typed(is_config_only="on", pools__0__subnet="192.168.0.0/25")

    assert form.harm == ""
    assert said(form)["host_gateway"] is Level.WARN


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ({"driver": "macvlan", "parent": "eth0"}, {"host_in_range", "dhcp_range"}),
        (
            {"driver": "macvlan", "parent": "eth0", "pools__0__gateway": "192.168.0.9"},
            {"host_in_range", "not_the_router", "dhcp_range"},
        ),
        ({"driver": "macvlan", "parent": "eth0", "pools__0__aux_addresses": "host=192.168.0.4"}, {"dhcp_range"}),
        ({"driver": "macvlan", "parent": "eth0", "pools__0__ip_range": "192.168.0.128/25"}, {"other_router"}),
        ({"driver": "ipvlan", "parent": "eth1"}, {"host_hidden"}),
        ({"driver": "overlay"}, {"host_hidden", "services_only"}),
        ({"driver": "overlay", "is_attachable": "on"}, {"host_hidden"}),
        ({"inhibit_ipv4": "on"}, {"host_hidden"}),
    ],
)
def test_it_knows_which_networks_share_the_machine_s_own(fields: dict[str, str], keys: set[str]) -> None:
    form = typed(pools__0__subnet="192.168.0.0/24", **fields)

    assert set(said(form)) - {"in_default_pools", "subnet_free", "parent_apart", "parent_apart_ipvlan"} == keys
    assert form.is_valid()
    assert form.harm == ""


def test_it_reserves_the_host_s_own_address_beside_the_others() -> None:
    form = typed(driver="macvlan", parent="eth0", pools__0__subnet="192.168.0.0/24", pools__0__aux_addresses="host=192.168.0.7")

    found = next(finding for finding in form.all_findings if finding.key == "host_in_range")
    assert (found.field, found.suggestion) == ("pools-0-aux_addresses", "host=192.168.0.7, host2=192.168.0.4")
