"""Several at once: what the page says before, one job for a form however often it is sent, and whose jobs are seen by whom."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from networks.forms.containers.several import ORDER_PLANS
from networks.forms.several import Selection, plan_emptying
from networks.models import Action, Engine, EngineStatus, Job, JobState, JobStep, Network, OutcomeKind
from tests.builders import MORNING, make_container, make_endpoint, make_engine, make_network, make_predefined
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db
NETWORKS, CONTAINERS = "/networks/local/several/", "/containers/local/several/"


@pytest.fixture(autouse=True)
def read(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Say whether the Engine could be read just before: no follower is here that might."""
    answers = [True]
    monkeypatch.setattr("networks.views.generic.request_sync", lambda _slug: answers[-1])
    return answers


@pytest.fixture
def engine() -> Engine:
    return make_engine()


def look(client: Client, url: str, do: str, *things: object, **more: str) -> dict[str, str]:
    """Send the form of a list, and return the hidden fields with which the page that follows would be confirmed."""
    ids = [thing.docker_id for thing in things]  # type: ignore[attr-defined]
    page = client.post(url, {"do": do, "id": ids, **more}).content.decode()
    form = page.split("What this does")[0].rpartition("<form")[2]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)) | {"page": page}


def confirmed(fields: dict[str, str], **more: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name not in ("page", "csrfmiddlewaretoken")} | more


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_it_says_what_would_break_and_what_is_left_out(engine: Engine) -> None:
    bridge, _host, _none = make_predefined(engine)
    front, back = make_network(engine, "front", "10.1.0.0/24"), make_network(engine, "back", "10.2.0.0/24")
    make_endpoint(make_container(engine, "web"), front, "10.1.0.2")
    make_endpoint(make_container(engine, "old", state="exited", exit_code=0), back)

    page = plain(look(log_in(), NETWORKS, "remove_networks", bridge, front, back)["page"])

    assert "Remove 2 networks" in page
    assert "Remove 3 networks" not in page
    assert "Running containers are on 1 network: Docker will refuse" in page
    assert "Stopped containers still need 1 network" in page
    assert "2 containers lose their last network" in page
    assert " bridge is one of Docker&#x27;s own networks" in page
    assert "docker network rm back docker network rm front" in page
    assert "Type 2 to remove these 2 networks" in page


@pytest.mark.parametrize("state", ["removing", "dead"])
def test_it_leaves_out_what_docker_is_removing(engine: Engine, state: str) -> None:
    front = make_network(engine, "front", "10.1.0.0/24")
    make_endpoint(make_container(engine, "web"), front, "10.1.0.2")
    make_endpoint(doomed := make_container(engine, "doomed", state=state), front)

    emptied = plan_emptying(Selection("local", (front.docker_id,)))
    started = ORDER_PLANS["start_containers"](Selection("local", (doomed.docker_id,)))

    assert [step.container_name for step in emptied.steps] == ["web"]
    assert [each.name for each in emptied.left_out] == ["front: doomed"]
    assert [one.name for each in emptied.consequences for one in each.affected] == ["web"]
    assert (started.steps, [each.name for each in started.left_out]) == ((), ["doomed"])


def test_it_wants_the_number_typed_and_makes_one_job_of_a_form_that_is_sent_twice(engine: Engine) -> None:
    client = log_in()
    fields = look(client, NETWORKS, "remove_networks", make_network(engine, "front"), make_network(engine, "back"))

    refused = client.post(NETWORKS, confirmed(fields, typed_count="3"))
    first = client.post(NETWORKS, confirmed(fields, typed_count="2"))
    Network.objects.all().delete()
    second = client.post(NETWORKS, confirmed(fields, typed_count="2"))

    assert (refused.status_code, "Type the number shown above." in refused.content.decode()) == (422, True)
    job = Job.objects.get()
    assert first["Location"] == second["Location"] == f"/jobs/{job.pk}/"
    assert (job.verb, job.who, job.permission, job.state) == ("remove_networks", "root", "connect", "waiting")
    assert list(job.steps.values_list("position", "verb", "network_name", "command")) == [
        (1, "remove_network", "back", "docker network rm back"),
        (2, "remove_network", "front", "docker network rm front"),
    ]


def test_it_does_nothing_when_something_has_changed_meanwhile(engine: Engine) -> None:
    client, front = log_in(), make_network(engine, "front")
    fields = look(client, NETWORKS, "remove_networks", front)
    make_endpoint(make_container(engine, "late"), front, "10.1.0.9")

    answer = client.post(NETWORKS, confirmed(fields, typed_count="1"))

    assert answer.status_code == 409
    assert "Something has changed since this page was shown" in answer.content.decode()
    assert re.search(r"<li> late .{1,40}front", plain_but_lists(answer.content.decode()))
    assert not Job.objects.exists()


