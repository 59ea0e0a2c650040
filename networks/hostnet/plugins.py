"""The network drivers that plugins of the machine bring: where Docker looks for them, and what they answer."""

from __future__ import annotations

import errno
import json
import os
import re
import socket
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from networks.hostnet.errors import HostError
from networks.hostnet.linux.listening import find_listener
from networks.hostnet.linux.processes import open_root, read_below

NETWORK_DRIVER, IPAM_DRIVER = "NetworkDriver", "IpamDriver"


class PluginState(StrEnum):
    """ANSWERS: it said what it is for. DEAD: nobody listens at its socket. SILENT: somebody does, and says nothing of use.

    UNASKED: its address isn't one that is asked from here: over TCP, or closed to us.
    """

    ANSWERS = "answers"
    DEAD = "dead"
    SILENT = "silent"
    UNASKED = "unasked"


@dataclass(frozen=True, slots=True)
class PluginFact:
    """A plugin. `address`: its socket's path, or what a file names. `implements`: "NetworkDriver", "IpamDriver" and others."""

    name: str
    state: PluginState
    address: str = ""
    implements: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plugins:
    """The plugins of a machine by name. `is_complete`: there are no others, as the Engine sees its machine."""

    found: Mapping[str, PluginFact] = field(default_factory=dict)
    is_complete: bool = False

    def names_of(self, kind: str) -> frozenset[str]:
        """Return the names of those that are known to be for this."""
        return frozenset(name for name, plugin in self.found.items() if kind in plugin.implements)

    def trouble_of(self, name: str, *, kind: str = NETWORK_DRIVER) -> str:
        """Return why a plugin can't serve: "dead", "silent", "gone", "other" (it is for something else); "" for nothing known.

        One whose name has a ":" is managed by the Engine itself, which ends and starts it, and has its socket elsewhere.
        """
        plugin = self.found.get(name)
        if plugin is None:
            return "gone" if self.is_complete and ":" not in name else ""
        if plugin.state in (PluginState.DEAD, PluginState.SILENT):
            return str(plugin.state)
        return "other" if plugin.state is PluginState.ANSWERS and kind not in plugin.implements else ""


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


SOCKETS = "run/docker/plugins"
FILES = ("etc/docker/plugins", "usr/lib/docker/plugins")
MOST_PLUGINS = 50  # that are asked: each may take half a second
_MOST_SPEC_BYTES = 16_384
_UNIX = "unix://"
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}")


@dataclass(frozen=True, slots=True)
class _Socket:
    """A socket's file. What a plugin said is kept as long as it is the same one, made at the same time."""

    name: str
    path: str
    inode: int
    made_ns: int


_said: dict[_Socket, frozenset[str]] = {}
_lock = threading.Lock()


def find_plugins(engine_url: str) -> Plugins:
    """Return the plugins of the machine that an Engine runs on; none, and not complete, where that can't be looked at.

    Reads the folders as the Engine's own process sees them, where that is allowed to us; else as we see them.
    """
    if not engine_url.startswith(_UNIX):
        return Plugins()
    try:
        with find_listener(engine_url, is_wanted=True) as listener:
            if listener.process is None:
                return Plugins()
            root, is_its_own = open_root(listener.process)
    except (HostError, OSError):
        return Plugins()
    try:
        found: dict[str, PluginFact] = {}
        for plugin in _look(root):
            found.setdefault(plugin.name, plugin)
        return Plugins(found, is_complete=is_its_own)
    except OSError:
        return Plugins()
    finally:
        os.close(root)


def _look(root: int) -> Iterator[PluginFact]:
    asked = 0
    for name, path in _sockets(root):
        if (asked := asked + 1) > MOST_PLUGINS:
            return
        yield _ask(name, root, path)
    for folder in FILES:
        for name, path in _named_files(root, folder):
            if (asked := asked + 1) > MOST_PLUGINS:
                return
            address = _address_in(root, path)
            if address.startswith(f"{_UNIX}/"):
                yield _ask(name, root, address.removeprefix(f"{_UNIX}/"))
            elif address:
                yield PluginFact(name, PluginState.UNASKED, address[:200])


def _sockets(root: int) -> Iterator[tuple[str, str]]:
    """Yield name and path: NAME.sock, NAME/NAME.sock."""
    for entry in _entries(root, SOCKETS):
        name = entry.name.removesuffix(".sock")
        if entry.is_dir() and _is_socket(root, f"{SOCKETS}/{name}/{name}.sock"):
            yield name, f"{SOCKETS}/{name}/{name}.sock"
        elif entry.name.endswith(".sock") and _is_socket(root, f"{SOCKETS}/{entry.name}"):
            yield name, f"{SOCKETS}/{entry.name}"


def _named_files(root: int, folder: str) -> Iterator[tuple[str, str]]:
    """Yield name and path: NAME.spec, NAME.json, and the same below NAME/."""
    for entry in _entries(root, folder):
        name, _, kind = entry.name.rpartition(".")
        if entry.is_dir():
            yield from ((entry.name, f"{folder}/{entry.name}/{entry.name}.{each}") for each in ("spec", "json"))
        elif name and kind in ("spec", "json"):
            yield name, f"{folder}/{entry.name}"


def _entries(root: int, folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(f"/proc/self/fd/{root}/{folder}") as listed:
            entries = [entry for entry in listed if _NAME.fullmatch(entry.name)]
    except OSError:  # mostly it isn't there
        return []
    return sorted(entries, key=lambda entry: entry.name)


def _is_socket(root: int, path: str) -> bool:
    try:
        return stat.S_ISSOCK(os.stat(path, dir_fd=root).st_mode)
    except OSError:
        return False


def _address_in(root: int, path: str) -> str:
    try:
        text = read_below(root, path, _MOST_SPEC_BYTES).decode("utf-8", "replace").strip()
    except HostError:
        return ""
    if not path.endswith(".json"):
        return text
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    return str(document.get("Addr", "")) if isinstance(document, dict) else ""


def _ask(name: str, root: int, path: str) -> PluginFact:
    within = f"/proc/self/fd/{root}/{path}"
    try:
        status = os.stat(within)
    except OSError:
        return PluginFact(name, PluginState.DEAD, f"/{path}")
    key = _Socket(name, path, status.st_ino, status.st_ctime_ns)
    plugin = ask_plugin(name, within, f"/{path}", _said.get(key))
    if plugin.state is PluginState.ANSWERS:
        with _lock:
            if len(_said) >= MOST_PLUGINS:
                _said.clear()
            _said[key] = plugin.implements
    return plugin
