"""A connection to a socket of this machine."""

from __future__ import annotations

import socket


def open_unix(path: str, timeout_s: float | None) -> socket.socket:
    """Return a socket that is connected to a path. Raises OSError."""
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        opened.settimeout(timeout_s)
        opened.connect(path)
    except BaseException:
        opened.close()
        raise
    return opened
