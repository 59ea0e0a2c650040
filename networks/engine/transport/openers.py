"""How a socket to an Engine is opened, by the scheme of its URL; a new scheme is one more function here."""

from __future__ import annotations

import socket
from collections.abc import Callable

from networks.engine.errors import EngineError

Opener = Callable[[float | None], socket.socket]

_MAX_SOCKET_PATH = 107  # bytes: sockaddr_un of Linux, without the final NUL


def opener_for(url: str) -> Opener:
    """Return a function that opens a connected socket within so many seconds. Raises EngineError for a URL of no use."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "unix":
        return _unix_opener(rest)
    if separator and scheme in ("tcp", "http", "https", "ssh", "npipe", "fd"):
        raise EngineError(f"Engines at {scheme}:// are not supported yet. Use unix:///path/of/the/socket.")
    raise EngineError(f"Not the URL of an Engine: {url!r:.120}. Use unix:///path/of/the/socket.")


def _unix_opener(path: str) -> Opener:
    if not path.startswith("/") or "\0" in path or len(path.encode(errors="surrogateescape")) > _MAX_SOCKET_PATH:
        raise EngineError(f"Not the path of a socket: {path!r:.120}. Use unix:///path/of/the/socket.")

    def open_unix(timeout_s: float | None) -> socket.socket:
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            opened.settimeout(timeout_s)
            opened.connect(path)
        except BaseException:
            opened.close()
            raise
        return opened

    return open_unix
