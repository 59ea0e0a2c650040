"""Events, Docker's and Podman's, of old and of new Engines."""

from __future__ import annotations

import json
from typing import Any

import pytest

from networks.engine.facts import EventFact
from networks.engine.parsing.events import MAX_ATTRIBUTES, MAX_CHARACTERS, parse_event, read_event

CONTAINER = "a" * 64
NETWORK = "b" * 64


def _event(**members: Any) -> EventFact:
    event = parse_event(json.dumps(members).encode())
    assert event is not None
    return event


def test_it_reads_a_connect() -> None:
    event = _event(
        Type="network",
        Action="connect",
        Actor={"ID": NETWORK, "Attributes": {"container": CONTAINER, "name": "n1", "type": "bridge"}},
        scope="local",
        time=1_700_000_000,
        timeNano=1_700_000_000_123_456_789,
    )

    assert event == EventFact(
        kind="network",
        verb="connect",
        actor_id=NETWORK,
        actor_name="n1",
        time_nano=1_700_000_000_123_456_789,
        attributes={"name": "n1", "container": CONTAINER, "type": "bridge"},
    )
    assert (event.network_id, event.container_id) == (NETWORK, CONTAINER)


def test_it_reads_an_event_of_an_old_engine() -> None:
    event = _event(status="start", id=CONTAINER, Type="container", time=1_700_000_000)

    assert (event.verb, event.actor_id, event.time_nano) == ("start", CONTAINER, 1_700_000_000_000_000_000)


@pytest.mark.parametrize(
    ("action", "verb"),
    [
        ("exec_create: sh -c 'echo $PASSWORD'", "exec_create"),
        ("exec_start:sh", "exec_start"),
        ("health_status: healthy", "health_status"),
        ("die", "die"),
        ("died", "die"),
        ("remove", "destroy"),
        ("x" * 300, "x" * 80),
    ],
)
def test_it_cuts_command_lines_off_the_verb_and_speaks_dockers_words(action: str, verb: str) -> None:
    assert _event(Type="container", Action=action, Actor={"ID": CONTAINER}).verb == verb


def test_it_reads_podmans_connect_where_the_actor_is_the_container() -> None:
    event = _event(Type="network", Action="connect", Actor={"ID": CONTAINER, "Attributes": {"network": "podnet"}})

    assert (event.container_id, event.network_id, event.actor_name) == (CONTAINER, "", "podnet")


def test_it_keeps_few_attributes_and_the_telling_ones_before_any_label() -> None:
    labels = {f"a-label-{number:05}": "x" * 5000 for number in range(20_000)}

    event = _event(
        Type="container",
        Action="die",
        Actor={"ID": CONTAINER, "Attributes": {**labels, "name": "web", "exitCode": "137", "number": 3}},
    )

    assert len(event.attributes) == MAX_ATTRIBUTES
    assert (event.attributes["exitCode"], event.actor_name) == ("137", "web")
    assert max(map(len, event.attributes.values())) == MAX_CHARACTERS


@pytest.mark.parametrize("container", ["../containers/victim", "web", "", 3, None])
def test_it_takes_nothing_but_a_full_id_for_a_container(container: Any) -> None:
    event = _event(Type="network", Action="connect", Actor={"ID": NETWORK, "Attributes": {"container": container}})

    assert event.container_id == ""


@pytest.mark.parametrize(
    "answer",
    [None, [], 3, {}, {"Type": "network"}, {"Action": "x"}, {"Type": 3, "Action": "x"}, {"Type": "a", "Action": ":x"}],
)
def test_it_takes_nothing_without_a_kind_and_a_verb_for_an_event(answer: Any) -> None:
    assert read_event(answer) is None


@pytest.mark.parametrize("nano", [-1, 2**63, "1", 1.5, None, True])
def test_it_does_not_believe_any_clock(nano: Any) -> None:
    assert _event(Type="daemon", Action="reload", timeNano=nano).time_nano == 0
