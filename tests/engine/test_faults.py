"""An ill Engine: every call ends by its deadline, with the right error and nothing else."""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from networks.engine.allow_list import Profile, plain_path
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError, ProtocolFault, Refused, TimedOut, Unreachable
from networks.engine.specs import NetworkSpec
from tests.engine.every_call import CHANGES, READS
from tests.engine.scripted_engine import Peer, ScriptedEngine
from tests.patience import within

PATIENT_S = 10.0  # for faults that show at once: a busy machine must not turn them into time-outs
HASTY_S = 0.08  # for faults that only a deadline ends
GRACE_S = within(1.0)

CALLS = READS | CHANGES


def _reset(peer: Peer) -> None:
    peer.hang_up()


def _refuse(peer: Peer) -> None:
    peer.answer_json({"message": "the disk is on fire"}, 500)


def _html_500(peer: Peer) -> None:
    peer.answer(500, b"<html>Bad gateway</html>", "text/html")


def _html_200(peer: Peer) -> None:
    peer.answer(200, b"<html>Please log in</html>", "text/html")


def _garbage(peer: Peer) -> None:
    peer.send(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
    peer.hang_up()


def _cut_body(peer: Peer) -> None:
    peer.send(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[{"Id":')
    peer.hang_up()


def _cut_chunk(peer: Peer) -> None:
    peer.send(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n[{"Id":')
    peer.hang_up()


def _cut_between_chunks(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n")
    peer.hang_up()


def _corrupt_json(peer: Peer) -> None:
    peer.answer(200, b'{"Id": "aaa", }')


def _redirect(peer: Peer) -> None:
    peer.answer(302, b"", "text/html", "Location: /v1.45/containers/victim")


def _long_header(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n")
    peer.hang_up()


def _trickle_head(peer: Peer) -> None:
    peer.trickle(itertools.chain([b"HTTP/1.1 200 OK\r\n"], itertools.repeat(b"X: y\r\n", 90), itertools.repeat(b"X")))


def _trickle_body(peer: Peer) -> None:
    peer.trickle(itertools.chain([b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"], itertools.repeat(b" ")))


def _trickle_chunks(peer: Peer) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    peer.trickle(itertools.chain([head], itertools.repeat(b"1\r\n \r\n")))


FAULTS: dict[str, tuple[Callable[[Peer], None], type[EngineError], type[EngineError]]] = {
    # fault: how the peer behaves, what a read raises, what a change raises
    "hang": (Peer.hang, TimedOut, TimedOut),
    "reset": (_reset, Unreachable, ProtocolFault),
    "500": (_refuse, Refused, Refused),
    "500 html": (_html_500, ProtocolFault, ProtocolFault),
    "200 html": (_html_200, ProtocolFault, ProtocolFault),
    "garbage": (_garbage, ProtocolFault, ProtocolFault),
    "cut body": (_cut_body, ProtocolFault, ProtocolFault),
    "cut chunk": (_cut_chunk, ProtocolFault, ProtocolFault),
    "cut between chunks": (_cut_between_chunks, ProtocolFault, ProtocolFault),
    "corrupt json": (_corrupt_json, ProtocolFault, ProtocolFault),
    "redirect": (_redirect, ProtocolFault, ProtocolFault),
    "long header": (_long_header, ProtocolFault, ProtocolFault),
    "trickled head": (_trickle_head, TimedOut, TimedOut),
    "trickled body": (_trickle_body, TimedOut, TimedOut),
    "trickled chunks": (_trickle_chunks, TimedOut, TimedOut),
}
# What follows the head of an event stream is the stream's own affair: see test_stream.py.
OPENS_A_STREAM = {
    *("200 html", "cut body", "cut chunk", "cut between chunks", "corrupt json", "trickled body", "trickled chunks")
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("call", "fault"),
    [(call, fault) for call in CALLS for fault in FAULTS if call != "events" or fault not in OPENS_A_STREAM],
)
def test_it_ends_by_the_deadline_with_the_right_error(tmp_path: Path, call: str, fault: str) -> None:
    behaviour, read_error, change_error = FAULTS[fault]
    profile, act = CALLS[call]

    timeout_s = HASTY_S if read_error is TimedOut else PATIENT_S

    with (
        ScriptedEngine(tmp_path, behaviour) as engine,
        closing(EngineClient(engine.url, profile, timeout_s=timeout_s)) as client,
    ):
        started = time.monotonic()
        with pytest.raises(EngineError) as raised:
            act(client)
        took_s = time.monotonic() - started

    error = raised.value
    assert isinstance(error, change_error if call in CHANGES else read_error), error.sentence
    assert took_s <= (3 if call in CHANGES else 1) * HASTY_S + GRACE_S
    assert error.sentence
    assert error.request.startswith(("GET /", "POST /", "DELETE /"))
    assert error.duration_ms > 0
    if isinstance(error, TimedOut):  # on a busy machine the time may be over before the request is written: then nobody heard it
        assert error.was_sent or error.request not in {f"{method} {plain_path(target)}" for method, target in engine.requests}


@pytest.mark.parametrize("fault", ["hang", "reset", "500 html", "garbage", "cut body", "corrupt json", "trickled body"])
def test_it_survives_the_same_while_it_negotiates(tmp_path: Path, fault: str) -> None:
    behaviour, error, _ = FAULTS[fault]

    timeout_s = HASTY_S if error is TimedOut else PATIENT_S

    with (
        ScriptedEngine(tmp_path, Peer.hang, version=behaviour) as engine,
        closing(EngineClient(engine.url, Profile.NETWORK, timeout_s=timeout_s)) as client,
        pytest.raises(error),
    ):
        client.create_network(NetworkSpec("n"))

    assert {target for _, target in engine.requests} == {"/version"}


@pytest.mark.parametrize("call", CALLS)
def test_it_says_that_nobody_answers_where_there_is_no_socket(tmp_path: Path, call: str) -> None:
    profile, act = CALLS[call]

    with pytest.raises(Unreachable, match="No such file"):
        act(EngineClient(f"unix://{tmp_path}/none.sock", profile))


def test_it_says_that_nobody_answers_where_nobody_listens(tmp_path: Path) -> None:
    path = tmp_path / "left.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))

    with pytest.raises(Unreachable, match="refused"):
        EngineClient(f"unix://{path}", Profile.READ).ping()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("call", CALLS)
def test_it_ends_by_the_deadline_where_nobody_accepts(tmp_path: Path, call: str) -> None:
    profile, act = CALLS[call]
    path = tmp_path / "half-open.sock"

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(4)
        client = EngineClient(f"unix://{path}", profile, timeout_s=0.1)
        started = time.monotonic()
        with pytest.raises(TimedOut):
            act(client)

    assert time.monotonic() - started < 0.3 + GRACE_S


@pytest.mark.sampled(3)
@pytest.mark.parametrize("call", sorted(set(CALLS) - {"ping"}))
@pytest.mark.parametrize("answer", ["null", "0", '"text"', "[]", "{}", "[null]", '[{"Id": 3}]', '{"Id": ["x"]}'])
def test_it_lets_only_engine_errors_out_whatever_the_json(tmp_path: Path, call: str, answer: str) -> None:
    profile, act = CALLS[call]

    with (
        ScriptedEngine(tmp_path, lambda peer: peer.answer(200, answer.encode())) as engine,
        closing(EngineClient(engine.url, profile)) as client,
        suppress(ProtocolFault),
    ):
        act(client)
