"""A socket before a real Engine that passes everything on, and spoils what it is told to in eleven ways."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from tests.faults.wire import Answer, Gone, Wire, length_of

_VERSION = re.compile(r"^/v(1\.\d+)(?=/)")
PACE_S = 0.02  # between two bytes of a trickle


class Fault(StrEnum):
    """What becomes of an answer."""

    DELAY = "delay"  # it comes late, and whole
    ERROR = "500"  # "no" instead of it, in the Engine's form
    HTML = "HTML"  # a web page instead of it
    GARBAGE = "garbage"  # no HTTP at all
    TRUNCATE = "truncate"  # its first half, then the end
    RESET = "reset"  # the connection is reset
    HANG = "hang"  # nothing, and the connection stays
    TRICKLE = "trickle"  # a byte now and then
    CORRUPT = "corrupt JSON"  # whole HTTP around broken JSON
    CLOSE = "close"  # the connection is closed in order
    HALF_OPEN = "half-open"  # the request isn't even read, and the connection stays


# What the client sees is silence, until its deadline.
SILENT = frozenset({Fault.HANG, Fault.TRICKLE, Fault.HALF_OPEN})


class Disguise(Protocol):
    """Makes the Engine look like another version of it."""

    def admit(self, method: str, target: str) -> str | Answer:
        """Return the target to ask the Engine for, or an answer of its own."""

    def dress(self, method: str, target: str, answer: Answer) -> Answer:
        """Return the answer as the other version gives it."""

    def dress_event(self, line: bytes, target: str) -> bytes:
        """Return a line of the event stream as the other version writes it."""


@dataclass
class Spoiling:
    """Which requests are spoilt. `path`: a pattern, without the version. `nth`: 1 for the first from now on, 0 for every one.

    `reaches`: the Engine gets the request, and only its answer is lost.
    """

    fault: Fault
    method: str = ""
    path: str = ""
    nth: int = 0
    reaches: bool = True
    count: int = 0

    def takes(self, method: str, path: str) -> bool:
        """Tell whether this request is one of them, and count it."""
        if (self.method and self.method != method) or not re.search(self.path, path):
            return False
        self.count += 1
        return self.nth in (0, self.count)


@dataclass
class FaultProxy:
    """Listens at `path` before the Engine's socket `target`; a context manager. `asked`: (method, path without version)."""

    path: Path
    target: str
    delay_s: float = 0.1
    disguise: Disguise | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.url = f"unix://{self.path}"
        self._spoilings: list[Spoiling] = []
        self._healed = threading.Event()
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> Self:
        self._listener.bind(str(self.path))
        self._listener.listen(64)
        self._start(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self.heal()
        self.cut()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()
        self.path.unlink(missing_ok=True)

    def spoil(self, fault: Fault, method: str = "", path: str = "", *, nth: int = 0, reaches: bool = True) -> None:
        """Spoil such requests from now on."""
        with self._lock:
            self._spoilings.append(Spoiling(fault, method, path, nth, reaches))

    def heal(self) -> None:
        """Spoil nothing any more; what was left hanging is closed."""
        with self._lock:
            self._spoilings.clear()
            healed, self._healed = self._healed, threading.Event()
        healed.set()

    def cut(self) -> None:
        """End all connections, streams among them."""
        with self._lock:
            for plain in self._sockets:
                with contextlib.suppress(OSError):
                    plain.shutdown(socket.SHUT_RDWR)

    def count(self, method: str, path: str) -> int:
        """Return how often this was asked for."""
        return sum(1 for asked, where in self.asked if asked == method and re.search(path, where))

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name="fault-proxy", daemon=True)
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, plain)

    def _serve(self, plain: socket.socket) -> None:
        engine = socket.socket(socket.AF_UNIX)
        with plain, engine, contextlib.suppress(OSError, Gone):
            with self._lock:
                self._sockets |= {plain, engine}
            try:
                engine.connect(self.target)
                while self._pass_one(Wire(plain), Wire(engine)):
                    pass
            finally:
                with self._lock:
                    self._sockets -= {plain, engine}

    def _pass_one(self, client: Wire, engine: Wire) -> bool:
        """Pass one request on and its answer back; False where the connection is to be closed."""
        head = client.peek_head()
        method, target, _version = head.split(b"\r\n")[0].decode("latin-1").split(" ")
        path = _VERSION.sub("", target).partition("?")[0]
        with self._lock:
            self.asked.append((method, path))
            taken = [spoiling for spoiling in self._spoilings if spoiling.takes(method, path)]
            healed = self._healed
        spoiling = taken[0] if taken else None
        if spoiling and not spoiling.reaches:
            return self._spoil(spoiling.fault, client, head, None, healed)
        admitted = self.disguise.admit(method, target) if self.disguise else target
        if isinstance(admitted, Answer):
            client.take_from_socket(len(head) + length_of(head))
            client.plain.sendall(admitted.encode())
            return True
        answer = self._ask(client, engine, head, target, admitted, is_spoilt=spoiling is not None)
        if self.disguise:
            answer = self.disguise.dress(method, target, answer)
        if spoiling:
            return self._spoil(spoiling.fault, client, b"", answer, healed)
        if answer.is_stream:
            self._relay(client, engine, answer, target)
            return False
        client.plain.sendall(answer.encode())
        return True

    def _ask(self, client: Wire, engine: Wire, head: bytes, target: str, admitted: str, *, is_spoilt: bool) -> Answer:
        """Have the Engine answer; of a request whose answer is spoilt the last byte stays unread."""
        whole = len(head) + length_of(head)
        if is_spoilt:
            request = client.take_from_socket(whole - 1) + client.plain.recv(1, socket.MSG_PEEK)
        else:
            request = client.take_from_socket(whole)
        engine.plain.sendall(request.replace(target.encode(), admitted.encode(), 1))
        return engine.take_answer(is_stream=target.partition("?")[0].endswith("/events"))

    def _relay(self, client: Wire, engine: Wire, answer: Answer, target: str) -> None:
        """Pass a stream on, line by line, until either side ends it."""
        client.plain.sendall(answer.encode_head(answer.headers))
        watch = threading.Thread(target=_end_with, args=(client.plain, engine.plain), daemon=True)
        watch.start()
        rest = b""
        while chunk := engine.take_chunk():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                dressed = (self.disguise.dress_event(line, target) if self.disguise else line) + b"\n"
                client.plain.sendall(f"{len(dressed):x}\r\n".encode() + dressed + b"\r\n")
        client.plain.sendall(b"0\r\n\r\n")

    def _spoil(self, fault: Fault, client: Wire, head: bytes, answer: Answer | None, healed: threading.Event) -> bool:
        """Do what the fault is, with an answer of the Engine where it gave one; whether the connection is still of use."""
        if fault in (Fault.RESET, Fault.HALF_OPEN):
            if fault is Fault.HALF_OPEN:
                healed.wait(60)
            return False  # with a byte unread, which resets it
        client.take_from_socket(len(head) + length_of(head) if head else 1)
        if answer is None or answer.is_stream:
            answer = Answer(200, "OK", {"content-type": "application/json"}, json.dumps({"Id": "f" * 64}).encode())
        if fault is Fault.HANG:
            healed.wait(60)
        for piece in _pieces(fault, answer):
            client.plain.sendall(piece)
            if fault is Fault.TRICKLE and healed.wait(PACE_S):
                break
            if fault is Fault.DELAY and not piece:
                healed.wait(self.delay_s)
        return fault in (Fault.DELAY, Fault.ERROR, Fault.HTML, Fault.CORRUPT)


