"""The pages of a swarm as the snapshot has it: who sees what, what is asked again, and what stands in no answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from networks.models import Engine, EngineStatus, Grant, Role
from networks.queries.swarm import read_standings, same_swarm
from tests.builders import make_id

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = "a" * 25, "b" * 25, "c" * 25
TOKEN = f"SWMTKN-1-{'1' * 50}-{'2' * 25}"


def node(node_id: str, address: str, role: str = "worker") -> dict[str, Any]:
    words = {"hostname": f"host-{node_id[0]}", "availability": "active", "state": "ready", "version": "26.1.5"}
    return {"node_id": node_id, "role": role, "address": address, "is_leader": False, "reachability": "", **words}


@pytest.fixture
def swarm() -> tuple[Engine, Engine]:
    """Make two Engines of a swarm of three nodes."""
    engines = tuple(Engine.objects.create(slug=slug, name=slug.title(), url="unix:///nowhere") for slug in ("first", "second"))
    nodes = [node(FIRST, "192.0.2.1", "manager"), node(SECOND, "192.0.2.2"), node(THIRD, "192.0.2.3")]
    member = {"swarm_state": "active", "state": "live"}
    EngineStatus.objects.create(
        engine=engines[0],
        swarm_node_id=FIRST,
        swarm_address="192.0.2.1",
        is_swarm_manager=True,
        swarm_nodes=nodes,
        swarm_managers=["192.0.2.1:2377"],
        **member,
    )
    EngineStatus.objects.create(engine=engines[1], swarm_node_id=SECOND, swarm_address="192.0.2.2", **member)
    return engines[0], engines[1]


def browser_of(name: str, **roles: str) -> Client:
    person = User.objects.create_user(name, password="x")
    for slug, role in roles.items():
        Grant.objects.create(user=person, engine=Engine.objects.get(slug=slug), role=role)
    browser = Client()
    browser.force_login(person)
    return browser


def test_it_tells_which_node_is_which_engine_to_those_alone_who_may_see_it(swarm: tuple[Engine, Engine]) -> None:
    both = browser_of("ada", first=Role.VIEWER, second=Role.VIEWER).get("/engines/first/swarm/").content.decode()
    one = browser_of("bob", first=Role.VIEWER).get("/engines/first/swarm/").content.decode()

    assert both.count("not known here") == 1
    assert '<a href="/engines/second/swarm/">Second</a>' in both
    assert one.count("not known here") == 2
    assert "Second" not in one


def test_it_shows_a_worker_the_nodes_that_another_engine_tells_of(swarm: tuple[Engine, Engine]) -> None:
    both = browser_of("ada", first=Role.VIEWER, second=Role.VIEWER).get("/engines/second/swarm/").content.decode()
    one = browser_of("bob", second=Role.VIEWER).get("/engines/second/swarm/").content.decode()

    assert "host-c" in both
    assert "according to First" in both
    assert "host-c" not in one
    assert "Only managers know the nodes" in one


def test_it_asks_for_the_password_before_it_shows_a_token(swarm: tuple[Engine, Engine]) -> None:
    answer = browser_of("ada", first=Role.ADMIN).post("/engines/first/swarm/token/", {"role": "worker"})

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")


def test_it_never_gives_back_a_token_that_was_typed(swarm: tuple[Engine, Engine]) -> None:
    EngineStatus.objects.filter(engine=swarm[1]).update(swarm_state="inactive", swarm_node_id="")
    browser = browser_of("ada", second=Role.ADMIN)
    typed = {"by": "token", "token": TOKEN, "remote_address": "no/address", "advertise_address": ""}

    answers = [browser.post("/engines/second/swarm/join/", {**typed, **more}) for more in ({}, {"preview": "1"}, {"show": "api"})]

    assert [answer.status_code for answer in answers] == [422, 200, 422]
    assert not [answer for answer in answers if TOKEN in answer.content.decode()]
    assert answers[0].headers["Cache-Control"].find("no-store") >= 0


def test_it_offers_the_swarm_of_no_engine_that_one_may_not_shape(swarm: tuple[Engine, Engine]) -> None:
    EngineStatus.objects.filter(engine=swarm[1]).update(swarm_state="inactive", swarm_node_id="")
    browser = browser_of("ada", first=Role.OPERATOR, second=Role.ADMIN)

    page = browser.get("/engines/second/swarm/join/").content.decode()
    forged = browser.post("/engines/second/swarm/join/", {"by": "known", "manager": "first", "role": "worker"})

    assert 'name="manager"' not in page
    assert forged.status_code == 422


def test_it_says_what_the_last_one_takes_away(swarm: tuple[Engine, Engine]) -> None:
    page = browser_of("ada", first=Role.ADMIN).get("/engines/first/swarm/leave/").content.decode()

    assert "It is the last manager: the swarm ends with it" in page
    assert "docker swarm leave --force" in page


def test_it_finds_no_overlay_network_where_there_is_none(swarm: tuple[Engine, Engine]) -> None:
    browser = browser_of("ada", first=Role.VIEWER)

    assert browser.get(f"/networks/first/{make_id('nothing')}/swarm/").status_code == 404


def test_it_takes_engines_for_one_swarm_by_its_nodes(swarm: tuple[Engine, Engine]) -> None:
    standings = read_standings(["first", "second"])

    assert [each.place.slug for each in same_swarm(standings, "second")] == ["first", "second"]
    assert [each.place.slug for each in same_swarm({"second": standings["second"]}, "second")] == ["second"]


def test_it_opens_the_join_form_without_a_fault_and_with_a_swarm_chosen(swarm: tuple[Engine, Engine]) -> None:
    EngineStatus.objects.filter(engine=swarm[1]).update(swarm_state="inactive", swarm_node_id="")
    browser = browser_of("ada", first=Role.ADMIN, second=Role.ADMIN)

    page = browser.get("/engines/second/swarm/join/").content.decode()
    empty = browser.post("/engines/second/swarm/join/", {"by": "known", "manager": "", "role": "worker"})

    assert "This field is required" not in page
    assert 'aria-invalid="true"' not in page
    assert '<option value="first" selected>' in page
    assert "192.0.2.1:2377" in page  # of the chosen swarm, in the command
    assert empty.status_code == 422
    assert "Choose the swarm to join." in empty.content.decode()


def test_it_opens_the_form_for_a_token_without_a_fault(swarm: tuple[Engine, Engine]) -> None:
    EngineStatus.objects.filter(engine=swarm[1]).update(swarm_state="inactive", swarm_node_id="")

    page = browser_of("ada", second=Role.ADMIN).get("/engines/second/swarm/join/?by=token").content.decode()

    assert 'aria-invalid="true"' not in page


def test_it_offers_to_remove_only_a_worker_that_is_down(swarm: tuple[Engine, Engine]) -> None:
    status = EngineStatus.objects.get(engine=swarm[0])
    states = {FIRST: ("manager", "ready"), SECOND: ("worker", "ready"), THIRD: ("worker", "down"), "d" * 25: ("manager", "down")}
    status.swarm_nodes = [node(key, "192.0.2.9", role) | {"state": state} for key, (role, state) in states.items()]
    status.save()

    page = browser_of("ada", first=Role.ADMIN).get("/engines/first/swarm/").content.decode()
    operator = browser_of("bob", first=Role.OPERATOR).get("/engines/first/swarm/").content.decode()

    assert [key for key in states if f"/swarm/nodes/{key}/remove/" in page] == [THIRD]
    assert "/swarm/nodes/" not in operator


@pytest.mark.parametrize(
    ("node_id", "role", "state", "sentence"),
    [
        (THIRD, "worker", "ready", "The node is not down: Docker refuses to remove it"),
        (THIRD, "manager", "down", "The node is a manager: Docker refuses to remove it"),
        ("e" * 25, "worker", "down", "The swarm's list has no such node"),
    ],
)
def test_it_says_why_a_node_stays(swarm: tuple[Engine, Engine], node_id: str, role: str, state: str, sentence: str) -> None:
    status = EngineStatus.objects.get(engine=swarm[0])
    status.swarm_nodes = [node(FIRST, "192.0.2.1", "manager"), node(THIRD, "192.0.2.3", role) | {"state": state}]
    status.save()
    address = f"/engines/first/swarm/nodes/{node_id}/remove/"

    page = browser_of("ada", first=Role.ADMIN).get(address).content.decode()

    assert sentence in page
    assert 'name="typed_name"' not in page
    assert browser_of("eve", first=Role.ADMIN).get("/engines/first/swarm/nodes/nonsense/remove/").status_code == 404
