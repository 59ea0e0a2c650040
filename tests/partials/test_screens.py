"""Screens: what they hold, that a row is drawn once, and how many statements that takes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection

from networks.models import Endpoint, EngineStatus, Network
from networks.partials import cache, framed
from networks.partials.screen import Screen
from networks.partials.screens import draw_screen, has_screen
from networks.policy.protection import read_protection
from networks.queries.engines import read_engine
from tests.builders import make_container, make_endpoint, make_engine, make_id, make_network, make_predefined
from tests.partials.looking import ids, key, words
from tests.worlds import grow_world

pytestmark = pytest.mark.django_db


def bump(revision: int) -> None:
    EngineStatus.objects.update(revision=revision)


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the templates that are really drawn."""
    drawn: list[str] = []
    original: Callable[..., str] = cache.draw

    def record(template: str, context: object) -> str:
        drawn.append(template)
        return original(template, context)

    monkeypatch.setattr(cache, "draw", record)
    return drawn


def test_it_knows_which_pages_are_live() -> None:
    assert has_screen("network_list")
    assert not has_screen("network_create")


def test_it_draws_rows_with_the_ids_they_are_pushed_by() -> None:
    engine = make_engine(revision=7)
    network = make_network(engine, "front", "172.20.0.0/16")
    container = make_container(engine, "web")

    networks, containers = draw_screen(key("network_list")), draw_screen(key("container_list"))

    assert ids(networks, "network-rows") == [f"net-{network.docker_id}"]
    assert ids(containers, "container-rows") == [f"con-{container.docker_id}"]
    assert networks.revision == containers.revision == 7
    assert networks.epoch == EngineStatus.objects.get().epoch
    for screen in (networks, containers):
        assert all(f'id="{row.dom_id}"' in row.html for rows in screen.regions.values() for row in rows)
        assert all(f'id="{dom_id}"' in html for dom_id, html in screen.parts.items())


def test_it_gives_an_empty_screen_for_an_engine_that_is_not_there() -> None:
    for page in ("network_list", "network_detail", "container_list", "container_detail"):
        assert draw_screen(key(page, "0" * 64)).regions == {}


def test_it_draws_a_row_once_for_everybody(drawings: list[str]) -> None:
    engine = make_engine()
    make_network(engine, "front")
    draw_screen(key("network_list"))
    bump(2)

    draw_screen(key("network_list"))
    draw_screen(key("network_list", query="driver=bridge"))

    assert drawings.count("networks/_row.html") == 1


def test_it_draws_only_the_row_that_changed(drawings: list[str]) -> None:
    engine = make_engine()
    grow_world(engine, networks=20, containers=0)
    before = draw_screen(key("network_list"))
    drawings.clear()

    network = Network.objects.get(name="net-0007")
    make_endpoint(make_container(engine, "web"), network, "10.64.1.200")
    Network.objects.filter(pk=network.pk).update(revision=2)
    bump(2)
    after = draw_screen(key("network_list"))

    assert drawings.count("networks/_row.html") == 1
    changed = {row.dom_id for row in after.regions["network-rows"]} - {
        row.dom_id for row in after.regions["network-rows"] if row in before.regions["network-rows"]
    }
    assert changed == {f"net-{network.docker_id}"}


def test_it_asks_once_whether_anything_changed(drawings: list[str], django_assert_num_queries: pytest.FixtureRequest) -> None:
    grow_world(make_engine(), networks=50, containers=50)
    draw_screen(key("container_list"))
    drawings.clear()

    with django_assert_num_queries(1):  # type: ignore[operator]
        draw_screen(key("container_list"))

    assert "containers/_row.html" not in drawings


@pytest.mark.parametrize("size", [10, 400])
def test_it_takes_the_same_statements_at_any_size(size: int, django_assert_num_queries: pytest.FixtureRequest) -> None:
    grow_world(make_engine(), networks=size, containers=size)

    # Two of them for the containers: a network that a protected one is on isn't removed.
    with django_assert_num_queries(6):  # type: ignore[operator]
        draw_screen(key("network_list"))
    with django_assert_num_queries(1):  # type: ignore[operator]
        draw_screen(key("container_list"))


