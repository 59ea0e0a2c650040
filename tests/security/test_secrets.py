"""Secrets that are known beforehand are looked for afterwards: in the whole database, the log, the record, and every page."""

from __future__ import annotations

import json
import logging
import logging.config
import sqlite3
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from netadmin.logs import configure_logs
from networks.engine.parsing.containers import parse_container
from networks.models import Action, Container, Network, Outcome
from networks.policy.first_admin import SetupRefused, claim_setup, ensure_setup_token
from networks.policy.login.store import row_key_of
from networks.sync.requests import request_sync
from tests.engine.scripted_engine import VERSION, Peer, ScriptedEngine
from tests.security.people import make_person, make_world, open_browser
from tests.security.places import NETWORK_ID, addresses

PASSWORD = "canary-password-5f1c"
WRONG_PASSWORD = "canary-wrong-77aa"
NEW_PASSWORD = "canary-new-password-91d3"
LABEL = "canary-label-e01b"
OPTION = "canary-option-3c40"
COMMAND = "canary-command-6a12"
ENVIRONMENT = "canary-environment-d4d4"


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[ScriptedEngine]:
    def answer(peer: Peer) -> None:
        if peer.target == "/version":
            peer.answer_json(VERSION)
        elif peer.method == "POST":
            peer.answer_json({"Id": NETWORK_ID, "Warning": ""}, 201)
        else:
            peer.answer_json({"message": "no"}, 404)

    with ScriptedEngine(tmp_path, answer) as running:
        yield running


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Collect what would be on the console at the chattiest level."""
    formatter = dict(configure_logs("DEBUG")["formatters"]["line"])
    stream = StringIO()
    console = logging.StreamHandler(stream)
    factory = formatter.pop("()")
    console.setFormatter(factory(**formatter))
    root = logging.getLogger()
    before = root.level
    root.addHandler(console)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(before)
    root.removeHandler(console)


@pytest.fixture(autouse=True)
def world(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.NETADMIN_DATA_DIR = tmp_path
    monkeypatch.setitem(request_sync.__kwdefaults__, "timeout_s", 0.0)
    cache.clear()


def dump() -> str:
    """Return the whole database as SQL."""
    connection.ensure_connection()
    database: sqlite3.Connection = connection.connection
    return "\n".join(database.iterdump())


def pages(browser: Client) -> dict[str, str]:
    """Return what this browser gets of every address."""
    found = {}
    for address in addresses():
        before = transaction.savepoint()
        answer = browser.get(address.path)
        found[address.path] = answer.content.decode(errors="replace") if isinstance(answer, HttpResponse) else ""
        found[address.path] += repr(sorted(answer.headers.items()))
        if answer.streaming:
            found[address.path] += b"".join(answer).decode(errors="replace")
        transaction.savepoint_rollback(before)
    return found


def hold(kind: str, listener: ScriptedEngine) -> Client:
    """Make the world, its secrets and a person of this kind; return their browser."""
    engine = make_world(listener.url, state="live")
    secrets = {"db.password": LABEL, "com.example.apiKey": LABEL}
    Network.objects.filter(docker_id=NETWORK_ID).update(labels=secrets, options={"registry.token": OPTION})
    Container.objects.update(labels=secrets, command=f"serve --password={COMMAND}")
    person = make_person(kind, engine)
    assert person is not None
    person.set_password(PASSWORD)
    person.save()
    return open_browser(kind, person)


@pytest.mark.django_db
def test_it_keeps_no_password_that_anybody_types(listener: ScriptedEngine, log: StringIO) -> None:
    hold("operator", listener)
    browser = Client()
    login = "/accounts/login/"

    browser.post(login, {"login": "operator", "password": WRONG_PASSWORD})
    browser.post("/admin/login/", {"username": "operator", "password": WRONG_PASSWORD})
    inside = browser.post(login, {"login": "operator", "password": PASSWORD})
    changed = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    done = browser.post("/accounts/password/change/", changed)

    everything = dump() + log.getvalue() + "".join(pages(browser).values())
    assert (inside.status_code, done.status_code) == (302, 302)
    assert User.objects.get(username="operator").check_password(NEW_PASSWORD)
    assert [one for one in (PASSWORD, WRONG_PASSWORD, NEW_PASSWORD) if one in everything] == []


@pytest.mark.django_db
def test_it_keeps_the_set_up_token_to_its_file(listener: ScriptedEngine, log: StringIO) -> None:
    token = ensure_setup_token()
    assert token is not None
    browser = Client()
    form = {"token": token, "username": "ann", "password1": "short", "password2": "short"}

    browser.post("/setup/", form)  # whoever typed it gets it back, with what is wrong with the password
    with pytest.raises(SetupRefused):
        claim_setup("canary-guess-00c1", "ann", PASSWORD)
    browser.post("/setup/", form | {"password1": PASSWORD, "password2": PASSWORD})

    everything = dump() + log.getvalue() + "".join(pages(browser).values())
    assert User.objects.get().username == "ann"
    assert token not in everything
    assert PASSWORD not in everything
    assert "canary-guess-00c1" not in everything


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["viewer", "operator", "superuser"])
def test_it_tells_no_session_and_no_key_on_any_page(kind: str, listener: ScriptedEngine, log: StringIO) -> None:
    browser = hold(kind, listener)
    key = browser.cookies[django_settings.SESSION_COOKIE_NAME].value
    shown = pages(browser)

    secrets = [key, django_settings.SECRET_KEY, User.objects.get(username=kind).password]
    told = {path: secret for path, text in shown.items() for secret in secrets if secret in text}
    assert told == {}
    assert not [secret for secret in secrets if secret in log.getvalue()]
    assert django_settings.SECRET_KEY not in dump()


@pytest.mark.django_db
def test_a_copy_of_the_database_logs_nobody_in(listener: ScriptedEngine) -> None:
    browser = hold("superuser", listener)
    key = browser.cookies[django_settings.SESSION_COOKIE_NAME].value
    assert browser.get("/people/").status_code == 200

    assert key not in dump()
    kept = Session.objects.get()
    for stolen in (kept.pk, kept.session_data[:32], row_key_of(kept.pk)):
        browser.cookies[django_settings.SESSION_COOKIE_NAME] = stolen
        assert browser.get("/people/").status_code == 302, stolen


@pytest.mark.django_db
def test_it_masks_labels_and_options_and_commands_for_who_only_looks(listener: ScriptedEngine, log: StringIO) -> None:
    browser = hold("viewer", listener)

    shown = pages(browser)

    assert {path: one for path, text in shown.items() for one in (LABEL, OPTION, COMMAND) if one in text} == {}
    assert LABEL not in log.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/networks/", "/containers/"])
def test_it_finds_nothing_by_a_secret(path: str, listener: ScriptedEngine) -> None:
    browser = hold("viewer", listener)

    found = [browser.get(path, {"q": guess}).content.decode().replace(guess, "") for guess in (LABEL, COMMAND, OPTION)]
    known = browser.get(path, {"q": "db.password"}).content.decode()

    assert [text.count("<tr id=") for text in found] == [0, 0, 0]
    assert known.count("<tr id=") == 1


@pytest.mark.django_db(transaction=True)
def test_it_records_no_secret_of_what_it_makes(listener: ScriptedEngine, log: StringIO) -> None:
    browser = hold("admin", listener)
    form = {
        "name": "fresh",
        "driver": "bridge",
        "labels": f"db.password={LABEL}-typed",
        "options": f"registry.token={OPTION}-typed",
        "do": "create",
    }

    browser.post("/networks/local/create/", form)

    sent = b"".join(listener.bodies).decode()
    recorded = json.dumps([list(Action.objects.values()), list(Outcome.objects.values())], default=str)
    assert f"{LABEL}-typed" in sent  # it did reach the Engine
    assert "db.password" in recorded
    assert f"{LABEL}-typed" not in recorded + dump() + log.getvalue()
    assert f"{OPTION}-typed" not in recorded + dump() + log.getvalue()


def test_it_reads_no_environment_of_a_container() -> None:
    inspected: dict[str, Any] = {
        "Id": "a" * 64,
        "Name": "/web",
        "Created": "2026-11-24T08:30:00Z",
        "Config": {"Env": [f"DB_PASSWORD={ENVIRONMENT}"], "Image": "busybox", "Labels": {}, "Cmd": ["sleep", "1d"]},
        "HostConfig": {"NetworkMode": "bridge"},
        "State": {"Status": "running", "StartedAt": "2026-11-24T08:30:00Z", "FinishedAt": "0001-01-01T00:00:00Z"},
        "NetworkSettings": {"Networks": {}},
    }

    assert ENVIRONMENT not in repr(parse_container(inspected))


@pytest.mark.django_db
def test_it_writes_down_of_a_command_its_program_alone(listener: ScriptedEngine) -> None:
    browser = hold("superuser", listener)
    typed = {"do": "run", "mode": "none", "image": "redis", "name": "cache", "command": "redis-server --requirepass hunter2-00c1"}

    browser.post("/containers/local/run/", typed)
    browser.post("/containers/local/run/", {**typed, "entrypoint": "/bin/sh -c hunter2-00c1", "command": "x=hunter2-00c1"})

    rows = list(Action.objects.filter(verb="run_container").order_by("pk"))
    assert [(row.asked["program"], row.asked["words"]) for row in rows] == [("redis-server", 3), ("/bin/sh", 4)]
    assert "redis-server" in rows[0].command
    assert "hunter2" not in dump() + b"".join(browser.get("/activity/export.csv")).decode()
