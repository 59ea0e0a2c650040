"""Second steps, sessions, and people who make, invite, promote and switch off others."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.codes import code_of
from tests.journeys.site import PASSWORD, Site
from tests.journeys.test_for_everybody import AXE, RULES, SET_THEME, VIOLATIONS
from tests.journeys.visits import Visits, confirm, log_in, open_live
from tests.journeys.walk import SIDEWAYS
from tests.patience import within
from tests.private_engine import wait_until
from tests.static.test_pages import SMALL_TARGETS

# From the click to the login on the other page; live.js reloads no page that is younger than five seconds.
REVOKED_WITHIN_S = within(2.0)
OLD_ENOUGH_MS = 5_000
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 780}


@pytest.fixture(scope="module", autouse=True)
def _people(site: Site) -> None:
    site.add_people({"tina": "viewer", "pam": "viewer", "sam": "viewer", "rita": "viewer"})


def faults(page: Page) -> list[object]:
    """Return what axe finds in both themes, and what is too wide or too small on a phone."""
    page.evaluate(AXE)
    found: list[object] = []
    for theme, rules in RULES.items():
        page.evaluate(SET_THEME, theme)
        found += page.evaluate(VIOLATIONS, rules)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found += [wide for wide in [page.evaluate(SIDEWAYS)] if wide] + page.evaluate(SMALL_TARGETS)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return found


def wait_until_old_enough(page: Page) -> None:
    wait_until(lambda: page.evaluate("performance.now()") > OLD_ENOUGH_MS, "the page to be five seconds old")


def open_two_factor(page: Page) -> None:
    page.get_by_role("button", name="Account").click()
    page.get_by_role("link", name="Two-factor").click()


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/accounts/login/")


def type_password(page: Page, name: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_it_logs_in_with_the_app_and_with_a_recovery_code(visits: Visits) -> None:
    page = visits.enter(reduced_motion="reduce")
    log_in(page, "tina", PASSWORD)
    open_two_factor(page)
    page.get_by_role("link", name="Set up an app…").click()
    confirm(page, PASSWORD)
    secret = page.locator(".cmd code", has_text=re.compile("^[A-Z2-7]{32}$")).inner_text()
    seen = {"set up": faults(page)}
    page.get_by_role("textbox", name="Code").fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    codes = page.locator("#codes li").all_inner_texts()
    seen["codes"] = faults(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    page.get_by_role("link", name="I have stored them").click()
    expect(page.locator("main")).to_contain_text("Two-factor is on")
    seen["on"] = faults(page)
    log_out(page)

    type_password(page, "tina")
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    seen["second step"] = faults(page)
    page.get_by_role("textbox", name="Code").fill("000000")
    page.locator("main").get_by_role("button", name="Log in").click()
    expect(page.locator(".err")).to_contain_text("This code is wrong.")
    page.get_by_role("textbox", name="Code").fill(code_of(secret))
    page.locator("main").get_by_role("button", name="Log in").click()
    page.wait_for_url("/")
    log_out(page)
    type_password(page, "tina")
    page.get_by_role("textbox", name="Code").fill(codes[3])
    page.locator("main").get_by_role("button", name="Log in").click()
    page.wait_for_url("/")

    open_two_factor(page)
    expect(page.locator("main")).to_contain_text("9 codes are left.")
    assert download.value.path().read_text().split() == codes
    assert {where: what for where, what in seen.items() if what} == {}


def test_it_logs_in_with_a_passkey(visits: Visits) -> None:
    page = visits.enter()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device = devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )["authenticatorId"]
    log_in(page, "pam", PASSWORD)
    open_two_factor(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/passkey*.js", hold)
    page.get_by_role("link", name="Add a passkey…").click()
    confirm(page, PASSWORD)
    page.get_by_label("Name").fill("blue key")
    expect(page.get_by_role("button", name="Add", exact=True)).to_be_disabled()  # until the script is there
    held[0].continue_()
    page.unroute("**/passkey*.js")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have stored them").click()
    expect(page.get_by_role("row").filter(has_text="blue key")).to_be_visible()
    log_out(page)

    type_password(page, "pam")
    found = faults(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("/")
    log_out(page)
    devices.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, "automaticPresenceSimulation": True}})  # an empty one
    type_password(page, "pam")
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("The browser gave no passkey")
    assert found == []


def test_it_sends_the_other_browser_to_the_login_when_its_session_is_ended(visits: Visits) -> None:
    mine, other = visits.enter(), visits.enter()
    for page in (other, mine):
        log_in(page, "sam", PASSWORD)
    open_live(other, "/networks/")
    wait_until_old_enough(other)
    mine.goto("/accounts/sessions/")
    expect(mine.get_by_role("row")).to_have_count(3)

    mine.get_by_role("button", name="End all others").click()
    confirm(mine, PASSWORD)
    expect(mine.get_by_role("row")).to_have_count(2)
    began = time.monotonic()

    other.wait_for_url("**/accounts/login/**")
    assert time.monotonic() - began < REVOKED_WITHIN_S
    expect(mine.get_by_role("row", name="this one")).to_be_visible()


def test_it_takes_a_person_from_the_link_to_a_role_and_out_again(asked_admin: Page, visits: Visits) -> None:
    visits.expect_status(403)
    asked_admin.goto("/people/create/")
    confirm(asked_admin, PASSWORD)
    asked_admin.get_by_label("Username").fill("newton")
    asked_admin.get_by_role("button", name="Make the account").click()
    link = asked_admin.locator("#link code").inner_text()
    found = {"link": faults(asked_admin)}
    theirs = visits.enter()
    theirs.goto(link)
    expect(theirs).to_have_url(re.compile("/welcome/$"))
    found["welcome"] = faults(theirs)
    for label in ("Password", "Password again"):
        theirs.get_by_label(label, exact=True).fill(PASSWORD)
    theirs.get_by_role("button", name="Set the password").click()
    log_in(theirs, "newton", PASSWORD)
    expect(theirs.locator("main")).to_contain_text("You have no role on any Engine yet")

    asked_admin.get_by_role("link", name="To the page of newton").click()
    asked_admin.get_by_label("on local").select_option("operator")
    asked_admin.get_by_role("button", name="Save local").click()
    expect(asked_admin.locator("#toast")).to_contain_text("newton has the role operator now.")
    found["person"] = faults(asked_admin)
    open_live(theirs, "/networks/")
    expect(theirs.get_by_role("link", name="New network")).to_be_visible()
    wait_until_old_enough(theirs)
    asked_admin.get_by_role("button", name="Switch off").click()
    expect(asked_admin.locator("main")).to_contain_text("switched off")
    began = time.monotonic()

    theirs.wait_for_url("**/accounts/login/**")
    assert time.monotonic() - began < REVOKED_WITHIN_S
    assert {where: what for where, what in found.items() if what} == {}