@pytest.mark.parametrize("size", [1, 60])
def test_it_takes_the_same_statements_for_a_detail_of_any_size(
    size: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    engine = make_engine()
    hub = make_network(engine, "hub", "172.20.0.0/16")
    for number in range(size):
        make_endpoint(make_container(engine, f"web-{number}"), hub, f"172.20.0.{number + 2}")

    read_protection(read_engine("local"))  # kept in memory from here on, and brought up to date by each change

    # Five, three that read the pools of all networks and one what moved, which are kept as well, and one the history.
    with django_assert_num_queries(10):  # type: ignore[operator]
        draw_screen(key("network_detail", hub.docker_id))
    with django_assert_num_queries(7):  # type: ignore[operator]
        draw_screen(key("container_detail", make_id("container web-0")))


def test_it_says_when_filters_hide_everything_and_when_nothing_is_there() -> None:
    engine = make_engine()

    assert "No network is known yet" in draw_screen(key("network_list")).parts["network-empty"]
    assert "No containers yet" in draw_screen(key("container_list")).parts["container-empty"]

    make_predefined(engine)
    make_container(engine, "web", revision=2)
    Network.objects.update(revision=2)
    bump(2)

    own = draw_screen(key("network_list")).parts["network-empty"]
    assert "No networks of your own yet" in own
    assert "/lab/up/" in own
    assert "/lab/up/" not in draw_screen(key("network_list", rights="view")).parts["network-empty"]
    assert "No network matches" in draw_screen(key("network_list", query="driver=weave")).parts["network-empty"]
    assert "No container matches" in draw_screen(key("container_list", query="state=dead")).parts["container-empty"]
    assert words(draw_screen(key("container_list")).parts["container-empty"]) == ""


def test_it_adds_the_lists_up() -> None:
    engine = make_engine()
    front = make_network(engine, "front")
    make_network(engine, "back")
    make_network(engine, "across", driver="overlay", scope="swarm")  # who is on it elsewhere isn't known
    make_endpoint(make_container(engine, "web"), front, docker_id="e" * 64)
    make_container(engine, "asleep", state="exited", exit_code=0)
    make_container(engine, "broken", state="exited", exit_code=1)

    assert words(draw_screen(key("network_list")).parts["lede"]) == "3, of which 1 has no containers"
    assert words(draw_screen(key("container_list")).parts["lede"]) == "1 running, 1 stopped, 1 failed"
    assert words(draw_screen(key("network_list", query="q=back")).parts["network-shown"]) == "1 of 3 shown"


def test_it_changes_its_foot_with_the_engine_s_state_alone() -> None:
    make_engine(state="live")
    live = draw_screen(key("network_list"))

    EngineStatus.objects.update(as_of=datetime.now(UTC))
    later = draw_screen(key("network_list"))
    EngineStatus.objects.update(state="stale")
    stale = draw_screen(key("network_list"))

    assert later.parts == live.parts
    assert "as of" in words(stale.parts["network-foot"])


def test_it_draws_a_row_that_is_heavier_than_all_that_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    heavy = "x" * 12_000_001
    monkeypatch.setattr(cache, "draw", lambda template, context: heavy)
    where = key("network_list")

    drawn = cache.draw_row("networks/_row.html", "heavy", key=where, version=1, context=dict)

    assert drawn.html == heavy
    assert cache.draw_row("networks/_row.html", "heavy", key=where, version=1, context=dict) is drawn
    assert cache.draw_row("networks/_row.html", "heavy", key=where, version=2, context=dict) is not drawn
    cache._ROWS.clear()


def test_it_keeps_nothing_of_an_engine_without_an_epoch() -> None:
    engine = make_engine()
    EngineStatus.objects.update(epoch="")
    network = make_network(engine, "front")
    assert "net-" + network.docker_id in [row.dom_id for row in draw_screen(key("network_list")).regions["network-rows"]]

    network.delete()

    assert not draw_screen(key("network_list")).regions["network-rows"]


@pytest.mark.django_db(transaction=True)
def test_it_may_be_drawn_from_several_threads() -> None:
    grow_world(make_engine(), networks=30, containers=30, second_endpoints=10)
    wanted = [
        key("network_list"),
        key("container_list"),
        key("network_list", language="ko"),
        key("container_list", rights="view"),
    ]
    expected = [replace(draw_screen(each), parts={}) for each in wanted]
    cache._ROWS.clear()
    framed._SCREENS.clear()

    def draw(number: int) -> Screen:
        try:
            return replace(draw_screen(wanted[number % 4]), parts={})
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(draw, range(24)))

    assert all(screen == expected[number % 4] for number, screen in enumerate(drawn))
    assert Endpoint.objects.count() == 40


def test_it_locks_a_line_whose_network_a_protected_container_came_to_need() -> None:
    engine = make_engine()
    front = make_network(engine, "front")
    donor = make_container(engine, "vpn")
    make_endpoint(donor, front, "172.20.0.2")
    before = draw_screen(key("network_list")).regions["network-rows"][0]

    guarded = {"network_mode": f"container:{donor.docker_id}", "donor_id": donor.docker_id}
    make_container(engine, "guarded", labels={"netadmin.protect": "true"}, revision=2, **guarded)
    bump(2)
    after = draw_screen(key("network_list")).regions["network-rows"][0]

    assert f"/{front.docker_id}/remove/" in before.html
    assert f"/{front.docker_id}/remove/" not in after.html
