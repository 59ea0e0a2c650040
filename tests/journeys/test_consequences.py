"""What breaks is said first, in a browser: asked again when more breaks, pruned by choice, left alone where protected."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Browser, expect

from tests.journeys.acts import ask_to_remove, container_row, network_row, open_network, type_name
from tests.journeys.engine_says import network_names
from tests.journeys.site import ADMIN, PASSWORD, Site
from tests.journeys.visits import Visits, log_in, open_live
from tests.private_engine import PrivateEngine

ACTING = re.compile("New network|Remove|Connect|Disconnect|Prune|sample lab")


def test_it_asks_again_when_more_breaks_than_it_showed(visits: Visits, engine: PrivateEngine) -> None:
    page = visits.enter("admin")
    engine.cli("network", "create", "mybridge")
    engine.run("late")
    engine.cli("stop", "late")
    open_live(page, "/containers/")
    expect(container_row(page, "late")).to_contain_text("exited")
    ask_to_remove(page, "mybridge")
    expect(page.locator(".verdicts")).to_contain_text("No container uses it")
    engine.cli("network", "connect", "mybridge", "late")  # of which no event tells

    type_name(page, "mybridge")
    page.get_by_role("button", name="Remove mybridge").click()

    expect(page.get_by_role("alert")).to_contain_text("late, which is stopped, needs mybridge to start.")
    assert "mybridge" in network_names(engine)
    expect(page.get_by_label("Its name, to confirm")).to_have_value("mybridge")
    page.get_by_role("button", name="Remove mybridge").click()
    expect(network_row(page, "mybridge")).to_have_count(0)
    assert "mybridge" not in network_names(engine)


def test_it_prunes_what_was_chosen_and_nothing_else(visits: Visits, engine: PrivateEngine) -> None:
    page = visits.enter("admin")
    for name in ("free-1", "free-2", "needed"):
        engine.cli("network", "create", name)
    engine.cli("network", "create", "--label", "netadmin.protect=true", "vault")
    engine.run("ended", "--network", "needed")
    engine.cli("stop", "ended")
    open_live(page, "/networks/")
    expect(network_row(page, "vault")).to_contain_text("protected")
    expect(network_row(page, "vault").get_by_role("link", name=re.compile("^Remove"))).to_have_count(0)
    open_live(page, "/containers/")
    expect(container_row(page, "ended")).to_contain_text("exited")

    page.goto("/networks/")
    page.get_by_role("link", name="Prune…").click()
    expect(page.get_by_label("Choose needed")).not_to_be_checked()
    expect(page.locator("main")).to_contain_text("vault is protected by its label")
    page.get_by_label("Choose free-2").uncheck()
    engine.cli("network", "create", "made-since")
    page.get_by_role("button", name="Remove what is ticked…").click()
    page.get_by_label("Their number, to confirm").fill("1")
    page.get_by_role("button", name="Remove 1 network").click()

    expect(page).to_have_url(re.compile(r"/jobs/\d+/$"))
    expect(page.locator("main")).to_contain_text("free-1")
    open_live(page, "/networks/")
    expect(network_row(page, "free-1")).to_have_count(0)
    assert network_names(engine) == {"bridge", "host", "none", "free-2", "needed", "vault", "made-since"}


def test_it_says_that_it_is_read_only_and_offers_nothing(
    browser: Browser, own_site: Callable[..., Site], engine: PrivateEngine
) -> None:
    engine.cli("network", "create", "mybridge")
    engine.run("web", "--network", "mybridge")
    with own_site(more=(("NETADMIN_READ_ONLY", "1"),)) as site, Visits(browser, site.url) as visits:
        visits.expect_status(403)
        page = visits.enter()
        log_in(page, ADMIN, PASSWORD)
        open_live(page, "/networks/")
        expect(network_row(page, "mybridge")).to_be_visible()
        expect(page.locator("#read-only")).to_contain_text("read-only mode")
        expect(page.locator("main").get_by_role("link", name=ACTING)).to_have_count(0)
        open_network(page, "mybridge")
        expect(page.locator("#endpoint-rows")).to_contain_text("web")
        expect(page.locator("main").get_by_role("link", name=ACTING)).to_have_count(0)
        page.goto("/networks/local/create/")
        page.get_by_role("textbox", name="Name", exact=True).fill("mine")
        expect(page.locator("#aside .code").first).to_contain_text("mine")
        expect(page.get_by_role("button", name="Create network")).to_be_disabled()

        page.get_by_role("button", name="Create network").evaluate("(one) => one.removeAttribute('disabled')")
        page.get_by_role("button", name="Create network").click()

        expect(page.locator("#denied")).to_contain_text("read-only mode")
    assert network_names(engine) == {"bridge", "host", "none", "mybridge"}
