"""How a socket to an Engine is opened, by the scheme of its address; a new scheme is one more case here."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from networks.engine.access.facts import AccessFault, EngineAccess, Fault, Scheme
from networks.engine.access.parsing import is_loopback_name, parse_engine_url
from networks.engine.access.sockets import open_tcp, open_unix
from networks.engine.access.tls import TlsDoor
from networks.engine.access.tunnel import tunnel_of

_NO_PLAIN = "Without TLS an Engine is reached on this machine's loopback only: whoever can read the way there is its root."


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens connected sockets. `words`: return what was said lately about why a socket that was opened ended at once, "" for
    nothing.
    """

    _open: Callable[[float | None], socket.socket]
    words: Callable[[], str] = str

    def __call__(self, timeout_s: float | None) -> socket.socket:
        """Open one within so many seconds. Raises OSError, Unopened where the step is known."""
        return self._open(timeout_s)


def opener_for(access: EngineAccess | str) -> Opener:
    """Return what opens sockets to an Engine; nothing is opened yet. Raises AccessFault for an access of no use."""
    if isinstance(access, str):
        access = EngineAccess(parse_engine_url(access))
    address, tls = access.address, access.tls
    if address.scheme is Scheme.UNIX:
        return Opener(partial(open_unix, address.path))
    if address.scheme is Scheme.SSH:
        if access.ssh is None:
            raise AccessFault(Fault.SSH_KEY, "An Engine at ssh:// needs a private key and the other machine's host key.")
        return Opener(lambda timeout_s: tunnel_of(access).open(timeout_s), lambda: tunnel_of(access).words())
    if tls is not None:
        door = TlsDoor(tls)
        return Opener(lambda timeout_s: door.wrap(open_tcp(address, timeout_s), address.host, timeout_s))
    if not is_loopback_name(address.host):
        raise AccessFault(Fault.PLAIN, _NO_PLAIN)
    return Opener(partial(open_tcp, address, is_loopback_only=True))