def _pieces(fault: Fault, answer: Answer) -> Iterator[bytes]:
    """Yield the bytes that are sent; a delay comes after an empty piece."""
    whole = answer.encode()
    match fault:
        case Fault.DELAY:
            yield from (b"", whole)
        case Fault.ERROR:
            yield Answer(500, "Oh", {"content-type": "application/json"}, b'{"message":"the disk is on fire"}').encode()
        case Fault.HTML:
            yield Answer(200, "OK", {"content-type": "text/html"}, b"<!doctype html><title>Log in</title>").encode()
        case Fault.GARBAGE:
            yield b"\x16\x03\x01\x00\xff this is no HTTP\r\n\r\n\x00\x01"
        case Fault.TRUNCATE:
            yield whole[: len(whole) - max(1, len(answer.body) // 2) - (0 if answer.body else 20)]
        case Fault.TRICKLE:
            padded = Answer(200, "OK", {"x-filler": "x" * 4000}, answer.body or b"{}").encode()
            yield from (bytes([byte]) for byte in itertools.chain(padded))
        case Fault.CORRUPT:
            body = (answer.body or b"{}").rstrip()[:-1] + b',"Id":'
            yield Answer(200, "OK", {"content-type": "application/json"}, body).encode()


def _end_with(client: socket.socket, engine: socket.socket) -> None:
    """End the Engine's side of a stream when the client has gone."""
    with contextlib.suppress(OSError):
        while client.recv(4096):
            pass
        engine.shutdown(socket.SHUT_RDWR)
