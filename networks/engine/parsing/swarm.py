"""Swarms out of `GET /nodes`, `GET /swarm` and the answer to `POST /swarm/init`."""

from __future__ import annotations

from typing import Any

from networks.engine.calls import is_full_id
from networks.engine.errors import ProtocolFault
from networks.engine.parsing.values import child, flag, identity, listing, objects, parse_json, parse_text
from networks.engine.swarm_facts import JoinTokens, NodeFact

_ADDRESS, _WORD = 100, 40  # characters


def parse_nodes(answer: Any) -> tuple[NodeFact, ...]:
    """Return the nodes by name and id. Raises ProtocolFault for what isn't a list of nodes."""
    nodes = map(_parse_node, objects(listing(answer, "nodes")))
    return tuple(sorted(nodes, key=lambda node: (node.hostname, node.node_id)))


def parse_tokens(answer: Any) -> JoinTokens:
    """Return the two join tokens. Raises ProtocolFault where one is missing."""
    found = child(answer, "JoinTokens")
    tokens = JoinTokens(parse_text(child(found, "Worker")), parse_text(child(found, "Manager")))
    if not tokens.worker or not tokens.manager:
        raise ProtocolFault("The answer holds no join tokens.")
    return tokens


def parse_new_node(body: bytes) -> str:
    """Return the node id in the answer to an init. Raises ProtocolFault: the swarm may have begun."""
    answer = parse_json(body)
    if type(answer) is str and is_full_id("node", answer):
        return answer
    raise ProtocolFault("The answer names no node; the swarm may have begun.")


def _parse_node(entry: dict[str, Any]) -> NodeFact:
    manager = entry.get("ManagerStatus")
    return NodeFact(
        node_id=identity(entry.get("ID"), "node"),
        hostname=parse_text(child(entry, "Description", "Hostname"), 255),
        role=parse_text(child(entry, "Spec", "Role"), _WORD),
        availability=parse_text(child(entry, "Spec", "Availability"), _WORD),
        state=parse_text(child(entry, "Status", "State"), _WORD),
        address=parse_text(child(entry, "Status", "Addr"), _ADDRESS),
        version=parse_text(child(entry, "Description", "Engine", "EngineVersion"), 60),
        is_leader=flag(child(manager, "Leader")),
        reachability=parse_text(child(manager, "Reachability"), _WORD),
    )
