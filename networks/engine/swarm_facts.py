"""What an Engine told of its swarm, and of a command that runs in a container."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ExecFact:
    """One exec. `exit_code`: None while it runs, and where it never began. `pid`: as the Engine's machine counts, 0 before."""

    exec_id: str
    container_id: str
    is_running: bool
    exit_code: int | None
    pid: int


@dataclass(frozen=True, slots=True)
class NodeFact:
    """One Engine of a swarm, as its managers see it. Source: Engine API, NodeList.

    `role`: "manager" or "worker"; `availability`: "active", "pause" or "drain"; `state`: "unknown", "down", "ready" or
    "disconnected". `reachability`: a manager's, "unknown", "unreachable" or "reachable".
    """

    node_id: str
    hostname: str
    role: str
    availability: str
    state: str
    address: str = ""
    version: str = ""
    is_leader: bool = False
    reachability: str = ""


@dataclass(frozen=True, slots=True)
class JoinTokens:
    """What lets an Engine in: secrets, which no text of this shows. Source: GET /swarm, `JoinTokens`."""

    worker: str = field(repr=False)
    manager: str = field(repr=False)
