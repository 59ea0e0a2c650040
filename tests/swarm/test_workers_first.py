"""A worker's first container on an overlay network, by the pages: run there, connected there, and what is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from networks.models import Container, Engine, Grant, Network, Role
from networks.queries.choices import network_choices
from networks.queries.swarm import read_standings, with_elsewhere
from networks.sync.requests import request_sync
from tests.launching.test_pages import BASE, forget_images
from tests.launching.test_refused_between import said_of
from tests.private_engine import IMAGE, PrivateEngine, wait_until
from tests.swarm.test_two_engines import admin, engines
from tests.swarm_pair import SwarmPair
from tests.views.test_forms import text_of

__all__ = ["admin", "engines", "forget_images"]


@dataclass(frozen=True)
class Swarm:
    """Two Engines of a swarm. `ids`: of its networks by name; the second Engine lists none of them."""

    pair: SwarmPair
    browser: Client
    ids: dict[str, str]


@pytest.fixture
def swarm(swarm_pair: SwarmPair, engines: tuple[Engine, Engine], admin: Any) -> Swarm:
    first, second = swarm_pair.engines
    first.cli("swarm", "init", "--advertise-addr", "192.0.2.1")
    token = first.cli("swarm", "join-token", "-q", "worker")
    second.cli("swarm", "join", "--advertise-addr", "192.0.2.2", "--token", token, "192.0.2.1:2377")
    ids = {
        name: first.cli("network", "create", "-d", "overlay", "--subnet", f"10.9{number}.0.0/24", *more, name)
        for number, (name, *more) in enumerate([("across", "--attachable"), ("other", "--attachable"), ("closed",)])
    }
    wait_until(
        lambda: (
            request_sync("first")
            and request_sync("second")
            and len(read_standings(["first"])["first"].nodes) == 2
            and read_standings(["second"])["second"].is_member
            and Network.objects.filter(engine__slug="first", docker_id__in=ids.values()).count() == 3
        ),
        "the swarm",
        deadline_s=20,
        interval_s=0.2,
    )
    browser = Client()
    browser.force_login(User.objects.get(username="ada"))
    return Swarm(swarm_pair, browser, ids)


def networks_of(swarm: Swarm, name: str) -> dict[str, str]:
    found = json.loads(swarm.pair.second.cli("inspect", name))[0]["NetworkSettings"]["Networks"]
    return {network: endpoint["IPAddress"] for network, endpoint in found.items()}


def on(swarm: Swarm, *names: str, **more: str) -> dict[str, str]:
    rows = {f"networks-{row}-network_id": swarm.ids.get(name, name) for row, name in enumerate(names)}
    return BASE | {"name": "mine", "stop_signal": "KILL", "networks-count": str(len(names)), **rows, **more}


def test_it_runs_a_worker_s_first_container_on_an_overlay_network(swarm: Swarm) -> None:
    run, browser = reverse("container_run", args=["second"]), swarm.browser
    swarm.pair.first.run("near", "--network", "across", "--ip", "10.90.0.9")
    wait_until(lambda: request_sync("first") and Container.objects.filter(name="near", endpoints__ipv4="10.90.0.9"), "near")

    page = browser.get(run, {"network": swarm.ids["across"]})
    taken = browser.post(run, on(swarm, "across") | {"networks-0-ipv4": "10.90.0.9"})
    closed = browser.post(run, on(swarm, "closed"))
    done = browser.post(run, on(swarm, "across") | {"networks-0-ipv4": "10.90.0.77", "networks-0-aliases": "far"})

    assert f'<option value="{swarm.ids["across"]}" selected>across · overlay · 10.90.0.0/24 · through First</option>' in (
        page.content.decode()
    )
    assert f'value="{swarm.ids["closed"]}"' not in page.content.decode()
    assert (taken.status_code, closed.status_code) == (422, 422)
    assert "near · First has 10.90.0.9" in said_of(taken, "networks-0-ipv4")
    assert "not there any more" in said_of(closed, "networks-0-network_id")
    assert done.status_code == 302, text_of(done)
    assert networks_of(swarm, "mine") == {"across": "10.90.0.77"}
    swarm.pair.first.cli("exec", "near", "ping", "-c", "1", "-W", "5", "far")
    assert Network.objects.filter(engine__slug="second", docker_id=swarm.ids["across"]).exists()


@pytest.mark.parametrize(
    "names", [("bridge-of-mine", "across"), ("across", "bridge-of-mine"), ("across", "bridge-of-mine", "other")], ids="+".join
)
def test_it_runs_one_on_several_networks_at_once(swarm: Swarm, names: tuple[str, ...]) -> None:
    swarm.ids["bridge-of-mine"] = swarm.pair.second.cli("network", "create", "bridge-of-mine")
    wait_until(lambda: request_sync("second") and Network.objects.filter(docker_id=swarm.ids["bridge-of-mine"]), "the bridge")

    done = swarm.browser.post(reverse("container_run", args=["second"]), on(swarm, *names))

    assert done.status_code == 302, text_of(done)
    assert set(networks_of(swarm, "mine")) == set(names)


def test_it_says_that_two_at_once_would_start_by_luck_alone(swarm: Swarm) -> None:
    refused = swarm.browser.post(reverse("container_run", args=["second"]), on(swarm, "across", "other"))

    assert refused.status_code == 422
    assert "connect it to other when it runs" in said_of(refused, "networks-1-network_id")


@pytest.mark.parametrize("state", ["running", "created"])
def test_it_connects_a_worker_s_container(swarm: Swarm, state: str) -> None:
    second = swarm.pair.second
    made = second.run("mine") if state == "running" else second.cli("create", "--name", "mine", IMAGE, "sleep", "1000")
    wait_until(lambda: request_sync("second") and Container.objects.filter(docker_id=made, state=state), "the container")
    connect = reverse("container_connect", args=["second", made])

    page = swarm.browser.get(connect)
    done = swarm.browser.post(connect, {"network_id": swarm.ids["across"], "ipv4": "10.90.0.78"})

    assert "across · overlay · 10.90.0.0/24 · through First" in page.content.decode()
    assert done.status_code == 302, text_of(done)
    if state == "created":
        second.cli("start", "mine")
    assert networks_of(swarm, "mine")["across"] == "10.90.0.78"


def test_it_offers_no_network_through_an_engine_that_one_may_not_view(swarm: Swarm) -> None:
    person = User.objects.create_user("bob", password="x")
    Grant.objects.create(user=person, engine=Engine.objects.get(slug="second"), role=Role.OPERATOR)
    browser = Client()
    browser.force_login(person)

    page = browser.get(reverse("container_run", args=["second"]), {"network": swarm.ids["across"]})
    forced = browser.post(reverse("container_run", args=["second"]), on(swarm, "across"))

    assert swarm.ids["across"] not in page.content.decode().split('id="id_networks-0-network_id"')[1].split("</select>")[0]
    assert forced.status_code == 422
    assert "First" not in text_of(page)


def test_it_offers_none_that_the_worker_would_take_for_its_own(swarm: Swarm) -> None:
    made = swarm.pair.second.cli("network", "create", "other")
    wait_until(lambda: request_sync("second") and Network.objects.filter(docker_id=made), "the namesake")

    offered = with_elsewhere(network_choices("second"), "second", ["first", "second"])

    assert [choice.name for choice in offered if choice.via] == ["across"]
    assert not [choice for choice in with_elsewhere(network_choices("first"), "first", ["first", "second"]) if choice.via]


def test_it_leads_there_from_the_network_s_pages(swarm: Swarm) -> None:
    across = text_of(swarm.browser.get(reverse("network_detail", args=["first", swarm.ids["across"]])))
    page = swarm.browser.get(reverse("network_swarm", args=["first", swarm.ids["across"]])).content.decode()
    closed = swarm.browser.get(reverse("network_swarm", args=["first", swarm.ids["closed"]])).content.decode()

    link = f"{reverse('container_run', args=['second'])}?network={swarm.ids['across']}"
    assert "the forms that run or connect one there offer it all the same" in across
    assert f'href="{link}"' in page
    assert "Run one there" not in closed
    assert f'value="{swarm.ids["across"]}" selected' in swarm.browser.get(link).content.decode()


def test_it_calls_no_network_unused_that_another_engine_may_use(swarm: Swarm) -> None:
    first, second = swarm.pair.engines
    second.run("there", "--network", "across")
    mine = first.run("mine", "--network", "other")
    wait_until(
        lambda: request_sync("first") and Container.objects.filter(docker_id=mine).exists(), "the first Engine's container"
    )

    remove = text_of(swarm.browser.get(reverse("network_remove", args=["first", swarm.ids["across"]])))
    prune = text_of(swarm.browser.get(reverse("network_prune", args=["first"])))
    stop = text_of(swarm.browser.get(reverse("container_stop", args=["first", mine])))
    first.cli("network", "prune", "--force")

    assert "Docker refuses while one is. A stopped container of another Engine doesn't keep it" in remove
    assert "No container uses it" not in remove
    assert "2 networks that no container of this Engine is on" in prune
    assert "It is the only container running on" not in stop
    assert set(first.cli("network", "ls", "--format", "{{.Name}}").split()) >= {"across", "other"}
    assert "closed" not in first.cli("network", "ls", "--format", "{{.Name}}").split()
    with pytest.raises(RuntimeError, match="in use"):
        first.cli("network", "rm", "across")

    second.cli("stop", "-t", "0", "there")
    wait_until(lambda: _is_removed(first, "across"), "the removal of what only a stopped container elsewhere needs")
    with pytest.raises(RuntimeError, match="not found"):
        second.cli("start", "there")


def _is_removed(engine: PrivateEngine, name: str) -> bool:
    engine.cli("network", "rm", name, check=False)
    return name not in engine.cli("network", "ls", "--format", "{{.Name}}").split()
