"""The seam's part for containers."""

from __future__ import annotations

from typing import Protocol

from networks.engine.containers.run_specs import RunSpec
from networks.engine.containers.specs import STOP_WAIT_S, ContainerSpec


class ContainerClient(Protocol):
    """What may be asked about containers beside reading; see EngineClient. Profile run."""

    def run_container(self, spec: ContainerSpec) -> str:
        """Create and start a container, and return its id. POST /containers/create, /containers/{id}/start."""

    def create_container(self, spec: RunSpec) -> str:
        """Create a container, and return its id; it isn't started. POST /containers/create.

        Before API 1.44 it is on the first of its networks alone: see `bodies.connects_after`. Raises NotFound for a missing
        image or donor, Conflict for a taken name.
        """

    def start_container(self, container_id: str) -> None:
        """Start a container; one that runs stays as it is. POST /containers/{id}/start. Raises Refused for a paused one."""

    def stop_container(self, container_id: str, wait_s: int = STOP_WAIT_S) -> None:
        """Stop a container, and kill it after `wait_s`, at most MOST_STOP_WAIT_S. POST /containers/{id}/stop?t=…

        One that doesn't run stays as it is; one that was started with --rm is gone with it.
        """

    def restart_container(self, container_id: str, wait_s: int = STOP_WAIT_S) -> None:
        """Stop a container as above and start it, or start a stopped one. POST /containers/{id}/restart?t=…

        Raises Refused where it can't start again: it is stopped then.
        """

    def kill_container(self, container_id: str) -> None:
        """End a container at once, by SIGKILL. POST /containers/{id}/kill. Raises Conflict for one that doesn't run."""

    def pause_container(self, container_id: str) -> None:
        """Freeze a container's processes. POST /containers/{id}/pause. Raises Conflict where it is paused or doesn't run."""

    def unpause_container(self, container_id: str) -> None:
        """Let a paused container go on. POST /containers/{id}/unpause. Raises Refused for one that isn't paused."""

    def rename_container(self, container_id: str, name: str) -> None:
        """Give a container another name. POST /containers/{id}/rename?name=… Raises Conflict where another has it."""

    def remove_container(self, container_id: str) -> None:
        """Remove a container, running or not, with its anonymous volumes. DELETE /containers/{id}."""
