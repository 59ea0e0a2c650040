"""security.txt tells strangers who is told of a hole here, and nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone as clock
from pytest_django import Settings

CONTACTS = ("mailto:security@netadmin.example", "https://netadmin.example/report")
PATH = "/.well-known/security.txt"


@pytest.fixture
def origins(settings: Settings) -> None:
    """Trust an origin on https, and one on http."""
    trusted = {"https://netadmin.example:8443", "http://plain.example"}
    settings.NETADMIN_ALLOWED_ORIGINS = settings.NETADMIN_ALLOWED_ORIGINS | trusted
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "netadmin.example", "plain.example"]


@pytest.fixture
def named(settings: Settings) -> None:
    settings.NETADMIN_SECURITY_CONTACT = CONTACTS


def test_it_names_whom_the_settings_name(client: Client, origins: None, named: None, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 12, 1, 7, 30, tzinfo=timezone(timedelta(hours=9)))  # in UTC that is still the day before
    monkeypatch.setattr(clock, "now", lambda: late)

    answer = client.get(PATH, headers={"host": "netadmin.example:8443"})

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.content.decode() == (
        "Contact: mailto:security@netadmin.example\n"
        "Contact: https://netadmin.example/report\n"
        "Expires: 2027-05-29T00:00:00Z\n"
        "Preferred-Languages: en, ko\n"
        "Canonical: https://netadmin.example:8443/.well-known/security.txt\n"
    )


def test_it_is_good_for_half_a_year_from_today(client: Client, named: None) -> None:
    told = re.search(r"^Expires: (.+)$", client.get(PATH).content.decode(), re.MULTILINE)
    assert told is not None

    left = datetime.fromisoformat(told[1]) - datetime.now(UTC)

    assert timedelta(days=179) - timedelta(minutes=1) < left <= timedelta(days=180)


@pytest.mark.parametrize("host", ["plain.example", "localhost:8000", "testserver"])
def test_it_says_no_address_of_its_own_on_plain_http(client: Client, origins: None, named: None, host: str) -> None:
    answer = client.get(PATH, headers={"host": host})

    assert [line.partition(":")[0] for line in answer.content.decode().splitlines()] == [
        "Contact",
        "Contact",
        "Expires",
        "Preferred-Languages",
    ]


def test_it_says_no_address_that_nobody_trusts(client: Client, origins: None, named: None) -> None:
    assert client.get(PATH, headers={"host": "evil.example"}).status_code == 403
    assert b"Canonical" not in client.get(PATH, headers={"host": "plain.example"}, secure=True).content


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_it_is_not_there_where_nobody_is_named(client: Client, method: str) -> None:
    assert client.generic(method, PATH).status_code == 404


def test_it_needs_no_database_and_no_person(client: Client, named: None) -> None:
    """A test without the mark django_db has no database at all: asking one would fail it."""
    answer = client.get(PATH)

    assert answer.status_code == 200
    assert not client.cookies


@pytest.mark.django_db
def test_it_answers_before_there_is_anybody_and_when_the_database_fails(client: Client, named: None) -> None:
    def fail(*_arguments: object) -> None:
        raise DatabaseError("disk I/O error")

    before = client.get(PATH)
    with connection.execute_wrapper(fail):
        meanwhile = client.get(PATH)

    assert (before.status_code, before.content) == (meanwhile.status_code, meanwhile.content)
    assert before.status_code == 200
