"""The options of each driver as fields: Docker's key, what it is for in one sentence, and the first Engine that knows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from networks.engine.docker_names import (
    BRIDGE_NAME,
    GATEWAY_MODE,
    HOST_ADDRESS,
    HOST_BINDING,
    ICC,
    INHIBIT_IPV4,
    INTERFACE_PREFIX,
    MASQUERADE,
    MTU,
    TRUSTED_INTERFACES,
    VXLAN_IDS,
)


class OptionKind(StrEnum):
    """How an option is asked for. ON and OFF: a checkbox, by what Docker does without it; one with choices is a TEXT of those."""

    TEXT = "text"
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Since:
    """The first version that knows something. `api`: (1, 46); `engine`: "27"."""

    api: tuple[int, int]
    engine: str

    def is_after(self, api_version: tuple[int, int]) -> bool:
        """Tell whether an Engine of this API version is known to be older."""
        return (0, 0) < api_version < self.api


ALWAYS = Since((1, 24), "1.12")
ENGINE_27 = Since((1, 46), "27")
ENGINE_28 = Since((1, 48), "28")
ENGINE_28_2 = Since((1, 50), "28.2")
# The members of the API that came late, by the form's field. Source: the Engine's API version history.
MEMBERS_SINCE = {
    "enable_ipv4": ENGINE_28,
    "is_attachable": Since((1, 25), "1.13"),
    "is_ingress": Since((1, 29), "17.05"),
    "is_config_only": Since((1, 30), "17.06"),
    "config_from": Since((1, 30), "17.06"),
    "scope": Since((1, 30), "17.06"),
}


@dataclass(frozen=True, slots=True)
class OptionValue:
    """One value of an option that has choices."""

    value: str
    label: Promise
    since: Since = ALWAYS


@dataclass(frozen=True, slots=True)
class DriverOption:
    """One `--opt`. `field`: its name in the form. `label`, `help`, `choices`: as the form shows it."""

    field: str
    key: str
    drivers: frozenset[str]
    kind: OptionKind = OptionKind.TEXT
    since: Since = ALWAYS
    placeholder: str = ""
    label: Promise | str = ""
    help: Promise | str = ""
    choices: tuple[OptionValue, ...] = ()

    def shown(self, label: Promise, help_text: Promise, *choices: OptionValue) -> DriverOption:
        """Return it with its words."""
        return replace(self, label=label, help=help_text, choices=choices)


_BRIDGE, _MACVLAN, _IPVLAN, _OVERLAY = (frozenset({name}) for name in ("bridge", "macvlan", "ipvlan", "overlay"))
_MODES = (
    OptionValue("nat", _("nat: outgoing packets get the host's address")),
    OptionValue("nat-unprotected", _("nat-unprotected: like nat, but every port is reachable"), ENGINE_28),
    OptionValue("routed", _("routed: no translation, containers are reached by routing")),
    OptionValue("isolated", _("isolated: the host has no address on it either"), ENGINE_28),
)
_REACH = (
    OptionValue("bridge", _("bridge: containers reach each other")),
    OptionValue("private", _("private: they can't")),
    OptionValue("vepa", _("vepa: through the switch outside")),
)

# In sight; the others stand behind a fold.
MAIN_OPTIONS = (
    DriverOption("bridge_name", BRIDGE_NAME, _BRIDGE, placeholder="br-front").shown(
        _("Linux bridge name"), _("up to 15 characters; empty: br- followed by the ID")
    ),
    DriverOption("parent", "parent", _MACVLAN | _IPVLAN, placeholder="eth0.10").shown(
        _("Parent interface"), _("a device of the host, or a VLAN on it; empty: no connection to the outside")
    ),
    DriverOption("macvlan_mode", "macvlan_mode", _MACVLAN).shown(
        _("Macvlan mode"),
        _("which containers can talk to each other over the parent"),
        *_REACH,
        OptionValue("passthru", _("passthru: a single container gets the parent")),
    ),
    DriverOption("ipvlan_mode", "ipvlan_mode", _IPVLAN).shown(
        _("Ipvlan mode"),
        _("how the host forwards the containers' packets"),
        OptionValue("l2", _("l2: it switches them")),
        OptionValue("l3", _("l3: it routes them")),
        OptionValue("l3s", _("l3s: it routes them through its firewall")),
    ),
    # The devices of macvlan and ipvlan get the parent's, whatever is asked for.
    DriverOption("mtu", MTU, _BRIDGE | _OVERLAY, placeholder="1500").shown(
        _("MTU"), _("largest packet in bytes; empty: the driver's default")
    ),
    DriverOption("gateway_mode_ipv4", f"{GATEWAY_MODE}4", _BRIDGE, since=ENGINE_27).shown(
        _("Gateway mode, IPv4"), _("how packets pass between containers and the outside"), *_MODES
    ),
    DriverOption("masquerade", MASQUERADE, _BRIDGE, OptionKind.ON).shown(
        _("Masquerade"), _("outgoing packets get the host's address")
    ),
    DriverOption("icc", ICC, _BRIDGE, OptionKind.ON).shown(_("ICC"), _("containers can talk to each other")),
    DriverOption("encrypted", "encrypted", _OVERLAY, OptionKind.OFF).shown(
        _("Encrypted"), _("packets between the swarm's machines go through IPsec")
    ),
)
OPTIONS = (
    *MAIN_OPTIONS,
    DriverOption("ipvlan_flag", "ipvlan_flag", _IPVLAN).shown(
        _("Ipvlan flag"), _("which containers can talk to each other over the parent"), *_REACH
    ),
    DriverOption("vxlanid_list", VXLAN_IDS, _OVERLAY, placeholder="4097").shown(
        _("VXLAN IDs"), _("one for each pool, separated by commas; empty: Docker chooses")
    ),
    DriverOption("gateway_mode_ipv6", f"{GATEWAY_MODE}6", _BRIDGE, since=ENGINE_27).shown(
        _("Gateway mode, IPv6"), _("the same for IPv6"), *_MODES
    ),
    DriverOption("host_binding_ipv4", HOST_BINDING, _BRIDGE, placeholder="127.0.0.1").shown(
        _("Address for published ports"), _("the host address on which published ports listen; empty: all")
    ),
    DriverOption("host_ipv4", f"{HOST_ADDRESS}4", _BRIDGE, placeholder="192.0.2.10").shown(
        _("Source address, IPv4"), _("the host address that outgoing packets get")
    ),
    DriverOption("host_ipv6", f"{HOST_ADDRESS}6", _BRIDGE, placeholder="2001:db8::10").shown(
        _("Source address, IPv6"), _("the same for IPv6")
    ),
    DriverOption("trusted_host_interfaces", TRUSTED_INTERFACES, _BRIDGE, since=ENGINE_28_2, placeholder="eth1:wg0").shown(
        _("Trusted host interfaces"), _("host devices that may reach containers directly, separated by colons")
    ),
    DriverOption("iface_prefix", INTERFACE_PREFIX, _BRIDGE, placeholder="eth").shown(
        _("Interface prefix"), _("prefix of the interface names in containers, before the number")
    ),
    DriverOption("inhibit_ipv4", INHIBIT_IPV4, _BRIDGE, OptionKind.OFF).shown(
        _("No address on the bridge"), _("Docker doesn't set the gateway's address")
    ),
)
BY_KEY = {option.key: option for option in OPTIONS}
OPTION_FIELDS = frozenset(option.field for option in OPTIONS)


def options_of(driver: str) -> tuple[DriverOption, ...]:
    """Return the options that we know of a driver; none for a plugin's."""
    return tuple(option for option in OPTIONS if driver in option.drivers)
