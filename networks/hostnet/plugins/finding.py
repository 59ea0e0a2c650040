"""Where dockerd looks for plugins: sockets below /run/docker/plugins, files that name an address. Source: moby, pkg/plugins."""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from networks.hostnet.errors import HostError
from networks.hostnet.linux.listening import find_listener
from networks.hostnet.linux.processes import Process
from networks.hostnet.linux.rooted import read_below
from networks.hostnet.plugins.asking import ask_plugin
from networks.hostnet.plugins.facts import PluginFact, Plugins, PluginState

SOCKETS = "run/docker/plugins"
FILES = ("etc/docker/plugins", "usr/lib/docker/plugins")
MOST_PLUGINS = 50  # that are asked: each may take half a second
_MOST_BYTES = 16_384
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
            root, is_its_own = _open_root(listener.process)
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


def _open_root(process: Process) -> tuple[int, bool]:
    flags = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
    with contextlib.suppress(HostError):
        return process.open("root", flags), True
    return os.open("/", flags), False


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
        text = read_below(root, path, _MOST_BYTES).decode("utf-8", "replace").strip()
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
