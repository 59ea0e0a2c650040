"""In read-only mode nothing that changes reaches an Engine, whoever asks and wherever: counted at the Engine's socket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client

from networks.actions.actors import CONSOLE
from networks.actions.jobs.starting import JobRequest, start_job
from networks.actions.sample_lab.jobs import start_lab_job
from networks.models import Action, Engine, Job
from networks.policy.permissions import CHANGING, Denied, Permission, granted, write_rights
from networks.sync.requests import request_sync
from tests.engine.scripted_engine import ScriptedEngine
from tests.security.people import make_person, make_world, open_browser
from tests.security.places import CONTAINER_ID, NETWORK_ID, addresses
from tests.security.test_no_calls import BODY, METHODS, acting_addresses, refuse_all

pytestmark = pytest.mark.django_db(transaction=True)
# Accounts and Engines' addresses are Netadmin's own: changing them asks no Engine for anything.
NETADMINS_OWN = {
    "change_engine",
    "check_engine",
    "create_person",
    "deactivate_person",
    "end_sessions",
    "grant_role",
    "invite_person",
    "lift_protection",
    "open_terminal",
    "switch_terminals_off",
    "reactivate_person",
    "reset_two_factor",
}
ACTING = re.compile(r"/(create|connect|disconnect|remove|prune|up|down)/")


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[ScriptedEngine]:
    with ScriptedEngine(tmp_path, refuse_all) as running:
        yield running


@pytest.fixture
def local(settings: Any, monkeypatch: pytest.MonkeyPatch, listener: ScriptedEngine) -> Engine:
    settings.NETADMIN_READ_ONLY = True
    monkeypatch.setitem(request_sync.__kwdefaults__, "timeout_s", 0.0)
    return make_world(listener.url, state="live")


@pytest.fixture
def browser(local: Engine) -> Client:
    return open_browser("superuser with a terminal", make_person("superuser with a terminal", local), is_proved=True)


def test_it_sends_nothing_from_any_page(browser: Client, listener: ScriptedEngine) -> None:
    tried = acting_addresses()

    came = {(one, method): browser.generic(method, one.path).status_code for one in tried for method in METHODS}
    came |= {(one, "filled"): browser.post(one.path, BODY).status_code for one in tried}

    assert {request for request in listener.requests if request[0] != "GET"} == set()  # the run form asks which images are there
    assert set(Action.objects.values_list("verb", flat=True)) <= NETADMINS_OWN
    assert not Job.objects.exists()
    assert {status for status in came.values() if status >= 500} == set()
    refused = {one.name for one in tried if one.declared in CHANGING}
    assert refused >= {"network_create", "network_remove", "network_disconnect", "lab_up"}
    assert {came[one, "filled"] for one in tried if one.declared in CHANGING} == {403}


def test_it_would_send_something_without_that_mode(settings: Any, browser: Client, listener: ScriptedEngine) -> None:
    """The control: the same request reaches the Engine as soon as the mode ends."""
    settings.NETADMIN_READ_ONLY = False

    browser.post("/networks/local/create/", BODY)

    assert ("POST", "/v1.45/networks/create") in listener.requests


def test_it_sends_nothing_from_the_admin_site(local: Engine, browser: Client, listener: ScriptedEngine) -> None:
    pages = [one.path for one in addresses() if one.is_admin_site and "logout" not in one.path and "password" not in one.path]
    assert {browser.post(page, BODY).status_code for page in pages} <= {200, 302, 400, 403, 404, 405}

    asked = browser.post("/admin/networks/engine/", {"action": "sync_now", "_selected_action": [local.pk]})

    assert asked.status_code == 302
    assert listener.requests == []


@pytest.mark.parametrize("way", ["up", "down"])
def test_it_sends_nothing_from_the_console(local: Engine, listener: ScriptedEngine, way: str) -> None:
    with pytest.raises(CommandError, match="read-only"):
        call_command("lab", way, "--engine", local.slug, stdout=StringIO())

    assert listener.requests == []
    assert not Action.objects.exists()


def test_it_sends_nothing_from_the_lab_s_thread(local: Engine, listener: ScriptedEngine) -> None:
    job = start_lab_job(CONSOLE, local, "up")

    assert job.ended.wait(10)
    assert job.result is not None
    assert "read-only" in job.result.sentence
    assert listener.requests == []


def test_it_begins_no_job(local: Engine) -> None:
    with pytest.raises(Denied):
        start_job(CONSOLE, local, JobRequest("key", "remove_network"), [])

    assert not Job.objects.exists()


def test_it_still_checks_what_one_types(browser: Client, listener: ScriptedEngine) -> None:
    answer = browser.post("/networks/local/create/", BODY | {"preview": "1"})
    acting = browser.post(f"/networks/local/{NETWORK_ID}/remove/", BODY | {"preview": "1"})

    assert (answer.status_code, acting.status_code) == (200, 403)
    assert "docker network create" in answer.content.decode()
    assert listener.requests == []


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/networks/",
        "/containers/",
        f"/networks/local/{NETWORK_ID}/",
        f"/containers/local/{CONTAINER_ID}/",
        "/engines/local/",
        f"/networks/local/{NETWORK_ID}/remove/",
        f"/networks/local/{NETWORK_ID}/disconnect/{CONTAINER_ID}/",
        "/networks/local/create/",
        f"/networks/local/{NETWORK_ID}/connect/",
        "/engines/local/lab/",
    ],
)
def test_it_says_so_on_every_page_and_offers_nothing(browser: Client, page: str) -> None:
    html = browser.get(page).content.decode()

    assert "Netadmin is in read-only mode." in html
    main = html[html.index('<main id="main"') :]
    buttons = re.findall(r"<button[^>]*>", main)
    assert [one for one in buttons if 'formaction="' in one and ACTING.search(one) and "disabled" not in one] == []
    submits = [one for one in buttons if "btn-danger" in one or 'value="create"' in one or 'value="connect"' in one]
    assert [one for one in submits if "disabled" not in one] == []
    if not ACTING.search(page) and "/lab/" not in page:
        assert ACTING.findall(re.sub(r"<nav.*?</nav>", "", main, flags=re.DOTALL)) == []


def test_it_still_shows_what_the_role_lets_people_see(settings: Any, local: Engine) -> None:
    asleep = write_rights(frozenset({Permission.VIEW, Permission.SHAPE}))
    settings.NETADMIN_READ_ONLY = False
    awake = write_rights(frozenset({Permission.VIEW, Permission.SHAPE}))

    assert (asleep, awake) == ("shape.off,view", "shape,view")
    assert granted(asleep.split(",")) == granted(awake.split(",")) == {"view", "shape"}
    assert get_user_model().objects.exists()
