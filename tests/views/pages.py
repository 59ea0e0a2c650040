"""People and their browsers for tests of pages: `log_in("mina", engine, "viewer")`."""

from __future__ import annotations

import re

from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from networks.models import Engine, Grant
from tests.proving import prove


def log_in(name: str = "root", engine: Engine | None = None, role: str = "") -> Client:
    """Return the browser of a person with this role on the Engine, of a superuser where none is named.

    The password was typed again a moment ago.
    """
    is_superuser = not role and engine is None
    person = User.objects.create_user(name, password="x", is_superuser=is_superuser, is_staff=is_superuser)
    if engine is not None and role:
        Grant.objects.create(user=person, engine=engine, role=role)
    client = Client()
    client.force_login(person)
    return prove(client)


def shown_by(response: HttpResponse) -> str:
    """Return what a page that takes something away shows as breaking, as its form sends it."""
    found = re.search(r'name="shown" value="([^"]*)"', response.content.decode())
    assert found is not None, "nothing to confirm on this page"
    return found[1]


def confirm(client: Client, url: str, typed_name: str = "") -> HttpResponse:
    """Open a page that takes something away, and confirm what it shows."""
    return client.post(url, {"typed_name": typed_name, "shown": shown_by(client.get(url))})


def count_statements(client: Client, url: str) -> int:
    """Return how many SQL statements one page takes, once what is kept in memory is there."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as statements:
        client.get(url)
    return len(statements)
