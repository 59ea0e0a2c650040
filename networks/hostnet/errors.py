"""The one exception family that leaves the host's seam."""

from __future__ import annotations


class HostError(Exception):
    """The kernel could not be asked. `sentence`: the system's own words."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class HostNotAllowed(HostError):
    """The kernel said no: it takes root."""


class Vanished(HostError):
    """What was asked for ended before, or while, it was read."""


class Garbled(HostError):
    """The answer could not be understood."""
