"""What Engines answer to a connection, to its end, and to the removal of a network. Sentences: dockerd 24 to 29."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from networks.refusals.meaning import Meaning

_CHOOSE_ADDRESS = _("Choose another address, or let Docker choose.")
_LOOK_AGAIN = _("Go back to the list: it shows what exists now.")

CONNECTING: tuple[Meaning, ...] = (
    Meaning("already_connected", "already exists in network", "container_id").says(
        _("The container is on this network already."),
        _("To change its addresses or aliases, disconnect it and connect it again."),
    ),
    Meaning("host_network", "connected to host network|container to host network", "network_id").says(
        _("A container can use the host's network only from its creation on."),
        _("Recreate the container with --network host, or choose another network."),
    ),
    Meaning("host_network_kept", "container from host network").says(
        _("A container created on the host's network stays on it."), _("Recreate the container with another --network.")
    ),
    Meaning("shared_stack", "sharing network namespace", "container_id").says(
        _("The container uses the network of the host or of another container, and has no connections of its own."),
        _("Connect the container whose network it uses, or recreate this one with a network of its own."),
    ),
    Meaning("on_none", "private (none) mode", "container_id").says(
        _("A container on none can't be on another network."),
        _("Disconnect it from none first: docker network disconnect none …"),
    ),
    Meaning("static_on_default_bridge", "user defined networks only|user-defined networks only", "ipv4", empties=True).says(
        _("Docker's default bridge doesn't support fixed addresses; a network of your own does."),
        _("Let Docker choose the address, or choose another network."),
    ),
    Meaning("static_on_automatic", "user configured subnets", "ipv4", empties=True).says(
        _("Docker chose this network's subnet. Fixed addresses need a network that was created with a subnet."),
        _("Let Docker choose the address, or make a network with a subnet of your own."),
    ),
    Meaning("address_outside", "no configured subnet|requested address is out of range", "ipv4", empties=True).says(
        _("The address is outside the network's subnets."), _CHOOSE_ADDRESS
    ),
    Meaning("address_unreadable", "invalid ipv4 address", "ipv4", empties=True).says(
        _("This is not an IP address."), _CHOOSE_ADDRESS
    ),
    Meaning("alias_on_default_bridge", "network-scoped alias", "aliases", empties=True).says(
        _("Docker's default bridge has no aliases; a network of your own does."),
        _("Remove the aliases, or choose another network."),
    ),
    Meaning("link_local", "invalid link local ip|invalid link-local ip", "link_local_ips", empties=True).says(
        _("A link-local address is in 169.254.0.0/16 or fe80::/10; this one isn't."), _("Correct it, or leave it empty.")
    ),
    Meaning("link_local_set", "error setting interface…link local", "link_local_ips", empties=True).says(
        _("The container's kernel rejected the link-local address."),
        _("Leave it empty, or choose an address that the container doesn't have yet."),
    ),
    Meaning("sysctl", "network interface sysctl", "sysctls").says(
        _("A sysctl of an endpoint is for its interface only, which is written as IFNAME."),
        _("Write it as net.ipv4.conf.IFNAME.forwarding=1."),
    ),
    Meaning("mac_invalid", "invalid mac address", "mac", empties=True).says(
        _("This is not a MAC address."), _("It looks like 02:42:ac:48:00:0a. Leave it empty and Docker chooses.")
    ),
    Meaning("mac_set", "error setting interface… mac to ", "mac", empties=True).says(
        _("The container's kernel rejected the MAC address."),
        _("Choose one whose first octet is even, such as 02:…, or let Docker choose."),
    ),
    Meaning("route_taken", "conflicts with existing route", "network_id").says(
        _("Its network stack has a route to this subnet already: another network has the same, or it uses the host's stack."),
        _("Choose another network, or disconnect it from the one that has the same subnet."),
    ),
    Meaning("priority", "cannot unmarshal…gwpriority", "gateway_priority", empties=True).says(
        _("The gateway priority is not a whole number."), _("Type a whole number, or leave it empty.")
    ),
    Meaning("container_unnamed", "invalid name or id supplied", "container_id").says(
        _("No container is named."), _("Choose one.")
    ),
    Meaning("interface_name", "error renaming interface", "interface_name", empties=True).says(
        _("The container's kernel rejected the interface's name: it is in use there, or invalid."),
        _("Choose another name, or leave it empty."),
    ),
    Meaning("link_format", "format for links", "links", empties=True).says(
        _("A link is a container's name, a colon, and the name by which it is found."), _("Write it as db:database.")
    ),
    Meaning("going_away", "marked for removal", "container_id").says(
        _("The container is being removed."), _("Choose another container.")
    ),
    Meaning("not_attachable", "not manually attachable", "network_id").says(
        _("Only services of the swarm can be on this network: it was not created as attachable."),
        _("Make a network with --attachable for containers of your own."),
    ),
    Meaning("config_only_network", "configuration-only network", "network_id").says(
        _("This network only holds configuration for others; no container can be on it."),
        _("Choose a network that takes its configuration from it."),
    ),
    Meaning("option_type", "invalid endpoint configuration", "driver_options", empties=True).says(
        _("The driver doesn't accept this option here."), _("Remove the option.")
    ),
    Meaning("address_uncounted", "^bit does not belong to the sequence", "ipv6", empties=True).says(
        _("This Engine can't assign the last address of a /64."), _CHOOSE_ADDRESS
    ),
    Meaning("range_uncounted", "^invalid bit range").says(
        _("The network's IPv6 range ends with the last address of a /64: this Engine hands out none of it."),
        _("Choose an address yourself, or recreate the network with another range."),
    ),
    Meaning("attach_failed", "attaching to network failed", "ipv4", empties=True).says(
        _("The swarm's manager gave no address within 20 s: the one asked for is taken on another Engine, or none is left."),
        _CHOOSE_ADDRESS,
    ),
    Meaning("pool_full", "no available ipv4 addresses|no available ipv6 addresses").says(
        _("Every address in range is taken."), _("Disconnect something, or use another network.")
    ),
    Meaning("not_connected", "is not connected to").says(
        _("It was already disconnected, here or elsewhere."),
        _("If an endpoint of it is left on the network, force the disconnect."),
    ),
    Meaning("failed_to_leave", "failed to leave network").says(
        _("The Engine could not remove the interface from the container."),
        _("Force the disconnect: this removes the endpoint in any case."),
    ),
    Meaning("endpoint_gone", "^endpoint …not found").says(
        _("The network has no endpoint of this container, not even an orphaned one."), _("There is nothing more to do.")
    ),
    Meaning("active_endpoints", "active endpoints").says(
        _("Running containers are on this network."), _("Disconnect or stop them, then remove it.")
    ),
    Meaning("predefined_stays", "pre-defined").says(
        _("Docker's own networks can't be removed."), _("Nothing to do: it can stay.")
    ),
    Meaning("config_in_use", "configuration network…in use").says(
        _("Other networks take their configuration from this one."), _("Remove those first.")
    ),
    Meaning("service_uses_it", "network…in use by").says(
        _("Services or tasks of the swarm use this network."),
        _("Remove the services, or take the network out of them: docker service update --network-rm …"),
    ),
    Meaning("ambiguous", "is ambiguous", "network_id").says(
        _("Several networks have this name, or an ID that starts with it."), _LOOK_AGAIN
    ),
)

GONE: tuple[Meaning, ...] = (
    Meaning("container_gone", "no such container", "container_id").says(_("The container is gone."), _LOOK_AGAIN),
    # What one that was in a swarm since it started says instead: it looks there, too.
    Meaning("network_gone", "no such network|network…not found|invalid cluster node…attaching to network", "network_id").says(
        _("The network is gone."), _LOOK_AGAIN
    ),
)
