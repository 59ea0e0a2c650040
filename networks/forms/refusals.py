"""What the Engine's sentences mean, and a way out of each. Matched on substrings: the wording moves between versions."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Meaning:
    """`parts`: lower-case substrings that are all in the Engine's sentence. `field`: what it is about, "" for none.

    `empties`: the field whose emptying is a way out ("Let Docker choose").
    """

    parts: tuple[str, ...]
    field: str
    text: Promise
    empties: str = ""


# The first that fits counts, so the narrower stand before the wider. Sentences: dockerd 26.1.5, and later ones in brackets.
CATALOGUE: tuple[Meaning, ...] = (
    Meaning(("already exists in network",), "container_id", _("The container is on this network already.")),
    Meaning(("network with name", "already exists"), "name", _("Another network has this name; names are unique.")),
    Meaning(
        ("pool overlaps",), "subnet", _("Another network on this Engine has some of these addresses. A free subnet is needed.")
    ),
    Meaning(("overlap", "ipv4"), "subnet", _("The addresses are in use on this Engine's machine. A free subnet is needed.")),
    Meaning(
        ("non-overlapping ipv4 address pool",),
        "pools",
        _("All subnets that this Engine chooses from are in use. Name a subnet yourself, or remove networks that nothing uses."),
    ),
    Meaning(
        ("fully subnetted",),
        "pools",
        _("All subnets that this Engine chooses from are in use. Name a subnet yourself, or remove networks that nothing uses."),
    ),
    Meaning(
        ("non-overlapping ipv6 address pool",),
        "pools",
        _("This Engine does not choose an IPv6 subnet by itself. Add a pool with an IPv6 subnet."),
    ),
    Meaning(("invalid subnet", "it should be"), "subnet", _("This is an address within a subnet; the Engine names the subnet.")),
    Meaning(("invalid cidr",), "subnet", _("What stands there is no subnet.")),
    Meaning(("doesn't contain ip-range",), "ip_range", _("The IP range lies outside its subnet.")),
    Meaning(("bigger than its parent subnet",), "ip_range", _("The IP range must fit into its subnet.")),
    Meaning(("doesn't contain this address",), "gateway", _("The address lies outside its subnet.")),
    Meaning(("failed to allocate gateway",), "gateway", _("The gateway's address is the subnet's own, or reserved.")),
    Meaning(("doesn't support multiple subnets",), "subnet", _("A bridge network has one pool for IPv4 and one for IPv6.")),
    Meaning(("predefined",), "name", _("Docker keeps this name, or this driver, for its own networks.")),
    Meaning(("only one instance of",), "driver", _("There can be only one such network, and Docker made it already.")),
    Meaning(("plugin", "not found"), "driver", _("The Engine has no such driver. Drivers other than Docker's own are plugins.")),
    Meaning(("not a swarm manager",), "driver", _("Overlay networks need a swarm, and this Engine manages none.")),
    Meaning(("same bridge name",), "options", _("Another network has a Linux bridge of this name.")),
    Meaning(
        ("numerical result out of range",), "options", _("Linux refuses the name of the bridge: 15 characters are the limit.")
    ),
    Meaning(
        ("parent interface was not found",), "options", _("The option parent names a device that the Engine's machine hasn't.")
    ),
    Meaning(
        ("invalid subinterface vlan name",), "options", _("The option parent names a device that the Engine's machine hasn't.")
    ),
    Meaning(("operation not supported",), "driver", _("The kernel of the Engine's machine has no such devices.")),
    Meaning(
        ("connected to host network",), "network_id", _("A container joins the host's network when it is made, and never later.")
    ),
    Meaning(
        ("container to host network",), "network_id", _("A container joins the host's network when it is made, and never later.")
    ),
    Meaning(
        ("sharing network namespace",),
        "container_id",
        _("The container uses the host's or another container's network, and has no connections of its own."),
    ),
    Meaning(
        ("private (none) mode",),
        "container_id",
        _("A container on none is on no other network. Disconnect it from none first: docker network disconnect none …"),
    ),
    Meaning(
        ("user defined networks only",),
        "ipv4",
        _("Docker's default bridge gives no fixed addresses; a network of your own does."),
        "ipv4",
    ),
    Meaning(
        ("user configured subnets",),
        "ipv4",
        _("Docker chose the subnet of this network. Fixed addresses need a network whose subnet was named when it was made."),
        "ipv4",
    ),
    Meaning(("no configured subnet",), "ipv4", _("The address lies outside the network's subnets."), "ipv4"),
    Meaning(("bind: address already in use",), "", _("A process on the Engine's machine has this port.")),
    Meaning(("address already in use",), "ipv4", _("Another endpoint has this address. It serves one at a time."), "ipv4"),
    Meaning(
        ("no available ipv4 addresses",),
        "",
        _("Every address in range is taken. Disconnect something, or use another network."),
    ),
    Meaning(("is not connected to",), "", _("It was disconnected already, here or elsewhere.")),
    Meaning(("active endpoints",), "", _("Running containers are on this network. Disconnect or stop them, then remove it.")),
    Meaning(("pre-defined",), "", _("Docker's own networks stay.")),
    Meaning(("port is already allocated",), "", _("Another container publishes this port.")),
    Meaning(("non running container",), "container_id", _("The container whose network shall be shared isn't running.")),
    Meaning(("no such container",), "container_id", _("The container is gone.")),
    Meaning(("no such network",), "network_id", _("The network is gone.")),
    Meaning(("network", "not found"), "network_id", _("The network is gone.")),
)


def explain(sentence: str) -> Meaning | None:
    """Return what the Engine's sentence means, None where we don't know."""
    words = sentence.lower()
    return next((meaning for meaning in CATALOGUE if all(part in words for part in meaning.parts)), None)
