"""What Engines answer to the creation of a network. Sentences: dockerd 26.1.5, and those of 24 to 29 that differ."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from networks.refusals.meaning import Meaning

_FREE_SUBNET = _("Name a subnet that is free.")
_FITTING = _("Correct it, or leave it empty: then Docker chooses.")

CREATING: tuple[Meaning, ...] = (
    Meaning("name_taken", "network with name…already exists", "name").says(
        _("Another network has this name; names are unique."), _("Choose another name, or remove that network first.")
    ),
    Meaning("pool_overlaps", "pool overlaps", "subnet").says(
        _("Another network on this Engine has some of these addresses."), _FREE_SUBNET
    ),
    Meaning("pool_overlaps", "networks have overlapping ipv4|networks have overlapping ipv6", "subnet").says(
        _("The addresses are in use on the Engine's machine."), _FREE_SUBNET
    ),
    Meaning("defaults_used", "non-overlapping ipv4 address pool|fully subnetted", "pools").says(
        _("All subnets that this Engine chooses from are in use."),
        _("Name a subnet yourself, or remove networks that nothing uses."),
    ),
    Meaning("ipv6_not_chosen", "non-overlapping ipv6 address pool", "pools").says(
        _("This Engine does not choose an IPv6 subnet by itself."), _("Add a pool with an IPv6 subnet.")
    ),
    Meaning("link_local_part", "clash with the link-local prefix", "subnet").says(
        _("Each bridge has fe80::/64: Docker accepts exactly that subnet, or one that doesn't overlap it."),
        _("Use fe80::/64, or a subnet of another range."),
    ),
    Meaning("bridge_address", "failed to add ipv6 address", "subnet").says(
        _("Linux doesn't take the subnet's first address for the bridge."),
        _("Choose a subnet of another range, such as one of fd00::/8."),
    ),
    Meaning("host_bits", "invalid subnet…it should be", "subnet").says(
        _("This is an address in a subnet; the Engine's message gives the subnet."),
        _("Use the subnet from the Engine's message."),
    ),
    Meaning("subnet_missing", "invalid subnet :|parent subnet invalid prefix", "subnet").says(
        _("The pool has no subnet."), _("Name the subnet, or leave the pool empty.")
    ),
    # From 29 on the Engine reads subnets and addresses as it reads the JSON, and doesn't say where they stood.
    Meaning("not_a_subnet", "invalid cidr|netip.parseprefix(", "subnet").says(
        _("This is not a subnet."), _("A subnet looks like 10.20.0.0/24.")
    ),
    Meaning("address_unreadable", "invalid json: parseaddr(", "ipv4").says(_("This is not an IP address."), _FITTING),
    Meaning("gateway_unreadable", "invalid gateway…invalid address", "gateway", empties=True).says(
        _("The gateway is not an IP address."), _FITTING
    ),
    Meaning("name_missing", "^invalid name:", "name").says(_("The network has no name."), _("Type one.")),
    Meaning("no_family", "ipv4 or ipv6 must be enabled", "enable_ipv4").says(
        _("With IPv4 off and without IPv6, no container would get an address."), _("Turn one of them on.")
    ),
    Meaning("range_outside", "doesn't contain ip-range", "ip_range").says(_("The IP range is outside its subnet."), _FITTING),
    Meaning("range_bigger", "bigger than its parent subnet", "ip_range").says(
        _("The IP range must be inside its subnet."), _FITTING
    ),
    Meaning("reserved_outside", "auxiliary address…doesn't contain this address", "aux_addresses").says(
        _("A reserved address is outside its subnet."), _FITTING
    ),
    Meaning("gateway_outside", "doesn't contain this address", "gateway", empties=True).says(
        _("The gateway is outside its subnet."), _FITTING
    ),
    Meaning("gateway_reserved", "failed to allocate gateway", "gateway", empties=True).says(
        _("The gateway's address is the subnet's own address, or reserved."), _FITTING
    ),
    Meaning("reserved_taken", "failed to allocate secondary ip address", "aux_addresses", empties=True).says(
        _("A reserved address is the subnet's own address, or the gateway's."), _FITTING
    ),
    Meaning("two_pools", "support multiple subnets", "subnet").says(
        _("A bridge network has one pool for IPv4 and one for IPv6."), _("Remove one of the pools, or create two networks.")
    ),
    Meaning("name_predefined", "predefined…network", "name").says(
        _("Docker keeps this name for one of its own networks."), _("Choose another name.")
    ),
    Meaning("driver_single", "only one instance of", "driver").says(
        _("There can be only one network with this driver, and Docker has created it already."),
        _("Choose another driver, such as bridge."),
    ),
    Meaning("plugin_missing", 'plugin "…not found', "driver").says(
        _("The Engine has no such driver: drivers other than Docker's own are plugins."),
        _("Install the plugin on the Engine's machine, or choose another driver."),
    ),
    Meaning("not_swarm_manager", "not a swarm manager", "driver").says(
        _("This Engine is no swarm manager, and such networks need one."),
        _("Make it one (docker swarm init), or choose the driver bridge."),
    ),
    Meaning("not_swarm_manager", "swarm is not active", "scope").says(
        _("This Engine is no swarm manager, and such networks need one."),
        _("Make it one (docker swarm init), or leave the scope to the driver."),
    ),
    Meaning("bridge_name_taken", "same bridge name", "options").says(
        _("Another network has a Linux bridge of this name."), _("Choose another name for the bridge, or leave it empty.")
    ),
    Meaning("bridge_name_taken", "existing interface…is not a bridge", "options").says(
        _("The Engine's machine has another device of this name."), _("Choose another name for the bridge, or leave it empty.")
    ),
    Meaning("vlan_number", "vlan id must be between", "parent").says(
        _("The option parent names a VLAN with an invalid number."), _("Choose a number from 1 to 4094.")
    ),
    Meaning("ipam_empty", "ipv4 pool is empty", "ipam_driver").says(
        _("The driver needs an address, and the IPAM driver gave none."),
        _("Leave the IPAM driver empty: then Docker hands out the addresses."),
    ),
    Meaning("bridge_name_long", "numerical result out of range", "bridge_name").says(
        _("Linux refuses the name of a device: 15 characters are the limit."), _("Choose a shorter name for the bridge.")
    ),
    Meaning("parent_missing", "parent interface was not found|invalid subinterface vlan name", "options").says(
        _("The option parent names a device that the Engine's machine doesn't have."),
        _("Use a device of that machine: ip link lists them."),
    ),
    Meaning("parent_taken", "already using parent interface", "options").says(
        _("Another network uses this parent device."), _("Choose another device, or a VLAN of it, such as eth0.10.")
    ),
    Meaning("kernel_lacks", "operation not supported", "driver").says(
        _("The kernel of the Engine's machine doesn't support such devices."),
        _("Load the kernel module there, or choose another driver."),
    ),
    Meaning("gateway_mode", "gateway mode", "options").says(
        _("This gateway mode doesn't fit the other settings, or this Engine doesn't know it."),
        _("Choose another gateway mode, or leave it to Docker."),
    ),
    Meaning("option_syntax", "failed to parse… value: ", "options").says(
        _("The driver expects another kind of value for an option: a number, true or false."),
        _("Correct the value in the Engine's message."),
    ),
    Meaning("mtu", "invalid mtu", "options").says(_("Linux does not accept this MTU."), _("Choose one from 68 to 65535.")),
    Meaning("mtu", "^invalid argument", "options").says(
        _("Linux rejected a number as too big or too small, most likely the MTU."), _("Choose one from 68 to 65535.")
    ),
    Meaning("mode_unknown", "requested…mode…is not valid", "options").says(
        _("The driver doesn't know this mode."), _("Choose a mode that it knows.")
    ),
    Meaning("config_from", "configuration network…does not exist", "config_from").says(
        _("The network that the configuration comes from doesn't exist."), _("Name a config-only network of this Engine.")
    ),
    Meaning("config_from", "depends on a configuration network", "config_from").says(
        _("What comes from another network's configuration can't be set here as well."),
        _("Remove pools, options and IPv6 here, or take no configuration from the other network."),
    ),
    Meaning("config_only", "configuration network can only contain", "is_config_only").says(
        _("A config-only network can't have all of these settings."), _("Remove what the Engine's message names.")
    ),
    Meaning("ingress_scope", "ingress network can only be", "is_ingress").says(
        _("Only an overlay network of a swarm can be its ingress."),
        _("Choose the driver overlay on a swarm manager, or make it an ordinary network."),
    ),
    Meaning("ingress_taken", "ingress…already", "is_ingress").says(
        _("The swarm has an ingress network already, and there is only one."),
        _("Remove the other first, or make this one an ordinary network."),
    ),
)
