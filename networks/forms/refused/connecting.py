"""What Engines answer to a connection, to its end, and to the removal of a network. Sentences: dockerd 24 to 29."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from networks.forms.refused.meaning import Meaning

_CHOOSE_ADDRESS = _("Choose another address, or let Docker choose.")
_HOST_TEXT = _("A container joins the host's network when it is made, and never later.")
_HOST_ADVICE = _("Make the container anew with --network host, or choose another network.")
_OUTSIDE = _("The address lies outside the network's subnets.")
_ALIAS_TEXT = _("Docker's default bridge knows no aliases; a network of your own does.")
_ALIAS_ADVICE = _("Leave the aliases away, or choose another network.")
_LINK_LOCAL_TEXT = _("A link-local address lies in 169.254.0.0/16 or fe80::/10, and this one doesn't.")
_LINK_LOCAL_ADVICE = _("Correct it, or leave it empty.")
_LOOK_AGAIN = _("Go back to the list: it shows what is there now.")

CONNECTING: tuple[Meaning, ...] = (
    Meaning(
        "already_connected",
        ("already exists in network",),
        "container_id",
        _("The container is on this network already."),
        _("To change its addresses or aliases, disconnect it and connect it anew."),
    ),
    Meaning("host_network", ("connected to host network",), "network_id", _HOST_TEXT, _HOST_ADVICE),
    Meaning("host_network", ("container to host network",), "network_id", _HOST_TEXT, _HOST_ADVICE),
    Meaning(
        "host_network_kept",
        ("container from host network",),
        "",
        _("A container that was made in the host's network keeps it."),
        _("Make the container anew with another --network."),
    ),
    Meaning(
        "shared_stack",
        ("sharing network namespace",),
        "container_id",
        _("The container uses the host's or another container's network, and has no connections of its own."),
        _("Connect the container whose network it uses, or make this one anew with a network of its own."),
    ),
    Meaning(
        "on_none",
        ("private (none) mode",),
        "container_id",
        _("A container on none is on no other network."),
        _("Disconnect it from none first: docker network disconnect none …"),
    ),
    Meaning(
        "static_on_default_bridge",
        ("user defined networks only",),
        "ipv4",
        _("Docker's default bridge gives no fixed addresses; a network of your own does."),
        _("Let Docker choose the address, or choose another network."),
        "ipv4",
    ),
    Meaning(
        "static_on_automatic",
        ("user configured subnets",),
        "ipv4",
        _("Docker chose the subnet of this network. Fixed addresses need a network whose subnet was named when it was made."),
        _("Let Docker choose the address, or make a network with a subnet of your own."),
        "ipv4",
    ),
    Meaning("address_outside", ("no configured subnet",), "ipv4", _OUTSIDE, _CHOOSE_ADDRESS, "ipv4"),
    Meaning("address_outside", ("requested address is out of range",), "ipv4", _OUTSIDE, _CHOOSE_ADDRESS, "ipv4"),
    Meaning("alias_on_default_bridge", ("network-scoped alias",), "aliases", _ALIAS_TEXT, _ALIAS_ADVICE, "aliases"),
    Meaning("link_local", ("invalid link local ip",), "link_local_ips", _LINK_LOCAL_TEXT, _LINK_LOCAL_ADVICE, "link_local_ips"),
    Meaning("link_local", ("invalid link-local ip",), "link_local_ips", _LINK_LOCAL_TEXT, _LINK_LOCAL_ADVICE, "link_local_ips"),
    Meaning(
        "link_local_set",
        ("error setting interface", "link local"),
        "link_local_ips",
        _("The container's kernel did not take the link-local address."),
        _("Leave it empty, or choose one that the container doesn't have yet."),
        "link_local_ips",
    ),
    Meaning(
        "sysctl",
        ("network interface sysctl",),
        "sysctls",
        _("A sysctl of an endpoint concerns its interface alone, which is called IFNAME here."),
        _("Write it as net.ipv4.conf.IFNAME.forwarding=1."),
    ),
    Meaning(
        "mac_invalid",
        ("invalid mac address",),
        "mac",
        _("What stands there is no MAC address."),
        _("One looks like 02:42:ac:48:00:0a. Left empty, Docker chooses."),
        "mac",
    ),
    Meaning(
        "mac_set",
        ("error setting interface", " mac to "),
        "mac",
        _("The container's kernel did not take the MAC address."),
        _("Choose one whose first octet is even, such as 02:…, or let Docker choose."),
        "mac",
    ),
    Meaning(
        "interface_name",
        ("error renaming interface",),
        "interface_name",
        _("The container's kernel did not take the interface's name: it is in use there, or can't be one."),
        _("Choose another name, or leave it empty."),
        "interface_name",
    ),
    Meaning(
        "link_format",
        ("format for links",),
        "links",
        _("A link is the name of a container, and after a colon the name by which it is found."),
        _("Write it as db:database."),
        "links",
    ),
    Meaning(
        "going_away",
        ("marked for removal",),
        "container_id",
        _("The container is being removed."),
        _("Choose another container."),
    ),
    Meaning(
        "not_attachable",
        ("not manually attachable",),
        "network_id",
        _("Only services of the swarm can be on this network: it was not made attachable."),
        _("Make a network with --attachable for containers of your own."),
    ),
    Meaning(
        "config_only_network",
        ("configuration-only network",),
        "network_id",
        _("This network is only a configuration for others; no container can be on it."),
        _("Choose a network that takes its configuration from it."),
    ),
    Meaning(
        "option_type",
        ("invalid endpoint configuration",),
        "driver_options",
        _("The driver doesn't take such an option from here."),
        _("Leave the option away."),
        "driver_options",
    ),
    Meaning(
        "address_uncounted",
        ("^bit does not belong to the sequence",),
        "ipv6",
        _("This Engine has no number for the last address of a /64, and gives it to nothing."),
        _CHOOSE_ADDRESS,
        "ipv6",
    ),
    Meaning(
        "range_uncounted",
        ("^invalid bit range",),
        "",
        _("The network's IPv6 range ends with the last address of a /64: this Engine hands out none of it."),
        _("Ask for an address of your own, or make the network anew with another range."),
    ),
    Meaning(
        "attach_failed",
        ("attaching to network failed",),
        "ipv4",
        _("The swarm's manager gave no address within 20 s: the one asked for is taken on another Engine, or none is left."),
        _CHOOSE_ADDRESS,
        "ipv4",
    ),
    Meaning(
        "pool_full",
        ("no available ipv4 addresses",),
        "",
        _("Every address in range is taken."),
        _("Disconnect something, or use another network."),
    ),
    Meaning(
        "pool_full",
        ("no available ipv6 addresses",),
        "",
        _("Every address in range is taken."),
        _("Disconnect something, or use another network."),
    ),
    Meaning(
        "not_connected",
        ("is not connected to",),
        "",
        _("It was disconnected already, here or elsewhere."),
        _("If an endpoint of it is left over on the network, disconnect it with force."),
    ),
    Meaning(
        "failed_to_leave",
        ("failed to leave network",),
        "",
        _("The Engine could not take the interface out of the container."),
        _("Disconnect it with force: that removes the endpoint anyway."),
    ),
    Meaning(
        "endpoint_gone",
        ("^endpoint ", "not found"),
        "",
        _("The network has no endpoint of this container, not even a left-over one."),
        _("There is nothing more to do."),
    ),
    Meaning(
        "active_endpoints",
        ("active endpoints",),
        "",
        _("Running containers are on this network."),
        _("Disconnect or stop them, then remove it."),
    ),
    Meaning(
        "predefined_stays", ("pre-defined",), "", _("Docker's own networks stay."), _("There is nothing to do: it harms nobody.")
    ),
    Meaning(
        "config_in_use",
        ("configuration network", "in use"),
        "",
        _("Other networks take their configuration from this one."),
        _("Remove those first."),
    ),
    Meaning(
        "service_uses_it",
        ("network", "in use by"),
        "",
        _("Services or tasks of the swarm use this network."),
        _("Remove the services, or take the network out of them: docker service update --network-rm …"),
    ),
    Meaning(
        "ambiguous",
        ("is ambiguous",),
        "network_id",
        _("Several networks have this name, or an ID that begins like it."),
        _LOOK_AGAIN,
    ),
)

GONE: tuple[Meaning, ...] = (
    Meaning("container_gone", ("no such container",), "container_id", _("The container is gone."), _LOOK_AGAIN),
    Meaning("network_gone", ("no such network",), "network_id", _("The network is gone."), _LOOK_AGAIN),
    Meaning("network_gone", ("network", "not found"), "network_id", _("The network is gone."), _LOOK_AGAIN),
    # What one that was in a swarm since it started says instead: it looks there, too.
    Meaning(
        "network_gone", ("invalid cluster node", "attaching to network"), "network_id", _("The network is gone."), _LOOK_AGAIN
    ),
)
