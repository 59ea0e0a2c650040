"""The rarer options of a connection: read as Docker would, refused in words, disabled where an Engine would ignore them."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from django.http import QueryDict

from networks.addressing.findings import Level
from networks.addressing.pool_checks import Pool
from networks.engine.docker_names import INTERFACE_NAME, SYSCTLS
from networks.forms.connecting import RARE_FIELDS, ContainerToConnectForm
from networks.queries.engine_context import ContainerChoice, EngineVersion, NetworkChoice

FRONT = NetworkChoice(
    "f" * 64,
    "front",
    "bridge",
    has_ipv6=True,
    pools=(Pool(ip_network("172.72.0.0/16")),),
    macs={"02:42:ac:48:00:07": "shop"},
)
BRIDGE = NetworkChoice("b" * 64, "bridge", "bridge")
PLUGGED = NetworkChoice("e" * 64, "plugged", "weave")
CONTAINERS = (
    ContainerChoice("0" * 64, "web", "running", "bridge", ("bridge",)),
    ContainerChoice("1" * 64, "db", "running", "front", ("front",)),
    ContainerChoice("2" * 64, "cache", "running", "bridge", ("bridge",)),
)
OLD, NEW = EngineVersion("26.1.5", (1, 45)), EngineVersion("29.6.0", (1, 55))


def typed(
    network: NetworkChoice = FRONT, *, version: EngineVersion = NEW, may_shape: bool = False, **fields: str
) -> ContainerToConnectForm:
    data = QueryDict(mutable=True)
    data.update({"container_id": "0" * 64} | fields)
    return ContainerToConnectForm(data, network=network, containers=CONTAINERS, version=version, may_shape=may_shape)


def test_it_reads_every_option() -> None:
    form = typed(
        link_local_ips="169.254.7.1, fe80::7",
        links="db:database, db",
        gateway_priority="-5",
        mac="02-42-AC-48-00-0A",
        interface_name="front0",
        sysctls="net.ipv4.conf.IFNAME.forwarding=1 net.mpls.conf.ifname.input=1",
        driver_options="",
    )

    assert form.is_valid(), form.errors
    spec = form.to_spec()
    assert spec.link_local_ips == (ip_address("169.254.7.1"), ip_address("fe80::7"))
    assert spec.links == ("db:database", "db")
    assert (spec.gateway_priority, spec.mac) == (-5, "02:42:ac:48:00:0a")
    assert spec.driver_options == {
        SYSCTLS: "net.ipv4.conf.IFNAME.forwarding=1,net.mpls.conf.ifname.input=1",
        INTERFACE_NAME: "front0",
    }


def test_it_takes_the_known_options_as_key_and_value_too() -> None:
    form = typed(driver_options=f"{INTERFACE_NAME}=front0\n{SYSCTLS}= net.ipv6.conf.IFNAME.disable_ipv6=1")

    assert form.is_valid(), form.errors
    assert form.to_spec().driver_options == {INTERFACE_NAME: "front0", SYSCTLS: "net.ipv6.conf.IFNAME.disable_ipv6=1"}


@pytest.mark.parametrize(
    ("fields", "field", "key", "suggestion"),
    [
        ({"link_local_ips": "10.0.0.1"}, "link_local_ips", "link_local_not", ""),
        ({"link_local_ips": "fe80::1%eth0"}, "link_local_ips", "not_an_address", ""),
        ({"link_local_ips": "fe80::1, fe80:0::1"}, "link_local_ips", "pairs_twice", ""),
        ({"links": "db:two:three"}, "links", "link_unreadable", ""),
        ({"links": ":x"}, "links", "link_unreadable", ""),
        ({"links": "dbs:database, cache"}, "links", "link_container_missing", "db:database, cache"),
        ({"links": "nobody"}, "links", "link_container_missing", ""),
        ({"links": "web:me"}, "links", "link_to_itself", ""),
        ({"gateway_priority": "high"}, "gateway_priority", "priority_invalid", ""),
        ({"gateway_priority": "99999999999"}, "gateway_priority", "priority_invalid", ""),
        ({"gateway_priority": "１"}, "gateway_priority", "priority_invalid", ""),
        ({"mac": "0242ac48000a"}, "mac", "mac_unreadable", "02:42:ac:48:00:0a"),
        ({"mac": "02:42:ac:48:00"}, "mac", "mac_unreadable", ""),
        ({"mac": "02:42:ac:48:00:0a:01:02"}, "mac", "mac_unreadable", ""),
        ({"mac": "01:00:5e:00:00:01"}, "mac", "mac_multicast", "02:00:5e:00:00:01"),
        ({"mac": "ff:ff:ff:ff:ff:ff"}, "mac", "mac_multicast", "fe:ff:ff:ff:ff:ff"),
        ({"mac": "0000.0000.0000"}, "mac", "mac_zero", ""),
        ({"interface_name": "a-name-of-sixteen"}, "interface_name", "interface_name_invalid", ""),
        ({"interface_name": "a/b"}, "interface_name", "interface_name_invalid", ""),
        ({"interface_name": "lo"}, "interface_name", "interface_name_invalid", ""),
        ({"sysctls": "net.ipv4.ip_forward=1"}, "sysctls", "sysctl_unreadable", ""),
        ({"sysctls": "kernel.x.y.IFNAME.z=1"}, "sysctls", "sysctl_unreadable", ""),
        ({"sysctls": "net.ipv4.conf.IFNAME.forwarding"}, "sysctls", "sysctl_unreadable", ""),
        (
            {"sysctls": "net.ipv4.conf.eth0.forwarding=1,net.ipv4.conf.IFNAME.arp_ignore=1"},
            "sysctls",
            "sysctl_unreadable",
            "net.ipv4.conf.IFNAME.forwarding=1,net.ipv4.conf.IFNAME.arp_ignore=1",
        ),
        (
            {"sysctls": "net.ipv4.conf.IFNAME.forwarding=1,net.ipv4.conf.IFNAME.forwarding=0"},
            "sysctls",
            "pairs_twice",
            "",
        ),
        ({"driver_options": "nonsense"}, "driver_options", "pairs_unreadable", ""),
        ({"driver_options": f"{SYSCTLS}=vm.swappiness=1"}, "driver_options", "sysctl_unreadable", ""),
        (
            {"interface_name": "front0", "driver_options": f"{INTERFACE_NAME}=front1"},
            "driver_options",
            "endpoint_option_above",
            "",
        ),
        ({"driver_options": "weave.mtu=9000"}, "driver_options", "endpoint_shape_needed", ""),
    ],
)
def test_it_refuses_in_words(fields: dict[str, str], field: str, key: str, suggestion: str) -> None:
    form = typed(**fields)

    assert not form.is_valid()
    assert [(found.field, found.key, found.suggestion) for found in form.findings if found.level is Level.BAD] == [
        (field, key, suggestion)
    ]
    assert form.errors[field]
    assert form.open_folds == {"rare"}


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ({"links": "cache"}, ["link_elsewhere"]),
        ({"mac": "02:42:ac:48:00:07"}, ["mac_held", "mac_no_flag"]),
        ({"mac": "02:42:ac:48:00:08"}, ["mac_no_flag"]),
        ({"driver_options": "weave.mtu=9000"}, ["option_unknown"]),
    ],
)
def test_it_warns_and_lets_pass(fields: dict[str, str], keys: list[str]) -> None:
    form = typed(may_shape=True, **fields)

    assert form.is_valid(), form.errors
    assert [found.key for found in form.findings if found.level is Level.WARN] == keys


def test_it_takes_no_ipv6_where_the_network_has_none() -> None:
    form = typed(PLUGGED, link_local_ips="169.254.7.1, fe80::7")

    assert not form.is_valid()
    assert form.errors["link_local_ips"] == ["fe80::7 needs IPv6, which is off for this network."]


def test_it_leaves_a_plugin_s_options_to_the_plugin() -> None:
    form = typed(PLUGGED, may_shape=True, driver_options="weave.mtu=9000")

    assert form.is_valid()
    assert form.to_spec().driver_options == {"weave.mtu": "9000"}
    assert not [found for found in form.findings if found.level is not Level.OK]


def test_it_takes_no_links_on_the_default_bridge() -> None:
    data = QueryDict(mutable=True)
    data.update({"container_id": "1" * 64, "links": "cache"})
    form = ContainerToConnectForm(data, network=BRIDGE, containers=CONTAINERS)

    assert not form.is_valid()
    assert [found.key for found in form.findings if found.level is Level.BAD] == ["link_on_default_bridge"]


@pytest.mark.parametrize(
    ("fields", "field", "since"),
    [
        ({"mac": "02:42:ac:48:00:08"}, "mac", "29.3"),
        ({"gateway_priority": "7"}, "gateway_priority", "28"),
        ({"interface_name": "front0"}, "interface_name", "28"),
        ({"sysctls": "net.ipv4.conf.IFNAME.forwarding=1"}, "sysctls", "27"),
        ({"driver_options": f"{INTERFACE_NAME}=front0"}, "driver_options", "28"),
        ({"driver_options": f"{SYSCTLS}=net.ipv4.conf.IFNAME.forwarding=1"}, "driver_options", "27"),
    ],
)
def test_it_refuses_what_the_engine_would_ignore(fields: dict[str, str], field: str, since: str) -> None:
    form = typed(version=OLD, **fields)

    assert not form.is_valid()
    [said] = form.errors[field]
    assert said == f"Engine 26.1.5 would accept this and ignore it. It came with Engine {since}."


def test_it_shows_what_the_engine_cannot_as_disabled_with_the_version_that_can() -> None:
    old, unread, new = (typed(version=version) for version in (OLD, EngineVersion(), NEW))

    shown = {name: field.help_text for name, field in old.fields.items() if field.widget.attrs.get("disabled")}
    assert shown == {
        "gateway_priority": "from Engine 28",
        "mac": "from Engine 29.3",
        "interface_name": "from Engine 28",
        "sysctls": "from Engine 27",
    }
    assert not any(form.fields[name].widget.attrs.get("disabled") for form in (unread, new) for name in RARE_FIELDS)


def test_it_has_the_fold_closed_in_the_simple_case() -> None:
    form = typed(ipv4="172.72.0.9", aliases="blog")

    assert form.is_valid()
    assert not form.open_folds
