"""The details of an action in words: each field's name, its value, and what it was before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from networks.models import Role
from networks.queries.masking import Pair, masked

# By the names under which actions write them down; what isn't here is shown under that name.
FIELDS: dict[str, Promise] = {
    "addresses": gettext_lazy("Addresses"),
    "advertise_address": gettext_lazy("Advertise address"),
    "aliases": gettext_lazy("Aliases"),
    "aux_addresses": gettext_lazy("Reserved addresses"),
    "before": gettext_lazy("From before"),
    "config_from": gettext_lazy("Configuration from"),
    "container_id": gettext_lazy("Container's ID"),
    "data_path_port": gettext_lazy("Data path port"),
    "donor_id": gettext_lazy("Shares the network of"),
    "driver": gettext_lazy("Driver"),
    "driver_options": gettext_lazy("Driver options"),
    "enable_ipv4": gettext_lazy("IPv4"),
    "enable_ipv6": gettext_lazy("IPv6"),
    "exit_code": gettext_lazy("Exit code"),
    "gateway": gettext_lazy("Gateway"),
    "gateway_priority": gettext_lazy("Gateway priority"),
    "has_terminal": gettext_lazy("Terminal"),
    "hostname": gettext_lazy("Host name"),
    "image": gettext_lazy("Image"),
    "ip_range": gettext_lazy("IP range"),
    "ipam_driver": gettext_lazy("IPAM driver"),
    "ipam_options": gettext_lazy("IPAM options"),
    "ipv4": gettext_lazy("IPv4 address"),
    "ipv6": gettext_lazy("IPv6 address"),
    "is_active": gettext_lazy("Account switched on"),
    "is_attachable": gettext_lazy("Attachable"),
    "is_config_only": gettext_lazy("Config only"),
    "is_forced": gettext_lazy("By force"),
    "is_ingress": gettext_lazy("Ingress"),
    "is_internal": gettext_lazy("Internal"),
    "is_staff": gettext_lazy("May enter the admin site"),
    "is_superuser": gettext_lazy("Superuser"),
    "is_terminal_on": gettext_lazy("Terminals"),
    "job": gettext_lazy("Job"),
    "labels": gettext_lazy("Labels"),
    "link_local_ips": gettext_lazy("Link-local addresses"),
    "links": gettext_lazy("Links"),
    "listen_address": gettext_lazy("Listen address"),
    "mac": gettext_lazy("MAC address"),
    "manager": gettext_lazy("Manager"),
    "mode": gettext_lazy("Network mode"),
    "name": gettext_lazy("Name"),
    "netns": gettext_lazy("Network namespace"),
    "networks": gettext_lazy("Networks"),
    "new_name": gettext_lazy("New name"),
    "node_id": gettext_lazy("Node's ID"),
    "opened_by": gettext_lazy("Opened by"),
    "options": gettext_lazy("Options"),
    "pools": gettext_lazy("Pools"),
    "ports": gettext_lazy("Ports"),
    "prefix": gettext_lazy("Prefix"),
    "process": gettext_lazy("Its process ended"),
    "program": gettext_lazy("Program"),
    "pruned": gettext_lazy("Deleted"),
    "publishes_all": gettext_lazy("All ports published"),
    "by": gettext_lazy("By"),
    "bytes_from_person": gettext_lazy("Bytes typed"),
    "bytes_to_person": gettext_lazy("Bytes shown"),
    "remote_addresses": gettext_lazy("Managers' addresses"),
    "restart": gettext_lazy("Restart"),
    "role": gettext_lazy("Role"),
    "scope": gettext_lazy("Scope"),
    "seconds": gettext_lazy("Seconds open"),
    "slug": gettext_lazy("Short name"),
    "step": gettext_lazy("Step"),
    "subnet": gettext_lazy("Subnet"),
    "subnet_size": gettext_lazy("Prefix length of each network"),
    "terminal": gettext_lazy("Terminal"),
    "typed_subnet": gettext_lazy("Subnet typed to confirm"),
    "url": gettext_lazy("URL"),
    "user": gettext_lazy("User"),
    "username": gettext_lazy("Username"),
    "variables": gettext_lazy("Variables"),
    "wait_s": gettext_lazy("Seconds to wait"),
    "was": gettext_lazy("Before"),
    "was_started_at": gettext_lazy("Had started at"),
    "which": gettext_lazy("Which"),
    "why": gettext_lazy("Why it ended"),
    "words": gettext_lazy("Words of the command"),
}
# By field: what its values are called. These are our own words, as actions write them down.
_VALUES: dict[str, dict[str, Promise]] = {
    "role": {**dict(Role.choices), "worker": gettext_lazy("worker"), "manager": gettext_lazy("manager")},
    "which": {"one": gettext_lazy("one"), "all others": gettext_lazy("all others")},
    "process": {
        "by itself": gettext_lazy("by itself"),
        "from the host": gettext_lazy("from the host"),
        "from within the container": gettext_lazy("from within the container"),
        "by keys": gettext_lazy("by keys"),
        "it goes on": gettext_lazy("it is still running"),
        "not known": gettext_lazy("not known"),
    },
    "why": {
        "exited": gettext_lazy("its program ended"),
        "refused": gettext_lazy("it never began"),
        "gone": gettext_lazy("its page was closed or lost"),
        "idle": gettext_lazy("nobody typed"),
        "revoked": gettext_lazy("the permission was withdrawn"),
        "logged out": gettext_lazy("logged out"),
        "stopping": gettext_lazy("Netadmin was stopped"),
        "flooded": gettext_lazy("the browser sent more than it may"),
        "lost": gettext_lazy("the Engine hung up"),
        "killed": gettext_lazy("Netadmin was killed"),
    },
}
_NOTHING: tuple[object, ...] = (None, "", [], {})


def pairs_of(asked: Mapping[str, Any]) -> tuple[Pair, ...]:
    """Return what was asked in detail, for people: names and values in words, and "old → new" where it was something before.

    What is empty is left out, unless it was something before.
    """
    before = _before(asked)
    shown = {key: value for key, value in asked.items() if key in before or (key != "was" and value not in _NOTHING)}
    if "was" in asked and not before and asked["was"] not in _NOTHING:
        shown["was"] = asked["was"]
    texts = [
        (str(key), _change(str(key), before[key], value) if key in before else _text(str(key), value))
        for key, value in shown.items()
    ]
    return tuple(replace(pair, key=str(FIELDS.get(pair.key, pair.key))) for pair in masked(texts, sees_secrets=False))


def _before(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    was = asked.get("was")
    if isinstance(was, Mapping):
        return {key: value for key, value in was.items() if key in asked and asked[key] != value}
    if isinstance(was, str) and was and "role" in asked and asked["role"] != was:
        return {"role": was}
    return {}


def _change(key: str, old: Any, new: Any) -> str:
    return f"{_text(key, old) or _('nothing')} → {_text(key, new) or _('nothing')}"


def _name(key: str, name: str) -> str:
    """Return the name of a member: ours in words, one of Docker's free maps as it is."""
    return str(FIELDS.get(name, name)) if key == "pools" else f"{name}:"


def _text(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return str(_VALUES.get("role" if key == "was" else key, {}).get(value, value))
    if isinstance(value, Mapping):
        filled = {str(name): held for name, held in value.items() if held not in _NOTHING}
        return ", ".join(f"{_name(key, name)} {_text(name, held)}" for name, held in filled.items())
    if isinstance(value, list):
        return ("; " if key == "pools" else ", ").join(_text(key, each) for each in value)
    return json.dumps(value, ensure_ascii=False)
