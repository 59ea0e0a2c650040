"""No process of a test run connects to what no test made: this machine's own Engine, its network, anybody else's.

Python imports a module of this name at every start. `hold()` begins the guarding and puts it into the environment, so that
every Python process that a test starts, whatever its settings, is held too. The standard library alone: it runs before all else.

A socket path must be of a test's own folder or of one that is nowhere; a TCP address must be of loopback and none of Docker's own
ports. In a network namespace that a test made every address is its own; in a mount namespace every path but the machine's own.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import socket
import sys
import traceback
from ipaddress import ip_address
from pathlib import Path
from typing import Any

VARIABLE = "TESTS_KEEP_TO"  # not NETADMIN_…: tests leave those out of the environment of the servers that they start
MACHINES_OWN = "/var/run/docker.sock"
NOWHERE = ("/nonexistent", "/nowhere")
DOCKERS_PORTS = range(2375, 2378)
# Made by a process of the run, which is in the name (tests/leftovers.py), by pytest, by a benchmark, or for a tunnel of ssh.
_OWN_NAME = re.compile(r"nt-\d+-\d+-.*|pytest-of-.*|netadmin-(ssh|benchmark)-.*")
_SIOCGSKNS = 0x894C  # linux/sockios.h
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)


class StraySocket(RuntimeError):
    """A test, or a process that it started, was about to connect to what no test made."""


def hold(strays: Path) -> None:
    """Begin to guard this process and those that it starts; each attempt is named in the file `strays`."""
    known = json.loads(os.environ[VARIABLE]) if VARIABLE in os.environ else _describe_machine()
    is_first = VARIABLE not in os.environ
    os.environ[VARIABLE] = json.dumps(known | {"strays": str(strays)})
    if is_first:
        here = str(Path(__file__).resolve().parent)
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))
        sys.addaudithook(_hear)


def allow_below(folder: Path) -> None:
    """Let this process and those that it starts connect to sockets in a folder."""
    known = json.loads(os.environ[VARIABLE])
    os.environ[VARIABLE] = json.dumps(known | {"below": [*known["below"], f"{folder.absolute()}/"]})


def _describe_machine() -> dict[str, Any]:
    return {"below": [], "engine": _identity(MACHINES_OWN), "mnt": _namespace("mnt"), "net": _namespace("net")}


def strays_file() -> Path:
    """Return where attempts are written down; it is there from the first one on."""
    return Path(json.loads(os.environ[VARIABLE])["strays"])


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect":
        return
    opened, address = arguments
    known = json.loads(os.environ.get(VARIABLE, "null"))
    if known and opened.family in _FAMILIES and (why := why_stray(address, known, opened)):
        sentence = f"{' '.join(sys.orig_argv)[:200]!r} was about to connect to {address!r}: {why}"
        with open(known["strays"], "a", encoding="utf-8") as file:
            file.write(f"{sentence}\n{''.join(traceback.format_stack(limit=12)[:-1])}\n")
        raise StraySocket(sentence)


def why_stray(address: Any, known: dict[str, Any], opened: socket.socket | None = None) -> str:
    """Return why nothing may connect there, "" where it may. `known`: what `hold` put into the environment; `opened`: by what."""
    if isinstance(address, str | bytes):
        return _why_stray_path(os.fsdecode(address), known)
    host, port = str(address[0]), int(address[1])
    if known["net"] not in (_namespace_of(opened), ""):
        return ""
    try:
        is_loopback = host == "localhost" or ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        return "no test made what is there"
    return "an Engine of this machine may listen there" if port in DOCKERS_PORTS else ""


def _why_stray_path(path: str, known: dict[str, Any]) -> str:
    if not path or path.startswith(("\0", *NOWHERE)):
        return ""
    if known["engine"] and _identity(path) == known["engine"]:
        return "it is the machine's own Engine"
    real = os.path.realpath(path)  # a plugin's is reached through an open folder
    if known["mnt"] != _namespace("mnt") or real.startswith(tuple(known["below"])):
        return ""
    # A plugin's socket stands in Docker's own folder, under a name of the run's.
    return "" if any(_OWN_NAME.fullmatch(part) for part in Path(real).parts) else "no test made that socket"


def _namespace(kind: str) -> str:
    # Of this thread: a test may have entered another one in a thread of its own.
    return os.readlink(f"/proc/thread-self/ns/{kind}") if sys.platform.startswith("linux") else ""


def _namespace_of(opened: socket.socket | None) -> str:
    """Return a socket's network namespace: a thread may have made it in another one than it is in now."""
    if opened is None:
        return _namespace("net")
    try:
        descriptor = fcntl.ioctl(opened, _SIOCGSKNS)
    except OSError:
        return _namespace("net")
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def _identity(path: str) -> list[int]:
    try:
        found = os.stat(path)
    except OSError:
        return []
    return [found.st_dev, found.st_ino]


if VARIABLE in os.environ:
    sys.addaudithook(_hear)
