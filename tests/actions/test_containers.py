"""What people do to containers, against a real Engine: done, refused, denied, late, and always written down."""

from __future__ import annotations

import re

import pytest

from networks.actions.actors import CONSOLE, Actor
from networks.actions.containers import (
    kill_container,
    pause_container,
    remove_container,
    rename_container,
    restart_container,
    start_container,
    stop_container,
    unpause_container,
)
from networks.actions.recording import ActionResult
from networks.models import Action, Container, Engine, OutcomeKind
from tests.private_engine import PrivateEngine, wait_until


def state(container_id: str) -> str:
    return Container.objects.get(docker_id=container_id).state


def test_it_takes_a_container_through_its_life(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    container_id = engine.run("web")
    wait_until(lambda: Container.objects.filter(name="web", has_detail=True).exists(), "web")

    def act(verb: object, name: str = "web", **more: object) -> tuple[bool, bool]:
        result: ActionResult = verb(operator, followed, container_id, name=name, **more)  # type: ignore[operator]
        return result.is_ok, result.is_seen

    assert (act(pause_container), state(container_id)) == ((True, True), "paused")
    assert (act(unpause_container), state(container_id)) == ((True, True), "running")
    assert (act(stop_container, wait_s=1), state(container_id)) == ((True, True), "exited")
    assert (act(start_container), state(container_id)) == ((True, True), "running")
    assert (act(restart_container, wait_s=1), state(container_id)) == ((True, True), "running")
    assert (act(kill_container), state(container_id)) == ((True, True), "exited")
    assert (act(rename_container, new_name="front"), engine.cli("ps", "-a", "--format", "{{.Names}}")) == ((True, True), "front")
    assert act(remove_container, "front") == (True, True)
    assert engine.cli("ps", "-aq") == ""
    assert not Container.objects.filter(docker_id=container_id).exists()

    recorded = list(Action.objects.order_by("pk").values_list("verb", "what", "command"))
    assert recorded[0] == ("pause_container", "web", "docker pause web")
    assert [command for _verb, _what, command in recorded[2:]] == [
        "docker stop -t 1 web",
        "docker start web",
        "docker restart -t 1 web",
        "docker kill web",
        "docker rename web front",
        "docker rm -f -v front",
    ]
    assert set(Action.objects.values_list("docker_id", flat=True)) == {container_id}


def test_it_acts_on_the_container_that_was_meant(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    container_id = engine.run("web")

    result = remove_container(operator, followed, container_id, name="old")

    assert (result.kind, result.sentence) == (
        OutcomeKind.DENIED,
        "This container is called web now; look again before you change it.",
    )
    assert engine.cli("ps", "-q", "--no-trunc") == container_id


@pytest.mark.parametrize("mode", ["host", "container:donor"])
def test_it_takes_more_to_touch_another_stack(engine: PrivateEngine, followed: Engine, operator: Actor, mode: str) -> None:
    engine.run("donor")
    container_id = engine.run("web", "--network", mode)

    result = stop_container(operator, followed, container_id, name="web")

    assert result.kind is OutcomeKind.DENIED
    assert "“shape”" in result.sentence
    assert len(engine.cli("ps", "-q").split()) == 2


def test_it_never_touches_what_is_protected(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    container_id = engine.run("web", "--label", "netadmin.protect=true")

    for act in (stop_container, restart_container, kill_container, pause_container, remove_container):
        result = act(operator, followed, container_id, name="web")  # type: ignore[operator]
        assert (result.kind, "protected" in result.sentence) == (OutcomeKind.DENIED, True)
    assert engine.cli("ps", "-q", "--no-trunc") == container_id


def test_it_restarts_no_guest_that_could_not_start_again(engine: PrivateEngine, followed: Engine) -> None:
    donor = engine.run("donor")
    guest = engine.run("guest", "--network", "container:donor")
    engine.cli("stop", "donor")

    stopped = restart_container(CONSOLE, followed, guest, name="guest")
    engine.cli("rm", "donor")
    gone = restart_container(CONSOLE, followed, guest, name="guest")

    assert (stopped.kind, gone.kind) == (OutcomeKind.DENIED, OutcomeKind.DENIED)
    assert (
        stopped.sentence
        == "guest shares the network of donor, which isn't running: a restart would only stop it. Start donor first."
    )
    assert "was removed" in gone.sentence
    assert engine.cli("ps", "-q", "--no-trunc") == guest
    assert donor


def test_it_says_what_the_engine_refused(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    network_id = engine.cli("network", "create", "n1")
    lost = engine.run("lost", "--network", "n1")
    engine.cli("stop", "lost")
    engine.cli("network", "rm", network_id)
    engine.run("holder", "-p", "8081:80")
    other = engine.cli("create", "--name", "other", "-p", "8081:80", "netadmin-test:1")

    results = {
        "lost": start_container(operator, followed, lost, name="lost"),
        "other": start_container(operator, followed, other, name="other"),
        "taken": rename_container(operator, followed, other, name="other", new_name="holder"),
        "asleep": pause_container(operator, followed, other, name="other"),
    }

    assert {result.kind for result in results.values()} == {OutcomeKind.REFUSED}
    assert re.search("not found|invalid cluster node", results["lost"].sentence)  # the latter after a swarm
    assert "port is already allocated" in results["other"].sentence
    assert "already in use" in results["taken"].sentence
    assert "is not running" in results["asleep"].sentence
