"""What the kernel's error numbers mean to the seam."""

from __future__ import annotations

import errno

from networks.hostnet.errors import HostError, HostNotAllowed, Vanished

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
