"""The seam's part for swarms."""

from __future__ import annotations

from typing import Protocol

from networks.engine.swarm.facts import JoinTokens, NodeFact
from networks.engine.swarm.specs import InitSpec, JoinSpec, LeaveSpec


class SwarmClient(Protocol):
    """What may be asked about the swarm that an Engine is in; see EngineClient."""

    def list_nodes(self) -> tuple[NodeFact, ...]:
        """Read the nodes of the swarm. GET /nodes. Raises Refused where this Engine is no manager."""

    def read_join_tokens(self) -> JoinTokens:
        """Read what lets others in. GET /swarm. Profile swarm. Raises Refused where this Engine is no manager."""

    def init_swarm(self, spec: InitSpec) -> str:
        """Begin a swarm with this Engine as its manager, and return its node id. POST /swarm/init. Profile swarm."""

    def join_swarm(self, spec: JoinSpec) -> None:
        """Join a swarm; takes 20 s where no manager answers. POST /swarm/join. Profile swarm. No error repeats the token."""

    def leave_swarm(self, spec: LeaveSpec) -> None:
        """Leave the swarm; overlay networks go from this Engine. POST /swarm/leave. Profile swarm."""

    def remove_node(self, node_id: str) -> None:
        """Take a node out of the list that managers keep. DELETE /nodes/{id}. Profile swarm.

        Raises Refused for one that isn't down, or is a manager, and NotFound for one that isn't there.
        """
