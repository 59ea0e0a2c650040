"""A private Engine that is followed in this process, and people who act on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connections

from networks.actions import recording
from networks.actions.actors import Actor
from networks.models import Engine, EngineStatus, Grant, Role
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.follower import Follower
from networks.sync.supervisor import followers
from tests.patience import within
from tests.private_engine import PrivateEngine, wait_until


@pytest.fixture
def followed(engine: PrivateEngine, transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Follow the private Engine, so that what was done is seen at once; beside others that keep the machine busy, within 20 s."""
    monkeypatch.setattr(recording, "LOOK_WITHIN_S", within(recording.LOOK_WITHIN_S))
    monkeypatch.setattr(recording, "LOOKED_WITHIN_S", within(recording.LOOKED_WITHIN_S))
    row = ensure_local_engine(engine.url)
    followers[row.slug] = Follower(row, tmp_path)
    followers[row.slug].start()
    wait_until(lambda: EngineStatus.objects.filter(engine=row, state="live").exists(), "live")
    yield row
    followers.pop(row.slug).stop()
    connections.close_all()


@pytest.fixture
def operator(followed: Engine) -> Actor:
    """Make a person who may connect but not shape."""
    person = get_user_model().objects.create_user("olga", password="x")
    Grant.objects.create(user=person, engine=followed, role=Role.OPERATOR)
    return Actor("olga", person.pk, "127.0.0.1")


@pytest.fixture
def as_admin(operator: Actor) -> None:
    """Make that person one who may shape: subnets anywhere, ports at any address, registries of one's own."""
    Grant.objects.filter(user_id=operator.user_id).update(role=Role.ADMIN)
