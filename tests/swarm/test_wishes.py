"""On a swarm's network Docker shows what it gave in the place of what was asked for: nothing is called asked for, then."""

from __future__ import annotations

from html import unescape
from ipaddress import IPv4Address
from typing import Any

from django.test import Client
from django.urls import reverse

from networks.actions.actors import Actor
from networks.actions.jobs.keeping import KeepRun, keep_steps
from networks.actions.jobs.starting import JobRequest, start_job
from networks.actions.swarm import init_swarm
from networks.engine.specs import ConnectSpec, InitSpec
from networks.models import Container, Endpoint, Engine
from networks.queries.addresses.keeping import KEEP
from networks.sync.requests import request_sync
from tests.partials.looking import words
from tests.private_engine import PrivateEngine
from tests.swarm.test_two_engines import admin, engines
from tests.swarm_pair import SwarmPair
from tests.sync.truth import ask
from tests.views.pages import log_in

__all__ = ["admin", "engines"]
ASKED = "10.216.1.50"


def end_of(engine: PrivateEngine, name: str) -> dict[str, Any]:
    settings: Any = ask(engine.socket, "GET", f"/containers/{name}/json")[1]["NetworkSettings"]
    found: dict[str, Any] = settings["Networks"]["across"]
    return found


def page(browser: Client, name: str, *args: str, **query: str) -> str:
    return words(unescape(browser.get(reverse(name, args=args), query).content.decode()))


def test_it_calls_nothing_asked_for_that_a_swarm_has_given(
    swarm_pair: SwarmPair, engines: tuple[Engine, Engine], admin: Actor
) -> None:
    engine, (first, _second) = swarm_pair.first, engines
    assert init_swarm(admin, first, InitSpec("192.0.2.1")).is_ok
    options = ("--driver", "overlay", "--attachable", "--subnet", "10.216.1.0/24")
    network_id = engine.cli("network", "create", *options, "across")
    engine.run("free", "--network", "across")
    engine.run("fixed", "--network", "across", "--ip", ASKED)
    given = end_of(engine, "free")
    assert given["IPAMConfig"]["IPv4Address"] == given["IPAddress"], "this Engine tells wishes from gifts: no need to hide any"
    assert request_sync("first")
    free = Container.objects.get(name="free").docker_id
    browser = log_in()

    of_network = page(browser, "network_detail", "first", network_id)
    of_container = page(browser, "container_detail", "first", free)
    of_keeping = page(browser, "network_keep", "first", network_id, free)
    of_restart = page(browser, "container_restart", "first", free)
    of_address = page(browser, "address_list", engine="first", address=given["IPAddress"])

    assert "static" not in of_network + of_container
    assert "docker network connect across free" in of_container
    assert "It may be kept already" in of_keeping
    assert "the one it has now" in of_keeping
    assert "It is kept already" not in of_keeping
    assert "lowest free address" not in of_keeping
    assert f"It may get an address other than {given['IPAddress']}" in of_restart
    assert "gets it again" not in of_restart
    assert "How" not in of_address.partition("Held by")[2].partition("MAC")[0]
    engine.cli("stop", "free", "fixed")
    assert request_sync("first")
    assert dict(Endpoint.objects.values_list("container__name", "requested_ipv4")) == {"free": "", "fixed": ASKED}
    assert "1 asks for an address" in page(browser, "network_detail", "first", network_id)
    engine.cli("start", "free", "fixed")
    assert end_of(engine, "free")["IPAddress"] != given["IPAddress"], "in turn: the page said so"
    assert end_of(engine, "fixed")["IPAddress"] == ASKED


def test_it_keeps_an_address_on_a_swarms_network(swarm_pair: SwarmPair, engines: tuple[Engine, Engine], admin: Actor) -> None:
    engine, (first, _second) = swarm_pair.first, engines
    assert init_swarm(admin, first, InitSpec("192.0.2.1")).is_ok
    network_id = engine.cli("network", "create", "--driver", "overlay", "--attachable", "across")
    container_id = engine.run("free", "--network", "across")
    assert request_sync("first")
    address = end_of(engine, "free")["IPAddress"]
    steps = keep_steps(ConnectSpec(network_id, container_id), IPv4Address(address), network_name="across", container_name="free")

    job = start_job(admin, first, JobRequest("key", KEEP, "free"), steps)
    KeepRun(first, job).run()

    assert [step.state for step in job.steps.order_by("position")] == ["done", "done"]
    assert dict(job.steps.get(position=1).spec) == {}, "what it was asked for isn't known: nothing is called a wish"
    for _ in range(2):
        engine.cli("restart", "free")
        assert end_of(engine, "free")["IPAddress"] == address
