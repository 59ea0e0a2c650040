"""Asking an Engine whether it would take a chosen address, in a way that changes nothing."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

from networks.addressing.reading import IPAddress
from networks.engine.client import EngineClient
from networks.engine.errors import NotAllowed, Refused
from networks.engine.facts import ContainerFact, NetworkFact
from networks.engine.specs import ConnectSpec
from networks.models.said import say as _

# For documentation alone (RFC 5737, RFC 3849, RFC 9637): no network that works has them.
_NOWHERE = tuple(map(ip_address, ("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1")))
# runconfig.ErrUnsupportedNetworkAndIP and ErrUnsupportedNetworkNoSubnetAndIP
REFUSALS_OF_ANY = ("user configured subnets", "user defined networks only")


def refuse_automatic_subnet(client: EngineClient, network: NetworkFact, container: ContainerFact, address: IPAddress) -> None:
    """Return when an address may be chosen on this network, which the container is on. Raises Refused in the Engine's words.

    Whether a subnet was typed no answer of the Engine says. It is asked to connect the container once more, with an address that
    no pool holds: it looks at the address first, and says either that none may be chosen or that this one doesn't fit; an Engine
    before 25 says that the container is on the network. On a swarm's network the managers would be asked, so they are not.
    """
    if network.name == "bridge" and network.driver == "bridge":
        raise NotAllowed(_("On Docker's default bridge an address can't be chosen, so nothing was changed."))
    if network.scope == "swarm":
        return
    probe = _outside(network, address)
    ipv4, ipv6 = (probe, None) if isinstance(probe, IPv4Address) else (None, probe)
    try:
        client.connect_container(ConnectSpec(network.docker_id, container.docker_id, ipv4=ipv4, ipv6=ipv6))
    except Refused as error:
        if any(words in error.sentence for words in REFUSALS_OF_ANY):
            raise
        return
    raise NotAllowed(_("The Engine accepted an address that is in no pool of this network; nothing else was changed."))


def _outside(network: NetworkFact, address: IPAddress) -> IPv4Address | IPv6Address:
    fits = (one for one in _NOWHERE if one.version == address.version)
    return next(
        one for one in fits if not any(one in pool.subnet for pool in network.pools if pool.subnet.version == one.version)
    )
