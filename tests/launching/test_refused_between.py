"""What changed between the form's checks and the Engine's: refused by a real Engine, said at the right field, nothing half-made
left behind that isn't offered for removal."""

from __future__ import annotations

import html
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.db.models.signals import post_save
from django.test import Client

from networks.models import Action, Container, Engine, Grant, Role
from tests.launching.test_pages import BASE, forget_images, network_id, raw, url
from tests.private_engine import IMAGE, PrivateEngine, wait_until
from tests.views.test_forms import browser, text_of

__all__ = ["browser", "forget_images"]
SUBNETS = {"front": "172.72.0.0/16", "back": "172.73.0.0/16"}
# What the pre-flight said of a field before, and says no longer.
WAS_FINE = {
    "ports": "The ports are free",
    "networks-0-ipv4": " is free, as far as Docker knows.",
    "donor_id": "It shares the whole network of donor",
    "image": "This Engine has the image",
    "name": "No other container is called",
}
Happens = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Between:
    """`typed`: beside image and name. `happens`: while the form is on its way. `field`, `sentence`: where it is said, and what.
    `is_left`: Docker had made the container by then. `beside`: the other containers that are there afterwards.
    """

    typed: dict[str, str]
    happens: Callable[[PrivateEngine], object]
    field: str
    sentence: str
    is_left: bool = False
    beside: tuple[str, ...] = ()


def listen(engine: PrivateEngine) -> subprocess.Popen[bytes]:
    """Have a process of the Engine's machine take a port."""
    listening = engine.enter("busybox", "nc", "-ll", "-p", "8099", "-e", "cat")
    wait_until(lambda: ":8099 " in engine.check_inside("busybox", "netstat", "-ltn"), "the process to listen")
    return listening


CASES = {
    "port of a container": Between(
        {"ports": "8086:80"},
        lambda engine: engine.run("taker", "-p", "8086:80"),
        "ports",
        "The container taker publishes port 8086.",
        is_left=True,
        beside=("taker",),
    ),
    "port of a process": Between({"ports": "8099:80"}, listen, "ports", "The process busybox (pid ", is_left=True),
    "address": Between(
        {"networks-0-ipv4": "172.72.0.9"},
        lambda engine: engine.run("taker", "--network", "front", "--ip", "172.72.0.9"),
        "networks-0-ipv4",
        "taker has 172.72.0.9 on this network.",
        is_left=True,
        beside=("taker",),
    ),
    "gateway that nobody named": Between(
        {"networks-0-ipv4": "172.72.0.1"},
        lambda engine: None,  # no list of Docker's tells of it
        "networks-0-ipv4",
        "172.72.0.1 is most likely the network's gateway",
        is_left=True,
    ),
    "donor stopped": Between(
        {"mode": "container"},
        lambda engine: engine.cli("stop", "donor"),
        "donor_id",
        "The container whose network is to be shared isn't running.",
        is_left=True,
        beside=("donor",),
    ),
    "donor gone": Between(
        {"mode": "container"},
        lambda engine: engine.cli("rm", "-f", "donor"),
        "donor_id",
        "The container is gone.",
        is_left=True,
    ),
    "network gone": Between(
        {}, lambda engine: engine.cli("network", "rm", "front"), "networks-0-network_id", "The network is gone."
    ),
    "image gone": Between(
        {"image": "other:1"}, lambda engine: engine.cli("rmi", "other:1"), "image", "This Engine doesn't have the image."
    ),
    "name taken": Between(
        {}, lambda engine: engine.run("mine"), "name", "Another container has this name; names are unique.", beside=("mine",)
    ),
}


@pytest.fixture
def meanwhile() -> Iterator[Callable[[Happens], None]]:
    """Give what lets something happen once the intent is written down, which is right before the Engine is asked."""
    waiting: list[Happens] = []

    def let_happen(instance: Action, **_: Any) -> None:
        if instance.verb == "run_container" and waiting:
            transaction.on_commit(waiting.pop())

    post_save.connect(let_happen, sender=Action)
    yield waiting.append
    post_save.disconnect(let_happen, sender=Action)
    assert not waiting, "it was never asked for, so nothing came between"


@pytest.fixture
def fronted(engine: PrivateEngine, followed: Engine) -> Engine:
    """Give the Engine with two networks that have subnets of their own."""
    for name, subnet in SUBNETS.items():
        engine.cli("network", "create", "--subnet", subnet, name)
    wait_until(lambda: followed.networks.filter(name__in=SUBNETS).count() == len(SUBNETS), "the networks")
    return followed


def names(engine: PrivateEngine) -> set[str]:
    return set(engine.cli("ps", "-a", "--format", "{{.Names}}").split())


