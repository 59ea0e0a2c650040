"""The one exception family that leaves the host's seam, and what the kernel's error numbers mean to it."""

from __future__ import annotations

import errno


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


_FORBIDDEN = {errno.EPERM, errno.EACCES}
_GONE = {errno.ENOENT, errno.ESRCH, errno.ENODEV, errno.ENXIO, errno.ENOTDIR, errno.ESTALE}
_SLOW = {errno.EAGAIN, errno.ETIMEDOUT}


def host_error(error: OSError) -> HostError:
    """Return what the seam raises instead of an OSError, with the system's own words."""
    sentence = error.strerror or str(error)
    if error.errno in _FORBIDDEN:
        return HostNotAllowed(sentence)
    if error.errno in _GONE:
        return Vanished(sentence)
    if error.errno in _SLOW:
        return HostError("The kernel did not answer in time")
    return HostError(sentence)
