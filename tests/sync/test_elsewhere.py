"""Which Engines only the server beside them may ask, where several servers share a database."""

from __future__ import annotations

import pytest
from django.db import connection

from networks.engine.access.facts import AccessFault, Fault
from networks.models import Engine
from networks.models.access import access_of, is_elsewhere

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("url", "is_of_a_machine"),
    [
        ("unix:///var/run/docker.sock", True),
        ("tcp://127.0.0.1:2375", True),
        ("tcp://127.9.9.9:2375", True),
        ("tcp://[::1]:2376", True),
        ("tcp://localhost:2375", True),
        ("ssh://root@localhost", True),
        ("tcp://192.0.2.10:2376", False),
        ("ssh://root@db.example", False),
    ],
)
def test_nobody_asks_what_is_another_docker_on_each_machine(
    monkeypatch: pytest.MonkeyPatch, url: str, is_of_a_machine: bool
) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql", raising=False)

    assert is_elsewhere(Engine(slug="far", url=url)) is is_of_a_machine
    assert is_elsewhere(Engine(slug="local", url=url)) is False
    if is_of_a_machine:
        with pytest.raises(AccessFault) as raised:
            access_of(Engine(slug="far", url=url))
        assert raised.value.fault is Fault.ELSEWHERE
