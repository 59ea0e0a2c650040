"""The judge of buttons finds out what must never be: views that do nothing, leave something half made, or break."""

from __future__ import annotations

import random

import pytest
from pytest_django import Settings

from networks.models import Container, Engine
from networks.sync.requests import request_sync
from tests.actions.conftest import followed
from tests.private_engine import PrivateEngine, wait_until
from tests.truth.pressing.gathering import picks_of
from tests.truth.pressing.markup import read_page
from tests.truth.pressing.presser import Pressed, Presser
from tests.truth.pressing.pressing_all import log_in

__all__ = ["followed"]


@pytest.fixture
def presser(engine: PrivateEngine, followed: Engine) -> Presser:
    engine.run("web", "--network", "none")
    wait_until(lambda: Container.objects.filter(name="web", state="running").exists(), "the container in the snapshot")
    rng = random.Random(1)  # noqa: S311 drawn to be repeatable
    return Presser(log_in(followed.slug), engine, rng, lambda: request_sync(followed.slug, timeout_s=10))


def press(presser: Presser, page: str, ending: str, value: str = "") -> Pressed:
    """Press the button of this page whose address ends so."""
    drawn = presser.get(page)
    button = next(one for one in drawn.buttons if one.url.endswith(ending) and one.value == value)
    return presser.press(button, picks_of(drawn, button, random.Random(1)))  # noqa: S311 drawn to be repeatable


def page_of(followed: Engine) -> str:
    return f"/containers/{followed.slug}/{Container.objects.get(name='web').docker_id}/"


def test_it_finds_nothing_wrong_with_what_is_carried_out(presser: Presser, followed: Engine) -> None:
    stopped = press(presser, page_of(followed), "/stop/")
    started = press(presser, page_of(followed), "/start/")
    explained = press(presser, f"/engines/{followed.slug}/swarm/join/", "/join/")

    assert [(one.kind, one.faults) for one in (stopped, started)] == [("done", [])] * 2
    assert (explained.kind, explained.faults) == ("explained", [])


def test_it_finds_out_views_as_they_must_never_be(presser: Presser, followed: Engine, settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.truth.pressing.bad_urls"

    idle = press(presser, page_of(followed), "/stop/")
    silent = press(presser, "/containers/", "/several/", "stop_containers")
    wordless = press(presser, page_of(followed), "/restart/")
    broken = press(presser, page_of(followed), "/pause/")
    half_made = press(presser, f"/networks/{followed.slug}/create/", "/create/", "create")

    assert [fault.partition(":")[0] for fault in idle.faults] == ["not so"]
    assert silent.faults == ["a redirect with nothing done and nothing said"]
    assert wordless.faults == ["answered 409 without a word"]
    assert [fault.partition(":")[0] for fault in broken.faults] == ["answered 500", "logged"]
    assert [fault.partition(":")[0] for fault in half_made.faults] == ["left behind"]


def test_it_presses_nothing_that_is_off() -> None:
    html = """<form id="act" method="post"></form><fieldset disabled><button form="act" formaction="/a/">A</button></fieldset>
    <form method="post" action="/b/"><input name="x" value="1"><fieldset><button name="do" value="b">B</button></fieldset>
    <button disabled>C</button><button type="button">D</button></form><div hidden><button form="act">E</button></div>"""

    page = read_page("/page/", 200, html)

    assert [(one.label, one.url, one.value) for one in page.buttons] == [("B", "/b/", "b")]