def test_it_does_nothing_when_the_engine_could_not_be_read_just_before(engine: Engine, read: list[bool]) -> None:
    client, front = log_in(), make_network(engine, "front")
    fields = look(client, NETWORKS, "remove_networks", front)
    read.append(False)

    answer = client.post(NETWORKS, confirmed(fields, typed_count="1"))

    assert answer.status_code == 409
    assert "it isn&#x27;t known what would break: nothing was done" in answer.content.decode()
    assert not Job.objects.exists()


def plain_but_lists(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<(?!/?li)[^>]+>", " ", page))


def test_it_leaves_more_than_five_at_once_to_admins(engine: Engine) -> None:
    networks = [make_network(engine, f"net-{number}") for number in range(6)]
    operator, admin = log_in("olga", engine, "operator"), log_in("anna", engine, "admin")
    fields = look(operator, NETWORKS, "remove_networks", *networks)

    assert "6 steps need the role admin" in fields["page"]
    assert operator.post(NETWORKS, confirmed(fields, typed_count="6")).status_code == 403
    assert not Job.objects.exists()
    assert Action.objects.get().who == "olga"
    fields = look(operator, NETWORKS, "remove_networks", *networks[:5])
    assert operator.post(NETWORKS, confirmed(fields, typed_count="5")).status_code == 302
    fields = look(admin, NETWORKS, "remove_networks", *networks)
    assert admin.post(NETWORKS, confirmed(fields, typed_count="6")).status_code == 302
    assert sorted(Job.objects.values_list("permission", flat=True)) == ["connect", "shape"]


def test_it_connects_one_container_to_all_networks_where_it_can_be(engine: Engine) -> None:
    front, back, web = make_network(engine, "front"), make_network(engine, "back"), make_container(engine, "web")
    make_endpoint(web, front, "10.1.0.2")
    client = log_in()

    fields = look(client, NETWORKS, "connect_networks", front, back, half=web.docker_id)
    client.post(NETWORKS, confirmed(fields))

    assert "web is on front already." in plain(fields["page"])
    job = Job.objects.get()
    assert (job.what, list(job.steps.values_list("verb", "container_name", "network_name"))) == (
        "web",
        [("connect_container", "web", "back")],
    )


def test_it_empties_networks_and_takes_containers_off_one(engine: Engine) -> None:
    front, back = make_network(engine, "front"), make_network(engine, "back")
    web, db, host = make_container(engine, "web"), make_container(engine, "db"), make_container(engine, "h", network_mode="host")
    for container, network in ((web, front), (db, front), (web, back)):
        make_endpoint(container, network, "10.1.0.2")
    client = log_in()

    emptying = look(client, NETWORKS, "empty_networks", front, back)
    leaving = look(client, CONTAINERS, "disconnect_containers", web, host, half=back.docker_id)

    assert emptying["page"].count("docker network disconnect front") >= 2
    assert "2 containers lose their last network" in plain(emptying["page"])  # web has two, and both go
    assert "Running containers leave 2 networks at once" in plain(emptying["page"])
    assert "Running containers leave 1 network at once" in plain(leaving["page"])
    assert "h uses the host&#x27;s own network" in plain(leaving["page"])
    client.post(CONTAINERS, confirmed(leaving))
    assert list(JobStep.objects.values_list("verb", "container_name", "network_name")) == [
        ("disconnect_container", "web", "back")
    ]


def test_it_removes_nothing_while_the_engine_is_not_live(engine: Engine) -> None:
    client = log_in()
    fields = look(client, NETWORKS, "remove_networks", make_network(engine, "front"))
    EngineStatus.objects.update(state="stale")

    answer = client.post(NETWORKS, confirmed(fields, typed_count="1"))

    assert (answer.status_code, Job.objects.count()) == (409, 0)


@pytest.mark.parametrize(
    "sent", [{"do": "remove_networks"}, {"do": "x", "id": "0" * 64}, {}, {"do": "remove_networks", "id": "../x\0"}]
)
def test_it_goes_back_to_the_list_where_nothing_was_chosen(engine: Engine, sent: dict[str, str]) -> None:
    answer = log_in().post(NETWORKS, sent)

    assert (answer.status_code, answer["Location"]) == (302, "/networks/")


def make_job(engine_slug: str = "local", user_id: int | None = None, **columns: object) -> Job:
    number = Job.objects.count()
    job = Job.objects.create(
        key=str(number), engine_slug=engine_slug, verb="remove_networks", who="x", user_id=user_id, created_at=MORNING, **columns
    )
    JobStep.objects.create(
        job=job, position=1, verb="remove_network", network_id="a" * 64, network_name="front", command="docker …"
    )
    return job


def test_it_shows_a_job_to_its_owner_and_to_admins_of_its_engine(engine: Engine) -> None:
    make_engine("other")
    olga, oona, anna = (
        log_in(name, engine, role) for name, role in (("olga", "operator"), ("oona", "operator"), ("anna", "admin"))
    )
    owner = int(olga.session["_auth_user_id"])
    own, foreign = make_job(user_id=owner), make_job("other", user_id=owner)

    assert [client.get(f"/jobs/{own.pk}/").status_code for client in (olga, oona, anna)] == [200, 404, 200]
    assert [client.get(f"/jobs/{foreign.pk}/").status_code for client in (olga, oona, anna)] == [404, 404, 404]
    assert [client.post(f"/jobs/{own.pk}/stop/").status_code for client in (oona, anna)] == [404, 302]
    assert Job.objects.get(pk=own.pk).stopped_by == "anna"
    assert "1 network" in plain(olga.get("/jobs/").content.decode())
    assert "No recent jobs that you may see" in oona.get("/jobs/").content.decode()


def test_it_says_to_no_viewer_that_there_are_no_jobs_nor_how_to_begin_one(engine: Engine) -> None:
    make_job(user_id=None)

    seen = log_in("vera", engine, "viewer").get("/jobs/").content.decode()
    all_seen = log_in().get("/jobs/").content.decode()

    assert "No recent jobs that you may see" in seen
    assert "Tick several networks or containers" not in seen
    assert "No recent jobs" not in all_seen


def test_it_names_jobs_in_the_navigation_while_there_are_any(engine: Engine) -> None:
    client = log_in()

    before = client.get("/").content.decode()
    make_job()

    assert ('href="/jobs/"' in before, 'href="/jobs/"' in client.get("/").content.decode()) == (False, True)


def test_it_says_how_a_job_ended_and_how_to_finish_it_by_hand(engine: Engine) -> None:
    job = make_job(state=JobState.ATTENTION, ended_at=MORNING)
    job.steps.update(state=OutcomeKind.REFUSED, sentence="network front has active endpoints", action_id=7)

    page = plain(log_in().get(f"/jobs/{job.pk}/").content.decode())

    assert "1 step was not done" in page
    assert "network front has active endpoints" in page
    assert "To finish it by hand docker …" in page
    assert "action 7" in page


def test_it_says_what_the_refusal_of_a_step_means_and_what_would_help(engine: Engine) -> None:
    job = make_job(state=JobState.ROLLED_BACK, ended_at=MORNING)
    job.steps.update(state=OutcomeKind.REFUSED, sentence="Address already in use")

    page = plain(log_in().get(f"/jobs/{job.pk}/").content.decode())

    assert "Address already in use Another endpoint has this address, or the Engine has it recorded as taken." in page
    assert "until dockerd is restarted." in page


def test_it_leads_from_what_a_job_left_undone_to_a_new_one(engine: Engine) -> None:
    front, web = make_network(engine, "front", "10.1.0.0/24"), make_container(engine, "web")
    job = make_job(state=JobState.ATTENTION, ended_at=MORNING)
    job.steps.update(state="failed", verb="connect_container", network_id=front.docker_id, container_id=web.docker_id)
    Job.objects.update(verb="connect_containers")
    admin, viewer = log_in(), log_in("vera", engine, "viewer")
    Job.objects.update(user_id=int(viewer.session["_auth_user_id"]))

    form = admin.get(f"/jobs/{job.pk}/").content.decode().partition(f'action="{CONTAINERS}"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    page = plain(admin.post(CONTAINERS, {name: fields[name] for name in ("do", "id", "half")}).content.decode())

    assert "Try the rest again…" in form
    assert "Connect 1 container to front" in page
    assert "Try the rest again" not in viewer.get(f"/jobs/{job.pk}/").content.decode()


def test_it_asks_again_while_a_job_is_under_way_with_and_without_scripts(engine: Engine) -> None:
    job = make_job(state=JobState.RUNNING, started_at=MORNING)
    client = log_in()

    page, part = client.get(f"/jobs/{job.pk}/").content.decode(), client.get(f"/jobs/{job.pk}/?part=progress").content.decode()

    assert '<noscript><meta http-equiv="refresh"' in page
    assert part.strip().startswith('<div id="job-progress"')
    assert 'hx-trigger="every' in part
    assert "0 of 1 steps done" in plain(part)
    job.stop_asked_at = MORNING
    job.save()
    assert "Stops after this step…" in client.get(f"/jobs/{job.pk}/?part=progress").content.decode()
