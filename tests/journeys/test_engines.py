"""A second Engine: added in the browser, tested, chosen, watched live, and removed."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.another_engine import AnotherEngine
from tests.journeys.acts import network_row
from tests.journeys.site import PASSWORD
from tests.journeys.visits import confirm, open_live
from tests.private_engine import PrivateEngine


def test_it_adds_an_engine_switches_to_it_and_removes_it(
    asked_admin: Page, engine: PrivateEngine, another_engine: AnotherEngine
) -> None:
    engine.cli("network", "create", "here")
    asked_admin.goto("/engines/")
    asked_admin.get_by_role("link", name="Add an Engine").click()
    confirm(asked_admin, PASSWORD)
    asked_admin.get_by_label("Name", exact=True).fill("shed")
    asked_admin.get_by_label("Short name").fill("shed")
    for scheme, unfolded in (("tcp", "Netadmin's certificate"), ("ssh", "The other machine's host key")):
        asked_admin.get_by_label("URL").fill(f"{scheme}://192.0.2.9")
        expect(asked_admin.get_by_label(unfolded)).to_be_visible()
        expect(asked_admin.locator("details[data-scheme][open]")).to_have_count(1)
    asked_admin.get_by_label("URL").fill(another_engine.engine.url)
    expect(asked_admin.locator("details[data-scheme][open]")).to_have_count(0)

    asked_admin.get_by_role("button", name="Test").click()
    expect(asked_admin.locator("#trial")).to_contain_text("An Engine answers")
    asked_admin.get_by_role("button", name="Add the Engine").click()
    expect(asked_admin.locator("#toast")).to_contain_text("shed is followed from now on")
    expect(asked_admin.locator("#engine-shed")).to_be_visible()
    asked_admin.locator("#engine-shed").get_by_role("button", name="Show").click()
    expect(asked_admin.locator("#engine-state")).to_contain_text("shed")  # the page that was pressed on, for another Engine

    open_live(asked_admin, "/networks/")
    expect(asked_admin.locator("#engine-state")).to_contain_text("shed")
    another_engine.engine.cli("network", "create", "there")
    expect(network_row(asked_admin, "there")).to_be_visible()
    expect(network_row(asked_admin, "here")).to_have_count(0)

    asked_admin.goto("/engines/shed/remove/")
    asked_admin.get_by_label(re.compile("Its name")).fill("shed")
    asked_admin.get_by_role("button", name="Remove shed").click()
    expect(asked_admin.locator("#toast")).to_contain_text("shed was removed")
    expect(asked_admin.locator("#engine-shed")).to_have_count(0)
    open_live(asked_admin, "/networks/")
    expect(network_row(asked_admin, "here")).to_be_visible()
