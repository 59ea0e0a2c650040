"""What Engines answer when something of their machine stands in the way: ports, addresses, other containers, firewall, disk."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from networks.refusals.meaning import Meaning

_CONFLICT_TEXT = _("A container that uses another's network has no ports, names or DNS of its own.")
_CONFLICT_ADVICE = _("Remove what the Engine's message names, or give the container a network of its own.")

PORTS: tuple[Meaning, ...] = (
    Meaning("port_allocated", "port is already allocated", "ports").says(
        _("Another container publishes this port."), _("Stop that container, or publish another port when you recreate this one.")
    ),
    # 26 and before name the proxy's bind, 28 and later their own: both end like the sentence of a taken address.
    Meaning("port_bound", "bind: address already in use|failed to bind host port…already in use", "ports").says(
        _("A process on the Engine's machine uses this port."),
        _("End that process, or publish another port when you recreate the container."),
    ),
    Meaning("port_privileged", "privileged port", "ports").says(
        _("This Engine runs without root, and ports below 1024 need root."),
        _("Publish a port from 1024 on when you recreate the container."),
    ),
    Meaning(
        "port_address", "bind: cannot assign requested address|failed to bind host port…cannot assign requested address", "ports"
    ).says(
        _("The Engine's machine doesn't have the address on which the port is to be published."),
        _("Publish it on an address of that machine, or on all."),
    ),
    Meaning("port_unreadable", "invalid port specification", "ports").says(
        _("This is not a port."), _("A port is a number from 1 to 65535; two of them with a dash between are a range.")
    ),
    Meaning("port_protocol", "external connectivity…unknown protocol", "ports").says(
        _("Docker publishes ports of TCP, UDP and SCTP alone."), _("Write the protocol after the port: 53:53/udp.")
    ),
    Meaning("port_range_full", "all ports are allocated", "ports").says(
        _("Every port of the range is in use."), _("Name a range that has one left, or a single port.")
    ),
    Meaning("container_name_taken", "container name…already in use", "name").says(
        _("Another container has this name; names are unique."), _("Choose another name, or remove that container first.")
    ),
)

MACHINE: tuple[Meaning, ...] = (
    Meaning("address_held", "address already in use", "ipv4", empties=True).says(
        _(
            "Another endpoint has this address, or the Engine has it recorded as taken. Only one endpoint at a time "
            "can use an address."
        ),
        _(
            "Choose another address, or let Docker choose. If nobody uses it: Docker keeps the IPv4 address of a "
            "connect that it refused because of the IPv6 address, until dockerd is restarted."
        ),
    ),
    Meaning("donor_stopped", "non running container", "container_id").says(
        _("The container whose network is to be shared isn't running."), _("Start that container first.")
    ),
    Meaning("conflicting_options", "conflicting options…port publishing", "ports").says(_CONFLICT_TEXT, _CONFLICT_ADVICE),
    Meaning("conflicting_options", "conflicting options…hostname and", "hostname").says(_CONFLICT_TEXT, _CONFLICT_ADVICE),
    Meaning("conflicting_options", "conflicting options…dns and", "dns").says(_CONFLICT_TEXT, _CONFLICT_ADVICE),
    Meaning("conflicting_options", "conflicting options…host-to-ip", "extra_hosts").says(_CONFLICT_TEXT, _CONFLICT_ADVICE),
    Meaning("conflicting_options", "conflicting options").says(_CONFLICT_TEXT, _CONFLICT_ADVICE),
    Meaning("firewall", "no chain/target/match").says(
        _("Docker's chains are missing from the firewall of its machine: something reloaded the rules."),
        _("Restart the Engine; it creates them again."),
    ),
    Meaning("firewall", "iptables").says(
        _("The Engine could not change the firewall rules on its machine."),
        _("Look at the output of iptables there; a restart of the Engine creates its rules again."),
    ),
    Meaning("disk_full", "no space left on device").says(
        _("A disk of the Engine's machine is full, or a limit of the kernel is reached."),
        _("Free some space there: docker system df shows what Docker uses."),
    ),
    Meaning("not_permitted", "operation not permitted").says(
        _("The Engine itself lacks a permission on its machine."), _("It needs root, or the capability NET_ADMIN.")
    ),
    Meaning("unreadable", "^invalid json").says(
        _("The Engine could not read the request: a value in it isn't of the kind that this version of Docker takes."),
        _("Correct the value in the Engine's message."),
    ),
    Meaning("client_version", "client version…is too").says(
        _("The Engine was replaced by one that speaks another version of the API."),
        _("Wait for the next read of the Engine, then try again."),
    ),
)

_PLUGIN_DOWN = _("The Engine knows the plugin, but nothing answers at its socket.")
_START_PLUGIN = _("Start the plugin on the Engine's machine, then try again.")
_PLUGIN_SAYS = _("These are the plugin's own words: the plugin refused, and Docker passed that on.")
_ASK_PLUGIN = _("The plugin's documentation and log say what they mean.")

DRIVERS: tuple[Meaning, ...] = (
    Meaning("kernel_lacks_vlans", "vlan link…operation not supported", "options").says(
        _("The kernel of the Engine's machine makes no VLAN devices."),
        _("Load its module there (modprobe 8021q), or choose a parent without a VLAN."),
    ),
    Meaning("kernel_lacks_children", "failed to create the…vlan port…operation not supported", "network_id").says(
        _(
            "The kernel of the Engine's machine doesn't support such devices: the network can be created, but no "
            "container can start on it."
        ),
        _(
            "Load the module there (modprobe macvlan, modprobe ipvlan), or use another network. Docker still lists "
            "this one: a container that runs has to be stopped before it can be disconnected."
        ),
    ),
    Meaning("parent_busy", "failed to create the…vlan port…device or resource busy", "network_id").says(
        _("The network's parent is a bridge's port, or is already used by containers of the other driver (macvlan or ipvlan)."),
        _(
            "Recreate the network on the bridge itself or on a VLAN. Docker still lists this one: a container "
            "that runs has to be stopped before it can be disconnected."
        ),
    ),
    Meaning("parent_alone", "failed to create the macvlan port…invalid argument", "network_id").says(
        _("One container has the parent for itself: the network is in passthru mode."),
        _(
            "Recreate the network in bridge mode. Docker still lists this one: a container that runs has to be stopped before "
            "it can be disconnected."
        ),
    ),
    Meaning("plugin_down", "networkdriver.…connection refused|networkdriver.…no such file or directory", "driver").says(
        _PLUGIN_DOWN, _START_PLUGIN
    ),
    Meaning("plugin_down", "ipamdriver.…connection refused", "ipam_driver").says(_PLUGIN_DOWN, _START_PLUGIN),
    Meaning("plugin_refused", "networkdriver.", "driver").says(_PLUGIN_SAYS, _ASK_PLUGIN),
    Meaning("plugin_refused", "ipamdriver.", "ipam_driver").says(_PLUGIN_SAYS, _ASK_PLUGIN),
    Meaning("parent_loopback", "loopback interface is not a valid", "options").says(
        _("A container can't use the loopback device as its parent: nothing gets out there."),
        _("Use a device of that machine: ip link lists them."),
    ),
)