def said_of(answer: Any, name: str) -> str:
    """Return what stands as an error at a field."""
    return html.unescape(raw(answer).split(f'id="id_{name}_error"', 1)[1].split('<span class="hint"')[0])


def ways_in(answer: Any) -> list[str]:
    return re.findall(r'name="use" value="([^"]*)"', raw(answer).split('id="refusal"', 1)[1].split("</section>")[0])


@pytest.mark.sampled(2)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_it_says_what_came_between_and_leaves_nothing_behind(
    engine: PrivateEngine, fronted: Engine, browser: Client, meanwhile: Callable[[Happens], None], case: Between
) -> None:
    typed = BASE | {"name": "mine", "networks-0-network_id": network_id(engine, "front")} | case.typed
    if typed["mode"] == "container":
        Grant.objects.filter(engine=fronted).update(role=Role.ADMIN)
        typed["donor_id"] = engine.run("donor")
        wait_until(lambda: Container.objects.filter(docker_id=typed["donor_id"], state="running").exists(), "the donor")
    if typed["image"] != IMAGE:
        engine.cli("tag", IMAGE, typed["image"])
    made: list[Any] = []
    meanwhile(lambda: made.append(case.happens(engine)))

    try:
        refused = browser.post(url(fronted), typed)
    finally:
        for process in made:
            if isinstance(process, subprocess.Popen):
                process.kill()
                process.wait()

    assert refused.status_code == 409, text_of(refused)
    assert case.sentence in said_of(refused, case.field)
    assert WAS_FINE.get(case.field, "\0") not in html.unescape(raw(refused))
    assert names(engine) == {*case.beside, *(["mine"] if case.is_left else [])}
    offered = re.search(r'name="remove" value="([0-9a-f]{64})"', raw(refused))
    assert bool(offered) == case.is_left
    if offered:
        removed = browser.post(url(fronted), typed | {"remove": offered[1]})
        assert removed.status_code == 200
        assert names(engine) == set(case.beside)


def test_it_offers_a_way_out_in_the_row_that_was_refused(
    engine: PrivateEngine, fronted: Engine, browser: Client, meanwhile: Callable[[Happens], None]
) -> None:
    typed = BASE | {
        "name": "mine",
        "networks-count": "2",
        "networks-0-network_id": network_id(engine, "front"),
        "networks-0-ipv4": "172.72.0.9",
        "networks-1-network_id": network_id(engine, "back"),
        "networks-1-ipv4": "172.73.0.2",
    }
    meanwhile(lambda: engine.run("taker", "--network", "back", "--ip", "172.73.0.2"))

    refused = browser.post(url(fronted), typed)

    assert "taker has 172.73.0.2 on this network." in said_of(refused, "networks-1-ipv4")
    assert ways_in(refused) == ["networks-1-ipv4=172.73.0.3", "networks-1-ipv4="]
    left = re.findall(r'name="left" value="([0-9a-f]{64})"', raw(refused))
    mended = browser.post(url(fronted), typed | {"use": "networks-1-ipv4=172.73.0.3", "left": left[0]})
    assert 'value="172.73.0.3"' in raw(mended)
    assert "mine was created and can't start" in html.unescape(raw(mended))  # until it is removed, it has the name
    browser.post(url(fronted), typed | {"remove": left[0]})
    done = browser.post(url(fronted), typed | {"networks-1-ipv4": "172.73.0.3", "left": left[0], "stop_signal": "SIGKILL"})
    assert done.status_code == 302, text_of(done)
    assert "172.73.0.3" in engine.cli("exec", "mine", "ip", "-o", "-4", "addr")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("172.99.0.9", "172.99.0.9 is not inside 172.72.0.0/16."),
        ("172.72.0.9", "taker has 172.72.0.9"),
        ("172.72.0.300", "172.72.0.300"),
    ],
    ids=["outside", "taken", "none"],
)
def test_it_finds_an_address_that_cannot_be_given(
    engine: PrivateEngine, fronted: Engine, browser: Client, address: str, sentence: str
) -> None:
    taker = engine.run("taker", "--network", "front", "--ip", "172.72.0.9")
    wait_until(lambda: Container.objects.filter(docker_id=taker, endpoints__ipv4="172.72.0.9").exists(), "the address")
    typed = BASE | {"name": "mine", "networks-0-network_id": network_id(engine, "front"), "networks-0-ipv4": address}

    refused = browser.post(url(fronted), typed)

    assert refused.status_code == 422
    assert sentence in said_of(refused, "networks-0-ipv4")
    assert names(engine) == {"taker"}
    assert not Action.objects.filter(verb="run_container").exists()
