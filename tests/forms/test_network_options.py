"""The fields of a new network that few people need: what they ask for, what is wrong with it, which the Engine refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.engine.specs import NetworkSpec
from networks.preflight.findings import preflight
from tests.forms.test_networks import GROUND, said, typed

TYPED_OPTIONS = {
    "bridge": {
        "bridge_name": "br-lan",
        "mtu": "1400",
        "masquerade-shown": "1",
        "icc-shown": "1",
        "icc": "on",
        "inhibit_ipv4": "on",
        "host_binding_ipv4": "127.0.0.1",
        "host_ipv4": "192.0.2.1",
        "host_ipv6": "2001:db8::1",
        "iface_prefix": "lan",
    },
    "macvlan": {"parent": "eth0.10", "macvlan_mode": "private", "bridge_name": "br-of-another-driver"},
    "ipvlan": {"parent": "eth0", "ipvlan_mode": "l3s", "ipvlan_flag": "vepa", "mtu": "1500"},
    "overlay": {"encrypted": "on", "vxlanid_list": "4097,4098"},
}
SENT_OPTIONS = {
    "bridge": {
        "com.docker.network.bridge.name": "br-lan",
        "com.docker.network.driver.mtu": "1400",
        "com.docker.network.bridge.enable_ip_masquerade": "false",
        "com.docker.network.bridge.inhibit_ipv4": "true",
        "com.docker.network.bridge.host_binding_ipv4": "127.0.0.1",
        "com.docker.network.host_ipv4": "192.0.2.1",
        "com.docker.network.host_ipv6": "2001:db8::1",
        "com.docker.network.container_iface_prefix": "lan",
    },
    "macvlan": {"parent": "eth0.10", "macvlan_mode": "private"},
    "ipvlan": {"parent": "eth0", "ipvlan_mode": "l3s", "ipvlan_flag": "vepa"},
    "overlay": {"encrypted": "true", "com.docker.network.driver.overlay.vxlanid_list": "4097,4098"},
}


@pytest.mark.parametrize("driver", TYPED_OPTIONS)
def test_it_reads_the_fields_of_the_driver_alone(driver: str) -> None:
    form = typed(driver=driver, options="com.example.colour=blue", **TYPED_OPTIONS[driver])
    form.is_valid()

    assert form.to_spec().options == {**SENT_OPTIONS[driver], "com.example.colour": "blue"}


def test_it_reads_what_few_networks_need() -> None:
    form = typed(is_ipv6_off="on", is_config_only="on", ipam_driver="null", ipam_options="a=b=c")

    assert form.is_valid()
    assert form.to_spec() == NetworkSpec(
        "back", enable_ipv6=False, is_config_only=True, ipam_driver="null", ipam_options={"a": "b=c"}
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"bridge_name": "br-front"}, ("bridge_name", "bridge_name_taken", "")),
        ({"bridge_name": "br front"}, ("bridge_name", "bridge_name_invalid", "")),
        ({"bridge_name": "lo"}, ("bridge_name", "bridge_name_invalid", "")),
        ({"mtu": "67"}, ("mtu", "mtu_invalid", "")),
        ({"mtu": "1200", "enable_ipv6": "on", "pools__0__subnet": "fd00:9::/64"}, ("mtu", "mtu_ipv6", "1280")),
        ({"host_binding_ipv4": "::1"}, ("host_binding_ipv4", "not_an_ipv4", "")),
        ({"host_ipv6": "192.0.2.1"}, ("host_ipv6", "not_an_ipv6", "")),
        ({"iface_prefix": "a/b"}, ("iface_prefix", "prefix_invalid", "")),
        ({"driver": "macvlan", "macvlan_mode": "open"}, ("macvlan_mode", "option_not_choice", "")),
        ({"driver": "macvlan", "parent": "eth0/1"}, ("parent", "bridge_name_invalid", "")),
        ({"driver": "macvlan", "parent": "eth0.4095"}, ("parent", "vlan_invalid", "")),
        ({"driver": "macvlan", "parent": "eth9"}, ("parent", "parent_taken", "")),
        (
            {
                "pools__0__subnet": "10.9.0.0/24",
                "pools__0__aux_addresses": "a=10.9.0.5",
                "pools__1__subnet": "10.8.0.0/24",
                "pools__1__aux_addresses": "a=10.8.0.5",
            },
            ("pools-1-aux_addresses", "aux_name_twice", ""),
        ),
        ({"labels": "a b=c"}, ("labels", "label_blank", "")),
        ({"ipam_driver": "null"}, ("ipam_driver", "ipam_null_own", "")),
        (
            {"enable_ipv6": "on", "pools__0__subnet": "fd00:9::/64", "pools__0__ip_range": "fd00:9::/64"},
            ("pools-0-ip_range", "range_ends_block", ""),
        ),
        ({"driver": "ipvlan", "ipvlan_flag": "l2"}, ("ipvlan_flag", "option_not_choice", "")),
        ({"mtu": "1400", "options": "com.docker.network.driver.mtu=1500"}, ("options", "option_above", "")),
        ({"enable_ipv4": "false", "enable_ipv6": "on"}, ("enable_ipv4", "member_not_yet", "")),
        ({"is_ipv6_off": "on", "enable_ipv6": "on", "pools__0__subnet": "fd00::/64"}, ("is_ipv6_off", "ipv6_both", "")),
        ({"is_config_only": "on", "is_internal": "on"}, ("is_internal", "config_only_alone", "")),
        ({"is_config_only": "on", "scope": "local"}, ("scope", "config_only_alone", "")),
        ({"is_config_only": "on", "config_from": "plan"}, ("config_from", "config_both", "")),
        ({"config_from": "nothing"}, ("config_from", "config_from_missing", "")),
        ({"config_from": "plan", "labels": "a"}, ("config_from", "config_from_alone", "")),
        ({"is_ingress": "on"}, ("is_ingress", "ingress_needs_overlay", "overlay")),
        ({"scope": "swarm"}, ("scope", "scope_needs_swarm", "")),
        ({"ipam_driver": "nosuch"}, ("ipam_driver", "ipam_driver_unknown", "")),
        (
            {"is_config_only": "on", "ipam_driver": "null", "pools__0__subnet": "10.9.0.0/24"},
            ("ipam_driver", "ipam_null_pools", ""),
        ),
        ({"ipam_options": "nonsense"}, ("ipam_options", "pairs_unreadable", "")),
        ({"pools__0__aux_addresses": "a=10.9.0.5, a=10.9.0.6"}, ("pools-0-aux_addresses", "pairs_twice", "")),
    ],
)
def test_it_marks_the_field_of_an_option_and_suggests(fields: dict[str, str], expected: tuple[str, str, str]) -> None:
    assert expected in said(typed(**fields))


def test_it_lets_an_operator_create_only_what_touches_no_host() -> None:
    assert typed(role="operator", mtu="1400", is_internal="on").is_valid()
    for field in ({"bridge_name": "br-lan"}, {"is_config_only": "on"}, {"scope": "local", "ipam_driver": "null"}):
        assert ("driver", "shape_needed", "") in said(typed(role="operator", **field))


def test_it_says_of_a_field_what_the_engine_ignores() -> None:
    form = typed(gateway_mode_ipv4="routed", trusted_host_interfaces="eth0")

    assert form.is_valid()
    warnings = [(verdict.title, verdict.fixes[0].value) for verdict in preflight(form.all_findings) if verdict.level == "warn"]
    assert warnings == [
        (
            "Engine 26.1.5 ignores com.docker.network.bridge.gateway_mode_ipv4. It came with Engine 27.",
            "gateway_mode_ipv4=",
        ),
        (
            "Engine 26.1.5 ignores com.docker.network.bridge.trusted_host_interfaces. It came with Engine 28.2.",
            "trusted_host_interfaces=",
        ),
    ]


@pytest.mark.parametrize(
    ("api_version", "mode", "is_internal", "key"),
    [
        ((1, 47), "routed", "", None),
        ((1, 47), "isolated", "on", "choice_not_yet"),
        ((1, 48), "isolated", "", "isolated_not_internal"),
        ((1, 48), "isolated", "on", None),
        ((1, 48), "upside-down", "", "option_not_choice"),
    ],
)
def test_it_knows_which_gateway_modes_an_engine_has(
    api_version: tuple[int, int], mode: str, is_internal: str, key: str | None
) -> None:
    form = typed(gateway_mode_ipv4=mode, is_internal=is_internal)
    form.ground = replace(GROUND, api_version=api_version)

    assert said(form) == ([] if key is None else [("gateway_mode_ipv4", key, "on" if key == "isolated_not_internal" else "")])


@pytest.mark.parametrize(
    ("about", "sentence", "expected"),
    [
        ("subnet", "Pool overlaps with other one on this address space", ("pools-0", "subnet")),
        ("subnet", "invalid subnet 10.8.0.0/16: it should be 10.8.0.0/24", ("pools-1", "subnet")),
        ("gateway", "invalid gateway 10.8.0.1: parent subnet", ("pools-1", "gateway")),
        ("ip_range", "invalid ip-range", ("pools-0", "subnet")),
        ("options", "networks have same bridge name br-lan", (None, "bridge_name")),
        ("options", "numerical result out of range", (None, "options")),
        ("name", "network with name back already exists", (None, "name")),
        ("network_id", "network plan not found", (None, "config_from")),
        ("pools", "all predefined address pools have been fully subnetted", (None, "__all__")),
    ],
)
def test_it_marks_the_field_that_the_engine_refused(about: str, sentence: str, expected: tuple[str | None, str]) -> None:
    pools = {"pools__0__subnet": "10.9.0.0/24", "pools__1__subnet": "10.8.0.0/16", "pools__1__gateway": "10.8.0.1"}
    form = typed(driver="overlay", **pools) if about == "gateway" else typed(bridge_name="br-lan", **pools)
    form.is_valid()
    before = {each.prefix: set(each.errors) for each in (form, *form.pools)}

    form.mark_refused(about, sentence, "What it means.")

    marked = {
        (each.prefix, name) for each in (form, *form.pools) for name in each.errors if "What it means." in each.errors[name]
    }
    assert marked == {expected}, before


def test_it_refuses_half_characters_and_nul() -> None:
    form = typed(labels="k=\ud800", ipam_options="a=\0", bridge_name="br\ud800")

    assert not form.is_valid()
    assert {"labels", "ipam_options", "bridge_name"} <= set(form.errors)
