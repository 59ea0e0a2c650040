"""Terminals of a process that was killed, as the next start finds them on a real Engine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from networks.actions.actors import Actor
from networks.actions.clients import open_client
from networks.actions.recording import Intent, record_intent
from networks.actions.terminals import left
from networks.actions.terminals.left import LeftTerminals
from networks.actions.terminals.open_terminals import Noted, OpenTerminals, take_left
from networks.engine.allow_list import Profile
from networks.engine.specs import ExecSpec, ScreenSize
from networks.models import Action, Engine, Outcome
from tests.private_engine import PrivateEngine, wait_until

TINA = Actor("tina", 7, "192.0.2.7")


def leave_one(engine: Engine, container_id: str, folder: Path, *command: str) -> Noted:
    """Open a terminal without a sentinel, note it, and forget it, as a process does that is killed."""
    action_id = record_intent(TINA, engine.slug, Intent("open_terminal", "web", container_id))
    spec = ExecSpec(container_id, command, mark=f"mark{action_id}")
    client = open_client(engine, Profile.TERMINAL)
    exec_id = client.create_exec(spec)
    stream = client.open_terminal(exec_id, ScreenSize())
    wait_until(lambda: client.inspect_exec(exec_id).is_running, "its process")
    stream.close()
    client.close()
    return leave(folder, Noted(action_id, exec_id, spec.mark, command[0], ""))


def leave(folder: Path, noted: Noted) -> Noted:
    ledger = OpenTerminals()
    ledger.note(noted, folder)
    os.close(ledger._descriptor)  # as the kernel does
    return noted


def end_left(folder: Path, *, asked_for_s: float = 0.0) -> list[tuple[str, str, str]]:
    """End what was left, and return of each close why, how the process ended, and the outcome."""
    thread = LeftTerminals(folder, asked_for_s=asked_for_s)
    thread.start()
    thread.join(20)
    closes = Action.objects.filter(verb="close_terminal").order_by("pk")
    return [(one.asked["why"], one.asked["process"], Outcome.objects.get(action_id=one.pk).kind) for one in closes]


def sleeps(engine: PrivateEngine) -> int:
    return engine.cli("top", "web", "-o", "pid,args").count("sleep 4321")


@pytest.mark.parametrize(("is_far", "how"), [(False, "from the host"), (True, "from within the container")])
def test_it_ends_what_goes_on(
    engine: PrivateEngine, followed: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_far: bool, how: str
) -> None:
    if is_far:
        monkeypatch.setattr(left, "prove", lambda *_: None)
    noted = leave_one(followed, engine.run("web", "--init"), tmp_path, "sleep", "4321")
    wait_until(lambda: sleeps(engine) == 1, "what goes on")

    assert end_left(tmp_path) == [("killed", how, "ok")]

    assert sleeps(engine) == 0
    row = Action.objects.get(verb="close_terminal")
    assert (row.who, row.user_id, row.what, row.asked["opened_by"]) == ("tina", 7, "web", noted.action_id)
    assert "was ended at the next start" in Outcome.objects.get(action_id=row.pk).sentence
    assert list((tmp_path / "terminals").iterdir()) == []


def test_it_says_that_nobody_knows_where_the_engine_does_not(engine: PrivateEngine, followed: Engine, tmp_path: Path) -> None:
    leave_one(followed, engine.run("web", "--init"), tmp_path, "sleep", "4321")
    Engine.objects.filter(pk=followed.pk).update(url="unix:///nowhere/docker.sock")

    assert end_left(tmp_path) == [("killed", "not known", "unknown")]


def test_it_writes_no_close_twice_and_reads_no_half_file(followed: Engine, tmp_path: Path) -> None:
    action_id = record_intent(TINA, followed.slug, Intent("open_terminal", "web", "0" * 64))
    record_intent(TINA, followed.slug, Intent("close_terminal", "web", "0" * 64, asked={"opened_by": action_id}))
    leave(tmp_path, Noted(action_id, "0" * 64, "mark", "sh", ""))
    (tmp_path / "terminals" / "half.open").write_text('[{"action_id": 1, "exec')

    thread = LeftTerminals(tmp_path)
    thread.start()
    thread.join(20)

    assert Action.objects.filter(verb="close_terminal").count() == 1
    assert list((tmp_path / "terminals").iterdir()) == []


def test_it_leaves_alone_what_a_living_process_has_open(tmp_path: Path) -> None:
    ledger = OpenTerminals()
    ledger.note(Noted(1, "a" * 64, "mark", "sh", ""), tmp_path)
    ledger.note(Noted(2, "b" * 64, "mark", "sh", ""), tmp_path)

    with take_left(tmp_path) as found:
        assert found == []

    ledger.strike(1)
    assert len(list((tmp_path / "terminals").iterdir())) == 1
    ledger.strike(2)
    assert list((tmp_path / "terminals").iterdir()) == []
    leave(tmp_path, Noted(3, "c" * 64, "mark", "sh", ""))
    with take_left(tmp_path) as found:
        assert [noted.action_id for noted in found] == [3]
        with take_left(tmp_path) as taken:
            assert taken == [], "one taker at a time"
