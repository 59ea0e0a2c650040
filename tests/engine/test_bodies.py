"""The documents that an Engine takes: every member of a spec is in them, and nothing that wasn't asked for."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from networks.addressing.pool_checks import Pool
from networks.engine.bodies import network_body
from networks.engine.specs import NetworkSpec

PLAIN = {
    "Name": "n",
    "Driver": "bridge",
    "CheckDuplicate": True,
    "IPAM": {"Driver": "default", "Options": {}, "Config": []},
    "Options": {},
    "Labels": {},
}


def test_it_sends_what_the_docker_command_sends_for_a_plain_network() -> None:
    assert network_body(NetworkSpec("n")) == PLAIN


def test_it_sends_every_member_that_was_asked_for() -> None:
    pool = Pool(
        ip_network("172.72.0.0/16"), ip_network("172.72.0.0/24"), ip_address("172.72.0.1"), {"router": ip_address("172.72.0.5")}
    )
    spec = NetworkSpec(
        "n",
        driver="overlay",
        pools=(pool, Pool()),
        enable_ipv4=False,
        enable_ipv6=True,
        is_internal=True,
        is_attachable=True,
        is_ingress=True,
        is_config_only=True,
        config_from="plan",
        scope="swarm",
        ipam_driver="weave",
        ipam_options={"a": "b"},
        labels={"team": "web"},
        options={"encrypted": "true"},
    )

    assert network_body(spec) == {
        "Name": "n",
        "Driver": "overlay",
        "CheckDuplicate": True,
        "EnableIPv4": False,
        "EnableIPv6": True,
        "Internal": True,
        "Attachable": True,
        "Ingress": True,
        "ConfigOnly": True,
        "ConfigFrom": {"Network": "plan"},
        "Scope": "swarm",
        "IPAM": {
            "Driver": "weave",
            "Options": {"a": "b"},
            "Config": [
                {
                    "Subnet": "172.72.0.0/16",
                    "IPRange": "172.72.0.0/24",
                    "Gateway": "172.72.0.1",
                    "AuxiliaryAddresses": {"router": "172.72.0.5"},
                }
            ],
        },
        "Options": {"encrypted": "true"},
        "Labels": {"team": "web"},
    }


def test_it_sends_no_family_as_off_only_where_that_was_said() -> None:
    assert network_body(NetworkSpec("n", enable_ipv6=False)) == PLAIN | {"EnableIPv6": False}
