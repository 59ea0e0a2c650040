"""A container as we ask for it: frozen, typed, free of Docker's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """A container of the sample lab. Twin of `docker run -d`. `network` is a mode or a network's name."""

    name: str
    image: str
    network: str
    command: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    stop_signal: str = "SIGKILL"
