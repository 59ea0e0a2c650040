"""A connected socket: at a path of this machine, or by TCP, the name resolved within the deadline and each address tried."""

from __future__ import annotations

import grp
import os
import queue
import socket
import threading
import time
from contextlib import suppress
from ipaddress import ip_address

from networks.engine.access.facts import AccessStep, EngineAddress, Unopened

_MOST_S = 10.0  # for who gives no deadline
_KEEPALIVE = (
    ((socket.TCP_KEEPIDLE, 15), (socket.TCP_KEEPINTVL, 5), (socket.TCP_KEEPCNT, 3)) if hasattr(socket, "TCP_KEEPIDLE") else ()
)


def open_unix(path: str, timeout_s: float | None) -> socket.socket:
    """Return a socket that is connected to a path. Raises OSError."""
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        opened.settimeout(timeout_s)
        opened.connect(path)
    except PermissionError as error:
        opened.close()
        raise PermissionError(error.errno, f"{error.strerror}{_who_may_open(path)}", path) from error
    except BaseException:
        opened.close()
        raise
    return opened


def _who_may_open(path: str) -> str:
    """Return in words who may open a socket that this process may not, "" where even that is hidden."""
    try:
        found = os.stat(path)
    except OSError:
        return ""
    gid, name = found.st_gid, ""
    with suppress(KeyError):
        name = f" ({grp.getgrgid(gid).gr_name})"
    if not found.st_mode & 0o020:
        return f". It lets its owner alone in, the user {found.st_uid}: give its group the right to write"
    if gid in {os.getegid(), *os.getgroups()}:
        return f". This process is in its group, {gid}{name}: a security policy (AppArmor, SELinux) stands in the way"
    return (
        f". It lets the group {gid}{name} in, which this process isn't in: usermod -aG adds its user, "
        f"and a container is started with --group-add {gid}"
    )


def open_tcp(address: EngineAddress, timeout_s: float | None, *, is_loopback_only: bool = False) -> socket.socket:
    """Return a connected socket. Raises Unopened with the step that failed, TimeoutError where the time is up."""
    ends_at = time.monotonic() + (_MOST_S if timeout_s is None else timeout_s)
    places = _resolve(address, max(ends_at - time.monotonic(), 0.01))
    if is_loopback_only and not all(ip_address(place).is_loopback for place in places):
        raise Unopened(AccessStep.RESOLVE, f"{address.host} isn't this machine's loopback, and there is no TLS.")
    last: OSError = TimeoutError("no address answered in time")
    for left, place in zip(range(len(places), 0, -1), places, strict=True):
        wait_s = (ends_at - time.monotonic()) / left  # one silent address leaves time for the others
        if wait_s <= 0:
            break
        try:
            opened = socket.create_connection((place, address.port), wait_s)
        except OSError as error:
            last = error
            continue
        _prepare(opened)
        return opened
    reason = "no answer in time" if isinstance(last, TimeoutError) else last.strerror or str(last)
    raise Unopened(AccessStep.CONNECT, reason) from last


def _prepare(opened: socket.socket) -> None:
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _KEEPALIVE:
        opened.setsockopt(socket.IPPROTO_TCP, option, value)


def _resolve(address: EngineAddress, timeout_s: float) -> list[str]:
    """Return the IP addresses of a host. A resolver knows no deadline, so it is asked in a thread that may be left behind."""
    try:
        return [str(ip_address(address.host))]
    except ValueError:
        answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()
        threading.Thread(target=_ask_resolver, args=(address, answers), name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout_s)
    except queue.Empty:
        raise Unopened(AccessStep.RESOLVE, f"the name {address.host} wasn't resolved in time") from None
    if isinstance(answer, OSError):
        raise Unopened(AccessStep.RESOLVE, f"{address.host}: {answer.strerror or answer}") from answer
    return answer


def _ask_resolver(address: EngineAddress, answers: queue.SimpleQueue[list[str] | OSError]) -> None:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        answers.put(list(dict.fromkeys(str(place[4][0]) for place in found)))
    except OSError as error:
        answers.put(error)
    except UnicodeError as error:
        answers.put(OSError(0, str(error)))
