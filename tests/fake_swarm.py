"""What the double knows of swarms: an Engine that is in none, or is the only node of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from networks.engine.facts import SwarmStanding
from networks.engine.guard import full_id
from networks.engine.specs import InitSpec, JoinSpec, LeaveSpec
from networks.engine.swarm_facts import JoinTokens, NodeFact
from tests.fake_addresses import refuse

if TYPE_CHECKING:
    from tests.fake_engine import FakeEngine

IN_NO_SWARM = SwarmStanding("inactive")
NODE_ID, SWARM_ID = "n" * 25, "s" * 25
TOKENS = JoinTokens("SWMTKN-1-worker", "SWMTKN-1-manager")
NO_MANAGER = 'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm.'
MEMBER = 'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.'
LAST = "You are attempting to leave the swarm on a node that is participating as a manager. Use `--force` to ignore this. "
STILL_MANAGES = "is a cluster manager and is a member of the raft cluster. It must be demoted to worker before removal"

_Result = TypeVar("_Result")


class FakeSwarmClient:
    """FakeClient's part for swarms."""

    _engine: FakeEngine

    def list_nodes(self) -> tuple[NodeFact, ...]:
        return self._ask("GET", "/nodes", self._nodes)

    def read_join_tokens(self) -> JoinTokens:
        return self._ask("GET", "/swarm", self._tokens)

    def init_swarm(self, spec: InitSpec) -> str:
        return self._ask("POST", "/swarm/init", lambda: self._init(spec))

    def join_swarm(self, spec: JoinSpec) -> None:
        self._ask("POST", "/swarm/join", lambda: self._join(spec))

    def leave_swarm(self, spec: LeaveSpec) -> None:
        self._ask("POST", "/swarm/leave" + ("?force=1" if spec.is_forced else ""), lambda: self._leave(spec))

    def remove_node(self, node_id: str) -> None:
        self._ask("DELETE", f"/nodes/{full_id('node', node_id)}", lambda: self._remove(node_id))

    def _ask(self, method: str, target: str, act: Callable[[], _Result]) -> _Result:
        raise NotImplementedError

    def _nodes(self) -> tuple[NodeFact, ...]:
        if not self._engine.swarm.is_manager:
            refuse(503, NO_MANAGER)
        address = self._engine.swarm.address
        return (NodeFact(NODE_ID, "fake", "manager", "active", "ready", address, "26.1.5", is_leader=True),)

    def _tokens(self) -> JoinTokens:
        self._nodes()
        return TOKENS

    def _init(self, spec: InitSpec) -> str:
        if self._engine.swarm.is_member:
            refuse(503, MEMBER)
        if not spec.advertise_address.replace(".", "").isdigit():
            refuse(400, "advertise address must be a non-zero IP address or network interface (with optional port number)")
        manager = f"{spec.advertise_address}:2377"
        self._engine.swarm = SwarmStanding("active", NODE_ID, spec.advertise_address, True, "", (manager,), SWARM_ID)
        return NODE_ID

    def _join(self, spec: JoinSpec) -> None:
        if self._engine.swarm.is_member:
            refuse(503, MEMBER)
        refuse(500, "invalid join token")

    def _remove(self, node_id: str) -> None:
        self._nodes()
        if node_id != NODE_ID:
            refuse(404, f"node {node_id} not found")
        refuse(400, f"node {node_id} {STILL_MANAGES}")

    def _leave(self, spec: LeaveSpec) -> None:
        if not self._engine.swarm.is_member:
            refuse(503, "This node is not part of a swarm")
        if not spec.is_forced:
            refuse(503, LAST)
        self._engine.swarm = IN_NO_SWARM
