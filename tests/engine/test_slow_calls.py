"""A call that takes an Engine longer than its budget is said in the log, and one within it isn't."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from networks.engine import slow_log
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.slow_log import AGAIN_AFTER_S, SlowLog
from networks.engine.transport.slow_calls import slow_engine_calls
from tests.engine.scripted_engine import Peer, ScriptedEngine

ID = "ab" * 32


@pytest.fixture(autouse=True)
def budget(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hear every line, with a budget of 50 ms, and leave things as they were."""
    monkeypatch.setattr(slow_log, "log", slow_log.structlog.get_logger("heard"))
    monkeypatch.setattr(slow_engine_calls, "_said", {})
    before = slow_engine_calls.budget_ms
    slow_engine_calls.configure(50)
    yield
    slow_engine_calls.budget_ms = before


def heard_of(folder: Path, waits_s: float, profile: Profile, act: Any) -> list[Any]:
    """Return what is said while `act` asks an Engine that thinks for so long about everything but its version."""

    def answer(peer: Peer) -> None:
        peer.stopping.wait(waits_s)
        peer.answer(204 if peer.method == "POST" else 404, b"" if peer.method == "POST" else b'{"message": "none"}')

    with ScriptedEngine(folder, answer) as engine, capture_logs() as heard:
        client = EngineClient(engine.url, profile, timeout_s=0.5)
        act(client)
        client.close()
    return [each for each in heard if each["event"] == "engine_call_slow"]


def ask(client: EngineClient) -> None:
    with pytest.raises(Exception, match="none"):
        client.inspect_container(ID)


def test_it_says_which_call_was_slow_and_what_its_budget_is(tmp_path: Path) -> None:
    (said,) = heard_of(tmp_path, 0.1, Profile.READ, ask)

    assert said["what"] == "GET /containers/{id}/json"
    assert said["path"] == f"/containers/{ID}/json"
    assert said["budget_ms"] == 50
    assert 100 <= said["duration_ms"] < 500
    assert said["url"] == f"unix://{tmp_path}/scripted.sock"


def test_it_says_nothing_of_what_is_in_time(tmp_path: Path) -> None:
    slow_engine_calls.configure(5000)

    assert heard_of(tmp_path, 0.1, Profile.READ, ask) == []


def test_it_says_nothing_where_the_budget_is_0(tmp_path: Path) -> None:
    slow_engine_calls.configure(0)

    assert heard_of(tmp_path, 0.1, Profile.READ, ask) == []


@pytest.mark.parametrize(("waits_s", "count"), [(0.1, 0), (0.9, 1)])
def test_it_lets_a_change_take_half_of_the_time_that_it_is_given(tmp_path: Path, waits_s: float, count: int) -> None:
    """1.5 s, by three times the time-out of a read."""
    said = heard_of(tmp_path, waits_s, Profile.RUN, lambda client: client.pause_container(ID))

    assert [(each["what"], each["budget_ms"]) for each in said] == [("POST /containers/{id}/pause", 750)] * count


def test_it_says_each_kind_once_in_a_while_and_how_often_it_came_besides() -> None:
    now = [0.0]
    slow = SlowLog("query_slow", clock=lambda: now[0])
    with capture_logs() as heard:
        for kind in ("a", "a", "b", "a"):
            slow.note(kind, 700.4, 500)
        now[0] = AGAIN_AFTER_S
        slow.note("a", 900, 500)

    assert [(each["what"], each["duration_ms"], each["left_out"]) for each in heard] == [
        ("a", 700, 0),
        ("b", 700, 0),
        ("a", 900, 2),
    ]
