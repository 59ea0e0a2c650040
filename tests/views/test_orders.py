"""Containers started, stopped, renamed and removed from the pages, on a real Engine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from networks.actions.actors import CONSOLE
from networks.actions.jobs.job_run import JobRun
from networks.actions.jobs.starting import JobRequest, start_job
from networks.forms.containers.several import ORDER_PLANS
from networks.forms.several import Selection
from networks.models import Action, Container, Engine, Job, Outcome
from networks.policy.permissions import Permission
from tests.actions.test_stopping import run_stubborn
from tests.private_engine import PrivateEngine, wait_until
from tests.views.pages import confirm, log_in, shown_by
from tests.views.test_forms import browser, seen, text_of

__all__ = ["browser"]


def known(container_id: str, **more: object) -> str:
    """Wait until the snapshot has a container, running and with its detail, and return its id."""
    wanted = {"docker_id": container_id, "has_detail": True, "state": "running", **more}
    wait_until(lambda: Container.objects.filter(**wanted).exists(), "the container in the snapshot")
    return container_id


def order(followed: Engine, name: str, container_id: str) -> str:
    return reverse(f"container_{name}", args=[followed.slug, container_id])


def test_it_stops_and_starts_at_once_what_nobody_depends_on(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    container_id = known(engine.run("web", "--network", "none"))

    stopped = browser.post(order(followed, "stop", container_id))
    after = Container.objects.get(docker_id=container_id).state
    started = browser.post(order(followed, "start", container_id))

    assert (stopped.status_code, after) == (302, "exited")
    assert stopped.headers["Location"] == reverse("container_detail", args=[followed.slug, container_id])
    assert (started.status_code, Container.objects.get(docker_id=container_id).state) == (302, "running")


def test_it_says_first_whom_a_stop_cuts_off(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    engine.cli("network", "create", "front")
    donor = known(engine.run("donor", "--network", "front", "-p", "8083:80"))
    known(engine.run("guest", "--network", "container:donor"))
    url = order(followed, "stop", donor)

    asked = browser.post(url)
    words = text_of(asked)
    assert asked.status_code == 200
    assert engine.cli("ps", "-q", "--filter", "name=donor")
    assert "1 container shares its network and is cut off" in words
    assert "guest" in words
    assert "Published ports close" in words
    assert "0.0.0.0:8083-&gt;80/tcp" in words
    assert "It is the only container running on front" in words

    engine.run("late", "--network", "container:donor")
    wait_until(lambda: Container.objects.filter(name="late").exists(), "one more guest")
    careless = browser.post(url, {"shown": shown_by(asked)})
    assert careless.status_code == 422
    assert "late shares the network of donor." in text_of(careless)

    careful = browser.post(url, {"shown": shown_by(careless)})
    assert careful.status_code == 302
    assert engine.cli("exec", "guest", "ip", "-o", "link").count("\n") == 0  # nothing but loopback, as was said


def test_it_says_first_of_a_guest_without_a_donor_that_its_stop_is_for_good(engine: PrivateEngine, followed: Engine) -> None:
    admin = log_in()
    donor = known(engine.run("donor", "--network", "none"))
    guest = known(engine.run("guest", "--network", "container:donor"))
    engine.cli("stop", "donor")
    wait_until(lambda: Container.objects.get(docker_id=donor).state == "exited", "the donor's end")
    late = text_of(admin.get(order(followed, "stop", guest)))
    engine.cli("rm", "donor")
    wait_until(lambda: not Container.objects.filter(docker_id=donor).exists(), "the donor's removal")

    asked = admin.post(order(followed, "stop", guest))
    killed = text_of(admin.get(order(followed, "kill", guest)))

    for_good = "It can't be started again: the container whose network it shares was removed"
    assert "It can be started again only once donor runs, whose network it shares" in late
    assert asked.status_code == 200
    assert for_good in text_of(asked).replace("&#x27;", "'")
    assert for_good in killed.replace("&#x27;", "'")
    assert "Nothing else on its networks depends on it." not in text_of(asked)
    assert admin.post(order(followed, "stop", guest), {"shown": shown_by(asked)}).status_code == 302
    assert "No such container" in engine.cli("start", "guest", check=False)  # as was said


def test_it_wants_the_name_before_it_kills_or_removes(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    container_id = known(engine.run("web"))

    for name in ("kill", "remove"):
        url = order(followed, name, container_id)
        for careless in (browser.post(url), confirm(browser, url), confirm(browser, url, "web2")):
            assert careless.status_code in (200, 422), (name, text_of(careless)[400:1500])
        assert Container.objects.get(docker_id=container_id).state == ("running" if name == "kill" else "exited")
        assert confirm(browser, url, "web").status_code == 302

    assert engine.cli("ps", "-aq") == ""
    assert [action.verb for action in Action.objects.order_by("pk")] == ["kill_container", "remove_container"]


def test_it_says_that_one_with_rm_goes_when_it_stops(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    container_id = known(engine.run("once", "--rm", "--network", "none"), is_auto_removed=True)
    url = order(followed, "stop", container_id)

    asked = browser.post(url)
    assert "Docker removes it when it stops" in text_of(asked)
    done = browser.post(url, {"shown": shown_by(asked)})

    assert (done.status_code, done.headers["Location"]) == (302, reverse("container_list"))
    wait_until(lambda: not engine.cli("ps", "-aq"), "its removal")


def test_it_renames_and_tells_which_names_cannot_be(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    container_id = known(engine.run("web"))
    known(engine.run("other"))
    url = order(followed, "rename", container_id)

    answers = {name: browser.post(url, {"shown": "", "new_name": name}) for name in ("-x", "web", "other", "front")}

    assert {name: answer.status_code for name, answer in answers.items()} == {"-x": 422, "web": 422, "other": 409, "front": 302}
    assert "begins with a letter or a digit" in text_of(answers["-x"])
    assert "It is called that already." in text_of(answers["web"])
    assert "Another container has this name" in text_of(answers["other"])
    assert re.search(r'name="new_name"[^>]* aria-invalid="true"', answers["other"].content.decode())
    assert Container.objects.get(docker_id=container_id).name == "front"


def test_it_says_who_finds_it_by_a_new_name(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    engine.cli("network", "create", "front")
    named, default = known(engine.run("web", "--network", "front")), known(engine.run("far"))
    url = order(followed, "rename", named)

    assert "Its neighbours find it by the new name only" in text_of(browser.get(url))
    assert "by the new name" not in text_of(browser.get(order(followed, "rename", default)))
    engine.cli("stop", "web")
    known(named, state="exited")
    assert "Once it runs, its neighbours find it by the new name" in text_of(browser.get(url))


@pytest.mark.parametrize(
    ("name", "words"), [("pause", "It is not running."), ("unpause", "It is not paused."), ("kill", "not running")]
)
def test_it_offers_no_order_that_docker_would_refuse(
    engine: PrivateEngine, followed: Engine, browser: Client, name: str, words: str
) -> None:
    container_id = known(engine.run("web"))
    engine.cli("stop", "web")
    known(container_id, state="exited")

    shown, posted = browser.get(order(followed, name, container_id)), browser.post(order(followed, name, container_id))

    assert words in text_of(shown)
    assert (posted.status_code, Action.objects.exists()) == (409, False)


def test_it_explains_why_one_cannot_start(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    network = engine.cli("network", "create", "front")
    lost = engine.run("lost", "--network", "front")
    engine.cli("stop", "lost")
    engine.cli("network", "rm", network)
    engine.run("holder", "-p", "8084:80")
    other = known(engine.cli("create", "--name", "other", "-p", "8084:80", "netadmin-test:1"), state="created")
    known(lost, state="exited")

    gone, taken = (browser.post(order(followed, "start", each)) for each in (lost, other))

    assert (gone.status_code, taken.status_code) == (409, 409)
    assert "It can't start: it asks for the network front by its ID, and that one was removed." in text_of(gone).replace(
        "&#x27;", "'"
    )
    assert reverse("container_move", args=[followed.slug, lost]) in gone.content.decode()
    assert "port is already allocated" in text_of(taken)
    assert "holder" in text_of(taken)
    assert set(Outcome.objects.values_list("kind", flat=True)) == {"refused"}


def test_it_leaves_protected_ones_alone(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    container_id = seen(engine, Container, engine.run("web", "--label", "netadmin.protect=true"))

    for name in ("stop", "restart", "kill", "pause", "rename", "remove"):
        answer = browser.post(order(followed, name, container_id), {"shown": "", "typed_name": "web", "new_name": "web2"})
        assert answer.status_code == 409
        assert "protected" in text_of(answer)
    assert not Action.objects.exists()


def test_it_orders_several_donors_first_and_tells_what_breaks(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    ids = {name: engine.run(name, "--network", "none") for name in ("web", "db")}
    ids["out"] = engine.run("out", "--network", "none", "--label", "com.docker.compose.project=shop")
    for container_id in ids.values():
        known(container_id)
    url, chosen = reverse("container_several", args=[followed.slug]), ",".join(ids.values())

    for do, count in (("stop_containers", ""), ("start_containers", ""), ("remove_containers", "3")):
        asked = browser.post(url, {"id": chosen, "do": do})
        form = {"id": chosen, "do": do, "key": f"{do:-<24}", "shown": shown_by(asked), "typed_count": count}
        assert ("shop" in text_of(asked)) == (do != "start_containers")
        if count:
            assert browser.post(url, form | {"typed_count": "2"}).status_code == 422
        assert browser.post(url, form).status_code == 302, text_of(asked)
        job = Job.objects.get(verb=do)
        JobRun(followed, job).run()
        job.refresh_from_db()
        assert (job.state, job.permission) == ("done", "run")
        wanted = {"stop_containers": "exited", "start_containers": "running"}.get(do)
        wait_until(lambda wanted=wanted: states() == ({wanted} if wanted else set()), "the snapshot")  # type: ignore[misc]


def states() -> set[str]:
    return set(Container.objects.values_list("state", flat=True))


def test_it_restarts_a_donor_before_its_guest_and_wants_an_admin(
    engine: PrivateEngine, followed: Engine, browser: Client
) -> None:
    guest_last = [known(engine.run("z-donor", "--network", "none"))]
    guest_last.append(known(engine.run("a-guest", "--network", "container:z-donor")))
    plan = ORDER_PLANS["restart_containers"](Selection(followed.slug, tuple(reversed(guest_last))))

    assert [step.container_name for step in plan.steps] == ["z-donor", "a-guest"]
    assert [
        step.container_name for step in ORDER_PLANS["stop_containers"](Selection(followed.slug, tuple(guest_last))).steps
    ] == [
        "a-guest",
        "z-donor",
    ]
    assert plan.permission is Permission.SHAPE
    job = start_job(CONSOLE, followed, JobRequest("k" * 24, "restart_containers", "", plan.permission), plan.steps)
    JobRun(followed, job).run()
    job.refresh_from_db()
    assert job.state == "done"
    pids = [engine.cli("inspect", "-f", "{{.State.Pid}}", name) for name in ("z-donor", "a-guest")]
    assert len({Path(f"/proc/{pid}/ns/net").readlink() for pid in pids}) == 1


def test_it_shows_a_stop_under_way_and_explains_what_comes_meanwhile(
    engine: PrivateEngine, followed: Engine, browser: Client
) -> None:
    container_id = known(run_stubborn(engine, "slow", "--network", "none", "--stop-timeout", "5"))

    stopped = browser.post(order(followed, "stop", container_id))

    page = reverse("container_detail", args=[followed.slug, container_id])
    assert (stopped.status_code, stopped.headers["Location"]) == (302, page)
    action = Action.objects.get()
    assert (action.asked["wait_s"], action.command) == (5, "docker stop -t 5 slow")
    words = text_of(browser.get(page))
    assert "It is being stopped. It ends by itself, or is killed when its time is over:" in words
    assert "the result isn't known yet" not in words
    assert "being stopped, kill due:" in text_of(browser.get(reverse("container_list")))
    assert "the container ends by itself, or is killed at" in text_of(browser.get(reverse("activity_detail", args=[action.pk])))
    for again in ("stop", "restart"):
        refused = browser.post(order(followed, again, container_id))
        assert refused.status_code == 409
        assert "It is being stopped already." in text_of(refused)
    assert "It is being stopped" in text_of(browser.get(order(followed, "remove", container_id)))
    plan = ORDER_PLANS["stop_containers"](Selection(followed.slug, (container_id,)))
    assert [each.reason for each in plan.left_out] == ["It is being stopped already."]

    wait_until(lambda: Outcome.objects.filter(action_id=action.pk).exists(), "the end")
    wait_until(lambda: Container.objects.filter(docker_id=container_id, ending="asked").exists(), "who ended it")
    words = text_of(browser.get(page))
    assert "exited (137)" in words
    assert "SIGKILL was sent to it through Docker, and its exit code is the one of that signal." in words
    assert "being stopped" not in words
    overview = text_of(browser.get(reverse("overview")))
    assert "no container is known to have failed" in overview
    assert "1 failed" not in overview
    assert Outcome.objects.get(action_id=action.pk).duration_ms > 5000
