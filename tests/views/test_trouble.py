"""Netadmin's own database refuses: what is only read comes up, the rest says why not, and nothing waits long."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from networks.models import Action, EngineStatus
from networks.models.database_trouble import note_trouble
from networks.views.middleware import LenientSessionMiddleware
from tests.builders import make_engine, make_predefined
from tests.views.pages import log_in

WORDS = "Netadmin&#x27;s database can be read, but not written"


@contextmanager
def only_readable() -> Iterator[None]:
    """Have SQLite refuse every write of this connection, as on a disk that became read-only."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = 1")
        try:
            yield
        finally:
            cursor.execute("PRAGMA query_only = 0")


@pytest.fixture
def stranger() -> Client:
    """Give a browser that shows what people see, where Django's own client raises."""
    return Client(raise_request_exception=False)


@pytest.fixture
def trouble() -> Iterator[None]:
    note_trouble("local", "database or disk is full")
    yield
    note_trouble("local", "")


@pytest.mark.django_db(transaction=True)
def test_it_shows_pages_whose_session_can_not_be_saved() -> None:
    make_predefined(make_engine())
    admin = log_in("sora", None, "")
    key = admin.cookies[settings.SESSION_COOKIE_NAME].value

    def note(request: HttpRequest) -> HttpResponse:
        request.session["noted"] = True
        return HttpResponse("shown")

    asked = RequestFactory().get("/", headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={key}"})
    with only_readable():
        noted = LenientSessionMiddleware(note)(asked)
        page = admin.get("/networks/")

    assert noted.content == b"shown"
    assert page.status_code == 200
    assert "noted" not in admin.session


@pytest.mark.django_db(transaction=True)
def test_it_says_why_nobody_can_log_in(stranger: Client) -> None:
    get_user_model().objects.create_user("olga", password="a long enough pass phrase")

    with only_readable():
        page = stranger.post("/accounts/login/", {"login": "olga", "password": "a long enough pass phrase"})

    assert page.status_code == 503
    assert WORDS in page.content.decode()
    assert page["Retry-After"] == "5"


@pytest.mark.django_db(transaction=True)
def test_it_refuses_a_change_before_the_engine_is_asked() -> None:
    make_predefined(make_engine())
    admin = log_in("sora", None, "")

    with only_readable():
        page = admin.post("/networks/local/create/", {"name": "front", "driver": "bridge", "do": "create"})

    words = page.content.decode()
    assert page.status_code == 409
    assert "The request was not sent" in words
    assert f"{WORDS}: its file or folder is read-only. The action could not be recorded, so nothing was done." in words
    assert 'value="front"' in words
    assert not Action.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_a_locked_database_no_longer_than_three_seconds(stranger: Client) -> None:
    get_user_model().objects.create_user("olga", password="a long enough pass phrase")
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        page = stranger.post("/accounts/login/", {"login": "olga", "password": "a long enough pass phrase"})
        took_s = time.monotonic() - began
        other.execute("ROLLBACK")

    assert page.status_code == 503
    assert "Another program keeps Netadmin&#x27;s database locked." in page.content.decode()
    assert 2.5 < took_s < 6
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,)


@pytest.mark.django_db(transaction=True)
def test_it_answers_for_its_health_without_a_database(stranger: Client) -> None:
    assert stranger.get("/healthz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_it_says_what_keeps_the_follower_from_writing(trouble: None) -> None:
    make_predefined(make_engine())

    page = log_in("sora", None, "").get("/networks/").content.decode()

    assert '<span id="engine-state" class="st" data-state="stale">' in page
    assert "What happens on local can't be recorded." in page
    assert "The disk that holds Netadmin&#x27;s database is full." in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("age_s", "state"), [(1, "live"), (20, "lagging"), (70, "stale")])
def test_it_calls_nothing_live_that_nobody_has_proven(age_s: int, state: str) -> None:
    make_predefined(make_engine())
    EngineStatus.objects.update(as_of=datetime.now(UTC) - timedelta(seconds=age_s))

    page = log_in("sora", None, "").get("/networks/").content.decode()

    assert f'id="engine-state" class="st" data-state="{state}"' in page


@pytest.mark.django_db(transaction=True)
def test_it_leaves_a_connection_that_a_request_opened_as_patient_as_others(client: Client) -> None:
    connection.close()
    client.get("/accounts/login/")

    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,)
