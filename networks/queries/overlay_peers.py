"""One overlay network as several Engines see it: which part each sees, who takes part, and everybody's endpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from networks.engine.docker_names import VXLAN_IDS
from networks.models import EngineStatus, Network
from networks.queries.endpoints import endpoint_rows
from networks.queries.rows import EndpointRow
from networks.queries.swarm import EngineInSwarm, NodeRow, nodes_of, same_swarm

ENCRYPTED = "encrypted"


@dataclass(frozen=True, slots=True)
class Part:
    """What one Engine sees of an overlay network. `sees`: it has the network now; a worker does only while somebody uses it."""

    standing: EngineInSwarm
    node: NodeRow | None
    sees: bool
    endpoints: tuple[EndpointRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PeerRow:
    """An Engine that takes part. `name`: of its gossip; `node`: which one it is, where a manager that is known here tells."""

    name: str
    address: str
    node: NodeRow | None = None


@dataclass(frozen=True, slots=True)
class OverlayView:
    """An overlay network across Engines. `unseen`: nodes that no known Engine is, or none that the reader may see."""

    name: str
    vxlan_ids: tuple[str, ...]
    is_encrypted: bool
    is_attachable: bool
    is_ingress: bool
    subnets: tuple[str, ...]
    parts: tuple[Part, ...]
    peers: tuple[PeerRow, ...]
    unseen: tuple[NodeRow, ...]

    @property
    def endpoints(self) -> tuple[tuple[Part, EndpointRow], ...]:
        """All endpoints, each with where it is."""
        return tuple((part, endpoint) for part in self.parts for endpoint in part.endpoints)


def read_overlay(engine_slug: str, docker_id: str, standings: Mapping[str, EngineInSwarm]) -> OverlayView | None:
    """Return an overlay network as this Engine and the others of its swarm see it, None where this one doesn't have it.

    `standings`: of those Engines that the reader may see. Four queries, and one for each Engine that has it.
    """
    here = Network.objects.filter(engine__slug=engine_slug, docker_id=docker_id, driver="overlay").first()
    if here is None:
        return None
    members = same_swarm(standings, engine_slug) or tuple(filter(None, (standings.get(engine_slug),)))
    slugs = [each.place.slug for each in members]
    seen_by = set(Network.objects.filter(engine__slug__in=slugs, docker_id=docker_id).values_list("engine__slug", flat=True))
    nodes = nodes_of(standings, engine_slug)
    parts = tuple(
        Part(
            each,
            next((node for node in nodes if node.node_id == each.node_id), None),
            each.place.slug in seen_by,
            endpoint_rows(each.place.slug, network_id=docker_id) if each.place.slug in seen_by else (),
        )
        for each in members
    )
    shown = {each.node_id for each in members}
    return OverlayView(
        name=here.name,
        vxlan_ids=tuple(filter(None, str(here.options.get(VXLAN_IDS, "")).split(","))),
        is_encrypted=ENCRYPTED in here.options,
        is_attachable=here.is_attachable,
        is_ingress=here.is_ingress,
        subnets=tuple(here.pools.values_list("subnet", flat=True)),
        parts=parts,
        peers=_peers(slugs, docker_id, nodes),
        unseen=tuple(node for node in nodes if node.node_id not in shown),
    )


def _peers(slugs: Sequence[str], docker_id: str, nodes: Sequence[NodeRow]) -> tuple[PeerRow, ...]:
    """Return who takes part, as the Engines of these slugs were told by gossip."""
    by_address = {node.address: node for node in nodes}
    told = EngineStatus.objects.filter(engine__slug__in=slugs).values_list("overlay_peers", flat=True)
    pairs = {(str(name), str(address)) for peers in told for name, address in peers.get(docker_id, ())}
    return tuple(PeerRow(name, address, by_address.get(address)) for name, address in sorted(pairs, key=lambda pair: pair[::-1]))
