"""What an operator may create, and what takes an admin."""

from __future__ import annotations

from dataclasses import fields
from ipaddress import ip_network
from typing import Any

import pytest

from networks.addressing.pool_checks import Pool
from networks.engine.docker_names import INTERFACE_NAME, SYSCTLS
from networks.engine.specs import NetworkSpec
from networks.policy.needed_permissions import HARMLESS_OPTIONS, permission_to_connect, permission_to_create, permission_to_run
from networks.policy.permissions import Permission
from networks.preflight.known_options import OPTIONS

HARMLESS: dict[str, Any] = {
    "pools": (Pool(ip_network("10.9.0.0/24")),),
    "enable_ipv4": False,
    "enable_ipv6": True,
    "is_internal": True,
    "is_attachable": True,
    "labels": {"team": "web"},
    "options": {"com.docker.network.driver.mtu": "1400"},
}
TOUCHING: dict[str, Any] = {
    "driver": "macvlan",
    "is_ingress": True,
    "is_config_only": True,
    "config_from": "plan",
    "scope": "swarm",
    "ipam_driver": "null",
    "ipam_options": {"a": "b"},
}
# Each option of a bridge that an operator may set; every other one is for admins, those of tomorrow included.
MAY = {"mtu", "icc", "masquerade", "iface_prefix"}


def test_it_judges_every_member_of_a_spec() -> None:
    assert {field.name for field in fields(NetworkSpec)} == {"name", *HARMLESS, *TOUCHING}


@pytest.mark.parametrize("member", HARMLESS)
def test_it_lets_operators_create_what_stays_within_docker(member: str) -> None:
    assert permission_to_create(NetworkSpec("n", **{member: HARMLESS[member]})) is Permission.CONNECT


@pytest.mark.parametrize("member", TOUCHING)
def test_it_leaves_to_admins_what_touches_the_host_or_the_swarm(member: str) -> None:
    assert permission_to_create(NetworkSpec("n", **{member: TOUCHING[member]})) is Permission.SHAPE


def test_it_leaves_unknown_options_to_admins() -> None:
    by_field = {option.field: option.key for option in OPTIONS if "bridge" in option.drivers}

    assert frozenset(by_field[field] for field in MAY) == HARMLESS_OPTIONS
    for key in {*by_field.values(), "com.example.of-tomorrow"} - HARMLESS_OPTIONS:
        assert permission_to_create(NetworkSpec("n", options={key: "x"})) is Permission.SHAPE


@pytest.mark.parametrize(
    ("options", "permission"),
    [
        ((), Permission.CONNECT),
        ((SYSCTLS, INTERFACE_NAME), Permission.CONNECT),
        ((SYSCTLS, "com.example.of-tomorrow"), Permission.SHAPE),
        (("com.docker.network.portmap",), Permission.SHAPE),
        ((SYSCTLS.upper(),), Permission.SHAPE),
    ],
)
def test_it_leaves_to_admins_what_a_driver_gets_unread(options: tuple[str, ...], permission: Permission) -> None:
    assert permission_to_connect(options) is permission


@pytest.mark.parametrize("key", ["netadmin.protect", "netadmin.lab", " Netadmin.Protect ", "netadmin."])
def test_it_leaves_labels_of_ours_to_admins(key: str) -> None:
    spec = NetworkSpec("front", labels={"team": "web", key: "true"})

    assert permission_to_create(spec) is Permission.SHAPE
    assert permission_to_run("front", labels=spec.labels) is Permission.SHAPE
    assert permission_to_create(NetworkSpec("front", labels={"team": "web", "netadministrator": "1"})) is Permission.CONNECT
    assert permission_to_run("front", labels=("team",)) is Permission.RUN
