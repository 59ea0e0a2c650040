"""The seam: everything that the rest of Netadmin may ask of an Engine, each verb as the one or two requests that it is."""

from __future__ import annotations

import json
import weakref
from collections.abc import Sequence
from functools import partial

from networks.engine.access.facts import EngineAccess
from networks.engine.allow_list import NOTHING_PROTECTED, AllowList, Profile, ProtectedIds, full_id
from networks.engine.bodies import connect_body, disconnect_body, network_body
from networks.engine.errors import NotFound, Refused
from networks.engine.facts import ContainerFact, EngineInfo, EnginePicture, InterfaceStats, NetworkFact
from networks.engine.parsing.containers import parse_container, parse_containers, parse_stats
from networks.engine.parsing.engines import parse_engine
from networks.engine.parsing.joined import JoinedMemory, parse_joined
from networks.engine.parsing.memory import container_memory, network_memory
from networks.engine.parsing.networks import parse_network_fact
from networks.engine.parsing.values import parse_done
from networks.engine.specs import ConnectSpec, DisconnectSpec, NetworkSpec
from networks.engine.transport.deadline import Deadline
from networks.engine.transport.stream import EventStream
from networks.engine.verbs import ContainerVerbs, ImageVerbs, SwarmVerbs, TerminalVerbs, created_id

MAX_IDS_PER_CALL = 60  # beyond it one full list costs less
_PING_S = 3.0
_NANOS = 1_000_000_000
_EVENT_TYPES = json.dumps({"type": ["network", "container", "daemon"]})


