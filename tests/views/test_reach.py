"""What a page says of who reaches a container, held beside what really answers, on a real Engine."""

from __future__ import annotations

import json
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from networks.models import Endpoint, Engine, Network
from tests.actions.conftest import followed, operator
from tests.private_engine import PrivateEngine, wait_until
from tests.views.test_forms import browser, text_of

__all__ = ["browser", "followed", "operator"]


@pytest.fixture
def dual(engine: PrivateEngine) -> PrivateEngine:
    """Give an Engine with two networks of both families, one container on each."""
    for name, number in (("front", 50), ("back", 51)):
        subnets = ("--subnet", f"10.{number}.0.0/24", "--subnet", f"fd{number}::/64")
        engine.cli("network", "create", "--ipv6", *subnets, name)
        engine.run(f"on-{name}", "--network", name)
    return engine


def words_of(browser: Client, engine: Engine, name: str) -> str:
    on = Endpoint.objects.filter(container__engine=engine, container__name=name, network__isnull=False).exclude(ipv4="")
    found = wait_until(on.first, f"{name} on a network").container
    return unescape(text_of(browser.get(reverse("container_detail", args=[engine.slug, found.docker_id]))))


def side_of(browser: Client, engine: Engine, name: str) -> str:
    found = wait_until(lambda: Network.objects.filter(engine=engine, name=name).first(), name)
    return unescape(text_of(browser.get(reverse("network_detail", args=[engine.slug, found.docker_id]))))


def answers(engine: PrivateEngine, origin: str, address: str) -> bool:
    """Ask once, for a second, from inside."""
    return "1 packets received" in engine.cli("exec", origin, "ping", "-c1", "-W1", address, check=False)


def test_it_tells_both_families_apart(dual: PrivateEngine, followed: Engine, browser: Client) -> None:
    back = json.loads(dual.cli("inspect", "-f", "{{json .NetworkSettings.Networks.back}}", "on-back"))

    # The kernel looks for twins of a new IPv6 address first, on a busy machine for seconds: asked until it answers.
    wait_until(lambda: answers(dual, "on-front", back["GlobalIPv6Address"]), "an answer: this Engine writes no rules for IPv6")
    assert not answers(dual, "on-front", back["IPAddress"])
    assert "MASQUERADE" not in dual.check_inside("ip6tables", "-t", "nat", "-S")
    said, side = words_of(browser, followed, "on-front"), side_of(browser, followed, "front")

    assert "Kept apart by IPv4 alone, from containers on bridge networks that it isn't on" in said
    assert "To the outside, IPv4 masqueraded behind the host's address" in side
    assert "To the outside, IPv6 routed with the containers' own addresses, unless" in side


def test_it_says_that_a_port_on_loopback_is_the_hosts(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    engine.run("quiet", "-p", "127.0.0.1:8080:80")
    engine.run("loud", "-p", "8081:80")

    quiet, loud = words_of(browser, followed, "quiet"), words_of(browser, followed, "loud")
    assert "From the host by ports published on 127.0.0.1, as far as the host passes them on." in quiet
    assert "From outside" not in quiet
    assert "From outside by ports published on 0.0.0.0, [::], as far as the host passes them on." in loud


def test_it_leaves_the_parents_link_to_what_is_internal(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    engine.check_inside("ip", "link", "add", "near", "type", "veth", "peer", "name", "far")
    engine.check_inside("sh", "-c", "ip link set near up; ip link set far up; ip addr add 10.60.0.200/24 dev far")
    engine.cli("network", "create", "-d", "macvlan", "--internal", "-o", "parent=near", "--subnet", "10.60.0.0/24", "lan")
    engine.run("inner", "--network", "lan")

    assert "default" not in engine.cli("exec", "inner", "ip", "route")
    wait_until(lambda: answers(engine, "inner", "10.60.0.200"), "an answer from the parent's link")
    said, side = words_of(browser, followed, "inner"), side_of(browser, followed, "lan")

    assert "To the outside no gateway: the networks that it is on are internal. What is on the link" in said
    assert "To the outside nothing" not in said
    assert "To the outside no gateway, for the network is internal" in side


def test_it_says_whom_docker_s_dns_knows_on_the_default_bridge(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    engine.cli("network", "create", "front")
    engine.run("plain")
    engine.run("old")
    engine.cli("rename", "old", "new")
    engine.run("asking")
    engine.cli("network", "connect", "front", "asking")

    assert "Name:" not in engine.cli("exec", "asking", "nslookup", "plain", check=False)
    assert "Name:" in engine.cli("exec", "asking", "nslookup", "new", check=False)
    assert "by name only those that it was linked to (--link) or that were renamed." in words_of(browser, followed, "asking")
