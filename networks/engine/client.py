"""The seam: everything that the rest of Netadmin may ask of an Engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from networks.engine.containers.client import ContainerClient
from networks.engine.facts import ContainerFact, EngineInfo, EnginePicture, EventFact, InterfaceStats, NetworkFact
from networks.engine.images.client import ImageClient
from networks.engine.specs import ConnectSpec, DisconnectSpec, NetworkSpec
from networks.engine.swarm.client import SwarmClient
from networks.engine.terminal.client import TerminalClient


class EventStream(Protocol):
    """An open event stream. Iterating ends, without an error, when the stream ends for whatever reason."""

    def __iter__(self) -> Iterator[EventFact]: ...

    def close(self) -> None:
        """End the stream; safe from another thread, also twice."""


class EngineClient(ContainerClient, ImageClient, SwarmClient, TerminalClient, Protocol):
    """One thread's way to one Engine. Every call raises only EngineError and ends by its total deadline.

    Ids are full ids; anything else raises NotAllowed before a byte is sent.
    """

    def ping(self) -> None:
        """Ask for a sign of life. GET /_ping, 3 s. Raises Unreachable, TimedOut."""

    def negotiate(self) -> str:
        """Return the newest API version that both speak; asked for once a connection. Raises Incompatible when there is none."""

    def info(self) -> EngineInfo:
        """Read who answers. GET /version, GET /info."""

    def picture(self) -> EnginePicture:
        """Read everything by two calls: GET /networks and GET /containers/json?all=1.

        Here and below, what a record leaves in doubt is asked of its network, GET /networks/{id}, once for each endpoint: a
        connect that the driver refused left one in it that doesn't exist.
        """

    def list_containers(self, ids: Sequence[str]) -> tuple[ContainerFact, ...]:
        """Read these containers from the list (may lag events by 2 ms); gone ones are missing. One call for up to 60 ids."""

    def inspect_container(self, container_id: str) -> ContainerFact:
        """Read one container, fresh and with detail. Waits up to 0.5 s for one that is starting. Raises NotFound."""

    def inspect_network(self, network_id: str) -> NetworkFact:
        """Read one network, fresh. Raises NotFound."""

    def read_stats(self, container_id: str) -> tuple[InterfaceStats, ...]:
        """Read what a container's interfaces have counted, by name; none for one that doesn't run, or is on host or none.

        GET /containers/{id}/stats?stream=false&one-shot=true: 1 to 2 ms. Raises NotFound.
        """

    def events(self, since_nano: int | None = None) -> EventStream:
        """Open the stream of network, container and daemon events, replaying from `since_nano` inclusive."""

    def create_network(self, spec: NetworkSpec) -> str:
        """Create a network and return its id. POST /networks/create."""

    def remove_network(self, network_id: str) -> None:
        """Remove a network. DELETE /networks/{id}."""

    def connect_container(self, spec: ConnectSpec) -> None:
        """Put a container on a network. POST /networks/{id}/connect."""

    def disconnect_container(self, spec: DisconnectSpec) -> None:
        """Take a container off a network. POST /networks/{id}/disconnect."""

    def withdraw(self) -> str:
        """Let no change leave any more, unless one has: return that one, such as "POST /networks/create", else "".

        Safe from another thread; a change that comes after it raises TimedOut (`was_sent` false).
        """

    def close(self) -> None:
        """Close its connections; safe from another thread."""
