"""Columns that a narrow window hides are shown when somebody asks for them, and no page scrolls sideways for it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.visits import Visits, open_live
from tests.journeys.walk import SIDEWAYS
from tests.private_engine import PrivateEngine

WIDTHS = (360, 640, 641, 860, 1024, 1180, 1280, 1440, 1920)
COLUMNS = {
    "/containers/": ("ID", "Image", "Command", "Ports", "Mode", "Created"),
    "/networks/": ("ID", "Scope", "Gateway", "Free", "Flags", "Project", "Created"),
}


@pytest.mark.parametrize("path", COLUMNS)
def test_it_shows_at_any_width_what_was_ticked(admin: Page, engine: PrivateEngine, path: str) -> None:
    docker_id = (
        engine.run("web", "--publish", "127.0.0.1:8085:80")
        if path == "/containers/"
        else engine.cli("network", "create", "front")
    )
    admin.set_viewport_size({"width": 1280, "height": 800})
    open_live(admin, path)
    short_id = admin.locator("td.k-id", has_text=docker_id[:12])
    expect(short_id).to_be_attached()
    expect(short_id).to_be_hidden()

    admin.get_by_role("button", name="Columns").click()
    for label in COLUMNS[path]:
        admin.locator("#columns-menu").get_by_label(label, exact=True).check()
    admin.locator("#columns-menu").get_by_role("button", name="Apply").click()
    expect(short_id).to_be_visible()

    open_live(admin, path)  # a fresh address: the browser has kept it
    for width in WIDTHS:
        admin.set_viewport_size({"width": width, "height": 800})
        expect(short_id).to_be_visible()
        row = admin.locator("tbody tr", has=short_id)
        assert row.locator("td[class*=' k-']:visible").count() == len(COLUMNS[path]), width
        assert admin.evaluate(SIDEWAYS) == 0, width


def test_it_needs_no_script(visits: Visits, engine: PrivateEngine) -> None:
    page = visits.enter("vera", java_script_enabled=False)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/networks/")

    page.get_by_role("button", name="Columns").click()
    page.locator("#columns-menu").get_by_label("Created", exact=True).check()
    page.locator("#columns-menu").get_by_label("ID", exact=True).check()
    page.locator("#columns-menu").get_by_role("button", name="Apply").click()

    expect(page.locator("th.k-id")).to_be_visible()
    expect(page.locator("th.k-created")).to_be_visible()
    expect(page.locator("th.k-project")).to_be_hidden()
