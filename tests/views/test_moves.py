"""A container moved off none, or off a network that is gone, from its page: done, or back as it was."""

from __future__ import annotations

import json
import re

from django.test import Client
from django.urls import reverse

from networks.actions.actors import CONSOLE
from networks.actions.jobs.moving import MoveRun, move_steps
from networks.actions.jobs.starting import JobRequest, start_job
from networks.models import Container, Engine, Job, Network
from networks.queries.engine_context import ContainerChoice, NetworkChoice
from networks.queries.lifecycle.orders import MOVE
from tests.private_engine import PrivateEngine, wait_until
from tests.views.test_forms import browser, seen, text_of

__all__ = ["browser"]
KEY = "k" * 24


def on(engine: PrivateEngine, name: str) -> list[str]:
    return sorted(json.loads(engine.cli("inspect", name))[0]["NetworkSettings"]["Networks"])


def network_id(engine: PrivateEngine, name: str) -> str:
    return engine.cli("network", "inspect", "-f", "{{.Id}}", name)


def test_it_moves_a_container_off_none(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    network = seen(engine, Network, engine.cli("network", "create", "front"))
    container = seen(engine, Container, engine.run("web", "--network", "none"))
    url = reverse("container_move", args=[followed.slug, container])

    page = browser.get(url)
    answer = browser.post(url, {"key": KEY, "network_id": network})
    job = Job.objects.get()
    MoveRun(followed, job).run()

    assert "It leaves none" in text_of(page)
    assert answer.headers["Location"] == reverse("job_detail", args=[job.pk])
    job.refresh_from_db()
    assert (job.state, on(engine, "web")) == ("done", ["front"])
    assert "eth0" in engine.cli("exec", "web", "ip", "-o", "-4", "addr")
    engine.cli("restart", "web")
    assert on(engine, "web") == ["front"]
    wait_until(lambda: "nothing to move" in text_of(browser.get(url)), "the page to know")


def test_it_leaves_on_none_what_would_arrive_nowhere(engine: PrivateEngine, followed: Engine) -> None:
    engine.cli("network", "create", "--subnet", "10.77.0.0/30", "small")
    seen(engine, Container, engine.run("first", "--network", "small"))  # and no address is left
    container = ContainerChoice(engine.run("web", "--network", "none"), "web", "running", "none")
    leaving, joining = (NetworkChoice(network_id(engine, name), name, "") for name in ("none", "small"))

    job = start_job(CONSOLE, followed, JobRequest(KEY, MOVE, "web"), move_steps(container, leaving, joining))
    MoveRun(followed, job).run()

    job.refresh_from_db()
    assert [step.state for step in job.steps.order_by("position")] == ["denied", "skipped"]
    assert "Every address of small is taken" in job.steps.get(position=1).sentence
    assert (job.state, on(engine, "web")) == ("rolledback", ["none"])


def test_it_mends_a_container_whose_network_is_gone(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    old = engine.cli("network", "create", "front")
    container = seen(engine, Container, engine.run("web", "--network", "front"))
    engine.cli("stop", "web")
    engine.cli("network", "rm", old)
    wait_until(lambda: not Network.objects.filter(docker_id=old).exists(), "the network to be gone")
    url = reverse("container_move", args=[followed.slug, container])
    assert "There is no network front any more" in text_of(browser.get(url))
    assert "docker network disconnect --force front web" in text_of(browser.get(url))

    new = seen(engine, Network, engine.cli("network", "create", "front"))
    # It asks for the old id; one that was in a swarm says it otherwise.
    assert re.search("not found|invalid cluster node", engine.cli("start", "web", check=False))
    browser.post(url, {"key": KEY, "network_id": new})
    job = Job.objects.get()
    MoveRun(followed, job).run()

    job.refresh_from_db()
    assert job.state == "done"
    engine.cli("start", "web")
    assert on(engine, "web") == ["front"]
