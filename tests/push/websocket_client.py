"""A small WebSocket client of the standard library alone (RFC 6455), for many sockets to a real server."""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from dataclasses import dataclass, field

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Refused(Exception):
    """The server answered the handshake with something else than 101."""


@dataclass
class Client:
    """One open socket. `code`: with which code the server closed it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    code: int | None = None
    texts: list[str] = field(default_factory=list)

    @classmethod
    async def open(
        cls, port: int, path: str, headers: dict[str, str] | None = None, *, limit: int = 2**22, source: str = "127.0.0.1"
    ) -> Client:
        """Connect from an address of this machine and shake hands. Raises Refused."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=limit, local_addr=(source, 0))
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{port}", "Connection: Upgrade", "Upgrade: websocket"]
        lines += ["Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        if " 101 " not in answer.split("\r\n")[0]:
            writer.close()
            raise Refused(answer.split("\r\n")[0])
        return cls(reader, writer)

    def say(self, text: str) -> None:
        self._write(TEXT, text.encode())

    def give(self, content: bytes) -> None:
        self._write(BINARY, content)

    async def hear(self) -> str | None:
        """Return the next text, None once the server has closed."""
        while True:
            try:
                first, second = await self.reader.readexactly(2)
                length = second & 127
                if length > 125:
                    length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
                payload = await self.reader.readexactly(length)
            except (asyncio.IncompleteReadError, ConnectionError):
                return None
            match first & 15:
                case 1:
                    return payload.decode()
                case 8:
                    self.code = struct.unpack("!H", payload[:2])[0] if payload else 1005
                    self._write(CLOSE, payload[:2])
                    return None
                case 9:
                    self._write(PONG, payload)

    async def hang_up(self) -> None:
        """Cut the connection."""
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            return

    def _write(self, kind: int, payload: bytes) -> None:
        mask = os.urandom(4)
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else bytes([128 | 126]) + struct.pack("!H", size)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        self.writer.write(bytes([128 | kind]) + length + mask + masked)
