"""DockerClient's part for containers."""

from __future__ import annotations

from functools import partial

from networks.engine.containers.bodies import container_body
from networks.engine.containers.specs import ContainerSpec
from networks.engine.errors import EngineError, Refused
from networks.engine.guard import full_id
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

    def stop_container(self, container_id: str) -> None:
        """Stop a container; one that doesn't run stays as it is."""
        wanted = full_id("container", container_id)
        self._session.post(parse_done, "/containers/{0}/stop", wanted, deadline=self._changing())

    def remove_container(self, container_id: str) -> None:
        """Remove a container, running or not, with its anonymous volumes."""
        wanted, params = full_id("container", container_id), {"v": "1", "force": "1"}
        self._session.delete("/containers/{0}", wanted, deadline=self._changing(), params=params)
