"""No answer to a change: its outcome is unknown, it is never asked again, and the next read settles it."""

from __future__ import annotations

from pathlib import Path

from networks.actions.actors import CONSOLE
from networks.actions.networks import create_network, remove_network
from networks.engine.specs import NetworkSpec
from networks.models import Action, Engine, Network, Outcome, OutcomeKind
from tests.actions.swallowing import SwallowingSocket
from tests.private_engine import PrivateEngine
from tests.refused_rows import full_disk


def kinds(action_id: int) -> list[str]:
    return list(Outcome.objects.filter(action_id=action_id).values_list("kind", flat=True))


def test_it_learns_from_the_next_read_that_it_was_done(engine: PrivateEngine, followed: Engine, tmp_path: Path) -> None:
    with SwallowingSocket(tmp_path / "s", engine.socket, passes_changes=True) as between:
        followed.url = between.url
        made = create_network(CONSOLE, followed, NetworkSpec("front"))
        docker_id = Network.objects.get(name="front").docker_id
        removed = remove_network(CONSOLE, followed, docker_id, name="front")

    assert between.swallowed == 2
    assert [made.kind, removed.kind] == [OutcomeKind.OK, OutcomeKind.OK]
    assert kinds(made.action_id) == kinds(removed.action_id) == ["unknown", "ok"]
    assert not Network.objects.filter(name="front").exists()


def test_it_stays_unknown_and_is_asked_once(engine: PrivateEngine, followed: Engine, tmp_path: Path) -> None:
    with SwallowingSocket(tmp_path / "s", engine.socket, passes_changes=False) as between:
        followed.url = between.url
        result = create_network(CONSOLE, followed, NetworkSpec("front"))

    assert between.swallowed == 1
    assert (result.kind, kinds(result.action_id)) == (OutcomeKind.UNKNOWN, ["unknown"])
    assert not engine.cli("network", "ls", "-q", "--filter", "name=front")


def test_it_does_nothing_when_the_intent_can_not_be_written(engine: PrivateEngine, followed: Engine) -> None:
    with full_disk(Action._meta.db_table):
        result = create_network(CONSOLE, followed, NetworkSpec("front"))

    assert (result.kind, result.action_id) == (OutcomeKind.FAILED, 0)
    assert "database is full" in result.sentence
    assert not engine.cli("network", "ls", "-q", "--filter", "name=front")
