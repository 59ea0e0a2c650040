"""The lesson's first part: a restart in another order moves an address, the history shows it, and one that is kept stays."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.test_for_everybody import AXE, VIOLATIONS
from tests.journeys.visits import open_live
from tests.private_engine import PrivateEngine

NAMES = ("first", "second", "third")


def addresses(engine: PrivateEngine, network: str) -> dict[str, str]:
    form = f'{{{{(index .NetworkSettings.Networks "{network}").IPAddress}}}}'
    return {name: engine.cli("inspect", "-f", form, f"{network[:2]}-{name}") for name in NAMES}


def run_three(engine: PrivateEngine, network: str) -> dict[str, str]:
    for name in NAMES:
        engine.run(f"{network[:2]}-{name}", "--network", network)
    return addresses(engine, network)


def start_in_order(engine: PrivateEngine, network: str, *names: str) -> dict[str, str]:
    engine.cli("stop", *(f"{network[:2]}-{name}" for name in names))
    for name in names:
        engine.cli("start", f"{network[:2]}-{name}")
    return addresses(engine, network)


def open_container(page: Page, engine: PrivateEngine, name: str) -> None:
    open_live(page, f"/containers/local/{engine.cli('inspect', '-f', '{{.Id}}', name)}/")


def complaints_of_axe(page: Page) -> object:
    page.evaluate(AXE)
    return page.evaluate(VIOLATIONS, [])


def test_an_address_moves_on_the_default_bridge_and_the_history_tells(admin: Page, engine: PrivateEngine) -> None:
    before = run_three(engine, "bridge")
    open_container(admin, engine, "br-third")
    row = admin.locator("#endpoint-rows tr")
    expect(row).to_contain_text(before["third"])
    expect(row).not_to_contain_text("had ")

    after = start_in_order(engine, "bridge", "third", "first", "second")

    assert [after[name] for name in NAMES] == [before["second"], before["third"], before["first"]]
    expect(row).to_contain_text(f"had {before['third']} until")  # by itself
    admin.goto("/addresses/history/")
    admin.get_by_label("Find an address, a container or a network").fill(after["third"])
    admin.get_by_role("button", name="Who had it").click()
    expect(admin.locator("#h-held").locator("xpath=../..")).to_contain_text(f"{after['third']} br-third on bridge")
    assert complaints_of_axe(admin) == []
    lines = admin.locator(".hist tbody tr")
    expect(lines.nth(0)).to_contain_text("br-third")
    expect(admin.locator(".hist tbody tr:not(.gap)").nth(1)).to_contain_text("br-first")
    lines.nth(0).get_by_role("link", name="Keep this address…").click()
    expect(admin.get_by_text("An address can't be chosen on Docker's default bridge")).to_be_visible()
    expect(admin.get_by_role("link", name="Create a network…")).to_be_visible()
    assert complaints_of_axe(admin) == []


def test_one_that_is_kept_stays_whatever_the_order(admin: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "--subnet", "172.72.0.0/16", "my_custom_network")
    run_three(engine, "my_custom_network")
    after = start_in_order(engine, "my_custom_network", "third", "first", "second")
    open_container(admin, engine, "my-third")

    admin.locator("#endpoint-rows").get_by_role("link", name="Keep this address…").click()
    assert complaints_of_axe(admin) == []
    admin.get_by_role("button", name=f"Keep {after['third']}").click()

    expect(admin).to_have_url(re.compile(r"/jobs/\d+/$"))
    expect(admin.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    for name in ("second", "third", "first"):
        engine.cli("restart", f"my-{name}")
        assert addresses(engine, "my_custom_network")["third"] == after["third"]
    for order in (("third", "second", "first"), ("third", "first", "second")):
        assert start_in_order(engine, "my_custom_network", *order)["third"] == after["third"]
    open_container(admin, engine, "my-third")
    expect(admin.locator("#endpoint-rows")).to_contain_text(after["third"])
    expect(admin.locator("#endpoint-rows")).not_to_contain_text("had ")
    admin.goto("/activity/")
    expect(admin.locator(".deeds")).to_contain_text("my-third ↛ my_custom_network")
    expect(admin.locator(".deeds")).to_contain_text("my-third → my_custom_network")
