"""DockerClient's part for swarms."""

from __future__ import annotations

from networks.engine.errors import EngineError
from networks.engine.guard import full_id
from networks.engine.parsing.values import parse_done
from networks.engine.swarm.bodies import init_body, join_body
from networks.engine.swarm.facts import JoinTokens, NodeFact
from networks.engine.swarm.parsing import parse_new_node, parse_nodes, parse_tokens
from networks.engine.swarm.specs import InitSpec, JoinSpec, LeaveSpec
from networks.engine.transport.verbs import Verbs


class SwarmVerbs(Verbs):
    """See SwarmClient."""

    def list_nodes(self) -> tuple[NodeFact, ...]:
        """Read the nodes of the swarm."""
        return self._session.read(parse_nodes, "/nodes", deadline=self._reading())

    def read_join_tokens(self) -> JoinTokens:
        """Read what lets others in."""
        return self._session.read(parse_tokens, "/swarm", deadline=self._reading())

    def init_swarm(self, spec: InitSpec) -> str:
        """Begin a swarm with this Engine as its manager, and return its node id."""
        return self._session.post(parse_new_node, "/swarm/init", deadline=self._changing(), body=init_body(spec))

    def join_swarm(self, spec: JoinSpec) -> None:
        """Join a swarm."""
        try:
            self._session.post(parse_done, "/swarm/join", deadline=self._changing(), body=join_body(spec))
        except EngineError as error:
            # Docker doesn't repeat it today; what is logged and recorded mustn't depend on that.
            error.sentence = error.sentence.replace(spec.token, "…") if spec.token else error.sentence
            error.args = (error.sentence,)
            raise

    def leave_swarm(self, spec: LeaveSpec) -> None:
        """Leave the swarm."""
        params = {"force": "1"} if spec.is_forced else None
        self._session.post(parse_done, "/swarm/leave", deadline=self._changing(), params=params)

    def remove_node(self, node_id: str) -> None:
        """Take a node out of the list that managers keep."""
        self._session.delete("/nodes/{0}", full_id("node", node_id), deadline=self._changing())
