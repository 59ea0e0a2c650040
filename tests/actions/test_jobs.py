"""Jobs on a real Engine: each step recorded like a single action, stoppable, permitted anew, settled after a crash."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from networks.actions.actors import CONSOLE, Actor
from networks.actions.jobs import starting
from networks.actions.jobs.job_run import JobRun
from networks.actions.jobs.starting import JobRequest, ask_to_stop, start_job
from networks.actions.jobs.threads import JobRunner, runner_of, start_runners, stop_runners
from networks.models import Action, Endpoint, Engine, Grant, Job, JobStep, Network, Outcome
from networks.policy.permissions import Permission
from networks.sync.supervisor import followers
from tests.actions.swallowing import SwallowingSocket
from tests.private_engine import PrivateEngine, wait_until

MANY = 12


def removals(engine: PrivateEngine, *names: str) -> list[JobStep]:
    """Plan to remove networks, which are made first where they aren't there."""
    there = engine.cli("network", "ls", "--format", "{{.Name}}").split()
    for name in set(names) - set(there):
        engine.cli("network", "create", name)
    ids = {name: engine.cli("network", "inspect", "-f", "{{.Id}}", name) for name in names}
    return [JobStep(verb="remove_network", network_id=ids[name], network_name=name, command=name) for name in names]


def start(actor: Actor, engine: Engine, steps: list[JobStep]) -> Job:
    return start_job(actor, engine, JobRequest("key", "remove_networks"), steps)


def states(job: Job) -> list[str]:
    return list(job.steps.order_by("position").values_list("state", flat=True))


def kinds() -> list[tuple[str, str]]:
    """Return (what, outcome) of every outcome there is, in the order in which they were written."""
    what = dict(Action.objects.values_list("pk", "what"))
    return [(what[action_id], kind) for action_id, kind in Outcome.objects.values_list("action_id", "kind")]


def left(engine: PrivateEngine) -> set[str]:
    return set(engine.cli("network", "ls", "--format", "{{.Name}}").split()) - {"bridge", "host", "none"}


@pytest.fixture
def runner(followed: Engine) -> Iterator[JobRunner]:
    """Run jobs in a thread, as `manage.py serve` does."""
    start_runners()
    yield runner_of(followed.slug)
    stop_runners()


