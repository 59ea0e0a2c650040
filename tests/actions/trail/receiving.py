"""A syslog receiver behind TLS, as RFC 5425 has it, on loopback: reads, hangs, goes away and comes back as a test says."""

from __future__ import annotations

import json
import re
import socket
import ssl
import struct
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from networks.audit.destinations import SyslogDestination
from tests.certificates import Authority

# RFC 5424: <PRI>VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG
MESSAGE = re.compile(rb"<110>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [!-~]{1,255} netadmin - activity - (\{.*\})", re.DOTALL)


class Receiver:
    """Listens at a port of loopback for as long as it is entered. `texts`: what it has read, the JSON of each message.

    `is_hanging`: it takes connections and reads nothing. `dies_after`: so many messages of a connection are read, then it is
    reset with the rest unread. `is_curt`: it closes at the end without a word of TLS. `is_hasty`: it closes as
    soon as TLS is there. `context`: its side of TLS.
    """

    def __init__(self, folder: Path, *, authority: Authority | None = None, host: str = "127.0.0.1") -> None:
        self.authority = authority or Authority()
        certificate, key = self.authority.sign("receiver", hosts=(host,))
        (folder / "ca.pem").write_text(self.authority.pem)
        (folder / "receiver.pem").write_text(certificate + key)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "receiver.pem")
        self._ca_file = folder / "ca.pem"
        self.port = 0
        self.texts: list[bytes] = []
        self.is_hanging = False
        self.is_curt = False
        self.is_hasty = False
        self.dies_after: int | None = None
        self.connections = 0
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.let_go()
        self._thread.join(10)

    def let_go(self) -> None:
        """Close the connections that it holds and doesn't read."""
        for opened in self._open:
            opened.close()
        self._open.clear()

    @property
    def destination(self) -> SyslogDestination:
        """Where it is, and whose certificates count."""
        return SyslogDestination("127.0.0.1", self.port, self._ca_file)

    @property
    def documents(self) -> list[dict[str, Any]]:
        """What it has read, message by message."""
        return [json.loads(text) for text in self.texts]

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                plain, _address = listener.accept()
                self.connections += 1
                if self.is_hanging:
                    self._open.append(plain)
                else:
                    with suppress(OSError):
                        self._read(self.context.wrap_socket(plain, server_side=True))

    def _read(self, secured: ssl.SSLSocket) -> None:
        """Read one connection to its end, and answer that."""
        with secured, secured.makefile("rb") as stream:
            if self.is_hasty:
                return
            read = 0
            while length := _read_number(stream):
                if read == self.dies_after:
                    # A lingering time of nothing: closing resets.
                    secured.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                message = stream.read(length)
                found = MESSAGE.fullmatch(message)
                self.texts.append(found[1] if found else b'{"refused": true}')
                read += 1
            if not self.is_curt:
                with suppress(OSError):
                    secured.unwrap()


def _read_number(stream: Any) -> int:
    """Read the count before a message; 0 at the end."""
    digits = b""
    while (sign := stream.read(1)) not in (b" ", b""):
        digits += sign
    return int(digits) if digits else 0
