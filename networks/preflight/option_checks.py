"""Checks of a driver's options: what Docker would refuse, and what it would take and ignore."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from django.utils.translation import gettext_noop as _

from networks.addressing.findings import Finding, bad, warn
from networks.engine.docker_names import BRIDGE_NAME
from networks.preflight.known_options import BY_KEY, DriverOption, OptionKind, options_of
from networks.queries.engine_context import API_OF_ENGINE_27, EngineContext

BRIDGE_NAME_LIMIT = 15  # Linux: IFNAMSIZ without its NUL
# A device's number follows the prefix, within Linux' 15 characters.
PREFIX_LIMIT = 12
IPV6_LEAST_MTU = 1280  # RFC 8200: below it Linux turns IPv6 off on the device
MOST_VLAN = 4094  # IEEE 802.1Q

# What Linux takes is wider, but not what iptables and udev make of it.
_DEVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_TRUTHS = frozenset({"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"})  # Go's ParseBool
_GATEWAY_MODES = ("gateway_mode_ipv4", "gateway_mode_ipv6")


@dataclass(frozen=True, slots=True)
class RequestedOptions:
    """A new network's options with what else they depend on. `fields`: key to the field where it was typed, else "options"."""

    driver: str
    options: Mapping[str, str]
    ground: EngineContext
    fields: Mapping[str, str] = field(default_factory=dict)
    is_internal: bool = False
    has_ipv6: bool = False

    def place(self, key: str) -> str:
        """Return the field that an option was typed in."""
        return self.fields.get(key, "options")

    def without(self, key: str) -> tuple[str, str]:
        """Return (value, field) that drop an option from where it was typed."""
        if self.place(key) != "options":
            return "", self.place(key)
        free = {other: value for other, value in self.options.items() if other != key and self.place(other) == "options"}
        return "\n".join(f"{other}={value}" for other, value in free.items()), "options"


def check_options(asked: RequestedOptions) -> Iterator[Finding]:
    """Yield what there is to say of each option, then of parents."""
    for key, value in asked.options.items():
        option = BY_KEY.get(key)
        if option is None or asked.driver not in option.drivers:
            if options_of(asked.driver):
                suggestion, fills = asked.without(key)
                yield option_unknown(asked.place(key), key, suggestion, fills)
        elif option.since.is_after(asked.ground.api_version):
            suggestion, fills = asked.without(key)
            about = {"key": key, "version": asked.ground.version, "since": option.since.engine}
            message, fix = _("Engine %(version)s ignores %(key)s. It came with Engine %(since)s."), _("Remove the option")
            yield warn(asked.place(key), "option_not_yet", message, suggestion, fills=fills, fix=fix, **about)
        elif option.kind in (OptionKind.ON, OptionKind.OFF):
            if value not in _TRUTHS and (key, value) != ("encrypted", ""):
                yield bad(asked.place(key), "option_not_bool", _("%(key)s must be true or false."), key=key)
        elif option.choices:
            yield from _check_choice(asked, option, value)
        elif option.field in _CHECKS:
            yield from _CHECKS[option.field](asked, asked.place(key), value)


def is_vlan(text: str) -> bool:
    """Tell whether this is a VLAN's number. Source: IEEE 802.1Q, which keeps 0 and 4095."""
    return text.isascii() and text.isdigit() and len(text) < 5 and 0 < int(text) <= MOST_VLAN


def option_unknown(field: str, key: str, others: str, fills: str) -> Finding:
    """Return that Docker ignores an option. `others`: what `fills` holds without it."""
    message = _("Docker does not know the option %(key)s; it accepts and ignores it.")
    return warn(field, "option_unknown", message, others, fills=fills, fix=_("Remove the option"), key=key)


def _no_device(place: str, value: str) -> Finding:
    return bad(place, "bridge_name_invalid", _("%(value)s can't be the name of a Linux device."), value=value)


def _check_choice(asked: RequestedOptions, option: DriverOption, value: str) -> Iterator[Finding]:
    known = {choice.value: choice for choice in option.choices}
    place = asked.place(option.key)
    if value not in known:
        message = _("%(key)s can't be %(value)s. Docker knows %(known)s.")
        yield bad(place, "option_not_choice", message, key=option.key, value=value, known=", ".join(known))
    elif known[value].since.is_after(asked.ground.api_version):
        since = known[value].since.engine
        message = _("Engine %(version)s does not know %(value)s. It came with Engine %(since)s.")
        yield bad(place, "choice_not_yet", message, value=value, version=asked.ground.version, since=since)
    elif value == "isolated" and option.field in _GATEWAY_MODES and not asked.is_internal:
        message = _("Docker requires an isolated network to be internal.")
        yield bad(place, "isolated_not_internal", message, "on", fills="is_internal", fix=_("Make it internal"))