def test_it_goes_on_after_a_refusal_and_records_every_step(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    steps = removals(engine, "front", "mid", "back")
    engine.run("web", "--network", "mid")

    job = start(operator, followed, steps)
    JobRun(followed, job).run()

    assert states(job) == ["done", "refused", "done"]
    assert left(engine) == {"mid"}
    assert kinds() == [("front", "ok"), ("mid", "refused"), ("back", "ok")]
    assert [action.asked for action in Action.objects.order_by("pk")] == [{"job": job.pk, "step": n} for n in (1, 2, 3)]
    job.refresh_from_db()
    assert (job.state, job.stop) == ("attention", "")
    assert "has active endpoints" in job.steps.get(position=2).sentence
    wait_until(lambda: not Network.objects.filter(name__in=["front", "back"]).exists(), "the snapshot to follow")


def test_it_connects_and_disconnects_running_and_stopped_ones(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    network_id = removals(engine, "front")[0].network_id
    ids = {"web": engine.run("web"), "old": engine.run("old", command=("true",))}
    engine.cli("wait", "old")

    for verb, wanted in (("connect_container", {"web", "old"}), ("disconnect_container", set())):
        steps = [
            JobStep(verb=verb, network_id=network_id, network_name="front", container_id=docker_id, container_name=name)
            for name, docker_id in ids.items()
        ]
        job = start_job(operator, followed, JobRequest(verb, verb), steps)
        JobRun(followed, job).run()

        job.refresh_from_db()
        assert (job.state, states(job)) == ("done", ["done", "done"])
        seen = Endpoint.objects.filter(network_name="front")
        wait_until(
            lambda seen=seen, wanted=wanted: set(seen.values_list("container__name", flat=True)) == wanted,  # type: ignore[misc]
            "both in the snapshot, the stopped one too",
        )


def test_it_begins_with_the_first_job_of_an_engine_whoever_wrote_it(
    engine: PrivateEngine, followed: Engine, operator: Actor
) -> None:
    begun, beside = removals(engine, "before"), removals(engine, "here", "elsewhere")
    first = start(operator, followed, begun)  # nothing runs jobs yet
    start_runners()
    try:
        wait_until(lambda: states(first) == ["done"], "the one that was there")
        stop_runners()
        followers["later"] = followers.pop(followed.slug)
        start_runners()
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("jobs-")], "no job, no thread"
        followers[followed.slug] = followers.pop("later")  # as an Engine that is added while Netadmin runs

        own = start_job(operator, followed, JobRequest("own", "remove_networks"), beside[:1])
        wait_until(lambda: states(own) == ["done"], "its own")

        theirs = starting._write(operator, followed, JobRequest("theirs", "remove_networks"), beside[1:], Permission.CONNECT)
        wait_until(lambda: states(theirs) == ["done"], "another process's, which tells nobody")
    finally:
        stop_runners()


def test_it_stops_between_two_steps(engine: PrivateEngine, followed: Engine, operator: Actor, runner: JobRunner) -> None:
    names = [f"net-{number:02}" for number in range(5)]
    job = start(operator, followed, removals(engine, *names))
    runner.wake()
    wait_until(lambda: job.steps.filter(state="done").exists(), "the first step", interval_s=0.002)

    ask_to_stop(Actor("anna"), job)

    wait_until(lambda: Job.objects.filter(pk=job.pk, ended_at__isnull=False).exists(), "the job to end")
    job.refresh_from_db()
    done = states(job).count("done")
    assert 0 < done < len(names)
    assert (job.state, job.stop, job.stopped_by) == ("stopped", "asked", "anna")
    assert states(job) == ["done"] * done + ["waiting"] * (len(names) - done)
    assert left(engine) == set(names[done:])


def test_it_asks_for_the_rights_anew_at_every_step(
    engine: PrivateEngine, followed: Engine, operator: Actor, runner: JobRunner
) -> None:
    names = [f"net-{number:02}" for number in range(5)]
    job = start(operator, followed, removals(engine, *names))
    runner.wake()
    wait_until(lambda: job.steps.filter(state="done").exists(), "the first step", interval_s=0.002)

    Grant.objects.all().delete()

    wait_until(lambda: Job.objects.filter(pk=job.pk, ended_at__isnull=False).exists(), "the job to end")
    job.refresh_from_db()
    done = states(job).count("done")
    assert (job.state, job.stop) == ("stopped", "rights")
    assert states(job) == ["done"] * done + ["denied"] * (len(names) - done)
    assert [kind for _, kind in kinds()] == ["ok"] * done + ["denied"]
    assert left(engine) == set(names[done:])


@pytest.mark.parametrize("was_done", [True, False])
def test_it_settles_a_step_that_a_crash_left_open(engine: PrivateEngine, followed: Engine, was_done: bool) -> None:
    job = start(CONSOLE, followed, removals(engine, "front", "back"))
    lost = Action.objects.create(at=job.created_at, who="console", engine_slug=followed.slug, verb="remove_network", what="front")
    job.steps.filter(position=1).update(state="started", action_id=lost.pk)
    if was_done:
        engine.cli("network", "rm", "front")

    JobRun(followed, job).run()

    job.refresh_from_db()
    assert (job.state, states(job), left(engine)) == ("done", ["done", "done"], set())
    again = [] if was_done else [("front", "ok")]
    assert kinds() == [("front", "ok" if was_done else "failed"), *again, ("back", "ok")]
    assert not Action.objects.exclude(pk__in=Outcome.objects.values("action_id")).exists()


@pytest.mark.parametrize("passes_changes", [True, False])
def test_it_never_repeats_what_may_have_been_done(
    engine: PrivateEngine, followed: Engine, tmp_path: Path, passes_changes: bool
) -> None:
    job = start(CONSOLE, followed, removals(engine, "front"))

    with SwallowingSocket(tmp_path / "s", engine.socket, passes_changes=passes_changes) as between:
        followed.url = between.url
        JobRun(followed, job).run()

    job.refresh_from_db()
    assert between.swallowed == 1
    expected = ("done", ["done"], ["unknown", "ok"]) if passes_changes else ("attention", ["unknown"], ["unknown"])
    assert (job.state, states(job), [kind for _, kind in kinds()]) == expected


def test_it_waits_for_an_engine_that_comes_back(mortal: PrivateEngine, followed: Engine, runner: JobRunner) -> None:
    names = [f"net-{number:02}" for number in range(MANY)]
    job = start(CONSOLE, followed, removals(mortal, *names))
    runner.wake()
    wait_until(lambda: job.steps.filter(state="done").count() > 1, "the first steps", interval_s=0.002)

    mortal.kill9()
    mortal.restart()

    wait_until(lambda: Job.objects.filter(pk=job.pk, ended_at__isnull=False).exists(), "the job to end", deadline_s=60)
    job.refresh_from_db()
    assert left(mortal) == set(job.steps.exclude(state="done").values_list("network_name", flat=True))
    assert set(states(job)) <= {"done", "unknown"}
    assert states(job).count("unknown") <= 1


@pytest.fixture
def mortal(engine: PrivateEngine) -> Iterator[PrivateEngine]:
    """Give the session's Engine to a test that kills it; it answers again afterwards."""
    yield engine
    if not engine.answers():
        engine.restart()
