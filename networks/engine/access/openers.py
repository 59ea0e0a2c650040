"""How a socket to an Engine is opened, by the scheme of its address; a new scheme is one more class here."""

from __future__ import annotations

import socket
from typing import Protocol

from networks.engine.access.facts import EngineAccess, EngineAddress, Scheme, TlsMaterial
from networks.engine.access.faults import AccessFault, Fault
from networks.engine.access.parsing import is_loopback_name, parse_engine_url
from networks.engine.access.sockets import open_tcp, open_unix
from networks.engine.access.tls import TlsDoor
from networks.engine.access.tunnel import tunnel_of

_NO_PLAIN = "Without TLS an Engine is reached on this machine's loopback only: whoever can read the way there is its root."


class Opener(Protocol):
    """Opens connected sockets."""

    def __call__(self, timeout_s: float | None) -> socket.socket:
        """Open one within so many seconds. Raises OSError, Unopened where the step is known."""

    def words(self) -> str:
        """Return what was said lately about why a socket that was opened ended at once, "" for nothing."""


def opener_for(access: EngineAccess | str) -> Opener:
    """Return what opens sockets to an Engine; nothing is opened yet. Raises AccessFault for an access of no use."""
    if isinstance(access, str):
        access = EngineAccess(parse_engine_url(access))
    if access.address.scheme is Scheme.UNIX:
        return _Unix(access.address.path)
    if access.address.scheme is Scheme.TCP:
        return _Tcp(access.address) if access.tls is None else _Tls(access.address, access.tls)
    return _Ssh(access)


class _Silent:
    def words(self) -> str:
        return ""


class _Unix(_Silent):
    def __init__(self, path: str) -> None:
        self._path = path

    def __call__(self, timeout_s: float | None) -> socket.socket:
        return open_unix(self._path, timeout_s)


class _Tcp(_Silent):
    def __init__(self, address: EngineAddress) -> None:
        if not is_loopback_name(address.host):
            raise AccessFault(Fault.PLAIN, _NO_PLAIN)
        self._address = address

    def __call__(self, timeout_s: float | None) -> socket.socket:
        return open_tcp(self._address, timeout_s, is_loopback_only=True)


class _Tls(_Silent):
    def __init__(self, address: EngineAddress, material: TlsMaterial) -> None:
        self._address, self._door = address, TlsDoor(material)

    def __call__(self, timeout_s: float | None) -> socket.socket:
        return self._door.wrap(open_tcp(self._address, timeout_s), self._address.host, timeout_s)


class _Ssh:
    def __init__(self, access: EngineAccess) -> None:
        if access.ssh is None:
            raise AccessFault(Fault.SSH_KEY, "An Engine at ssh:// needs a private key and the other machine's host key.")
        self._access = access

    def __call__(self, timeout_s: float | None) -> socket.socket:
        return tunnel_of(self._access).open(timeout_s)

    def words(self) -> str:
        return tunnel_of(self._access).words()
