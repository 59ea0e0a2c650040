"""People and their browsers for tests of pages: `log_in("mina", engine, "viewer")`."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from networks.models import Engine, Grant


def log_in(name: str = "root", engine: Engine | None = None, role: str = "") -> Client:
    """Return the browser of a person with this role on the Engine, of a superuser where none is named."""
    is_superuser = not role and engine is None
    person = User.objects.create_user(name, is_superuser=is_superuser, is_staff=is_superuser)
    if engine is not None and role:
        Grant.objects.create(user=person, engine=engine, role=role)
    client = Client()
    client.force_login(person)
    return client


def count_statements(client: Client, url: str) -> int:
    """Return how many SQL statements one page takes, once what is kept in memory is there."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as statements:
        client.get(url)
    return len(statements)
