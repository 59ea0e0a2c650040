"""A way from this machine's loopback to a port inside a network namespace: bytes both ways, untouched."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator

from networks.hostnet.linux.namespaces import inside, open_netns


@contextlib.contextmanager
def relay_into(netns: str, port: int) -> Iterator[int]:
    """Listen on loopback while in use, and give the port. Each connection leads to 127.0.0.1:`port` in the namespace."""
    place = open_netns(f"/run/netns/{netns}")
    try:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            thread = threading.Thread(target=_take, args=(listening, place, port), daemon=True)
            thread.start()
            yield listening.getsockname()[1]
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(2)
    finally:
        os.close(place)


def _take(listening: socket.socket, place: int, port: int) -> None:
    while True:
        try:
            near, _ = listening.accept()
        except OSError:
            return
        far = inside(place, lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        try:
            far.connect(("127.0.0.1", port))
        except OSError:
            near.close()
            far.close()
            continue
        threading.Thread(target=_carry, args=(near, far), daemon=True).start()


def _carry(near: socket.socket, far: socket.socket) -> None:
    with near, far:
        back = threading.Thread(target=_pump, args=(far, near), daemon=True)
        back.start()
        _pump(near, far)
        back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
    for one in (source, target):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
