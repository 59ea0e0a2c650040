"""What Engines answer when a driver can't do its work: its parent, the kernel, a plugin. Sentences: dockerd 26.1.5."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from networks.forms.refused.meaning import Meaning

DRIVERS: tuple[Meaning, ...] = (
    Meaning(
        "kernel_lacks_vlans",
        ("vlan link", "operation not supported"),
        "options",
        _("The kernel of the Engine's machine makes no VLAN devices."),
        _("Load its module there (modprobe 8021q), or choose a parent without a VLAN."),
    ),
    Meaning(
        "kernel_lacks_children",
        ("failed to create the", "vlan port", "operation not supported"),
        "network_id",
        _("The kernel of the Engine's machine has no such devices: the network can be made, and no container gets onto it."),
        _("Load the kernel's module there (modprobe macvlan, modprobe ipvlan), or choose a network of another driver."),
    ),
    Meaning(
        "parent_busy",
        ("failed to create the", "vlan port", "device or resource busy"),
        "network_id",
        _("The network's parent is a bridge's port, or carries containers of the other of macvlan and ipvlan."),
        _("Take the parent off its bridge, or make the network anew on the bridge itself or on a VLAN."),
    ),
    Meaning(
        "parent_alone",
        ("failed to create the macvlan port", "invalid argument"),
        "network_id",
        _("One container has the parent for itself: the network's mode is passthru."),
        _("Disconnect that container first, or make the network anew in the mode bridge."),
    ),
    Meaning(
        "parent_loopback",
        ("loopback interface is not a valid",),
        "options",
        _("No container can stand on the loopback device: nothing goes out there."),
        _("Name a device of that machine: ip link lists them."),
    ),
)
