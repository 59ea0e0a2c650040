"""From a free cell of the grid to a container that has its address, and back: live, with the mouse and without."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.acts import open_network
from tests.journeys.visits import Visits, open_live
from tests.private_engine import PrivateEngine

SUBNET = "172.72.0.0/16"
# The label of what has the focus, or its own text.
FOCUSED = "((one) => one.labels && one.labels.length ? one.labels[0].textContent : one.textContent)(document.activeElement)"


def cell(page: Page, address: str) -> Locator:
    """Return the cell of an address in a grid."""
    return page.locator(f'.agrid [title^="{address} "]')


def choose_container(page: Page, name: str) -> None:
    """On the form: choose the container to connect."""
    option = page.get_by_label("Container").locator("option", has_text=f"{name} · ")
    page.get_by_label("Container").select_option(value=option.get_attribute("value"))


def tab_to(page: Page, name: str) -> None:
    """Press the tabulator until what has this name has the focus; nobody presses it more often than 40 times."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).strip() == name:
            return
    raise AssertionError(f"{name} can't be reached")


def test_it_leads_from_a_free_cell_to_a_connection_and_shows_it_live(visits: Visits, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "--subnet", SUBNET, "front")
    engine.run("web")
    watcher, page = visits.enter("vera"), visits.enter("olga")
    open_live(watcher, f"/addresses/?pool={SUBNET}")
    expect(cell(watcher, "172.72.0.9")).to_have_attribute("title", "172.72.0.9 free")
    open_live(page, f"/addresses/?pool={SUBNET}")

    cell(page, "172.72.0.9").click()
    page.get_by_role("link", name="Connect a container with it…").click()
    expect(page.get_by_label("IPv4 address")).to_have_value("172.72.0.9")
    choose_container(page, "web")
    expect(page.locator("#aside")).to_contain_text("--ip 172.72.0.9")
    page.get_by_role("button", name=re.compile("^Connect")).last.click()

    expect(page.locator("#endpoint-rows")).to_contain_text("172.72.0.9")
    expect(cell(page, "172.72.0.9")).to_have_attribute("title", "172.72.0.9 in use: web")
    expect(cell(watcher, "172.72.0.9")).to_have_class("used")
    expect(watcher.locator("#pool-rows tr.sel .num")).to_contain_text("1")
    expect(watcher.locator(".adr-next")).to_contain_text("gets 172.72.0.2")
    engine.cli("rm", "-f", "web")
    expect(cell(watcher, "172.72.0.9")).to_have_attribute("title", "172.72.0.9 free")


def test_it_asks_from_the_grid_of_a_network(operator: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "--ipv6", "--subnet", "10.20.0.0/28", "--subnet", "fd00:20::/64", "six")
    operator.goto("/networks/")
    open_network(operator, "six")

    cell(operator, "fd00:20::7").click()

    expect(operator.get_by_label("IPv6 address")).to_have_value("fd00:20::7")
    expect(operator.get_by_label("IPv4 address")).to_have_value("")


def test_it_asks_for_a_free_address_by_keyboard_alone(operator: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "--subnet", SUBNET, "front")
    open_live(operator, "/addresses/")
    expect(operator.locator("#pool-rows")).to_contain_text(SUBNET)
    tab_to(operator, "Find an address, a container or a network")

    operator.keyboard.type("172.72.9.9")
    operator.keyboard.press("Enter")
    expect(operator.get_by_role("heading", name="172.72.9.9")).to_be_visible()
    tab_to(operator, "Connect a container with it…")
    operator.keyboard.press("Enter")

    expect(operator.get_by_label("IPv4 address")).to_have_value("172.72.9.9")


def test_it_finds_and_reads_an_address_by_keyboard_alone(viewer: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "--subnet", SUBNET, "front")
    engine.run("web", "--network", "front", "--ip", "172.72.0.5")
    open_live(viewer, "/addresses/")
    expect(viewer.locator("#pool-rows")).to_contain_text(SUBNET)

    viewer.get_by_role("searchbox", name="Find an address, a container or a network").focus()
    viewer.keyboard.type("web")
    viewer.keyboard.press("Enter")
    expect(viewer.get_by_role("heading", name="172.72.0.5")).to_be_visible()
    expect(viewer.locator("#address-drawer")).to_contain_text("requested with --ip")
    expect(cell(viewer, "172.72.0.5")).to_have_attribute("aria-current", "true")
    viewer.locator("#address-drawer").get_by_role("link", name="Close").focus()
    viewer.keyboard.press("Enter")

    expect(viewer.locator("#address-drawer")).to_be_hidden()
