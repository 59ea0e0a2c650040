"""The event stream: what it makes of bytes, and how it ends."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError, NotFound
from tests.engine.scripted_engine import Peer, ScriptedEngine
from tests.patience import within

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
CONNECT = {
    "Type": "network",
    "Action": "connect",
    "Actor": {"ID": "b" * 64, "Attributes": {"container": "a" * 64, "name": "n1", "type": "bridge"}},
    "timeNano": 1_700_000_000_000_000_001,
}
LINE = json.dumps(CONNECT).encode()


def _chunk(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


def _sending(*pieces: bytes) -> Callable[[Peer], None]:
    def send(peer: Peer) -> None:
        for piece in (HEAD, *pieces):
            peer.send(piece)
        peer.hang_up()

    return send


def _verbs(tmp_path: Path, *pieces: bytes) -> tuple[list[str], int]:
    with (
        ScriptedEngine(tmp_path, _sending(*pieces)) as engine,
        closing(EngineClient(engine.url, Profile.READ)) as client,
    ):
        stream = client.events()
        return [event.verb for event in stream], stream.skipped


@pytest.mark.parametrize(
    "pieces",
    [
        (_chunk(LINE + b"\n"), b"0\r\n\r\n"),
        (_chunk(LINE), b"0\r\n\r\n"),
        (_chunk(LINE[:40]), _chunk(LINE[40:] + b"\r\n"), b"0\r\n\r\n"),
        (_chunk(b"\x1e" + LINE + b"\n"), b"0\r\n\r\n"),
        (_chunk(b"\n\n" + LINE + b"\n\n"), b"0\r\n\r\n"),
        (_chunk(LINE + b"\n"),),
        (_chunk(LINE + b"\n"), b"zz\r\n"),
        (_chunk(LINE + b"\n"), b"ff\r\nhalf"),
    ],
    ids=["line", "no line's end", "in two pieces", "record separator", "empty lines", "cut", "garbage", "cut in a chunk"],
)
def test_it_yields_an_event_however_it_is_wrapped_and_ends_without_an_error(tmp_path: Path, pieces: tuple[bytes, ...]) -> None:
    verbs, _ = _verbs(tmp_path, *pieces)

    assert verbs == ["connect"]


def test_it_skips_and_counts_lines_that_hold_no_event(tmp_path: Path) -> None:
    bad = [b"garbage", b"[1, 2]", b"null", b'{"Type": 3}', b'{"Type": "network"}', b"{" * 5000, b'{"Action": "x"}']

    verbs, skipped = _verbs(tmp_path, _chunk(b"\n".join([*bad, LINE, b""])), b"0\r\n\r\n")

    assert verbs == ["connect"]
    assert skipped == len(bad)


def test_it_gives_up_a_line_without_end(tmp_path: Path) -> None:
    endless = [_chunk(b"x" * 1_000_000)] * 9

    verbs, skipped = _verbs(tmp_path, *endless, _chunk(b"\n" + LINE + b"\n"), b"0\r\n\r\n")

    assert verbs == ["connect"]
    assert skipped >= 1


def test_it_asks_for_the_kinds_and_the_moment_that_it_wants(tmp_path: Path) -> None:
    with (
        ScriptedEngine(tmp_path, _sending()) as engine,
        closing(EngineClient(engine.url, Profile.READ)) as client,
    ):
        client.events(since_nano=1_700_000_000_000_000_042).close()

    target = engine.requests[-1][1]
    assert "since=1700000000.000000042" in target
    assert "%22network%22%2C+%22container%22%2C+%22daemon%22" in target


def test_it_wakes_up_when_another_thread_closes_it(tmp_path: Path) -> None:
    def stay_silent(peer: Peer) -> None:
        peer.send(HEAD)
        peer.hang()

    with (
        ScriptedEngine(tmp_path, stay_silent) as engine,
        closing(EngineClient(engine.url, Profile.READ, timeout_s=0.2)) as client,
    ):
        stream = client.events()
        ended = threading.Event()

        def read() -> None:
            list(stream)
            ended.set()

        reader = threading.Thread(target=read)
        reader.start()
        assert not ended.wait(0.5)  # silence isn't the end, though it lasts longer than a read may
        started = time.monotonic()
        stream.close()
        stream.close()
        reader.join(60)

        assert ended.is_set()
        assert time.monotonic() - started < within(1)


def test_it_ends_with_its_client(tmp_path: Path) -> None:
    def stay_silent(peer: Peer) -> None:
        peer.send(HEAD)
        peer.hang()

    with ScriptedEngine(tmp_path, stay_silent) as engine:
        client = EngineClient(engine.url, Profile.READ)
        stream = client.events()
        client.close()

        assert list(stream) == []


def test_it_does_not_open_where_the_engine_says_no(tmp_path: Path) -> None:
    with (
        ScriptedEngine(tmp_path, lambda peer: peer.answer_json({"message": "page not found"}, 404)) as engine,
        closing(EngineClient(engine.url, Profile.READ)) as client,
        pytest.raises(NotFound, match="page not found"),
    ):
        client.events()


def test_it_does_not_open_where_the_head_never_ends(tmp_path: Path) -> None:
    with (
        ScriptedEngine(tmp_path, lambda peer: peer.trickle(iter([b"HTTP/1.1 200 OK\r\n"] + [b"X: y\r\n"] * 50))) as engine,
        closing(EngineClient(engine.url, Profile.READ, timeout_s=0.1)) as client,
        pytest.raises(EngineError),
    ):
        client.events()
