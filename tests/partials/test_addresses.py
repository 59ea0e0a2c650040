"""The Addresses page as a screen: what of it is drawn anew when an endpoint comes or goes, and how many statements that takes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networks.models import EngineStatus, Network
from networks.partials.screen import Screen
from networks.partials.screens import draw_screen
from tests.builders import make_container, make_endpoint, make_engine, make_network
from tests.partials.looking import key, words
from tests.worlds import grow_world

pytestmark = pytest.mark.django_db


def bump(network: Network, revision: int) -> None:
    """Give a network the next revision, as a write does."""
    Network.objects.filter(pk=network.pk).update(revision=revision)
    EngineStatus.objects.update(revision=revision)


def draw(query: str = "pool=10.0.0.0/24") -> tuple[Screen, int]:
    """Draw the page; return it with the number of statements."""
    with CaptureQueriesContext(connection) as asked:
        screen = draw_screen(key("address_list", query=query))
    return screen, len(asked)


def test_it_sends_what_changed_when_an_endpoint_comes_and_goes() -> None:
    engine = make_engine()
    front = make_network(engine, "front", "10.0.0.0/24")
    make_network(engine, "back", "10.0.1.0/24")
    before, _ = draw()

    endpoint = make_endpoint(make_container(engine, "web"), front, "10.0.0.2")
    bump(front, 2)
    during, _ = draw()
    endpoint.delete()
    bump(front, 3)
    after, _ = draw()

    rows = zip(during.regions["pool-rows"], before.regions["pool-rows"], strict=True)
    assert [row.dom_id for row, old in rows if row != old] == [f"pool-{front.docker_id[:12]}-0"]
    assert {name for name, html in during.parts.items() if html != before.parts[name]} == {"lede", "address-pool"}
    assert 'title="10.0.0.2 in use: web"' in during.parts["address-pool"]
    assert "gets 10.0.0.3" in words(during.parts["address-pool"])
    assert (after.parts, after.regions) == (before.parts, before.regions)


def test_it_draws_an_open_address_anew_when_its_container_goes() -> None:
    engine = make_engine()
    front = make_network(engine, "front", "10.0.0.0/24")
    endpoint = make_endpoint(make_container(engine, "web"), front, "10.0.0.2")
    asked = "pool=10.0.0.0/24&address=10.0.0.2"
    before, _ = draw(asked)

    endpoint.delete()
    bump(front, 2)
    after, _ = draw(asked)

    assert "10.0.0.2 running in use Network front Held by web" in words(before.parts["address-drawer"])
    assert words(after.parts["address-drawer"]).startswith("10.0.0.2 free Network front")
    assert "Connect a container with it" in words(after.parts["address-drawer"])


@pytest.mark.parametrize("size", [10, 400])
@pytest.mark.parametrize(("query", "expected"), [("pool=10.64.0.64/26", (4, 1, 5)), ("address=10.64.0.67", (7, 1, 8))])
def test_it_takes_the_same_statements_at_any_size(size: int, query: str, expected: tuple[int, int, int]) -> None:
    engine = make_engine()
    grow_world(engine, networks=size, containers=size)
    _, cold = draw(query)
    _, warm = draw(query)

    make_endpoint(make_container(engine, "late"), engine.networks.get(name="net-0001"), "10.64.0.99")
    bump(engine.networks.get(name="net-0001"), 2)
    _, changed = draw(query)

    # The Engine alone where nothing changed; else networks, pools, endpoints and what went, and who had the open address.
    assert (cold, warm, changed) == expected
