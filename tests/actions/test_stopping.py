"""Stops that take their time, on a real Engine: under way at first, shown as that, and recorded as they were."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from networks.actions.actors import CONSOLE, Actor
from networks.actions.containers import kill_container, remove_container, restart_container, stop_container
from networks.actions.recording import ActionResult, Intent, record_intent
from networks.actions.settling import mark_cut_off, settle_told
from networks.models import Action, Container, Engine, Event, Outcome
from networks.sync.follow.follower import Follower
from networks.sync.supervisor import followers
from tests.private_engine import PrivateEngine, wait_until

STUBBORN = ("sh", "-c", "trap '' TERM; while :; do sleep 1; done")


def run_stubborn(engine: PrivateEngine, name: str, *options: str) -> str:
    """Run a container that SIGTERM doesn't end, and return its id once the snapshot has it."""
    container_id = engine.run(name, "--stop-signal", "TERM", *options, command=STUBBORN)
    wait_until(lambda: Container.objects.filter(docker_id=container_id, state="running", has_detail=True).exists(), name)
    return container_id


def row_of(container_id: str) -> Container:
    return Container.objects.get(docker_id=container_id)


def end_of(result: ActionResult) -> Outcome:
    """Wait for the one outcome of what was under way."""
    wait_until(lambda: Outcome.objects.filter(action_id=result.action_id).exists(), "its outcome", deadline_s=20)
    return Outcome.objects.get(action_id=result.action_id)


def test_it_is_under_way_until_the_container_has_ended(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    container_id = run_stubborn(engine, "slow")

    result = stop_container(operator, followed, container_id, name="slow", wait_s=3)

    assert (result.is_ok, result.is_under_way, result.is_seen) == (False, True, True)
    assert not Outcome.objects.exists()
    row = row_of(container_id)
    assert (row.state, row.stopping, row.killed_at) == ("running", "stop", Action.objects.get().at + timedelta(seconds=3))
    end = end_of(result)
    assert (end.kind, 3000 <= end.duration_ms < 8000) == ("ok", True)
    wait_until(lambda: row_of(container_id).state == "exited", "the end")
    wait_until(lambda: row_of(container_id).ending, "who ended it")
    row = row_of(container_id)
    assert (row.exit_code, row.ending, row.stopping, row.killed_at) == (137, "asked", "", None)


def test_it_is_under_way_until_the_container_has_started_again(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    container_id = run_stubborn(engine, "slow")
    started_at = row_of(container_id).started_at

    result = restart_container(operator, followed, container_id, name="slow", wait_s=2)

    assert result.is_under_way
    assert row_of(container_id).stopping == "restart"
    end = end_of(result)
    assert (end.kind, end.duration_ms >= 2000) == ("ok", True)
    wait_until(lambda: row_of(container_id).started_at not in (None, started_at), "the new start")
    row = row_of(container_id)
    assert (row.state, row.stopping, row.killed_at) == ("running", "", None)


@pytest.mark.parametrize("act", [kill_container, remove_container])
def test_it_ends_with_a_kill_in_between(engine: PrivateEngine, followed: Engine, operator: Actor, act: object) -> None:
    container_id = run_stubborn(engine, "slow")
    stopping = stop_container(operator, followed, container_id, name="slow", wait_s=60)

    killing = act(operator, followed, container_id, name="slow")  # type: ignore[operator]

    assert killing.is_ok
    end = end_of(stopping)
    assert end.duration_ms < 20_000
    assert end.kind == "ok"
    assert not Container.objects.filter(docker_id=container_id, state="running").exists()


def test_it_says_nothing_of_a_signal_that_is_no_stop_of_ours(engine: PrivateEngine, followed: Engine) -> None:
    container_id = run_stubborn(engine, "slow")
    revision = row_of(container_id).revision

    engine.cli("kill", "--signal", "TERM", "slow")
    followers[followed.slug].look((container_id,)).wait(5)

    assert (row_of(container_id).stopping, row_of(container_id).revision) == ("", revision)


def test_it_knows_of_a_stop_after_another_process_took_over(engine: PrivateEngine, followed: Engine, tmp_path: Path) -> None:
    container_id = run_stubborn(engine, "slow")
    stop_container(CONSOLE, followed, container_id, name="slow", wait_s=5)
    assert row_of(container_id).stopping == "stop"

    followers.pop(followed.slug).stop()
    followers[followed.slug] = Follower(followed, tmp_path)
    followers[followed.slug].start()

    wait_until(lambda: row_of(container_id).state == "exited", "the end")
    wait_until(lambda: row_of(container_id).ending == "asked", "who ended it")
    assert row_of(container_id).stopping == ""


def test_it_forgets_a_stop_that_never_came_to_an_end(engine: PrivateEngine, followed: Engine) -> None:
    container_id = run_stubborn(engine, "slow")
    Action.objects.create(
        at=timezone.now() - timedelta(seconds=90),
        who="olga",
        engine_slug=followed.slug,
        verb="stop_container",
        docker_id=container_id,
        asked={"wait_s": 10},
    )

    engine.cli("kill", "--signal", "TERM", "slow")
    followers[followed.slug].look(()).wait(5)

    assert row_of(container_id).stopping == ""


def test_it_says_when_the_first_of_two_stops_kills_it(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    container_id = run_stubborn(engine, "slow")

    stops = [stop_container(operator, followed, container_id, name="slow", wait_s=wait_s) for wait_s in (8, 30)]

    first = Action.objects.get(pk=stops[0].action_id)
    assert [stop.is_under_way for stop in stops] == [True, True]
    assert row_of(container_id).killed_at == first.at + timedelta(seconds=8)
    assert [end_of(stop).kind for stop in stops] == ["ok", "ok"]
    wait_until(lambda: row_of(container_id).stopping == "", "the row to know of the end")


def test_it_takes_the_end_of_a_stop_from_the_engine_where_its_process_is_gone(engine: PrivateEngine, followed: Engine) -> None:
    container_id = run_stubborn(engine, "slow")
    asked = {"at": timezone.now(), "who": "olga", "engine_slug": followed.slug, "docker_id": container_id, "asked": {"wait_s": 2}}
    stop = Action.objects.create(verb="stop_container", **asked)
    restart = Action.objects.create(verb="restart_container", **asked)

    engine.cli("stop", "-t", "2", "slow")
    told = Event.objects.filter(container_id=container_id, verb="stop")
    wait_until(told.exists, "the event")

    assert settle_told([followed.slug], now=timezone.now()) == 0  # whoever asked may be about to write it down
    assert settle_told([followed.slug], now=timezone.now() + timedelta(seconds=6)) == 1
    end = Outcome.objects.get()
    assert (end.action_id, end.kind, 2000 <= end.duration_ms < 10_000) == (stop.pk, "ok", True)
    assert end.sentence == "The Engine told of it when it was done."
    assert settle_told([followed.slug], now=timezone.now() + timedelta(seconds=6)) == 0
    assert not Outcome.objects.filter(action_id=restart.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_it_calls_no_stop_cut_off_that_may_be_under_way_elsewhere() -> None:
    asked = Intent("stop_container", "slow", "a" * 64, asked={"wait_s": 50})
    record_intent(CONSOLE, "local", asked)
    Action.objects.create(at=timezone.now(), who="x", engine_slug="local", verb="stop_container", asked={"wait_s": 50})
    at = timezone.now()

    mark_cut_off(["local"], after=0, now=at + timedelta(seconds=100))
    assert not Outcome.objects.exists()
    mark_cut_off(["local"], after=0, now=at + timedelta(seconds=111))
    assert Outcome.objects.get().kind == "unknown"
