"""The first words of Docker's plugin protocol: what are you for? Source: docs.docker.com/engine/extend/plugin_api."""

from __future__ import annotations

import errno
import json
import socket
import time

from networks.hostnet.plugins.facts import PluginFact, PluginState

# In all; whoever takes longer is no use to the Engine's own 15 s either, and a person waits for the page.
ANSWER_S = 0.5
_MOST_BYTES = 65_536
_LONGEST_PATH = 107  # unix(7)
_ACTIVATE = (
    b"POST /Plugin.Activate HTTP/1.1\r\nHost: plugin\r\nAccept: application/vnd.docker.plugins.v1.2+json\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)
_NOBODY = {errno.ECONNREFUSED, errno.ENOENT}


def ask_plugin(name: str, path: str, shown: str, known: frozenset[str] | None = None) -> PluginFact:
    """Return what a plugin says of itself at its socket. `shown`: the path as the Engine sees it.

    `known`: what it said before: it then only has to be listening. Takes `ANSWER_S` at most; raises nothing.
    """
    if len(path.encode("utf-8", "surrogateescape")) > _LONGEST_PATH:
        return PluginFact(name, PluginState.UNASKED, shown)
    ends_at = time.monotonic() + ANSWER_S
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(ANSWER_S)
            connection.connect(path)
            if known is not None:
                return PluginFact(name, PluginState.ANSWERS, shown, known)
            connection.sendall(_ACTIVATE)
            said = _read_answer(connection, ends_at)
    except OSError as error:
        state = PluginState.DEAD if error.errno in _NOBODY else PluginState.SILENT
        return PluginFact(name, PluginState.UNASKED if error.errno in (errno.EACCES, errno.EPERM) else state, shown)
    implements = read_implements(said)
    return PluginFact(name, PluginState.SILENT if implements is None else PluginState.ANSWERS, shown, implements or frozenset())


def read_implements(said: bytes) -> frozenset[str] | None:
    """Return what an answer lists under "Implements", None where it is no such answer."""
    head, separator, body = said.partition(b"\r\n\r\n")
    if not separator or b" 200 " not in head.partition(b"\r\n")[0] + b" ":
        return None
    begin, end = body.find(b"{"), body.rfind(b"}")  # of chunks, the lengths stand around it
    try:
        document = json.loads(body[begin : end + 1])
    except (ValueError, RecursionError):
        return None
    kinds = document.get("Implements") if isinstance(document, dict) else None
    return frozenset(kind for kind in kinds if isinstance(kind, str)) if isinstance(kinds, list) else None


def _read_answer(connection: socket.socket, ends_at: float) -> bytes:
    """Read until the answer is whole, too long or too late. Raises OSError where the connection breaks."""
    said = b""
    while len(said) < _MOST_BYTES and (left_s := ends_at - time.monotonic()) > 0:
        connection.settimeout(left_s)
        try:
            more = connection.recv(8_192)
        except TimeoutError:
            break
        said += more
        if not more or read_implements(said) is not None:
            break
    return said
