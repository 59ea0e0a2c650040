"""The seam's part for containers."""

from __future__ import annotations

from typing import Protocol

from networks.engine.containers.specs import ContainerSpec


class ContainerClient(Protocol):
    """What may be asked about containers beside reading; see EngineClient. Profile run."""

    def run_container(self, spec: ContainerSpec) -> str:
        """Create and start a container, and return its id. POST /containers/create, /containers/{id}/start."""

    def stop_container(self, container_id: str) -> None:
        """Stop a container. POST /containers/{id}/stop."""

    def remove_container(self, container_id: str) -> None:
        """Remove a container, running or not, with its anonymous volumes. DELETE /containers/{id}."""
