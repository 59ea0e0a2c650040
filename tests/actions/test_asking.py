"""A page's patience: it answers in time, what was sent goes on and is recorded, what wasn't sent never is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connections
from structlog.contextvars import bound_contextvars, get_contextvars

from networks.actions.actors import CONSOLE, Actor
from networks.actions.asking import (
    MOST_OF_ENGINE,
    MOST_OF_PERSON,
    BackgroundWork,
    Bound,
    ChangeSlots,
    LatestWork,
    NoSlot,
    StillAsking,
    ask_patiently,
)
from networks.actions.recording import ActionResult, Change, Intent, carry_out
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.specs import NetworkSpec
from networks.models import Engine, Outcome, OutcomeKind
from networks.policy.permissions import Permission
from tests.engine.scripted_engine import Peer, ScriptedEngine
from tests.private_engine import wait_until

ID = "a" * 64

pytestmark = pytest.mark.django_db(transaction=True)


class SlowEngine:
    """Answers requests of one method only when it is told to, and then as `answer` does."""

    def __init__(self, method: str) -> None:
        self.method = method
        self.may_answer = threading.Event()
        self.answer: Callable[[Peer], None] = lambda peer: peer.answer_json({"Id": ID}, 201)

    def __call__(self, peer: Peer) -> None:
        if peer.method == self.method and not self.may_answer.wait(20):
            return
        self.answer(peer)


def asking_threads() -> int:
    return [thread.name for thread in threading.enumerate()].count("asking")


@pytest.fixture
def slow() -> Iterator[SlowEngine]:
    behaviour = SlowEngine("POST")
    yield behaviour
    behaviour.may_answer.set()
    wait_until(lambda: asking_threads() == 0, "the threads to end")
    connections.close_all()


def act(scripted: ScriptedEngine, *, patience_s: float = 0.5, reads_first: bool = False, actor: Actor = CONSOLE) -> ActionResult:
    engine = Engine(slug="local", url=scripted.url)  # not saved: nobody follows it, and nobody waits for a look at it

    def ask(client: EngineClient) -> str:
        if reads_first:
            client.inspect_network(ID)
        return client.create_network(NetworkSpec("front"))

    change = Change(ask, is_done=lambda: False)
    return carry_out(actor, engine, Intent("create_network", "front"), Permission.CONNECT, change, patience_s=patience_s)


def test_it_says_in_the_log_whose_request_goes_on(tmp_path: Path) -> None:
    """What a change's own thread says, and what a longer work's does, bears the id of the request that asked for it."""
    seen: list[dict[str, object]] = []
    works: LatestWork[BackgroundWork[None]] = LatestWork("work")
    client = EngineClient(f"unix://{tmp_path}/nobody.sock", Profile.READ)

    with bound_contextvars(request_id="r-1"):
        ask_patiently(lambda: seen.append(get_contextvars()), client, patience_s=10, when_late=lambda _answer: None)
        work = works.begin("local", BackgroundWork(), lambda _work: seen.append(get_contextvars()))
        assert work.ended.wait(10)

    assert seen == [{"request_id": "r-1"}, {"request_id": "r-1"}]


def kinds(action_id: int) -> list[str]:
    return list(Outcome.objects.filter(action_id=action_id).order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda peer: peer.answer_json({"Id": ID}, 201), "ok"),
        (lambda peer: peer.answer_json({"message": "pool overlaps"}, 403), "refused"),
    ],
)
def test_it_says_unknown_in_time_and_records_what_comes_later(
    tmp_path: Path, slow: SlowEngine, answer: Callable[[Peer], None], kind: str
) -> None:
    slow.answer = answer
    with ScriptedEngine(tmp_path, slow) as scripted:
        result = act(scripted)
        at_once = kinds(result.action_id)
        slow.may_answer.set()
        wait_until(lambda: len(kinds(result.action_id)) == 2, "the late outcome")

    assert (result.kind, result.request) == (OutcomeKind.UNKNOWN, "POST /networks/create")
    assert "keeps waiting" in result.sentence
    assert at_once == ["unknown"]
    assert kinds(result.action_id) == ["unknown", kind]
    assert [method for method, _ in scripted.requests].count("POST") == 1


def test_it_records_unknown_once_where_no_answer_ever_comes(tmp_path: Path, slow: SlowEngine) -> None:
    slow.answer = Peer.hang_up
    with ScriptedEngine(tmp_path, slow) as scripted:
        result = act(scripted)
        slow.may_answer.set()
        wait_until(lambda: asking_threads() == 0, "the end of it")

    assert kinds(result.action_id) == ["unknown"]


def test_it_never_sends_what_nobody_waits_for_any_more(tmp_path: Path, slow: SlowEngine) -> None:
    slow.method = "GET"
    slow.answer = lambda peer: peer.answer_json({"Id": ID, "Name": "front"})
    with ScriptedEngine(tmp_path, slow) as scripted:
        result = act(scripted, reads_first=True)
        slow.may_answer.set()
        wait_until(lambda: asking_threads() == 0, "the end of it")

    assert result.kind is OutcomeKind.FAILED
    assert "the change was not sent" in result.sentence
    assert kinds(result.action_id) == ["failed"]
    assert "POST" not in [method for method, _ in scripted.requests]


def test_it_has_one_patience_for_what_takes_its_time_too(slow: SlowEngine) -> None:
    client = EngineClient("unix:///nowhere", Profile.NETWORK)
    began_at = time.monotonic()

    answer = ask_patiently(slow.may_answer.wait, client, patience_s=1.5, when_late=lambda _answer: None, begun=threading.Event())

    assert answer == StillAsking("")
    assert 1.5 <= time.monotonic() - began_at < 2.9  # where it began to ask, and where it never came to that


def test_it_lets_one_person_have_eight_and_others_go_on(tmp_path: Path, slow: SlowEngine) -> None:
    ann, bob = (Actor(person.username, person.pk) for person in map(User.objects.create_superuser, ("ann", "bob")))
    with ScriptedEngine(tmp_path, slow) as scripted:
        begun = [act(scripted, actor=ann) for _ in range(MOST_OF_PERSON)]
        ninth, other = act(scripted, actor=ann), act(scripted, actor=bob)
        slow.may_answer.set()
        wait_until(lambda: asking_threads() == 0, "the threads to end")
        after = act(scripted, patience_s=60, actor=ann)

    assert {result.kind for result in begun} == {OutcomeKind.UNKNOWN}
    assert ninth.kind is OutcomeKind.FAILED
    assert ninth.sentence.startswith("8 of your changes are under way, so this one was not sent. One ends by ")
    assert kinds(ninth.action_id) == ["failed"]
    assert (other.kind, after.kind) == (OutcomeKind.UNKNOWN, OutcomeKind.OK)


def test_it_holds_an_engine_that_hangs_to_its_own_places() -> None:
    places = ChangeSlots()
    taken = [places.take(number, "hung", 30) for number in range(MOST_OF_ENGINE)]

    with pytest.raises(NoSlot) as full:
        places.take(1000, "hung", 30)
    others = [places.take(number, "other", 30) for number in range(MOST_OF_ENGINE)]
    places.give_back(taken[0])

    assert (full.value.bound, full.value.count) == (Bound.ENGINE, MOST_OF_ENGINE)
    assert len(others) == MOST_OF_ENGINE
    assert places.take(1000, "hung", 30).engine_slug == "hung"


def test_it_answers_at_once_where_the_engine_does(tmp_path: Path, slow: SlowEngine) -> None:
    slow.may_answer.set()
    with ScriptedEngine(tmp_path, slow) as scripted:
        result = act(scripted, patience_s=5)

    assert (result.kind, result.docker_id) == (OutcomeKind.OK, ID)
    assert kinds(result.action_id) == ["ok"]


def test_it_lets_our_own_faults_through(tmp_path: Path, slow: SlowEngine) -> None:
    engine = Engine(slug="local", url=f"unix://{tmp_path}/none")

    def ask(client: EngineClient) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        carry_out(CONSOLE, engine, Intent("x", "x"), Permission.CONNECT, Change(ask, is_done=lambda: False))
