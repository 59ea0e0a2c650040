"""Several at once, from the lists: chosen while the page changes, looked at, begun, refused in part, stopped, read again."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.acts import container_row, network_row
from tests.journeys.engine_says import inspect_container, network_names
from tests.journeys.test_for_everybody import AXE, VIOLATIONS
from tests.journeys.visits import Visits, open_live
from tests.private_engine import PrivateEngine

JOB = re.compile(r"/jobs/\d+/$")
BUILT_IN = {"bridge", "host", "none"}


def choose(row: Locator) -> None:
    row.get_by_role("checkbox").check()


def complaints_of_axe(page: Page) -> object:
    page.evaluate(AXE)
    return page.evaluate(VIOLATIONS, [])


def pick(page: Page, label: str, begins: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.select_option(value=field.locator("option", has_text=begins).get_attribute("value"))


def test_it_removes_three_networks_and_goes_on_where_one_is_in_use(admin: Page, engine: PrivateEngine) -> None:
    for name in ("back", "front", "mid"):
        engine.cli("network", "create", name)
    engine.run("web", "--net", "mid")
    open_live(admin, "/networks/")

    for name in ("back", "front", "mid"):
        choose(network_row(admin, name))
    expect(admin.locator("#chosen")).to_have_text("3 selected")
    admin.get_by_role("button", name="Remove…").click()
    expect(admin.get_by_text("Running containers are on 1 network: Docker will refuse")).to_be_visible()
    assert complaints_of_axe(admin) == []
    admin.get_by_label("Their number, to confirm").fill("3")
    admin.get_by_role("button", name="Remove 3 networks").click()

    expect(admin).to_have_url(JOB)
    expect(admin.get_by_role("heading", name="needs attention")).to_be_visible()
    expect(admin.get_by_text("has active endpoints")).to_be_visible()
    assert complaints_of_axe(admin) == []
    expect(admin.get_by_text("docker network rm mid")).to_be_visible()
    assert network_names(engine) == BUILT_IN | {"mid"}
    admin.reload()
    expect(admin.get_by_text("1 step was not done")).to_be_visible()
    admin.get_by_role("link", name="Jobs").first.click()
    expect(admin.get_by_role("link", name="Remove 3 networks").first).to_be_visible()


def test_it_keeps_the_selection_while_the_page_is_pushed_to(admin: Page, engine: PrivateEngine) -> None:
    docker_id = engine.cli("network", "create", "front")
    engine.cli("network", "create", "zone")
    open_live(admin, "/networks/?sort=-containers")
    choose(network_row(admin, "front"))
    choose(network_row(admin, "zone"))

    engine.run("web", "--net", "front")  # the row is morphed, and moves

    expect(network_row(admin, "front").locator(".counts")).to_contain_text("1")
    expect(network_row(admin, "front").get_by_role("checkbox")).to_be_checked()
    expect(network_row(admin, "zone").get_by_role("checkbox")).to_be_checked()
    engine.cli("network", "rm", "zone")
    expect(network_row(admin, "zone")).to_have_count(0)
    expect(admin.locator("#chosen")).to_have_text("1 selected")
    admin.get_by_role("button", name="Clear").click()
    expect(admin.locator(".bulk")).to_be_hidden()
    admin.get_by_label("Choose all").check()
    expect(admin.locator(f"#net-{docker_id}").get_by_role("checkbox")).to_be_checked()
    expect(admin.locator("#chosen")).to_have_text("2 selected")  # bridge and front: with host and none nothing can be done


def test_it_connects_containers_to_a_network_without_scripts(visits: Visits, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "front")
    for name in ("web", "db"):
        engine.run(name)
    engine.run("alone", "--net", "host")
    open_live(visits.enter("olga"), "/containers/")  # the snapshot has them
    page = visits.enter("olga", java_script_enabled=False)
    page.goto("/containers/")

    for name in ("web", "db"):
        choose(container_row(page, name))
    expect(container_row(page, "alone").get_by_role("checkbox")).to_be_disabled()
    page.get_by_role("button", name="Connect to a network…").click()
    pick(page, "Network", "front · ")
    page.get_by_role("button", name="Show what it does").click()
    page.get_by_role("button", name="Connect 2 times").click()

    expect(page).to_have_url(JOB)
    expect(page.get_by_text("All 2 steps were done.")).to_be_visible()  # the page asks again by itself
    for name in ("web", "db"):
        assert "front" in inspect_container(engine, name)["NetworkSettings"]["Networks"]


def test_it_stops_when_asked(admin: Page, engine: PrivateEngine) -> None:
    for number in range(12):
        engine.cli("network", "create", f"net-{number:02}")
    engine.run("web")
    open_live(admin, "/networks/?q=net-")
    admin.get_by_label("Choose all").check()
    admin.get_by_role("button", name="Connect a container…").click()
    pick(admin, "Container", "web · ")
    admin.get_by_role("button", name="Show what it does").click()
    engine.stop()  # so that the first step lasts until we have asked
    admin.get_by_role("button", name="Connect 12 times").click()

    admin.get_by_role("button", name="Stop after this step").click()
    expect(admin.get_by_text("Stops after this step…")).to_be_visible()
    engine.cont()

    expect(admin.get_by_role("heading", name="stopped")).to_be_visible()
    expect(admin.get_by_text("admin stopped it")).to_be_visible()
    expect(admin.get_by_text("To finish it by hand")).to_be_visible()
    assert len(inspect_container(engine, "web")["NetworkSettings"]["Networks"]) < 12
