"""The sentences of findings about parents and drivers; see preflight/sentences.py."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What tutorials name and Docker doesn't bring: docs/third-party-drivers.md.
_UNKNOWN = _("This Engine has no driver “%(driver)s”. It has %(known)s.")
_OF_TUTORIALS = ("driver_unknown_weave", "driver_unknown_flannel", "driver_unknown_openvswitch")

_APART = _("These containers and the host can't reach each other: the kernel separates them on %(value)s.")

SENTENCES: dict[str, Promise] = {
    **dict.fromkeys(("driver_unknown", *_OF_TUTORIALS), _UNKNOWN),
    **dict.fromkeys(("parent_apart", "parent_apart_ipvlan", "parent_apart_always"), _APART),
    "bridge_name_link": _("The host has a link %(value)s already, which is no bridge (%(kind)s): Docker refuses it."),
    "parent_bridge": _("%(value)s is the bridge of the network %(owner)s: these containers will be on the same wire as its own."),
    "parent_loopback": _("%(value)s is the loopback device: Docker creates no %(driver)s network on it."),
    "parent_missing": _("The host has no device called %(value)s."),
    "parent_no_ethernet": _("%(value)s is no Ethernet device, and the kernel allows no macvlan on another kind."),
    "parent_no_carrier": _("%(value)s has no carrier: nothing is connected at its other end."),
    "parent_no_ports": _("%(value)s has no carrier: nothing that is up is plugged into it."),
    "parent_off": _("%(value)s is down: until it is up, the containers reach nobody."),
    "parent_taken": _("The %(driver)s network %(owner)s already uses %(value)s as its parent; Docker allows one."),
    "parent_passthru": _(
        "The macvlan network %(owner)s already uses %(value)s as its parent; in passthru mode it is for one alone."
    ),
    "parent_other_driver": _(
        "The %(other)s network %(owner)s uses %(value)s as its parent; the kernel doesn't mix %(other)s and "
        "%(driver)s on one device."
    ),
    "parent_port": _("%(value)s is a port of %(owner)s; the kernel allows no macvlan or ipvlan on a port."),
    "parent_stacked": _("%(value)s is a %(kind)s device itself: these containers' devices will stand on %(base)s, beside it."),
    "parent_unsure": _("The host has %(value)s, but whether a container starts on it is not known here."),
    "parent_unseen": _("Whether the host has %(value)s could not be checked: its links are not seen from here."),
    "parent_virtual": _(
        "The host is a virtual machine: its hypervisor may drop packets from MAC addresses that it didn't assign."
    ),
    "parent_vlan_made": _("Docker creates %(value)s, VLAN %(number)s on %(base)s, and removes it with the network."),
    "parent_wireless": _("%(value)s is wireless: most access points accept frames from only one MAC address per client."),
    "passthru_alone": _("In passthru mode one container gets %(value)s for itself; a second one doesn't start."),
    "subnet_not_parents": _("%(subnet)s is not the subnet that %(link)s is in (%(other)s): nothing there will answer."),
    "dhcp_range": _(
        "Docker hands out any address of %(subnet)s, and so may a DHCP server on %(link)s: set an IP range for Docker."
    ),
    "ipam_plugin_dead": _("The IPAM plugin %(driver)s isn't running: nothing answers at %(address)s."),
    "ipam_plugin_gone": _("The IPAM plugin %(driver)s is gone; networks that use it are still there."),
    "ipam_plugin_other": _("%(driver)s is a plugin, and hands out no addresses."),
    "ipam_plugin_silent": _("The IPAM plugin %(driver)s doesn't answer at %(address)s."),
    "plugin_answers": _("The plugin %(driver)s answers at %(address)s."),
    "plugin_dead": _("The plugin %(driver)s isn't running: nothing answers at %(address)s."),
    "plugin_gone": _("The plugin %(driver)s is gone; networks that use it are still there."),
    "plugin_other": _("%(driver)s is a plugin, but not one for networks."),
    "plugin_silent": _("The plugin %(driver)s doesn't answer at %(address)s."),
    "plugin_unasked": _("The plugin %(driver)s listens at %(address)s, where it can't be asked from here."),
    "vlan_number": _("The number of a VLAN goes from 1 to %(limit)s."),
    "vlan_on_loopback": _("%(value)s is the loopback device: the kernel allows no VLAN on it."),
    "vlan_twice": _("%(value)s names a VLAN already."),
    "vlan_without_parent": _("A VLAN belongs to a device: name its parent interface."),
}

_PLUGIN = _(
    "Start it on the Engine's machine. Docker would retry for 15 s, for this and for anything else that uses such a network."
)
TEXTS: dict[str, Promise] = {
    "driver_unknown_weave": _(
        "Weave Net is a plugin that is no longer maintained: its company closed in 2024. Docker doesn't bring it."
    ),
    "driver_unknown_flannel": _(
        "flannel is no driver for Docker: it gives each machine a subnet, and dockerd takes that for its default bridge "
        "(--bip, --mtu)."
    ),
    "driver_unknown_openvswitch": _("Open vSwitch is no driver by itself: Docker needs a plugin for it, and none runs here."),
    "parent_apart": _("Where it must: give the host a macvlan link of its own beside them (ip link add … type macvlan)."),
    "parent_apart_ipvlan": _("Where it must: give the host an ipvlan link of its own beside them (ip link add … type ipvlan)."),
    "parent_no_ethernet": _("Docker accepts it, and no container starts: invalid argument."),
    "parent_off": _("ip link set … up, where the Engine runs."),
    "parent_other_driver": _("Docker accepts it; the second container's start fails: device or resource busy."),
    "parent_port": _("Docker accepts it, and no container starts: device or resource busy."),
    "parent_virtual": _("Allow it: promiscuous mode and forged transmits (VMware), MAC spoofing (Hyper-V). Or use ipvlan."),
    "parent_wireless": _("Docker accepts it. ipvlan works there: all its containers have the parent's MAC address."),
    "plugin_dead": _PLUGIN,
    "plugin_gone": _PLUGIN,
    "plugin_silent": _PLUGIN,
    "ipam_plugin_dead": _PLUGIN,
    "ipam_plugin_gone": _PLUGIN,
    "ipam_plugin_silent": _PLUGIN,
    "plugin_unasked": _("If it isn't running there, Docker tries for 15 s and gives up."),
    "dhcp_range": _("And exclude that range from what the DHCP server hands out."),
}

_USE_DRIVER = _("Use the driver %(suggestion)s")
WAYS: dict[str, Promise] = {
    **dict.fromkeys(_OF_TUTORIALS, _USE_DRIVER),
    **dict.fromkeys(("parent_missing", "parent_loopback", "parent_no_ethernet", "vlan_on_loopback"), _("Use %(suggestion)s")),
    "parent_port": _("Use %(suggestion)s"),
    "parent_virtual": _USE_DRIVER,
    "parent_wireless": _USE_DRIVER,
    "subnet_not_parents": _("Use %(suggestion)s"),
    "dhcp_range": _("Use %(suggestion)s"),
    "plugin_dead": _USE_DRIVER,
    "plugin_gone": _USE_DRIVER,
    "plugin_other": _USE_DRIVER,
    "plugin_silent": _USE_DRIVER,
    **dict.fromkeys(("ipam_plugin_dead", "ipam_plugin_gone", "ipam_plugin_other", "ipam_plugin_silent"), _("Use Docker's own")),
    "vlan_twice": _("Drop it here"),
}
