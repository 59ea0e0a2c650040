"""Jobs of several people on one Engine: bounds for each, turns for all, and pulls in a line of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from networks.actions.actors import Actor
from networks.actions.jobs.starting import MOST_OPEN_JOBS, MOST_OPEN_PULLS, JobRequest, TooManyJobs, start_job
from networks.actions.jobs.threads import PULL, JobRunner, Lane
from networks.models import Engine, Job, JobState, JobStep
from networks.views.changes.several import SeveralPage
from tests.builders import make_engine
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db(transaction=True)
Begin = Callable[..., Job]


@pytest.fixture
def engine() -> Engine:
    return make_engine()


@pytest.fixture
def begin(engine: Engine) -> Begin:
    """Give a function that begins one job more of a person; it is only written down."""
    people = {name: User.objects.create_superuser(name) for name in ("ann", "bob")}

    def begin(name: str, verb: str = "remove_networks") -> Job:
        step = JobStep(verb="remove_network", network_id="a" * 64, network_name="front")
        return start_job(Actor(name, people[name].pk), engine, JobRequest(f"{name}{Job.objects.count()}", verb), [step])

    return begin


def next_of(lane: Lane = Lane.CHANGES) -> str:
    """Take the next job and end it; return whose it was and what."""
    job = JobRunner("local", lane)._next()
    assert job is not None
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, started_at=timezone.now(), ended_at=timezone.now())
    return f"{job.who} {job.verb}"


def test_it_holds_each_person_to_so_many_open_jobs(begin: Begin) -> None:
    for _ in range(MOST_OPEN_JOBS):
        begin("ann")

    with pytest.raises(TooManyJobs) as refused:
        begin("ann")

    assert refused.value.sentence == "20 of your jobs are open, so this one was not begun. It can be once one has ended."
    assert begin("bob").who == "bob"
    next_of()
    assert begin("ann").who == "ann"


def test_it_holds_each_person_to_fewer_pulls(begin: Begin) -> None:
    for _ in range(MOST_OPEN_PULLS):
        begin("ann", PULL)

    with pytest.raises(TooManyJobs) as refused:
        begin("ann", PULL)

    assert "3 of your image pulls are open" in refused.value.sentence
    assert begin("ann").verb == "remove_networks"
    assert begin("bob", PULL).verb == PULL


def test_it_says_so_on_the_form(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("networks.views.changes.launch.images_of", lambda *_, **__: ())
    client: Client = log_in("ann2")
    person = User.objects.get(username="ann2")
    Job.objects.bulk_create(
        Job(key=f"k{number}", engine_slug="local", verb=PULL, who="ann2", user_id=person.pk, created_at=timezone.now())
        for number in range(MOST_OPEN_PULLS)
    )
    answer = client.post("/containers/local/run/", {"do": "pull", "image": "redis", "key": "x"})

    assert answer.status_code == 409
    assert "3 of your image pulls are open" in answer.content.decode()
    assert Job.objects.count() == MOST_OPEN_PULLS


def test_it_says_so_on_a_page_of_its_own(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise TooManyJobs(20, is_pulls=False)

    monkeypatch.setattr(SeveralPage, "post", refuse)
    answer = log_in("ann3").post("/networks/local/several/", {"do": "remove"})

    assert answer.status_code == 409
    assert "20 of your jobs are open" in answer.content.decode()
    assert 'href="/jobs/"' in answer.content.decode()


def test_it_lets_people_take_turns(begin: Begin) -> None:
    for _ in range(3):
        begin("ann")
    begin("bob")
    begin("bob")

    assert [next_of() for _ in range(5)] == [f"{name} remove_networks" for name in ("ann", "bob", "ann", "bob", "ann")]


def test_it_goes_on_first_with_what_a_crash_left_open(begin: Begin) -> None:
    begin("bob")
    left = begin("ann")
    Job.objects.filter(pk=left.pk).update(state=JobState.RUNNING, started_at=timezone.now() - timedelta(hours=1))

    assert next_of() == "ann remove_networks"


def test_it_never_keeps_a_change_waiting_for_a_pull(begin: Begin) -> None:
    for _ in range(3):
        begin("ann", PULL)
    begin("bob")

    assert next_of() == "bob remove_networks"
    assert next_of(Lane.PULLS) == f"ann {PULL}"
    assert JobRunner("local", Lane.CHANGES)._next() is None
