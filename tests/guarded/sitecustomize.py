"""No process of a test run connects to what no test made: this machine's own Engine, its network, anybody else's.

Python imports a module of this name at every start. `hold()` begins the guarding and puts it into the environment, so that
every Python process that a test starts, whatever its settings, is held too. The standard library alone: it runs before all else.

A socket path must be of a test's own folder or of one that is nowhere; a TCP address must be of loopback and none of Docker's own
ports. In a network namespace that a test made every address is its own; in a mount namespace every path but the machine's own.

What isn't Python can't be held: it is looked at when it is started. Every process has a DOCKER_HOST of a test's own, a Python
or a shell keeps the guard, and no `docker`, `dockerd` or `ssh` is told of a place that no test made.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shlex
import socket
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from itertools import pairwise
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
_TALKING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_STARTING = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"})
_SHELLS = frozenset({"sh", "bash", "dash", "busybox"})
_PYTHON = re.compile(r"python[0-9.]*")
_UNGUARDED = re.compile(r"-[A-Za-z]*[EIS][A-Za-z]*")  # options by which a Python takes no PYTHONPATH, or imports no site
_SSH_PORT = 22  # this machine's own


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
    if event not in _TALKING and event not in _STARTING:
        return
    if (known := _read_known()) is None:
        return
    if event in _STARTING:
        words, environment = _read_start(event, arguments)
        what, why = f"start {shlex.join(words)[:300]!r}", why_stray_process(words, environment, known)
    else:
        opened, address = arguments
        if address is None or opened.family not in _FAMILIES:
            return
        what, why = f"connect to {address!r}", why_stray(address, known, opened)
    if why:
        sentence = f"{' '.join(sys.orig_argv)[:200]!r} was about to {what}: {why}"
        with open(known["strays"], "a", encoding="utf-8") as file:
            file.write(f"{sentence}\n{''.join(traceback.format_stack(limit=12)[:-1])}\n")
        raise StraySocket(sentence)


_last_known: list[str] = []


def _read_known() -> dict[str, Any] | None:
    """Return what holds this process; it goes on where a test has emptied the environment. None before `hold`."""
    if text := os.environ.get(VARIABLE, ""):
        _last_known[:] = [text]
    return dict(json.loads(_last_known[0])) if _last_known else None


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
    if path.startswith("\0"):  # of the network namespace, and nobody's folder
        is_own = known["net"] not in (_namespace("net"), "") or _OWN_NAME.fullmatch(path[1:].strip("/"))
        return "" if is_own else "no test made that socket"
    if not path:
        return ""
    is_machines = known["mnt"] in (_namespace("mnt"), "")
    # It may have been started again, or for the first time, since the run began.
    if (found := _identity(path)) and found in (known["engine"], _identity(MACHINES_OWN) if is_machines else []):
        return "it is the machine's own Engine"
    real = os.path.realpath(path)  # a plugin's is reached through an open folder
    if not is_machines or real in NOWHERE or real.startswith((*known["below"], *(f"{folder}/" for folder in NOWHERE))):
        return ""
    # A plugin's socket stands in Docker's own folder, under a name of the run's.
    return "" if any(_OWN_NAME.fullmatch(part) for part in Path(real).parts) else "no test made that socket"


def _read_start(event: str, arguments: tuple[Any, ...]) -> tuple[list[str], Mapping[str, str]]:
    """Return words and environment of a process that is about to be started."""
    if event == "os.system":
        return ["sh", "-c", os.fsdecode(arguments[0])], os.environ
    program, argv, environment = arguments[0], arguments[1], arguments[-1]
    words = [os.fsdecode(word) for word in ([argv] if isinstance(argv, str | bytes | os.PathLike) else argv)]
    if not words or os.path.basename(words[0]) != os.path.basename(os.fsdecode(program)):
        words = [os.fsdecode(program), *words]
    if environment is None:
        return words, os.environ
    return words, {os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()}


def why_stray_process(words: Sequence[str], environment: Mapping[str, str], known: dict[str, Any]) -> str:
    """Return why no test may start this, "" where it may."""
    if _entered(words, "mnt") not in ("", known["mnt"]):  # where every path is a test's own
        return ""
    if _entered(words, "net") not in ("", known["net"]):
        known = known | {"net": "another"}
    spoken = list(_spoken(words))
    names = [os.path.basename(word) for word in spoken]
    if "ssh" in names or "ssh-keyscan" in names:
        return _why_stray_ssh(words, known)
    is_held = VARIABLE in environment and any(
        Path(folder).parts[-2:] == Path(__file__).parts[-3:-1] for folder in environment.get("PYTHONPATH", "").split(os.pathsep)
    )
    if not is_held and any(name in _SHELLS or _PYTHON.fullmatch(name) for name in names):
        return "it would not be held, nor would what it starts"
    for here, name in enumerate(names):
        if _PYTHON.fullmatch(name) and here + 1 < len(names) and _UNGUARDED.fullmatch(names[here + 1]):
            return "it would not be held"
        if spoken[here].startswith("DOCKER_HOST=") and (why := _why_stray_url(spoken[here].partition("=")[2], known)):
            return why
        if name in ("docker", "dockerd") and (why := _why_stray_docker(name, spoken[here + 1 :], known)):
            return why
    return _why_stray_url(environment.get("DOCKER_HOST", ""), known)


def _entered(words: Sequence[str], kind: str) -> str:
    """Return the namespace that a program enters before what it starts, "" for none. `kind`: "mnt" or "net".

    A new one of mounts shows what the old one shows until something is mounted there: it counts as none.
    """
    program, option = os.path.basename(words[0]), {"mnt": "--mount", "net": "--net"}[kind]
    told = {name: value for name, equals, value in (word.partition("=") for word in words[1:]) if equals or name == option}
    if program == "ip" and kind == "net" and list(words[1:3]) == ["netns", "exec"]:
        path = f"/run/netns/{''.join(words[3:4])}"
    elif program == "nsenter" and option in told:
        path = told[option] or f"/proc/{told.get('--target', 'self')}/ns/{kind}"
    else:
        return "a new one" if program == "unshare" and kind == "net" and option in told else ""
    try:
        return f"{kind}:[{os.stat(path).st_ino}]"
    except OSError:
        return "one that isn't there"


def _spoken(words: Sequence[str]) -> Iterator[str]:
    """Yield all words, and those of a script that a shell is given."""
    is_shell = False
    for word in words:
        if is_shell and any(sign in word for sign in " \n;"):
            yield from re.split(r"[\s;&|()`\"']+", word)
        else:
            yield word
        is_shell = is_shell or os.path.basename(word) in _SHELLS


def _why_stray_docker(name: str, words: Sequence[str], known: dict[str, Any]) -> str:
    """Return why this command of Docker's may not be started. Only what stands before its subcommand says where it goes."""
    if name == "docker" and words and words[0] == "context":
        return "it would change or follow what somebody has chosen"
    urls = []
    for here, word in enumerate(words):
        option, _equals, value = word.partition("=")
        following = words[here + 1] if here + 1 < len(words) else ""
        if option in ("-c", "--context") and name == "docker":
            return "it would follow a context of somebody's"
        if option in ("-H", "--host"):
            urls.append(value or following)
        elif word.startswith("-H") and len(word) > len("-H"):
            urls.append(word.removeprefix("-H"))
        elif name == "docker" and not word.startswith("-") and (here == 0 or not words[here - 1].startswith("-")):
            break
    if name == "dockerd" and not urls and not {"--version", "--validate", "--help"} & set(words):
        return "it would listen where this machine's own Engine does"
    return next(filter(None, (_why_stray_url(url, known) for url in urls)), "")


def _why_stray_url(url: str, known: dict[str, Any]) -> str:
    """Return why nobody may go to this URL of an Engine; to one that is none nobody can."""
    scheme, separator, rest = url.partition("://")
    if not url:
        return "it would ask this machine's own Engine"
    if not separator:
        return _why_stray_path(url, known) if url.startswith("/") else ""
    if scheme == "unix":
        return _why_stray_path("\0" + rest[1:] if rest.startswith("@") else rest, known)
    host, _colon, port = rest.partition("/")[0].rpartition("@")[2].rpartition(":")
    number = int(port) if port.isascii() and port.isdigit() else 0
    if scheme == "ssh" and number in (0, _SSH_PORT) and known["net"] in (_namespace("net"), ""):
        return "it is this machine's own sshd, or another machine's"
    return why_stray((host.strip("[]") or port, number), known) if scheme in ("tcp", "http", "https", "ssh") else ""


def _why_stray_ssh(words: Sequence[str], known: dict[str, Any]) -> str:
    port = next((after for word, after in pairwise(words) if word == "-p"), str(_SSH_PORT))
    return _why_stray_url(f"ssh://{words[-1].rpartition('@')[2]}:{port}", known)


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
    _read_known()
    sys.addaudithook(_hear)
