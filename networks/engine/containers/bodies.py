"""Container specs to the JSON documents that an Engine takes."""

from __future__ import annotations

from typing import Any

from networks.engine.containers.specs import ContainerSpec


def container_body(spec: ContainerSpec) -> dict[str, Any]:
    """Return the body of POST /containers/create."""
    body: dict[str, Any] = {
        "Image": spec.image,
        "StopSignal": spec.stop_signal,
        "HostConfig": {"NetworkMode": spec.network},
    }
    if spec.command:
        body["Cmd"] = list(spec.command)
    if spec.labels:
        body["Labels"] = dict(spec.labels)
    return body
