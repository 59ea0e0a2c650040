"""docker_gwbridge of a real swarm: whom Docker plugs in there itself, and what comes of connecting others by hand."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from networks.hostnet.linux.opening import open_host
from networks.models import Container, Endpoint, Engine
from networks.partials.interfaces.sums import sum_links
from networks.queries.choices import GATEWAY_BRIDGE, let_out_by_docker
from networks.queries.containers import container_rows
from networks.queries.engines import read_engine
from networks.sync.once import look_once
from tests.actions.conftest import followed, operator
from tests.private_engine import PrivateEngine, wait_until
from tests.views.test_forms import browser, text_of

__all__ = ["browser", "followed", "operator"]
OF = {
    "across": ("across",),
    "shut": ("inner",),
    "near": ("front", "across"),
    "dark": ("closed", "across"),
    "alone": ("bridge",),
}


@pytest.fixture
def engine(fresh_engine: PrivateEngine) -> PrivateEngine:
    """Give an Engine that is a swarm of its own, with a container in every situation."""
    fresh_engine.cli("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1")
    fresh_engine.cli("network", "create", "-d", "overlay", "--attachable", "across")
    fresh_engine.cli("network", "create", "-d", "overlay", "--attachable", "--internal", "inner")
    fresh_engine.cli("network", "create", "front")
    fresh_engine.cli("network", "create", "--internal", "closed")
    for name, networks in OF.items():
        fresh_engine.run(name, "--network", networks[0])
        for network in networks[1:]:
            fresh_engine.cli("network", "connect", network, name)
    return fresh_engine


def plugged_in(engine: PrivateEngine) -> set[str]:
    """The containers that are on docker_gwbridge, as the network's own record has them."""
    return set(json.loads(engine.cli("network", "inspect", GATEWAY_BRIDGE, "-f", "{{json .Containers}}")))


def test_it_refuses_a_second_link_to_whom_docker_lets_out(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    wait_until(lambda: Endpoint.objects.exclude(ipv4="").count() == sum(map(len, OF.values())), "the endpoints", deadline_s=15)
    gateway = followed.networks.get(name=GATEWAY_BRIDGE)
    ids = {container.name: container.docker_id for container in Container.objects.all()}

    assert let_out_by_docker(followed.slug) == plugged_in(engine) - {"ingress-sbox"} == {ids["across"], ids["dark"]}
    for name, container_id in ids.items():
        answers = [
            browser.post(reverse("network_connect", args=[followed.slug, gateway.docker_id]), {"container_id": container_id}),
            browser.post(reverse("container_connect", args=[followed.slug, container_id]), {"network_id": gateway.docker_id}),
        ]
        if name in ("across", "dark"):
            assert [answer.status_code for answer in answers] == [422, 422]
            assert f"Docker gave {name} an interface on docker_gwbridge itself" in text_of(answers[0])
        else:
            assert answers[0].status_code == 302, text_of(answers[0])
    assert plugged_in(engine) - {"ingress-sbox"} == set(ids.values())
    # What the forms say is what Docker does.
    assert "conflicts with existing route" in engine.cli("network", "connect", GATEWAY_BRIDGE, "dark", check=False)


def test_it_tells_a_way_out_from_a_link_that_was_made_by_hand(engine: PrivateEngine, followed: Engine) -> None:
    Engine.objects.filter(pk=followed.pk).update(netns=f"/run/netns/{engine.netns}")
    engine.cli("network", "connect", GATEWAY_BRIDGE, "alone")
    wait_until(lambda: Endpoint.objects.exclude(ipv4="").count() == sum(map(len, OF.values())) + 1, "the endpoints")
    row = read_engine(followed.slug)
    assert row is not None

    sums = sum_links(look_once(Engine.objects.get(pk=followed.pk), open_host), container_rows(row))

    assert (sums.ways_out, sums.unknown) == (2, 1)  # across and dark; the ingress sandbox
    assert sums.ends == 4  # front, closed, bridge, and the one that was made by hand
    assert sums.picture.endpoints == sums.ends + len(sums.picture.linkless)


def test_it_says_which_overlay_network_leads_out(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    wait_until(lambda: followed.networks.filter(driver="overlay").count() == 3, "the networks", deadline_s=15)

    pages = {
        name: text_of(browser.get(reverse("network_detail", args=[followed.slug, followed.networks.get(name=name).docker_id])))
        for name in ("across", "inner", GATEWAY_BRIDGE)
    }

    assert "over docker_gwbridge, unless another network of the container leads out" in pages["across"]
    assert "nothing: the network is internal" in pages["inner"]
    assert "over docker_gwbridge" not in pages["inner"]
    assert "unless another network that it is on is one. Containers do not see each other on it." in pages[GATEWAY_BRIDGE]
