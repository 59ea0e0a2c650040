"""What happens in a shell arrives in open pages: one change, a burst, and the feed of events."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.conftest import IS_FULL
from tests.journeys.acts import network_row, open_network
from tests.journeys.engine_asks import create_containers
from tests.journeys.engine_says import address_of
from tests.journeys.visits import Visits, open_live
from tests.private_engine import PrivateEngine

LIVE_PAGES = ("/", "/networks/", "/containers/", "/interfaces/", "/addresses/history/", "/events/", "/engines/local/")
LOADS = 30 if IS_FULL else 3
SERVICES = 60


def test_it_shows_a_network_made_in_a_shell(viewer: Page, engine: PrivateEngine) -> None:
    open_live(viewer, "/networks/")

    docker_id = engine.cli("network", "create", "made-in-a-shell")
    row = viewer.locator(f"#net-{docker_id}")
    expect(row).to_contain_text("made-in-a-shell")
    engine.cli("network", "rm", "made-in-a-shell")

    expect(row).to_have_count(0)


def test_it_shows_a_whole_compose_project_that_comes_at_once(viewer: Page, visits: Visits, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "shop_default")
    networks = visits.enter("vera")
    open_live(networks, "/networks/")
    open_live(viewer, "/containers/")

    ids = create_containers(engine, "shop", SERVICES, network="shop_default")

    expect(viewer.locator("#container-rows > tr")).to_have_count(SERVICES)
    assert {f"con-{docker_id}" for docker_id in ids} == set(
        viewer.locator("#container-rows > tr").evaluate_all("(rows) => rows.map((row) => row.id)")
    )
    expect(viewer.locator("#lede")).to_contain_text(f"{SERVICES} stopped")
    expect(network_row(networks, "shop_default")).to_contain_text(str(SERVICES))
    engine.cli("rm", *ids)
    expect(viewer.locator("#container-rows > tr")).to_have_count(0)


def test_it_adds_events_to_the_feed_until_it_is_paused(viewer: Page, engine: PrivateEngine) -> None:
    open_live(viewer, "/events/")
    feed = viewer.locator("#event-rows > li")

    engine.cli("network", "create", "told-of")
    expect(feed.filter(has_text="told-of")).to_have_count(1)
    engine.cli("network", "rm", "told-of")
    expect(feed.filter(has_text="told-of")).to_have_count(2)
    viewer.get_by_role("link", name="Pause").click()

    expect(viewer.locator("#lede")).to_contain_text("paused")
    expect(viewer.locator("#live")).to_have_count(0)
    viewer.get_by_label("Filter events").fill("told-of")
    viewer.get_by_label("Filter events").press("Enter")
    expect(feed).to_have_count(2)
    viewer.get_by_role("link", name="Resume").click()
    engine.cli("network", "create", "told-of-again")
    expect(feed.filter(has_text="told-of-again")).to_have_count(1)


def test_it_opens_one_socket_for_each_load_of_each_live_page(viewer: Page, engine: PrivateEngine) -> None:
    opened: list[str] = []
    viewer.on("websocket", lambda socket: opened.append(socket.url))

    for path in LIVE_PAGES:
        for _ in range(LOADS):
            open_live(viewer, path)

    assert len(opened) == LOADS * len(LIVE_PAGES)


def test_it_keeps_filter_and_order_in_the_address_and_live(viewer: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "front-a")
    open_live(viewer, "/networks/")

    viewer.get_by_label("Filter networks").fill("front")
    viewer.get_by_label("Filter networks").press("Enter")
    rows = viewer.locator("#network-rows > tr")
    expect(rows).to_have_count(1)
    viewer.wait_for_selector("#live[data-held]", state="attached")
    engine.cli("network", "create", "front-b")
    engine.cli("network", "create", "back")
    expect(rows).to_have_count(2)
    viewer.locator("thead").get_by_role("link", name="Name").click()

    expect(viewer).to_have_url(re.compile("[?&]sort=-name&?.*q=front|q=front.*sort=-name"))
    expect(rows.first).to_contain_text("front-b")
    viewer.go_back()
    expect(rows.first).to_contain_text("front-a")


def test_it_follows_a_container_through_its_life(viewer: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "mybridge")
    open_live(viewer, "/containers/")

    docker_id = engine.run("web", "--net", "mybridge")
    row = viewer.locator(f"#con-{docker_id}")
    expect(row).to_contain_text("running")
    engine.cli("pause", "web")
    expect(row).to_contain_text("paused")
    engine.cli("unpause", "web")
    engine.cli("rename", "web", "site")
    expect(row).to_contain_text("site")
    engine.cli("kill", "site")
    expect(row).to_contain_text("exited (137)")
    engine.cli("start", "site")
    expect(row).to_contain_text("running")
    expect(row).to_contain_text(address_of(engine, "site", "mybridge"))
    engine.cli("rm", "-f", "site")

    expect(row).to_have_count(0)


def test_it_says_that_a_network_went_while_somebody_looked(admin: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "doomed")
    open_network(admin, "doomed")
    expect(admin.get_by_role("link", name="Remove…")).to_be_visible()

    engine.cli("network", "rm", "doomed")

    expect(admin.locator("#network-notes")).to_contain_text("This network was removed at")
    expect(admin.locator("main").get_by_role("link", name=re.compile("^(Connect|Remove)"))).to_have_count(0)
