"""Connecting and disconnecting while others change the same things, twice, and by forged requests; against a real Engine."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from networks.actions.actors import Actor
from networks.models import Action, Container, Endpoint, Engine, Grant, Network, Outcome, Role
from tests.builders import make_container, make_engine, make_network
from tests.private_engine import PrivateEngine, wait_until

SEEN = re.compile(r'name="seen" value="([^"]*)"')


@pytest.fixture
def browser(client: Client, operator: Actor) -> Client:
    client.force_login(get_user_model().objects.get(pk=operator.user_id))
    return client


@pytest.fixture
def front(engine: PrivateEngine, followed: Engine) -> str:
    return appear(Network, engine.cli("network", "create", "--subnet", "172.72.0.0/16", "front"))


@pytest.fixture
def web(engine: PrivateEngine, followed: Engine) -> str:
    return appear(Container, engine.run("web"))


def appear(model: Any, docker_id: str) -> str:
    wait_until(lambda: model.objects.filter(docker_id=docker_id).exists(), f"{docker_id} in the snapshot")
    return docker_id


def vanish(model: Any, docker_id: str) -> None:
    wait_until(lambda: not model.objects.filter(docker_id=docker_id).exists(), f"the end of {docker_id}")


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def connect_url(engine: Engine, network: str) -> str:
    return reverse("network_connect", args=[engine.slug, network])


def seen_in(response: Any) -> str:
    [value] = SEEN.findall(response.content.decode())
    return str(value.replace("&quot;", '"'))


def asked_of(engine: PrivateEngine, container: str) -> Any:
    return json.loads(engine.cli("inspect", "-f", "{{json .NetworkSettings.Networks.front}}", container))


def test_it_connects_with_the_rarer_options(
    engine: PrivateEngine, followed: Engine, browser: Client, front: str, web: str
) -> None:
    Grant.objects.update(role=Role.ADMIN)
    appear(Container, engine.run("db", "--network", "front"))

    fields = {"link_local_ips": "169.254.7.1", "links": "db:database", "driver_options": "com.example.a=b,c"}
    response = browser.post(connect_url(followed, front), {"container_id": web} | fields)

    assert response.status_code == 302
    made = asked_of(engine, "web")
    assert made["IPAMConfig"] == {"LinkLocalIPs": ["169.254.7.1"]}
    assert (made["Links"], made["DriverOpts"]) == (["db:database"], {"com.example.a": "b,c"})
    asked = Action.objects.get().asked
    assert (asked["link_local_ips"], asked["links"], asked["driver_options"]) == (
        ["169.254.7.1"],
        ["db:database"],
        {"com.example.a": "b,c"},
    )


def test_it_lets_only_admins_hand_options_to_drivers(
    engine: PrivateEngine, followed: Engine, browser: Client, front: str, web: str
) -> None:
    response = browser.post(connect_url(followed, front), {"container_id": web, "driver_options": "com.example.a=b"})

    assert response.status_code == 422
    assert "it needs the role admin" in text_of(response)
    assert not Action.objects.exists()


def test_it_shows_command_and_document_while_one_types(followed: Engine, browser: Client, front: str, web: str) -> None:
    fields = {"container_id": web, "ipv4": "172.72.0.9", "aliases": "blog", "preview": "1"}

    page = text_of(browser.post(connect_url(followed, front), fields))

    assert "docker network connect \\ --ip 172.72.0.9 \\ --alias blog \\ front \\ web" in page
    assert f"POST /networks/{front}/connect" in page
    assert f"&quot;Container&quot;: &quot;{web}&quot;" in page
    assert "&quot;IPv4Address&quot;: &quot;172.72.0.9&quot;" in page
    assert not Action.objects.exists()


def test_it_disables_what_this_engine_would_ignore(followed: Engine, browser: Client, front: str, web: str) -> None:
    shown = browser.get(connect_url(followed, front)).content.decode()
    forged = browser.post(connect_url(followed, front), {"container_id": web, "mac": "02:42:ac:48:00:09"})

    for field, since in (("mac", "29.3"), ("gateway_priority", "28"), ("interface_name", "28"), ("sysctls", "27")):
        [control] = re.findall(rf"<(?:input|textarea)[^>]*name=\"{field}\"[^>]*>", shown)
        assert " disabled" in control
        assert f"from Engine {since}" in shown
    assert forged.status_code == 422
    assert "Engine 26.1.5" in text_of(forged)
    assert "would accept this and ignore it. It came with Engine 29.3." in text_of(forged)
    assert not Action.objects.exists()


def test_it_says_that_it_is_done_already(engine: PrivateEngine, followed: Engine, browser: Client, front: str, web: str) -> None:
    wished = {"container_id": web, "ipv4": "172.72.0.20", "aliases": "blog"}
    first = browser.post(connect_url(followed, front), wished)
    second = browser.post(connect_url(followed, front), wished, follow=True)
    from_container = browser.post(reverse("container_connect", args=[followed.slug, web]), {"network_id": front}, follow=True)
    otherwise = browser.post(connect_url(followed, front), wished | {"ipv4": "172.72.0.21"})

    assert first.status_code == 302
    for again in (second, from_container):
        assert "web is on front already, as you asked. Nothing more was done." in text_of(again)
    assert otherwise.status_code == 422
    assert "web is on front already." in text_of(otherwise)
    assert asked_of(engine, "web")["IPAddress"] == "172.72.0.20"
    assert Action.objects.count() == 1


def test_it_says_that_the_container_has_another_name_now(
    engine: PrivateEngine, followed: Engine, browser: Client, front: str, web: str
) -> None:
    drawn = browser.post(connect_url(followed, front), {"container_id": web, "preview": "1"})
    engine.cli("rename", "web", "shop")
    wait_until(lambda: Container.objects.filter(name="shop").exists(), "the new name")

    typed = {"container_id": web, "aliases": "blog", "seen": seen_in(drawn)}
    told = browser.post(connect_url(followed, front), typed)
    done = browser.post(connect_url(followed, front), typed | {"seen": seen_in(told)})

    assert told.status_code == 409
    assert "The container web is called shop now." in text_of(told)
    assert 'value="blog"' in told.content.decode()
    assert done.status_code == 302


def test_it_says_that_the_container_moved(engine: PrivateEngine, followed: Engine, browser: Client, front: str, web: str) -> None:
    drawn = browser.post(connect_url(followed, front), {"container_id": web, "preview": "1"})
    appear(Network, engine.cli("network", "create", "back"))
    engine.cli("network", "connect", "back", "web")
    wait_until(lambda: Endpoint.objects.filter(network_name="back").exists(), "the other endpoint")

    told = browser.post(connect_url(followed, front), {"container_id": web, "seen": seen_in(drawn)})

    assert told.status_code == 409
    assert "web is on other networks now: back, bridge." in text_of(told)
    assert not Action.objects.exists()


def test_it_says_that_the_network_went_and_keeps_the_form(
    engine: PrivateEngine, followed: Engine, browser: Client, front: str, web: str
) -> None:
    engine.cli("network", "rm", "front")
    vanish(Network, front)
    typed = {"container_id": web, "aliases": "blog"}

    gone = browser.post(connect_url(followed, front), typed)
    successor = appear(Network, engine.cli("network", "create", "front"))
    replaced = browser.post(connect_url(followed, front), typed)
    went_on = browser.post(connect_url(followed, successor), typed | {"use": ""})

    assert (gone.status_code, replaced.status_code) == (404, 404)
    assert "The network front was removed." in text_of(gone)
    assert "Another one has this name now." not in text_of(gone)
    assert "Another one has this name now." in text_of(replaced)
    assert f'formaction="{connect_url(followed, successor)}"' in replaced.content.decode()
    for page in (gone, replaced, went_on):
        assert 'value="blog"' in page.content.decode()
    assert went_on.status_code == 200
    assert not Action.objects.exists()


def test_it_says_that_the_chosen_container_went(
    engine: PrivateEngine, followed: Engine, browser: Client, front: str, web: str
) -> None:
    engine.cli("rm", "-f", "web")
    vanish(Container, web)
    gone = browser.post(connect_url(followed, front), {"container_id": web, "aliases": "blog"})
    successor = appear(Container, engine.run("web"))
    replaced = browser.post(connect_url(followed, front), {"container_id": web, "aliases": "blog"})

    assert (gone.status_code, replaced.status_code) == (422, 422)
    assert "The container web was removed." in text_of(gone)
    assert "The container web was removed; another one has that name now." in text_of(replaced)
    assert f'value="container_id={successor}"' in replaced.content.decode()


def test_it_forces_a_disconnect(engine: PrivateEngine, followed: Engine, browser: Client, front: str, web: str) -> None:
    engine.cli("network", "connect", "front", "web")
    wait_until(lambda: Endpoint.objects.filter(network_name="front").exclude(ipv4="").exists(), "the endpoint")
    url = reverse("network_disconnect", args=[followed.slug, front, web])
    page = browser.get(url)
    [shown] = re.findall(r'name="shown" value="([^"]*)"', page.content.decode())

    preview = browser.post(url, {"is_forced": "on", "preview": "1"})
    assert "docker network disconnect \\ --force \\ front \\ web" in text_of(preview)
    assert "&quot;Force&quot;: true" in text_of(preview)
    assert Endpoint.objects.filter(network_name="front").exists()

    done, again = (browser.post(url, {"is_forced": "on", "shown": shown}) for _ in range(2))

    assert done.status_code == 302
    assert Action.objects.order_by("pk")[0].asked == {"container_id": web, "is_forced": True}
    assert again.status_code == 409
    assert "It was already disconnected, here or elsewhere." in text_of(again)
    assert list(Outcome.objects.order_by("pk").values_list("kind", flat=True)) == ["ok", "refused"]


FORGED = ("../containers/x", "web", "0" * 64, "x" * 65, "a\0b", "", "한글")
BAD_INPUT: tuple[dict[str, str], ...] = (
    {"aliases": "a\0b"},
    {"aliases": "a" * 5_000},
    {"driver_options": "k=v\n" * 30_000},
    {"ipv4": "9" * 100},
    {"seen": "[" * 10_000},
    {"seen": '{"a": 1}'},
    {"seen": "7"},
    {"seen": '["x", {}, [[]]]'},
    {"container_id": "x" * 100_000},
    {"gateway_priority": "\u0661"},
    {"link_local_ips": ", , ,"},
    {"is_forced": "1", "do": "drop-0"},
)


def test_it_asks_no_engine_for_forged_ids(followed: Engine, browser: Client, front: str, web: str) -> None:
    elsewhere = make_engine("elsewhere")
    network, container = make_network(elsewhere, "theirs").docker_id, make_container(elsewhere, "theirs").docker_id
    container_url = reverse("container_connect", args=[followed.slug, web])

    chosen = [browser.post(connect_url(followed, front), {"container_id": docker_id}) for docker_id in (*FORGED, container)]
    chosen += [browser.post(container_url, {"network_id": docker_id}) for docker_id in (*FORGED, network)]
    given = [browser.post(connect_url(followed, network), {"container_id": web})]
    given += [browser.post(reverse("network_disconnect", args=[followed.slug, front, container]))]
    for docker_id in FORGED:
        if docker_id and "/" not in docker_id:
            given.append(browser.post(reverse("network_disconnect", args=[followed.slug, docker_id, web])))
            given.append(browser.post(connect_url(followed, docker_id), {"container_id": web}))
    denied = browser.post(reverse("network_disconnect", args=["elsewhere", network, container]))

    assert {response.status_code for response in chosen} == {422}
    assert {response.status_code for response in given} == {404}
    assert denied.status_code == 403
    assert not Outcome.objects.exclude(kind="denied").exists()


def test_it_answers_bad_input_in_words(followed: Engine, browser: Client, front: str) -> None:
    answers = [browser.post(connect_url(followed, front), fields).status_code for fields in BAD_INPUT]

    assert answers == [422] * len(BAD_INPUT)
    assert not Action.objects.exists()
