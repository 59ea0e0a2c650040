"""Which images an Engine has: asked shortly, and not at all of one that is ill."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from networks.actions import images
from networks.actions.images import images_of
from networks.models import Engine, EngineStatus
from tests.builders import make_engine
from tests.engine.scripted_engine import Peer, ScriptedEngine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forget_images() -> Iterator[None]:
    images._kept.clear()
    yield
    images._kept.clear()


def say_nothing(peer: Peer) -> None:
    time.sleep(3)


def test_it_waits_no_longer_than_it_says_for_an_engine_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "ANSWER_WITHIN_S", 0.2)
    with ScriptedEngine(tmp_path, say_nothing) as hung:
        engine = make_engine()
        engine.url = hung.url
        engine.save()
        began = time.monotonic()

        assert images_of(engine) is None
        assert time.monotonic() - began < 2
        asked = len(hung.requests)
        assert images_of(engine) is None

        assert asked
        assert len(hung.requests) == asked  # what nobody could say isn't asked for at each key


def test_it_does_not_ask_an_engine_that_is_disconnected(tmp_path: Path) -> None:
    with ScriptedEngine(tmp_path, say_nothing) as hung:
        engine = make_engine(state="disconnected")
        engine.url = hung.url
        engine.save()

        assert images_of(engine) is None
        assert hung.requests == []


def test_it_asks_an_engine_for_its_images_as_soon_as_it_is_live(followed: Engine) -> None:
    EngineStatus.objects.filter(engine=followed).update(state="disconnected")
    assert images_of(followed) is None

    EngineStatus.objects.filter(engine=followed).update(state="live")

    assert images_of(followed)
