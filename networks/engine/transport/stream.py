"""The open event stream: raw chunks in, facts out, and an end that never raises."""

from __future__ import annotations

import http.client
import threading
from collections import deque
from collections.abc import Iterator

from networks.engine.facts import EventFact
from networks.engine.parsing.events import parse_event
from networks.engine.transport.connection import Connection

_PIECE_BYTES = 65_536
_MAX_LINE_BYTES = 8 * 1024 * 1024  # an event carries its container's labels, 2 MB values among them


class EventStream:
    """Events of one connection, until that ends or `close` is called; one thread iterates, any thread may close.

    `skipped` counts lines that held no event. It reads and parses and does nothing else: a reader that stalls slows
    the Engine.
    """

    def __init__(self, connection: Connection, response: http.client.HTTPResponse) -> None:
        self.skipped = 0
        self._connection = connection
        self._response = response
        self._lock = threading.Lock()
        self._is_closed = False
        self._is_reading = False
        self._ready: deque[EventFact] = deque()
        self._rest = b""

    def __iter__(self) -> Iterator[EventFact]:
        return self

    def __next__(self) -> EventFact:
        while not self._ready:
            piece = self._read()
            if not piece:
                self._take_last()
                if self._ready:
                    break
                self.close()
                raise StopIteration
            self._take(piece)
        return self._ready.popleft()

    def close(self) -> None:
        """End the stream; safe from another thread, also twice."""
        with self._lock:
            self._is_closed = True
            self._connection.shutdown()
            if not self._is_reading:  # otherwise the reader closes it: a descriptor must not go under its feet
                self._release()

    def _read(self) -> bytes:
        with self._lock:
            if self._is_closed:
                return b""
            self._is_reading = True
        try:
            return self._response.read1(_PIECE_BYTES)
        except (OSError, http.client.HTTPException, ValueError):
            return b""  # a cut, a reset, a kill: all the same to who follows
        finally:
            with self._lock:
                self._is_reading = False
                if self._is_closed:
                    self._release()

    def _release(self) -> None:
        self._response.close()
        self._connection.close()

    def _take(self, piece: bytes) -> None:
        lines = (self._rest + piece).split(b"\n") if self._rest else piece.split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > _MAX_LINE_BYTES:
            self._rest = b""
            self.skipped += 1
        for line in lines:
            self._take_line(line)

    def _take_last(self) -> None:
        """Take what came without a line's end: half an event is skipped, a whole one counts."""
        rest, self._rest = self._rest, b""
        self._take_line(rest)

    def _take_line(self, line: bytes) -> None:
        text = line.strip(b" \t\r\x1e")  # RFC 7464 begins each with a record separator
        if not text:
            return
        event = parse_event(text)
        if event is None:
            self.skipped += 1
        else:
            self._ready.append(event)
