"""Which of the endpoints that a container's record names exist: the word of its networks.

A connect that the network's driver refuses leaves endpoint, address and, but for ipvlan, a MAC address in the record of the
running container; only its gateways are missing, as they are in many that do exist (internal networks, overlay, ipvlan's l3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from networks.engine.docker_names import WITHOUT_ENDPOINTS
from networks.engine.facts import ContainerFact, EndpointFact, LeftoverFact
from networks.engine.parsing.values import document, parse_text

_MOST_KNOWN = 20_000  # endpoints; beyond it they are asked for anew


def leave_over(fact: EndpointFact) -> EndpointFact:
    """Return an endpoint that isn't there, with what its record names as a leftover, which only an inspect's record tells."""
    left = LeftoverFact(fact.endpoint_id, fact.ipv4, fact.ipv6, fact.mac)
    return replace(
        fact,
        endpoint_id="",
        ipv4=None,
        ipv4_prefix_length=None,
        ipv4_gateway=None,
        ipv6=None,
        ipv6_prefix_length=None,
        ipv6_gateway=None,
        mac="",
        leftover=left if fact.has_detail else None,
    )


def parse_joined(answer: Any) -> frozenset[str]:
    """Return the ids of a network's endpoints on this Engine, out of `GET /networks/{id}`. Raises ProtocolFault.

    Podman names the containers alone: then these ids are theirs.
    """
    containers = document(answer, "a network").get("Containers")
    found = containers.items() if type(containers) is dict else ()
    return frozenset(parse_text(entry.get("EndpointID"), 64) or key for key, entry in found if type(entry) is dict)


class JoinedMemory:
    """What networks said of endpoints that their containers' records leave in doubt.

    An endpoint has an id of its own and is its network's before any record names it, so neither answer ever changes.
    """

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def networks_to_ask(self, containers: Iterable[ContainerFact]) -> set[str]:
        """Return the ids of the networks that have to be asked before `tell`."""
        return {
            endpoint.network_id
            for container in containers
            for endpoint in _in_doubt(container)
            if endpoint.endpoint_id not in self._known
        }

    def learn(self, containers: Iterable[ContainerFact], network_id: str, joined: frozenset[str]) -> None:
        """Note what a network that was asked after these containers has."""
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        for container in containers:
            for endpoint in _in_doubt(container):
                if endpoint.network_id == network_id:
                    is_there = endpoint.endpoint_id in joined or container.docker_id in joined
                    self._known.setdefault(endpoint.endpoint_id, is_there)

    def tell(self, container: ContainerFact) -> ContainerFact:
        """Return the container without endpoints that their networks don't have; the very same where there are none."""
        missing = {endpoint for endpoint in map(_id_of, _in_doubt(container)) if not self._known.get(endpoint, True)}
        if not missing:
            return container
        told = tuple(leave_over(each) if each.endpoint_id in missing else each for each in container.endpoints)
        return replace(container, endpoints=told)


def _id_of(endpoint: EndpointFact) -> str:
    return endpoint.endpoint_id


def _in_doubt(container: ContainerFact) -> Iterator[EndpointFact]:
    for each in container.endpoints:
        has_gateway = each.ipv4_gateway is not None or each.ipv6_gateway is not None
        if each.endpoint_id and not has_gateway and each.network_id and each.network_name not in WITHOUT_ENDPOINTS:
            yield each
