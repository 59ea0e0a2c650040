"""What Engines answer when a driver can't do its work: its parent, the kernel, a plugin. Sentences: dockerd 26.1.5."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from networks.forms.refused.meaning import Meaning

_PLUGIN_DOWN = _("The Engine knows the plugin, but nothing answers at its socket.")
_START_PLUGIN = _("Start the plugin on the Engine's machine, then try again.")
_PLUGIN_SAYS = _("These are the plugin's own words: the plugin refused, and Docker passed that on.")
_ASK_PLUGIN = _("The plugin's documentation and log say what they mean.")

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
        _(
            "The kernel of the Engine's machine doesn't support such devices: the network can be created, but no "
            "container can start on it."
        ),
        _(
            "Load the module there (modprobe macvlan, modprobe ipvlan), or use another network. Docker still lists "
            "this one: a container that runs has to be stopped before it can be disconnected."
        ),
    ),
    Meaning(
        "parent_busy",
        ("failed to create the", "vlan port", "device or resource busy"),
        "network_id",
        _("The network's parent is a bridge's port, or is already used by containers of the other driver (macvlan or ipvlan)."),
        _(
            "Recreate the network on the bridge itself or on a VLAN. Docker still lists this one: a container "
            "that runs has to be stopped before it can be disconnected."
        ),
    ),
    Meaning(
        "parent_alone",
        ("failed to create the macvlan port", "invalid argument"),
        "network_id",
        _("One container has the parent for itself: the network is in passthru mode."),
        _(
            "Recreate the network in bridge mode. Docker still lists this one: a container that runs has to be stopped before "
            "it can be disconnected."
        ),
    ),
    Meaning("plugin_down", ("networkdriver.", "connection refused"), "driver", _PLUGIN_DOWN, _START_PLUGIN),
    Meaning("plugin_down", ("networkdriver.", "no such file or directory"), "driver", _PLUGIN_DOWN, _START_PLUGIN),
    Meaning("plugin_down", ("ipamdriver.", "connection refused"), "ipam_driver", _PLUGIN_DOWN, _START_PLUGIN),
    Meaning("plugin_refused", ("networkdriver.",), "driver", _PLUGIN_SAYS, _ASK_PLUGIN),
    Meaning("plugin_refused", ("ipamdriver.",), "ipam_driver", _PLUGIN_SAYS, _ASK_PLUGIN),
    Meaning(
        "parent_loopback",
        ("loopback interface is not a valid",),
        "options",
        _("A container can't use the loopback device as its parent: nothing gets out there."),
        _("Use a device of that machine: ip link lists them."),
    ),
)
