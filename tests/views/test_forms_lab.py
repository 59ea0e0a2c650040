"""The sample lab from the browser."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from networks.actions.actors import Actor
from networks.actions.sample_lab.jobs import last_lab_job
from networks.models import Action, Engine, EngineStatus, Grant, Role
from tests.private_engine import PrivateEngine


@pytest.fixture
def admin_browser(client: Client, operator: Actor) -> Client:
    Grant.objects.update(role=Role.ADMIN)
    client.force_login(get_user_model().objects.get(pk=operator.user_id))
    return client


def test_it_builds_the_lab_and_takes_it_away(engine: PrivateEngine, followed: Engine, admin_browser: Client) -> None:
    up = admin_browser.post(reverse("lab_up", args=[followed.slug]))
    page = admin_browser.get(reverse("lab", args=[followed.slug])).content.decode()
    names = engine.cli("ps", "--format", "{{.Names}}").split()
    ids = ["network", "ls", "-q", "--no-trunc"], ["ps", "-aq", "--no-trunc"]
    shown = [each for command in ids for each in engine.cli(*command, "--filter", "label=netadmin.lab=1").split()]
    down = admin_browser.post(
        reverse("lab_down", args=[followed.slug]), {"shown": ",".join(shown), "typed_count": str(len(shown))}
    )

    assert [up["Location"], down["Location"]] == [reverse("network_list")] * 2
    assert "Started mynetwork_bridge on mybridge." in page
    assert "The lab is up." in page
    assert {"mynetwork_bridge", "mycustom_1", "host-network", "none-network", "myvolume_1"} <= set(names)
    assert not engine.cli("ps", "-aq", "--filter", "label=netadmin.lab")
    assert list(Action.objects.order_by("id").values_list("who", "verb")) == [("olga", "lab_up"), ("olga", "lab_down")]


def test_it_tells_others_what_was_done_in_their_language(followed: Engine, admin_browser: Client) -> None:
    way = f"/engines/{followed.slug}/lab/"
    admin_browser.post(f"{way}up/", headers={"accept-language": "ko"})

    english = admin_browser.get(way, headers={"accept-language": "en"}).content.decode()
    korean = admin_browser.get(way, headers={"accept-language": "ko"}).content.decode()

    assert ("Created the network mybridge." in english, "mybridge 네트워크를 만들었습니다" in korean) == (True, True)
    assert not re.search("[가-힣]", english.replace("한국어", ""))


def test_it_says_why_it_was_not_built(engine: PrivateEngine, followed: Engine, admin_browser: Client) -> None:
    engine.cli("network", "create", "--subnet", "172.72.8.0/24", "front")

    response = admin_browser.post(reverse("lab_up", args=[followed.slug]), follow=True)

    page = response.content.decode()
    assert "The lab needs 172.72.0.0/16, but front uses 172.72.8.0/24, which overlaps it." in page
    assert "Nothing was changed." in page


def test_it_starts_nothing_while_the_engine_does_not_answer(db: None, client: Client) -> None:
    away = Engine.objects.create(slug="away", name="away", url="unix:///nonexistent/docker.sock")
    EngineStatus.objects.create(engine=away)
    client.force_login(get_user_model().objects.create_superuser("root"))

    response = client.post(reverse("lab_up", args=["away"]), follow=True)

    assert "The Engine does not answer" in response.content.decode()
    assert last_lab_job("away") is None
    assert not Action.objects.exists()
