"""A container as we ask for it: frozen, typed, free of Docker's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

STOP_WAIT_S = 10  # Docker's own, from the signal that asks to the one that kills
MOST_STOP_WAIT_S = 3_600  # what databases ask for is minutes; an answer is waited for as long, and 30 s more
CONTAINER_NAME = "[a-zA-Z0-9][a-zA-Z0-9_.-]+"  # Docker's own rule


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """A container of the sample lab. Twin of `docker run -d`. `network` is a mode or a network's name."""

    name: str
    image: str
    network: str
    command: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    stop_signal: str = "SIGKILL"
