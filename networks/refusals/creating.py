"""What Engines answer to the creation of a network. Sentences: dockerd 26.1.5, and those of 24 to 29 that differ."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from networks.refusals.meaning import Meaning

_FREE_SUBNET = _("Name a subnet that is free.")
_FITTING = _("Correct it, or leave it empty: then Docker chooses.")
_OTHER_NAME = _("Choose another name, or remove that network first.")
_OWN_SUBNET = _("Name a subnet yourself, or remove networks that nothing uses.")
_IN_USE = _("The addresses are in use on the Engine's machine.")
_DEFAULTS_USED = _("All subnets that this Engine chooses from are in use.")
_NO_DEVICE = _("The option parent names a device that the Engine's machine doesn't have.")
_NO_SUBNET = _("The pool has no subnet.")
_NAME_SUBNET = _("Name the subnet, or leave the pool empty.")
_NOT_A_SUBNET = _("This is not a subnet.")
_SUBNET = _("A subnet looks like 10.20.0.0/24.")
_EXISTING_DEVICE = _("Use a device of that machine: ip link lists them.")

CREATING: tuple[Meaning, ...] = (
    Meaning(
        "name_taken",
        ("network with name", "already exists"),
        "name",
        _("Another network has this name; names are unique."),
        _OTHER_NAME,
    ),
    Meaning(
        "pool_overlaps",
        ("pool overlaps",),
        "subnet",
        _("Another network on this Engine has some of these addresses."),
        _FREE_SUBNET,
    ),
    Meaning("pool_overlaps", ("networks have overlapping ipv4",), "subnet", _IN_USE, _FREE_SUBNET),
    Meaning("pool_overlaps", ("networks have overlapping ipv6",), "subnet", _IN_USE, _FREE_SUBNET),
    Meaning("defaults_used", ("non-overlapping ipv4 address pool",), "pools", _DEFAULTS_USED, _OWN_SUBNET),
    Meaning("defaults_used", ("fully subnetted",), "pools", _DEFAULTS_USED, _OWN_SUBNET),
    Meaning(
        "ipv6_not_chosen",
        ("non-overlapping ipv6 address pool",),
        "pools",
        _("This Engine does not choose an IPv6 subnet by itself."),
        _("Add a pool with an IPv6 subnet."),
    ),
    Meaning(
        "link_local_part",
        ("clash with the link-local prefix",),
        "subnet",
        _("Each bridge has fe80::/64: Docker accepts exactly that subnet, or one that doesn't overlap it."),
        _("Use fe80::/64, or a subnet of another range."),
    ),
    Meaning(
        "bridge_address",
        ("failed to add ipv6 address",),
        "subnet",
        _("Linux doesn't take the subnet's first address for the bridge."),
        _("Choose a subnet of another range, such as one of fd00::/8."),
    ),
    Meaning(
        "host_bits",
        ("invalid subnet", "it should be"),
        "subnet",
        _("This is an address in a subnet; the Engine's message gives the subnet."),
        _("Use the subnet from the Engine's message."),
    ),
    Meaning("subnet_missing", ("invalid subnet :",), "subnet", _NO_SUBNET, _NAME_SUBNET),
    Meaning("subnet_missing", ("parent subnet invalid prefix",), "subnet", _NO_SUBNET, _NAME_SUBNET),
    Meaning("not_a_subnet", ("invalid cidr",), "subnet", _NOT_A_SUBNET, _SUBNET),
    # From 29 on the Engine reads subnets and addresses as it reads the JSON, and doesn't say where they stood.
    Meaning("not_a_subnet", ("netip.parseprefix(",), "subnet", _NOT_A_SUBNET, _SUBNET),
    Meaning("address_unreadable", ("invalid json: parseaddr(",), "ipv4", _("This is not an IP address."), _FITTING),
    Meaning(
        "gateway_unreadable",
        ("invalid gateway", "invalid address"),
        "gateway",
        _("The gateway is not an IP address."),
        _FITTING,
        "gateway",
    ),
    Meaning("name_missing", ("^invalid name:",), "name", _("The network has no name."), _("Type one.")),
    Meaning(
        "no_family",
        ("ipv4 or ipv6 must be enabled",),
        "enable_ipv4",
        _("With IPv4 off and without IPv6, no container would get an address."),
        _("Turn one of them on."),
    ),
    Meaning("range_outside", ("doesn't contain ip-range",), "ip_range", _("The IP range is outside its subnet."), _FITTING),
    Meaning(
        "range_bigger", ("bigger than its parent subnet",), "ip_range", _("The IP range must be inside its subnet."), _FITTING
    ),
    Meaning(
        "reserved_outside",
        ("auxiliary address", "doesn't contain this address"),
        "aux_addresses",
        _("A reserved address is outside its subnet."),
        _FITTING,
    ),
    Meaning(
        "gateway_outside",
        ("doesn't contain this address",),
        "gateway",
        _("The gateway is outside its subnet."),
        _FITTING,
        "gateway",
    ),
    Meaning(
        "gateway_reserved",
        ("failed to allocate gateway",),
        "gateway",
        _("The gateway's address is the subnet's own address, or reserved."),
        _FITTING,
        "gateway",
    ),
    Meaning(
        "reserved_taken",
        ("failed to allocate secondary ip address",),
        "aux_addresses",
        _("A reserved address is the subnet's own address, or the gateway's."),
        _FITTING,
        "aux_addresses",
    ),
    Meaning(
        "two_pools",
        ("support multiple subnets",),
        "subnet",
        _("A bridge network has one pool for IPv4 and one for IPv6."),
        _("Remove one of the pools, or create two networks."),
    ),
    Meaning(
        "name_predefined",
        ("predefined", "network"),
        "name",
        _("Docker keeps this name for one of its own networks."),
        _("Choose another name."),
    ),
    Meaning(
        "driver_single",
        ("only one instance of",),
        "driver",
        _("There can be only one network with this driver, and Docker has created it already."),
        _("Choose another driver, such as bridge."),
    ),
    Meaning(
        "plugin_missing",
        ('plugin "', "not found"),
        "driver",
        _("The Engine has no such driver: drivers other than Docker's own are plugins."),
        _("Install the plugin on the Engine's machine, or choose another driver."),
    ),
    Meaning(
        "not_swarm_manager",
        ("not a swarm manager",),
        "driver",
        _("This Engine is no swarm manager, and such networks need one."),
        _("Make it one (docker swarm init), or choose the driver bridge."),
    ),
    Meaning(
        "not_swarm_manager",
        ("swarm is not active",),
        "scope",
        _("This Engine is no swarm manager, and such networks need one."),
        _("Make it one (docker swarm init), or leave the scope to the driver."),
    ),
    Meaning(
        "bridge_name_taken",
        ("same bridge name",),
        "options",
        _("Another network has a Linux bridge of this name."),
        _("Choose another name for the bridge, or leave it empty."),
    ),
    Meaning(
        "bridge_name_taken",
        ("existing interface", "is not a bridge"),
        "options",
        _("The Engine's machine has another device of this name."),
        _("Choose another name for the bridge, or leave it empty."),
    ),
    Meaning(
        "vlan_number",
        ("vlan id must be between",),
        "parent",
        _("The option parent names a VLAN with an invalid number."),
        _("Choose a number from 1 to 4094."),
    ),
    Meaning(
        "ipam_empty",
        ("ipv4 pool is empty",),
        "ipam_driver",
        _("The driver needs an address, and the IPAM driver gave none."),
        _("Leave the IPAM driver empty: then Docker hands out the addresses."),
    ),
    Meaning(
        "bridge_name_long",
        ("numerical result out of range",),
        "bridge_name",
        _("Linux refuses the name of a device: 15 characters are the limit."),
        _("Choose a shorter name for the bridge."),
    ),
    Meaning("parent_missing", ("parent interface was not found",), "options", _NO_DEVICE, _EXISTING_DEVICE),
    Meaning("parent_missing", ("invalid subinterface vlan name",), "options", _NO_DEVICE, _EXISTING_DEVICE),
    Meaning(
        "parent_taken",
        ("already using parent interface",),
        "options",
        _("Another network uses this parent device."),
        _("Choose another device, or a VLAN of it, such as eth0.10."),
    ),
    Meaning(
        "kernel_lacks",
        ("operation not supported",),
        "driver",
        _("The kernel of the Engine's machine doesn't support such devices."),
        _("Load the kernel module there, or choose another driver."),
    ),
    Meaning(
        "gateway_mode",
        ("gateway mode",),
        "options",
        _("This gateway mode doesn't fit the other settings, or this Engine doesn't know it."),
        _("Choose another gateway mode, or leave it to Docker."),
    ),
    Meaning(
        "option_syntax",
        ("failed to parse", " value: "),
        "options",
        _("The driver expects another kind of value for an option: a number, true or false."),
        _("Correct the value in the Engine's message."),
    ),
    Meaning("mtu", ("invalid mtu",), "options", _("Linux does not accept this MTU."), _("Choose one from 68 to 65535.")),
    Meaning(
        "mtu",
        ("^invalid argument",),
        "options",
        _("Linux rejected a number as too big or too small, most likely the MTU."),
        _("Choose one from 68 to 65535."),
    ),
    Meaning(
        "mode_unknown",
        ("requested", "mode", "is not valid"),
        "options",
        _("The driver doesn't know this mode."),
        _("Choose a mode that it knows."),
    ),
    Meaning(
        "config_from",
        ("configuration network", "does not exist"),
        "config_from",
        _("The network that the configuration comes from doesn't exist."),
        _("Name a config-only network of this Engine."),
    ),
    Meaning(
        "config_from",
        ("depends on a configuration network",),
        "config_from",
        _("What comes from another network's configuration can't be set here as well."),
        _("Remove pools, options and IPv6 here, or take no configuration from the other network."),
    ),
    Meaning(
        "config_only",
        ("configuration network can only contain",),
        "is_config_only",
        _("A config-only network can't have all of these settings."),
        _("Remove what the Engine's message names."),
    ),
    Meaning(
        "ingress_scope",
        ("ingress network can only be",),
        "is_ingress",
        _("Only an overlay network of a swarm can be its ingress."),
        _("Choose the driver overlay on a swarm manager, or make it an ordinary network."),
    ),
    Meaning(
        "ingress_taken",
        ("ingress", "already"),
        "is_ingress",
        _("The swarm has an ingress network already, and there is only one."),
        _("Remove the other first, or make this one an ordinary network."),
    ),
)
