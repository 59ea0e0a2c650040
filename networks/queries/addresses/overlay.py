"""The addresses of an overlay network, with those that its endpoints on other known Engines have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from networks.addressing.address_states import Claim
from networks.queries.addresses.networks import AddressedNetwork, addressed_networks
from networks.queries.addresses.pools import PoolView, views_with
from networks.queries.rows import EngineRow


@dataclass(frozen=True, slots=True)
class Everywhere:
    """A network's pools as all Engines that share it use them. `sharers`: the others that have it."""

    views: tuple[PoolView, ...] = ()
    sharers: tuple[EngineRow, ...] = ()


def overlay_views(engine: EngineRow, docker_id: str, others: Iterable[EngineRow]) -> Everywhere:
    """Return a network's pools with the claims of its endpoints on `others` as well; claims of theirs name their Engine.

    At most four queries for each Engine, none for one where nothing changed since.
    """
    found = [(other, network) for other in others for network in addressed_networks(other) if network.docker_id == docker_id]
    if not found:
        return Everywhere()

    def with_theirs(network: AddressedNetwork) -> AddressedNetwork:
        return replace(
            network,
            held=(*network.held, *(claim for other, theirs in found for claim in _named(theirs.held, other))),
            wished=(*network.wished, *(claim for other, theirs in found for claim in _named(theirs.wished, other))),
            told=tuple(dict.fromkeys((*network.told, *(address for _other, theirs in found for address in theirs.told)))),
            # Whether what an Engine counts of a swarm's network is of all nodes is nowhere said.
            counted=tuple(None for _pool in network.pools),
        )

    return Everywhere(views_with(engine, docker_id, with_theirs), tuple(other for other, _theirs in found))


def _named(claims: Sequence[Claim], engine: EngineRow) -> Iterable[Claim]:
    return (replace(claim, container_name=f"{claim.container_name} · {engine.name}") for claim in claims)
