"""Both languages, both themes, without JavaScript, on a phone, and with a screen reader."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.conftest import IS_FULL
from tests.journeys.acts import network_row, type_name
from tests.journeys.engine_says import inspect_network
from tests.journeys.visits import Visits, open_live
from tests.journeys.walk import SIDEWAYS, pages_of, small_world
from tests.private_engine import PrivateEngine
from tests.static.test_pages import SMALL_TARGETS

AXE = (Path(__file__).parents[1] / "vendor/axe.min.js").read_text()
# Of what is in order axe would gather the elements too, which nobody reads: a third of its time.
VIOLATIONS = """(rules) => axe.run({resultTypes: ["violations"], ...(rules.length && {runOnly: rules})}).then((found) =>
  found.violations.map((one) =>
  one.id + ": " + one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")))"""
RULES = {"light": [], "dark": ["color-contrast"]}  # all, and what the theme may change
SET_THEME = "(theme) => document.documentElement.setAttribute('data-bs-theme', theme)"


def test_it_speaks_korean_and_english(viewer: Page, engine: PrivateEngine) -> None:
    open_live(viewer, "/networks/")
    viewer.get_by_role("button", name="Language").click()
    viewer.get_by_role("button", name="한국어").click()

    expect(viewer.locator("html")).to_have_attribute("lang", "ko")
    expect(viewer).to_have_url(re.compile("/networks/$"))
    expect(viewer.get_by_role("heading", level=1)).to_have_text("네트워크")
    viewer.wait_for_selector("#live[data-held]", state="attached")
    engine.cli("network", "create", "mybridge")
    expect(network_row(viewer, "mybridge")).to_be_visible()

    viewer.locator("[popovertarget=language-menu]").click()
    viewer.get_by_role("button", name="English").click()
    expect(viewer.get_by_role("heading", level=1)).to_have_text("Networks")


def test_it_keeps_the_theme_that_was_chosen(viewer: Page, engine: PrivateEngine) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    viewer.goto("/networks/")
    light = viewer.evaluate(background)

    viewer.get_by_role("button", name="Theme").click()
    viewer.get_by_role("button", name="Dark").click()
    expect(viewer.locator("html")).to_have_attribute("data-bs-theme", "dark")
    dark = viewer.evaluate(background)
    viewer.goto("/containers/")

    expect(viewer.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert light != dark == viewer.evaluate(background)


def test_it_works_without_javascript(visits: Visits, engine: PrivateEngine) -> None:
    engine.run("web")
    page = visits.enter("admin", java_script_enabled=False)
    page.goto("/networks/?q=bridge")
    expect(page.locator("#network-rows > tr")).to_have_count(1)
    page.goto("/containers/")
    expect(page.locator("#container-rows")).to_contain_text("web")
    page.get_by_role("link", name="web", exact=True).click()
    expect(page.get_by_text("It is read when you scroll here.")).to_be_hidden()
    expect(page.locator("#inside-body noscript p")).to_be_visible()

    page.goto("/containers/local/run/")
    expect(page.get_by_text("Checked as you type")).to_be_hidden()
    expect(page.locator("#aside noscript p")).to_be_visible()
    page.goto("/networks/local/create/")
    page.get_by_label("Name", exact=True).fill("plain")
    page.get_by_label("Subnet 1").fill("10.50.0.5/24")
    page.get_by_role("button", name="Check only").click()
    expect(page.locator("#create .err")).to_contain_text("is an address within a subnet")
    page.locator("#create").get_by_role("button", name="Did you mean 10.50.0.0/24?").click()
    page.get_by_role("button", name="Create network").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("plain")
    assert inspect_network(engine, "plain")["IPAM"]["Config"][0]["Subnet"] == "10.50.0.0/24"
    page.get_by_role("link", name="Remove…").click()
    type_name(page, "plain")
    page.get_by_role("button", name="Remove plain").click()

    expect(page.locator("#network-rows")).not_to_contain_text("plain")


def test_it_has_nothing_that_axe_finds_and_never_scrolls_sideways(visits: Visits, engine: PrivateEngine) -> None:
    visits.expect_status(403, 404)
    pages = pages_of(small_world(engine))
    page = visits.enter("admin", viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    found: dict[str, object] = {}
    page.context.add_init_script(AXE)  # sent once, not to every page

    open_live(page, "/networks/")
    expect(page.locator("#network-rows")).to_contain_text("mybridge")
    for number, path in enumerate(pages):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(path)
        for theme in ("light", "dark") if IS_FULL or number % 2 else ("light",):
            page.evaluate(SET_THEME, theme)
            found[f"{path} {theme}"] = page.evaluate(VIOLATIONS, RULES[theme])
        for width in (1000, 360):
            page.set_viewport_size({"width": width, "height": 780})
            found[f"{path} {width} px"] = page.evaluate(SIDEWAYS)
        found[f"{path} targets"] = page.evaluate(SMALL_TARGETS)
        if pages[path] in ("networks", "containers", "network", "create"):
            found[f"{path} phone"] = page.evaluate(VIOLATIONS, [])

    assert {where: what for where, what in found.items() if what} == {}


def test_it_never_scrolls_sideways_in_korean(visits: Visits, engine: PrivateEngine) -> None:
    paths = pages_of(small_world(engine))
    page = visits.enter("admin", viewport={"width": 360, "height": 780}, locale="ko-KR")
    visits.expect_status(403, 404)
    found = {}

    for number, path in enumerate(paths):
        if number % 2 and not IS_FULL:  # these are looked at in the dark
            continue
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", "ko")
        found[path] = page.evaluate(SIDEWAYS)

    assert {where: what for where, what in found.items() if what} == {}
