"""An Engine that isn't there or dies, a server that ends, a tab that nobody looks at: pages say so and catch up."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.conftest import IS_FULL
from tests.journeys.acts import container_row, create_network, network_row
from tests.journeys.engine_says import list_json
from tests.journeys.site import PASSWORD, Site
from tests.journeys.visits import Visits, open_live
from tests.patience import within
from tests.private_engine import PrivateEngine

# "disconnected" in the page, after a cut
SAID_WITHIN_S = within(2.0)


def test_it_is_set_up_by_the_token_without_an_engine_and_goes_live_when_one_appears(
    own_site: Callable[..., Site], browser: Browser, mortal_engine: PrivateEngine
) -> None:
    engine = mortal_engine
    engine.terminate()
    with own_site(has_admin=False) as site, Visits(browser, site.url) as visits:
        page = visits.enter()
        page.goto("/")
        expect(page).to_have_url(f"{site.url}/setup/")
        page.goto(f"/setup/#{site.serving.token()}")  # the page is there already: nothing is loaded
        page.get_by_label("Username").fill("sam")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password again").fill(PASSWORD)
        page.get_by_role("button", name="Make the first account").click()
        page.wait_for_url(f"{site.url}/")

        open_live(page, "/networks/")
        expect(page.locator("#engine-state")).to_have_attribute("data-state", "disconnected")
        expect(page.locator("#engine-banner")).to_contain_text("Nothing has been read from it yet")
        engine.restart()

        expect(page.locator("#engine-state")).to_have_attribute("data-state", "live")
        for name in ("bridge", "host", "none"):
            expect(network_row(page, name)).to_be_visible()
        page.goto("/setup/")
        expect(page).not_to_have_url(f"{site.url}/setup/")


def test_it_says_disconnected_when_the_engine_is_killed_and_shows_the_right_rows_when_it_is_back(
    admin: Page, mortal_engine: PrivateEngine
) -> None:
    engine = mortal_engine
    engine.cli("network", "create", "mybridge")
    engine.run("web", "--net", "mybridge")
    open_live(admin, "/containers/")
    expect(container_row(admin, "web")).to_contain_text("running")
    chip = admin.locator("#engine-state")

    engine.kill9()
    began = time.monotonic()
    expect(chip).to_have_attribute("data-state", "disconnected")
    said_after_s = time.monotonic() - began
    expect(admin.locator("#engine-banner")).to_contain_text("Disconnected from local")
    expect(admin).to_have_title("✕ Containers · local · Netadmin")
    engine.restart()

    expect(chip).to_have_attribute("data-state", "live")
    state = list_json(engine, "ps", "-a")[0]["State"]
    expect(container_row(admin, "web")).to_contain_text(state)
    assert said_after_s < SAID_WITHIN_S


def test_it_says_what_it_could_not_ask_and_keeps_what_was_typed(admin: Page, mortal_engine: PrivateEngine) -> None:
    engine = mortal_engine
    admin.goto("/networks/local/create/")
    admin.get_by_label("Name", exact=True).fill("late")
    expect(admin.locator("#aside .as-docker .code")).to_contain_text("late")
    engine.kill9()

    admin.get_by_role("button", name="Create network").click()
    expect(admin.locator("#refusal")).to_contain_text("The Engine could not be reached")
    expect(admin.locator("#refusal")).to_contain_text("Nothing was changed.")
    expect(admin.get_by_label("Name", exact=True)).to_have_value("late")
    expect(admin.get_by_role("button", name="Create network")).to_be_disabled()
    engine.restart()
    open_live(admin, "/networks/")
    expect(admin.locator("#engine-state")).to_have_attribute("data-state", "live")

    create_network(admin, "late")


def test_it_catches_up_after_the_server_was_restarted(site: Site, admin: Page, visits: Visits, engine: PrivateEngine) -> None:
    visits.expect_absence()
    engine.cli("network", "create", "before")
    pages = [admin, *(admin.context.new_page() for _ in range(9 if IS_FULL else 3))]
    for each in pages:
        open_live(each, "/networks/")

    status = site.stop(signal.SIGTERM)
    engine.cli("network", "create", "meanwhile")
    engine.cli("network", "rm", "before")
    expect(admin.locator("#not-live")).to_be_visible()
    site.start_again()

    assert status == 0
    for each in pages:
        expect(network_row(each, "meanwhile")).to_be_visible()
        expect(network_row(each, "before")).to_have_count(0)
        expect(each.locator("#not-live")).to_be_hidden()


def test_it_catches_up_in_a_tab_that_was_hidden_and_frozen(admin: Page, engine: PrivateEngine) -> None:
    open_live(admin, "/networks/")
    admin.evaluate("window.isThisOne = true")
    devtools = admin.context.new_cdp_session(admin)
    devtools.send("Page.setWebLifecycleState", {"state": "frozen"})

    engine.cli("network", "create", "while-away")
    engine.cli("network", "create", "short-lived")
    engine.cli("network", "rm", "short-lived")
    devtools.send("Page.setWebLifecycleState", {"state": "active"})

    expect(network_row(admin, "while-away")).to_be_visible()
    expect(network_row(admin, "short-lived")).to_have_count(0)
    assert admin.evaluate("window.isThisOne")
