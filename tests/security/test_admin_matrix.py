"""Every view and every action of the admin site, read from its registry × every kind of person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from networks.models import Action, Engine, Grant, Outcome, Pool, Tombstone
from networks.policy.permissions import Permission
from networks.sync.requests import request_sync
from tests.builders import MORNING
from tests.engine.scripted_engine import ScriptedEngine
from tests.proving import prove
from tests.security.people import MAY, NOT_LOGGED_IN, make_person, make_world, open_browser

pytestmark = pytest.mark.django_db

VIEWS = ("changelist", "add", "change", "delete", "history")
MODELS: dict[str, Any] = {model._meta.model_name or "": model_admin for model, model_admin in site._registry.items()}
# Written out a second time: everything else is rows that only sync or an action writes.
EDITED = {"user": {"add", "change", "delete"}, "group": {"add", "change", "delete"}, "grant": {"add", "change", "delete"}}
EDITED["engine"] = {"add", "change"}
ACTIONS = {"group": {"delete_selected"}, "grant": {"delete_selected"}, "engine": {"sync_now"}}


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[ScriptedEngine]:
    with ScriptedEngine(tmp_path, lambda peer: peer.answer_json({"message": "no"}, 500)) as running:
        yield running


@pytest.fixture(autouse=True)
def nobody_waits_for_a_follower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(request_sync.__kwdefaults__, "timeout_s", 0.0)


def fill_world(url: str) -> Engine:
    """Make a row of everything that the admin site shows."""
    made = make_world(url, state="live")
    Group.objects.create(name="people")
    Grant.objects.create(user=User.objects.get(username="somebody"), engine=made)
    Tombstone.objects.create(engine=made, kind="network", docker_id="a" * 64, name="gone", revision=1, gone_at=MORNING)
    action = Action.objects.create(at=MORNING, who="x", engine_slug=made.slug, verb="create_network", what="x")
    Outcome.objects.create(action_id=action.pk, at=MORNING, kind="ok")
    assert Pool.objects.exists()
    return made


def model_of(name: str) -> type[Model]:
    found: type[Model] = MODELS[name].model
    return found


def url_of(name: str, view: str) -> str:
    meta = model_of(name)._meta
    row = model_of(name)._default_manager.order_by("pk").first()
    arguments = [] if view in ("changelist", "add") else [row.pk if row else "1"]
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{view}", args=arguments)


def actions_of(name: str, person: User) -> set[str]:
    request = RequestFactory().get("/")
    request.user = person
    return set(MODELS[name].get_actions(request))


def everything_there_is() -> dict[str, list[tuple[Any, ...]]]:
    return {name: list(model_of(name)._default_manager.order_by("pk").values_list()) for name in sorted(MODELS)}


def test_it_looks_at_a_row_of_everything(listener: ScriptedEngine) -> None:
    """A new model in the admin site: make a row of it in `fill_world`, and say in EDITED what a superuser may do to it."""
    fill_world(listener.url)

    assert [name for name in MODELS if not model_of(name)._default_manager.exists()] == []


@pytest.mark.parametrize("kind", [kind for kind, permissions in MAY.items() if Permission.SUPERUSER not in permissions])
def test_it_shows_and_does_nothing_for_whoever_is_no_superuser(kind: str, listener: ScriptedEngine) -> None:
    browser = open_browser(kind, make_person(kind, fill_world(listener.url)), is_proved=True)
    before = everything_there_is()

    came = {}
    for name, model_admin in MODELS.items():
        for view in VIEWS:
            url = url_of(name, view)
            for method in ("GET", "POST"):
                came[url, method] = browser.generic(method, url).status_code
        for action in (*model_admin.actions, "delete_selected"):
            chosen = model_of(name)._default_manager.values_list("pk", flat=True)
            body = {"action": action, "_selected_action": list(chosen), "post": "yes"}
            came[name, action] = browser.post(url_of(name, "changelist"), body).status_code

    assert set(came.values()) == {302 if kind in NOT_LOGGED_IN else 403}
    after = everything_there_is()
    for name in ("action", "outcome"):  # what was refused is written down, and takes nothing away
        after[name] = after[name][: len(before[name])]
    assert after == before
    assert listener.requests == []


@pytest.mark.parametrize("name", sorted(MODELS))
def test_it_shows_everything_to_a_superuser_and_lets_edit_what_is_for_editing(name: str, listener: ScriptedEngine) -> None:
    fill_world(listener.url)
    person = User.objects.create_superuser("boss", password="x")
    browser = Client()
    browser.force_login(person)
    prove(browser)

    came = {view: browser.get(url_of(name, view)).status_code for view in VIEWS}
    posted = browser.post(url_of(name, "change"), {"x": "y"}).status_code

    editable = EDITED.get(name, set())
    assert came == {view: 403 if view in {"add", "delete"} - editable else 200 for view in VIEWS}
    assert posted == (200 if "change" in editable else 403)
    assert actions_of(name, person) == ACTIONS.get(name, set())


@pytest.mark.parametrize("name", sorted(set(MODELS) - set(EDITED)))
def test_it_runs_no_forged_action_on_what_is_only_remembered(name: str, listener: ScriptedEngine) -> None:
    fill_world(listener.url)
    browser = Client()
    browser.force_login(User.objects.create_superuser("boss", password="x"))
    prove(browser)
    before = everything_there_is()[name]

    chosen = list(model_of(name)._default_manager.values_list("pk", flat=True))
    for action in ("delete_selected", "sync_now", "__init__"):
        browser.post(url_of(name, "changelist"), {"action": action, "_selected_action": chosen, "post": "yes"})

    assert before
    assert everything_there_is()[name] == before
