"""What every link of a machine is in Docker's words. Pure, and never a guess: what isn't known for certain stays unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from networks.engine.docker_names import SINGLE_DRIVERS
from networks.hostnet.facts import InsideLink, LinkFact, PeerFact, RouteFact, SandboxFact, peers_of
from networks.hostnet.software import Belonging, belonging_of
from networks.sync.host.board import HostLink, Peer
from networks.sync.host.remembered import ContainerRecord, EndpointRecord, NetworkRecord

NO_NETWORK = NetworkRecord("", "")


class LinkProof(Enum):
    """Whether links are those of an Engine. WEAK: nothing speaks against it, and further networks may yet."""

    NONE = 0
    WEAK = 1
    STRONG = 2


@dataclass(slots=True)
class Naming:
    """Names links, and keeps each answer until one of the things that it was made of is another. One thread's.

    Of a thousand links that are the same as before, asking anew takes 2 ms where naming takes 10.
    """

    _kept: dict[int, tuple[tuple[Any, ...], HostLink]] = field(default_factory=dict)

    def name(
        self,
        links: Mapping[int, LinkFact],
        sandboxes: Mapping[str, SandboxFact],
        containers: Mapping[str, ContainerRecord],
        networks: Mapping[str, NetworkRecord],
        routes: Iterable[RouteFact],
        *,
        revision: int,
    ) -> tuple[HostLink, ...]:
        """Return all links, every bridge followed by its ports, else by index; what is new or another is of `revision`."""
        bridges = bridges_of(links, networks.values())
        parents = _parents_of(networks.values())
        ways_out = ways_out_of(routes)
        peers = peers_of(links.values(), sandboxes)
        kept: dict[int, tuple[tuple[Any, ...], HostLink]] = {}
        for index, fact in links.items():
            master = links.get(fact.master) if fact.master else None
            peer = peers.get(index)
            owner, sharing = stack_owner(peer, containers) if peer else (None, ())
            network = bridges.get(index, NO_NETWORK)
            plugged = bridges.get(fact.master, NO_NETWORK)
            made_of = (
                fact,
                master.name if master else "",
                None if network.docker_id else belonging_of(fact, master),
                network,
                plugged,
                peer.link if peer else None,
                owner,
                sharing,
                parents.get(fact.name, ()),
                index in ways_out,
            )
            last = self._kept.get(index)
            if last is not None and last[0] == made_of:
                kept[index] = last
            else:
                kept[index] = (made_of, _unless_equal(last, _named(*made_of), revision))
        self._kept = kept
        return tuple(kept[index][1] for index in ordered_links(links))


def _unless_equal(last: tuple[tuple[Any, ...], HostLink] | None, link: HostLink, revision: int) -> HostLink:
    """Return the link as it was where nothing that it shows is another."""
    if last is not None and replace(last[1], revision=0) == link:
        return last[1]
    return replace(link, revision=revision)


def _named(
    fact: LinkFact,
    master_name: str,
    belonging: Belonging | None,
    network: NetworkRecord,
    plugged: NetworkRecord,
    inside: InsideLink | None,
    owner: ContainerRecord | None,
    sharing: tuple[str, ...],
    parent_of: tuple[tuple[str, str], ...],
    is_way_out: bool,
) -> HostLink:
    peer = None
    if owner is not None and inside is not None:
        endpoint = endpoint_of(owner, inside, plugged)
        peer = Peer(
            owner.docker_id,
            owner.name,
            inside.name,
            endpoint.network_id if endpoint else "",
            endpoint.network_name if endpoint else "",
            endpoint.ipv4 if endpoint else "",
            sharing,
            () if endpoint or plugged.docker_id else tuple(one.network_id for one in owner.endpoints if _is_without_bridge(one)),
        )
    return HostLink(
        fact,
        peer,
        master_name,
        network.docker_id,
        network.name,
        network.hue or plugged.hue,
        parent_of,
        is_way_out,
        belonging,
    )


def bridges_of(links: Mapping[int, LinkFact], networks: Iterable[NetworkRecord]) -> dict[int, NetworkRecord]:
    """Return which link is the bridge of which network: by its name and its address together."""
    by_name = {fact.name: fact for fact in links.values() if fact.kind == "bridge"}
    claims: dict[int, list[NetworkRecord]] = {}
    for network in networks:
        fact = by_name.get(network.bridge) if network.bridge else None
        if fact is not None and is_bridge_of(fact, network):
            claims.setdefault(fact.index, []).append(network)
    return {index: claiming[0] for index, claiming in claims.items() if len(claiming) == 1}


def is_bridge_of(fact: LinkFact, network: NetworkRecord) -> bool:
    """Whether a bridge of the network's bridge name has the address that Docker gave it.

    One of its gateways, or where Docker doesn't say the gateway an address in one of its subnets; a bridge that is to have no
    address is known by its name, which holds 48 bits of the network's id or was typed for it.
    """
    held = {address.interface for address in fact.addresses}
    if network.is_bare or not network.subnets:
        return True
    if any(gateway in held for gateway in network.gateways):
        return True
    said = {gateway.network for gateway in network.gateways}
    return any(one.network in network.subnets and one.network not in said for one in held)


def _parents_of(networks: Iterable[NetworkRecord]) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for network in sorted((one for one in networks if one.parent), key=lambda one: (one.name, one.docker_id)):
        found[network.parent] = (*found.get(network.parent, ()), (network.docker_id, network.name))
    return found


def ways_out_of(routes: Iterable[RouteFact]) -> frozenset[int]:
    """Return the links that the default routes of least metric go through, of each family."""
    defaults = [route for route in routes if route.destination.prefixlen == 0 and route.kind == "unicast" and route.link_index]
    least: dict[int, int] = {}
    for route in defaults:
        version = route.destination.version
        least[version] = min(route.metric, least.get(version, route.metric))
    return frozenset(route.link_index for route in defaults if route.metric == least[route.destination.version])


def stack_owner(peer: PeerFact, containers: Mapping[str, ContainerRecord]) -> tuple[ContainerRecord | None, tuple[str, ...]]:
    """Return the container whose stack it is, and the names of those that share it in `container:` mode.

    None where that isn't certain: none of them, or several, have a stack of their own.
    """
    known = [containers[container_id] for container_id in peer.container_ids if container_id in containers]
    owners = [one for one in known if not one.donor_id]
    if len(owners) != 1:
        return None, ()
    return owners[0], tuple(sorted(one.name for one in known if one.donor_id))


def endpoint_of(owner: ContainerRecord, inside: InsideLink, plugged: NetworkRecord) -> EndpointRecord | None:
    """Return which of a container's endpoints an interface is: the one on the network whose bridge its veth is plugged into.

    A container has one endpoint on a network at most. Where the bridge isn't known, the one that alone has the interface's MAC;
    else, since a plugin need not tell Docker a MAC, the one that alone has an address of the interface. docker_gwbridge is
    listed with no container: a port of it is the container's way out of its overlay networks.
    """
    if plugged.docker_id:
        on_it = next((one for one in owner.endpoints if one.network_id == plugged.docker_id), None)
        if on_it is None and plugged.name == "docker_gwbridge":
            return EndpointRecord(plugged.docker_id, plugged.name, plugged.driver)
        return on_it
    same = [one for one in owner.endpoints if inside.mac and one.mac == inside.mac]
    if not same:
        held = {str(address) for address in inside.addresses}
        unmarked = (one for one in owner.endpoints if not (one.mac and inside.mac))
        same = [one for one in unmarked if held & {one.ipv4, one.ipv6}]
    return same[0] if len(same) == 1 else None


def ordered_links(links: Mapping[int, LinkFact]) -> Iterator[int]:
    """Yield the indexes: every link that others are plugged into followed by those, else by index."""
    ports: dict[int, list[int]] = {}
    for index in sorted(links):
        master = links[index].master
        ports.setdefault(master if master in links and master != index else 0, []).append(index)
    seen: set[int] = set()

    def walk(master: int) -> Iterator[int]:
        for index in ports.get(master, ()):
            if index not in seen:
                seen.add(index)
                yield index
                yield from walk(index)

    yield from walk(0)
    yield from (index for index in sorted(links) if index not in seen)


def proof_of(links: Mapping[int, LinkFact], networks: Iterable[NetworkRecord]) -> LinkProof:
    """Return what says that these links are those of the Engine that has these networks.

    Where there are bridges that bear the beginning of their network's id, one of them has to be found. The default bridge alone
    says little more than that here, too, Docker runs: it counts where there is nothing else. An Engine without any bridge
    network can't be told from another.
    """
    records = [one for one in networks if one.bridge]
    telling = [one for one in records if one.bridge == f"br-{one.docker_id[:12]}"]
    if telling:
        return LinkProof.STRONG if bridges_of(links, telling) else LinkProof.NONE
    return LinkProof.WEAK if not records or bridges_of(links, records) else LinkProof.NONE


def unseen(
    containers: Iterable[ContainerRecord], networks: Mapping[str, NetworkRecord], links: Iterable[HostLink]
) -> tuple[str, ...]:
    """Return the names of running containers with an endpoint on a bridge network whose link was not found."""
    seen = {(link.peer.container_id, link.peer.network_id) for link in links if link.peer}
    return tuple(
        sorted(
            one.name
            for one in containers
            if one.is_running
            and any(
                (networks.get(end.network_id) or NO_NETWORK).bridge and (one.docker_id, end.network_id) not in seen
                for end in one.endpoints
            )
        )
    )


def _is_without_bridge(endpoint: EndpointRecord) -> bool:
    return endpoint.driver != "bridge" and endpoint.driver not in SINGLE_DRIVERS


def linkless(containers: Iterable[ContainerRecord], links: Iterable[HostLink]) -> tuple[str, ...]:
    """Return the drivers of running containers' endpoints without a link, bridge networks aside; one for each endpoint.

    Of a container with a link that may be on any of several networks it isn't known which of them has none.
    """
    peers = [link.peer for link in links if link.peer]
    seen = {(peer.container_id, peer.network_id) for peer in peers}
    doubtful = {peer.container_id for peer in peers if peer.possible}
    return tuple(
        sorted(
            end.driver
            for one in containers
            if one.is_running and one.docker_id not in doubtful
            for end in one.endpoints
            if _is_without_bridge(end) and (one.docker_id, end.network_id) not in seen
        )
    )


def count_endpoints(containers: Iterable[ContainerRecord]) -> int:
    """Return how many endpoints the running containers have; on host and none there are none."""
    return sum(1 for one in containers if one.is_running for end in one.endpoints if end.driver not in SINGLE_DRIVERS)
