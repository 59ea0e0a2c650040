"""DockerClient's part for containers."""

from __future__ import annotations

import re
from functools import partial

from networks.engine.containers.bodies import container_body, run_body
from networks.engine.containers.run_specs import Mode, RunSpec
from networks.engine.containers.specs import CONTAINER_NAME, MOST_STOP_WAIT_S, STOP_WAIT_S, ContainerSpec
from networks.engine.errors import EngineError, NotAllowed, Refused
from networks.engine.guard import full_id
from networks.engine.parsing.engines import OLDEST_API, read_api_version
from networks.engine.parsing.values import parse_done
from networks.engine.transport.verbs import Verbs, created_id


class ContainerVerbs(Verbs):
    """See ContainerClient."""

    def run_container(self, spec: ContainerSpec) -> str:
        """Create and start a container, and return its id; one that the Engine refuses to start is removed again."""
        deadline, params = self._changing(), {"name": spec.name}
        created = self._session.post(
            partial(created_id, "container"),
            "/containers/create",
            deadline=deadline,
            params=params,
            body=container_body(spec),
        )
        try:
            self._session.post(parse_done, "/containers/{0}/start", created, deadline=deadline)
        except Refused as error:
            try:
                self.remove_container(created)
            except EngineError as left:
                error.add_note(f"It was created as {created} and could not be removed: {left.sentence}")
            raise
        return created

    def create_container(self, spec: RunSpec) -> str:
        """Create a container, and return its id; it isn't started."""
        if spec.mode is Mode.CONTAINER or spec.donor_id:
            full_id("container", spec.donor_id)
        for endpoint in spec.networks:
            full_id("network", endpoint.network_id)
        deadline = self._changing()
        version = read_api_version(self._session.negotiate(deadline)) or OLDEST_API
        parse, params = partial(created_id, "container"), {"name": spec.name} if spec.name else None
        body = run_body(spec, version)
        return self._session.post(parse, "/containers/create", deadline=deadline, params=params, body=body)

    def start_container(self, container_id: str) -> None:
        """Start a container."""
        self._order(container_id, "start")

    def stop_container(self, container_id: str, wait_s: int = STOP_WAIT_S) -> None:
        """Stop a container; one that doesn't run stays as it is."""
        self._order(container_id, "stop", wait_s)

    def restart_container(self, container_id: str, wait_s: int = STOP_WAIT_S) -> None:
        """Stop a container and start it."""
        self._order(container_id, "restart", wait_s)

    def kill_container(self, container_id: str) -> None:
        """End a container at once."""
        self._order(container_id, "kill")

    def pause_container(self, container_id: str) -> None:
        """Freeze a container."""
        self._order(container_id, "pause")

    def unpause_container(self, container_id: str) -> None:
        """Let a paused container go on."""
        self._order(container_id, "unpause")

    def rename_container(self, container_id: str, name: str) -> None:
        """Give a container another name."""
        wanted = full_id("container", container_id)
        if not re.fullmatch(CONTAINER_NAME, name):
            raise NotAllowed(f"Not a container's name: {name!r:.80}")
        path, deadline = "/containers/{0}/rename", self._changing()
        self._session.post(parse_done, path, wanted, deadline=deadline, params={"name": name})

    def remove_container(self, container_id: str) -> None:
        """Remove a container, running or not, with its anonymous volumes."""
        wanted, params = full_id("container", container_id), {"v": "1", "force": "1"}
        self._session.delete("/containers/{0}", wanted, deadline=self._changing(), params=params)

    def _order(self, container_id: str, order: str, wait_s: int | None = None) -> None:
        """Send one of the orders that have no body. `wait_s`: how long the Engine may wait before it kills."""
        wanted, params = full_id("container", container_id), None
        deadline = self._changing()
        if wait_s is not None:
            if not 0 <= wait_s <= MOST_STOP_WAIT_S:
                raise NotAllowed(f"A container is waited for between 0 and {MOST_STOP_WAIT_S} s, not {wait_s}.")
            params, deadline = {"t": str(wait_s)}, self._changing(besides_s=wait_s)
        self._session.post(parse_done, f"/containers/{{0}}/{order}", wanted, deadline=deadline, params=params)