class EngineClient(ContainerVerbs, ImageVerbs, SwarmVerbs, TerminalVerbs):
    """One thread's way to one Engine. Every call raises only EngineError and ends by its total deadline.

    Ids are full ids; anything else raises NotAllowed before a byte is sent. The other nouns' calls stand in `verbs.py`.
    """

    def __init__(
        self,
        access: EngineAccess | str,
        profile: Profile,
        *,
        is_read_only: bool = False,
        timeout_s: float = 10.0,
        protected: ProtectedIds = NOTHING_PROTECTED,
    ) -> None:
        """Prepare it; nothing is sent before its first call. Raises AccessFault for an access of no use.

        `access`: a text is the URL of an Engine that needs no credentials; `models.access.access_of` gives that of any.
        `is_read_only`: only the read profile's calls leave, whatever `profile` says. `protected`: what no change may name.
        `timeout_s`: for a read; changes get three times that, a ping at most 3 s.
        """
        super().__init__(access, AllowList(profile, is_read_only=is_read_only, protected=protected), timeout_s)
        self._networks, self._containers, self._joined = network_memory(), container_memory(), JoinedMemory()
        self._streams: weakref.WeakSet[EventStream] = weakref.WeakSet()

    def ping(self) -> None:
        """Ask for a sign of life. GET /_ping, 3 s. Raises Unreachable, TimedOut."""
        self._session.ping(Deadline(min(_PING_S, self._timeout_s)))

    def negotiate(self) -> str:
        """Return the newest API version that both speak; asked for once a connection. Raises Incompatible when there is none."""
        return self._session.negotiate(self._reading())

    def info(self) -> EngineInfo:
        """Read who answers. GET /version, GET /info."""
        deadline = self._reading()
        version = self._session.read(dict, "/version", deadline=deadline)
        return self._session.read(partial(parse_engine, version), "/info", deadline=deadline)

    def picture(self) -> EnginePicture:
        """Read everything by two calls: GET /networks and GET /containers/json?all=1.

        Here and below, what a record leaves in doubt is asked of its network, GET /networks/{id}, once for each endpoint: a
        connect that the driver refused left one in it that doesn't exist.
        """
        networks, containers = self._session.read_two(
            (self._networks.parse, "/networks"), (self._containers.parse, "/containers/json", {"all": "1"}), self._reading()
        )
        return EnginePicture(networks, self._tell(containers))

    def list_containers(self, ids: Sequence[str]) -> tuple[ContainerFact, ...]:
        """Read these containers from the list (may lag events by 2 ms); gone ones are missing. One call for up to 60 ids."""
        wanted = {full_id("container", container_id) for container_id in ids}
        if not wanted:
            return ()
        params = {"all": "1"}
        if len(wanted) <= MAX_IDS_PER_CALL:
            params["filters"] = json.dumps({"id": sorted(wanted)})
        listed = self._session.read(parse_containers, "/containers/json", deadline=self._reading(), params=params)
        return self._tell(tuple(container for container in listed if container.docker_id in wanted))

    def inspect_container(self, container_id: str) -> ContainerFact:
        """Read one container, fresh and with detail. Waits up to 0.5 s for one that is starting. Raises NotFound."""
        wanted = full_id("container", container_id)
        found = self._session.read(parse_container, "/containers/{0}/json", wanted, deadline=self._reading())
        return self._tell((found,))[0]

    def _tell(self, containers: tuple[ContainerFact, ...]) -> tuple[ContainerFact, ...]:
        """Return them with those endpoints alone that exist; networks are asked for the ones that a record leaves in doubt."""
        deadline = self._reading()
        for network_id in sorted(self._joined.networks_to_ask(containers)):
            try:
                joined = self._session.read(parse_joined, "/networks/{0}", full_id("network", network_id), deadline=deadline)
            except NotFound:
                joined = frozenset()
            except Refused:  # by a driver's fault, say: the record stands, and the network is asked again the next time
                continue
            self._joined.learn(containers, network_id, joined)
        return tuple(map(self._joined.tell, containers))

    def inspect_network(self, network_id: str) -> NetworkFact:
        """Read one network, fresh. Raises NotFound."""
        wanted = full_id("network", network_id)
        return self._session.read(parse_network_fact, "/networks/{0}", wanted, deadline=self._reading())

    def read_stats(self, container_id: str) -> tuple[InterfaceStats, ...]:
        """Read what a container's interfaces have counted, by name; none for one that doesn't run, or is on host or none.

        GET /containers/{id}/stats?stream=false&one-shot=true: 1 to 2 ms. Raises NotFound.
        """
        wanted, params = full_id("container", container_id), {"stream": "false", "one-shot": "true"}
        return self._session.read(parse_stats, "/containers/{0}/stats", wanted, deadline=self._reading(), params=params)

    def events(self, since_nano: int | None = None) -> EventStream:
        """Open the stream of network, container and daemon events, replaying from `since_nano` inclusive."""
        params = {"filters": _EVENT_TYPES}
        if since_nano is not None:
            seconds, nanos = divmod(max(since_nano, 0), _NANOS)
            params["since"] = f"{seconds}.{nanos:09d}"
        stream = self._session.open_events(self._reading(), params)
        self._streams.add(stream)
        return stream

    def create_network(self, spec: NetworkSpec) -> str:
        """Create a network and return its id. POST /networks/create."""
        parse = partial(created_id, "network")
        return self._session.post(parse, "/networks/create", deadline=self._changing(), body=network_body(spec))

    def remove_network(self, network_id: str) -> None:
        """Remove a network. DELETE /networks/{id}."""
        wanted = full_id("network", network_id)
        self._session.order("DELETE", f"/networks/{wanted}", lambda api: api.remove_network(wanted), self._changing())

    def connect_container(self, spec: ConnectSpec) -> None:
        """Put a container on a network. POST /networks/{id}/connect."""
        full_id("container", spec.container_id)
        wanted, body = full_id("network", spec.network_id), connect_body(spec)
        self._session.post(parse_done, "/networks/{0}/connect", wanted, deadline=self._changing(), body=body)

    def disconnect_container(self, spec: DisconnectSpec) -> None:
        """Take a container off a network. POST /networks/{id}/disconnect."""
        full_id("container", spec.container_id)
        wanted, body = full_id("network", spec.network_id), disconnect_body(spec)
        self._session.post(parse_done, "/networks/{0}/disconnect", wanted, deadline=self._changing(), body=body)

    def withdraw(self) -> str:
        """Let no change leave any more, unless one has: return that one, such as "POST /networks/create", else "".

        Safe from another thread; a change that comes after it raises TimedOut (`was_sent` false).
        """
        return self._session.withdraw()

    def close(self) -> None:
        """Close its connections; safe from another thread."""
        for stream in list(self._streams):
            stream.close()
        self._session.close()