def _check_bridge_name(asked: RequestedOptions, place: str, value: str) -> Iterator[Finding]:
    owners = asked.ground.bridge_names
    if len(value.encode()) > BRIDGE_NAME_LIMIT:
        message = _("The bridge name %(value)s has %(length)s characters; Linux allows 15.")
        yield bad(place, "bridge_name_long", message, value=value, length=len(value.encode()))
    elif not _DEVICE.fullmatch(value) or value == "lo":
        yield _no_device(place, value)
    elif value in owners:
        message = _("The network %(owner)s already uses the bridge %(value)s.")
        yield bad(place, "bridge_name_taken", message, value=value, owner=owners[value])
    elif (link := asked.ground.host.parent(value) or asked.ground.host.other(value)) and link.kind != "bridge":
        message = _("The host has a link %(value)s already, which is no bridge (%(kind)s): Docker refuses it.")
        yield bad(place, "bridge_name_link", message, value=value, kind=link.kind)


def _check_mtu(asked: RequestedOptions, place: str, value: str) -> Iterator[Finding]:
    if not (value.isascii() and value.isdigit() and len(value) < 6 and 68 <= int(value) <= 65535):
        yield bad(place, "mtu_invalid", _("An MTU is a number from 68 to 65535."))
    elif asked.has_ipv6 and int(value) < IPV6_LEAST_MTU:
        yield bad(place, "mtu_ipv6", _("IPv6 needs an MTU of 1280 or more."), IPV6_LEAST_MTU, value=value)


def _check_parent(asked: RequestedOptions, place: str, value: str) -> Iterator[Finding]:
    owner = asked.ground.parents.get((asked.driver, value))
    number = value.rpartition(".")[2] if "." in value else ""
    if not _DEVICE.fullmatch(value) or len(value) > BRIDGE_NAME_LIMIT:
        yield _no_device(place, value)
    elif number.isdigit() and not 0 < int(number) <= MOST_VLAN:
        message = _("%(value)s can't be a VLAN: its number goes up to %(limit)s.")
        yield bad(place, "vlan_invalid", message, value=value, limit=MOST_VLAN)
    elif owner is not None and asked.driver == "macvlan" and asked.ground.api_version >= API_OF_ENGINE_27:
        if asked.options.get("macvlan_mode") == "passthru" or value in asked.ground.passthru_parents:
            message = _(
                "The macvlan network %(owner)s already uses %(value)s as its parent; in passthru mode it is for one alone."
            )
            yield bad(place, "parent_passthru", message, value=value, owner=owner)
    elif owner is not None:
        message = _("The %(driver)s network %(owner)s already uses %(value)s as its parent; Docker allows one.")
        yield bad(place, "parent_taken", message, value=value, owner=owner, driver=asked.driver)


def _check_prefix(asked: RequestedOptions, place: str, value: str) -> Iterator[Finding]:
    if not _DEVICE.fullmatch(value) or len(value) > PREFIX_LIMIT:
        message = _("%(value)s can't be the start of a Linux device's name: letters and digits, up to %(limit)s.")
        yield bad(place, "prefix_invalid", message, value=value, limit=PREFIX_LIMIT)


def _check_interfaces(asked: RequestedOptions, place: str, value: str) -> Iterator[Finding]:
    for name in value.split(":"):
        if not _DEVICE.fullmatch(name) or len(name) > BRIDGE_NAME_LIMIT:
            yield _no_device(place, name)


def _check_vxlan_ids(asked: RequestedOptions, place: str, value: str) -> Iterator[Finding]:
    if not all(word.isascii() and word.isdigit() and len(word) < 9 and 0 < int(word) < 1 << 24 for word in value.split(",")):
        yield bad(place, "vxlan_invalid", _("VXLAN IDs are numbers from 1 to 16777215, separated by commas."))


def _check_ipv4(asked: RequestedOptions, place: str, value: str) -> Iterator[Finding]:
    yield from _check_address(IPv4Address, place, value)


def _check_ipv6(asked: RequestedOptions, place: str, value: str) -> Iterator[Finding]:
    yield from _check_address(IPv6Address, place, value)


def _check_address(kind: type[IPv4Address | IPv6Address], place: str, value: str) -> Iterator[Finding]:
    try:
        kind(value)
    except ValueError:
        if kind is IPv4Address:
            yield bad(place, "not_an_ipv4", _("“%(typed)s” is not an IPv4 address."), typed=value)
        else:
            yield bad(place, "not_an_ipv6", _("“%(typed)s” is not an IPv6 address."), typed=value)
    else:
        if "%" in value:
            yield bad(place, "not_an_ipv6", _("“%(typed)s” is not an IPv6 address."), typed=value)


_CHECKS: Mapping[str, Callable[[RequestedOptions, str, str], Iterator[Finding]]] = {
    BY_KEY[BRIDGE_NAME].field: _check_bridge_name,
    "mtu": _check_mtu,
    "parent": _check_parent,
    "iface_prefix": _check_prefix,
    "trusted_host_interfaces": _check_interfaces,
    "vxlanid_list": _check_vxlan_ids,
    "host_binding_ipv4": _check_ipv4,
    "host_ipv4": _check_ipv4,
    "host_ipv6": _check_ipv6,
}
