"""What an event makes us look at, and how."""

from __future__ import annotations

import pytest

from networks.engine.facts import ContainerFact, EventFact
from networks.sync.follow.event_effects import MOST_SINGLE_READS, marks_of

WEB, FRONT = "1" * 64, "a" * 64
RUNNING = {WEB: ContainerFact(WEB, "web", "busybox", "", "sh", "running", None, "bridge")}


def event(verb: str, *, kind: str = "container", actor_id: str = WEB, **attributes: str) -> EventFact:
    return EventFact(kind=kind, verb=verb, actor_id=actor_id, actor_name="web", time_nano=1, attributes=attributes)


@pytest.mark.parametrize("verb", ["create", "die", "stop", "kill", "restart"])
def test_it_lists_what_docker_may_hold(verb: str) -> None:
    assert marks_of([event(verb)], {}).listed == {WEB}


@pytest.mark.parametrize("verb", ["start", "pause", "unpause", "rename", "update", "health_status", "destroy"])
def test_it_inspects_what_the_list_may_have_missed(verb: str) -> None:
    assert marks_of([event(verb)], {}).inspected == {WEB}


def test_it_waits_for_the_start_of_a_container_that_is_connected_before_it_runs() -> None:
    marks = marks_of([event("connect", kind="network", actor_id=FRONT, container=WEB)], {})

    assert (marks.later, marks.inspected, marks.networks) == ({WEB}, set(), set())


def test_it_inspects_a_running_container_that_is_connected() -> None:
    assert marks_of([event("connect", kind="network", actor_id=FRONT, container=WEB)], RUNNING).inspected == {WEB}


def test_it_looks_at_a_network_that_came() -> None:
    assert marks_of([event("create", kind="network", actor_id=FRONT)], {}).networks == {FRONT}


def test_it_passes_over_what_changes_nothing() -> None:
    assert len(marks_of([event("exec_start"), event("exec_die")], RUNNING)) == 0


def test_it_reads_everything_when_too_much_happened() -> None:
    events = [event("die", actor_id=f"{number:064x}") for number in range(MOST_SINGLE_READS + 1)]

    assert marks_of(events, {}).is_everything
