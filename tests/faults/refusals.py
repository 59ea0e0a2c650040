"""Sentences with which Docker 24 to 29 refuse changes, and an Engine that says each when it is told to."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.faults.wire import Answer


@dataclass(frozen=True)
class Refusal:
    """One sentence. `page`: of ours that meets it: create, connect, disconnect or remove. `since`: the version that says so.

    `field`: of the form that it is about, "" for none.
    """

    page: str
    status: int
    sentence: str
    since: str
    field: str


REFUSALS: tuple[Refusal, ...] = (
    Refusal("create", 409, "network with name new already exists", "24", "name"),
    Refusal("create", 403, "Pool overlaps with other one on this address space", "24", "subnet"),
    Refusal("create", 403, "invalid pool request: Pool overlaps with other one on this address space", "27", "subnet"),
    Refusal(
        "create",
        404,
        "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network",
        "24",
        "pools",
    ),
    Refusal("create", 400, "all predefined address pools have been fully subnetted", "27", "pools"),
    Refusal("create", 400, "invalid network config:\ninvalid subnet 10.20.0.5/24: it should be 10.20.0.0/24", "25", "subnet"),
    Refusal(
        "create",
        400,
        "invalid network config:\n* invalid gateway 10.21.0.1: parent subnet 10.20.0.0/24 doesn't contain this address",
        "25",
        "gateway",
    ),
    Refusal("create", 500, "failed to allocate gateway (10.20.0.255): Address already in use", "24", "gateway"),
    Refusal("create", 400, "invalid ip-range 10.9.0.0/24: parent subnet 10.20.0.0/24 doesn't contain ip-range", "25", "ip_range"),
    Refusal("create", 403, "bridge driver doesn't support multiple subnets", "24", "subnet"),
    Refusal("create", 403, "operation is not permitted on predefined bridge network ", "24", "name"),
    Refusal("create", 403, 'only one instance of "host" network is allowed', "24", "driver"),
    Refusal("create", 404, 'plugin "weave" not found', "24", "driver"),
    Refusal("create", 404, 'could not resolve driver weave in registry: plugin "weave" not found', "24", "driver"),
    Refusal(
        "create",
        503,
        'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" and try again.',
        "24",
        "driver",
    ),
    Refusal(
        "create",
        403,
        "cannot create network a1 (br-x): conflicts with network b2 (br-x): networks have same bridge name",
        "24",
        "options",
    ),
    Refusal("create", 500, "numerical result out of range", "24", "options"),
    Refusal("create", 500, "-o parent interface was not found on the host: foo", "24", "options"),
    Refusal("create", 500, "operation not supported", "24", "driver"),
    Refusal(
        "connect", 400, "container cannot be disconnected from host network or connected to host network", "24", "network_id"
    ),
    Refusal(
        "connect",
        400,
        "cannot connect container to host network - container must be created in host network mode",
        "28.1",
        "network_id",
    ),
    Refusal(
        "connect",
        400,
        "container sharing network namespace with another container or host cannot be connected to any other network",
        "24",
        "container_id",
    ),
    Refusal(
        "connect",
        400,
        "container cannot be connected to multiple networks with one of the networks in private (none) mode",
        "24",
        "container_id",
    ),
    Refusal("connect", 403, "endpoint with name other already exists in network front", "24", "container_id"),
    Refusal("connect", 400, "user specified IP address is supported on user defined networks only", "24", "ipv4"),
    Refusal(
        "connect",
        400,
        "invalid endpoint settings:\nuser specified IP address is supported on user defined networks only",
        "26",
        "ipv4",
    ),
    Refusal(
        "connect",
        400,
        "user specified IP address is supported only when connecting to networks with user configured subnets",
        "24",
        "ipv4",
    ),
    Refusal("connect", 400, "no configured subnet or ip-range contain the IP address 10.9.0.9", "25", "ipv4"),
    Refusal("connect", 403, "Address already in use", "24", "ipv4"),
    Refusal("connect", 403, "failed to set up container networking: Address already in use", "28", "ipv4"),
    Refusal("connect", 500, "no available IPv4 addresses on this network's address pools: front (0123456789ab)", "24", ""),
    Refusal("connect", 404, "No such container: other", "24", "container_id"),
    Refusal("connect", 404, "network front not found", "24", "network_id"),
    Refusal("disconnect", 500, "container 0123456789ab is not connected to network front", "24", ""),
    Refusal("disconnect", 500, "container 0123456789ab is not connected to the network front", "24", ""),
    Refusal(
        "disconnect",
        400,
        "cannot disconnect container from host network - container was created in host network mode",
        "28.1",
        "",
    ),
    Refusal("remove", 403, "error while removing network: network empty id 0123 has active endpoints", "24", ""),
    Refusal(
        "remove",
        403,
        'error while removing network: network empty has active endpoints (name:"web" id:"0123456789ab")',
        "28.1",
        "",
    ),
    Refusal("remove", 403, "bridge is a pre-defined network and cannot be removed", "24", ""),
)


@dataclass
class Refuser:
    """An Engine that refuses every change with one sentence; a disguise for the proxy."""

    refusal: Refusal | None = None

    def admit(self, method: str, target: str) -> str | Answer:
        """Refuse what would change something."""
        if method == "GET" or self.refusal is None:
            return target
        body = json.dumps({"message": self.refusal.sentence}).encode()
        return Answer(self.refusal.status, "No", {"content-type": "application/json"}, body)

    def dress(self, method: str, target: str, answer: Answer) -> Answer:
        """Leave an answer as it is."""
        return answer

    def dress_event(self, line: bytes, target: str) -> bytes:
        """Leave an event as it is."""
        return line
