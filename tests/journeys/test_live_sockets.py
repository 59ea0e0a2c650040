"""Sockets of the real server in a real Chromium: live pages, rights that go, a server that ends and comes back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.conftest import IS_FULL
from tests.private_engine import PrivateEngine, wait_until
from tests.push.chromium import running_chromium, watched_page
from tests.push.site import NAME, PASSWORD, Site

pytestmark = [pytest.mark.browser, pytest.mark.engine]

LIVE_PAGES = ("/", "/networks/", "/containers/", "/events/", "/engines/local/")
LOADS = 30 if IS_FULL else 6
# Rule S2, counted from the moment when the change is committed to the moment when the page says so.
REVOKED_WITHIN_S = 2.0


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with running_chromium(playwright) as running:
        yield running


@pytest.fixture(scope="module")
def site(shared_engine: PrivateEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site"), shared_engine.url) as running:
        yield running


@pytest.fixture
def operator(site: Site) -> Iterator[str]:
    """Give the name of somebody with the role of operator."""
    make = (
        "from django.contrib.auth.models import User; from networks.models import Engine, Grant\n"
        f"person = User.objects.create_user('olga', password={PASSWORD!r})\n"
        "Grant.objects.create(user=person, engine=Engine.objects.get(slug='local'), role='operator')"
    )
    site.manage("shell", "-c", make)
    yield "olga"
    site.manage("shell", "-c", "from django.contrib.auth.models import User; User.objects.filter(username='olga').delete()")


def log_in(page: Page, site: Site, name: str = NAME) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{site.url}/")


def open_live(page: Page, site: Site, path: str = "/networks/") -> None:
    """Open a page, and wait until its socket has brought the first frame."""
    page.goto(site.url + path)
    page.wait_for_selector("#live[data-held]", state="attached")


def test_it_shows_a_network_made_in_a_shell(site: Site, browser: Browser, engine: PrivateEngine) -> None:
    with watched_page(browser) as page:
        log_in(page, site)
        open_live(page, site)

        docker_id = engine.cli("network", "create", "made-in-a-shell").strip()
        row = page.locator(f"#net-{docker_id}")
        expect(row).to_contain_text("made-in-a-shell")
        engine.cli("network", "rm", "made-in-a-shell")

        expect(row).to_have_count(0)


def test_it_loses_nothing_in_a_burst(site: Site, browser: Browser, engine: PrivateEngine) -> None:
    names = [f"burst-{number:02}" for number in range(25)]
    with watched_page(browser) as page:
        log_in(page, site)
        open_live(page, site)

        for name in names:
            engine.cli("network", "create", name)
        rows = page.locator("#network-rows > tr", has_text="burst-")
        expect(rows).to_have_count(len(names))
        engine.cli("network", "rm", *names)

        expect(rows).to_have_count(0)


def test_it_opens_one_socket_for_each_load_of_each_live_page(site: Site, browser: Browser, engine: PrivateEngine) -> None:
    opened: list[str] = []
    with watched_page(browser) as page:
        log_in(page, site)
        page.goto("about:blank")
        page.on("websocket", lambda socket: opened.append(socket.url))

        for path in LIVE_PAGES:
            for _ in range(LOADS):
                open_live(page, site, path)

    assert len(opened) == LOADS * len(LIVE_PAGES)


def test_it_takes_the_socket_of_whose_role_is_taken_away(site: Site, browser: Browser, operator: str) -> None:
    with watched_page(browser) as page:
        log_in(page, site, operator)
        open_live(page, site)

        site.manage("shell", "-c", "from networks.models import Grant; Grant.objects.filter(user__username='olga').delete()")
        began = time.monotonic()

        expect(page.locator("#not-allowed")).to_be_visible()
        assert time.monotonic() - began < REVOKED_WITHIN_S


def test_it_takes_the_buttons_of_whose_role_is_less(site: Site, browser: Browser, operator: str, engine: PrivateEngine) -> None:
    docker_id = engine.cli("network", "create", "mine").strip()
    with watched_page(browser) as page:
        log_in(page, site, operator)
        open_live(page, site)
        acting = page.locator(f"#net-{docker_id} :is(a, button)", has_text="Remove")
        expect(acting).not_to_have_count(0)

        site.manage("shell", "-c", "from networks.models import Grant; Grant.objects.update(role='viewer')")

        expect(acting).to_have_count(0)
        expect(page.locator("#not-allowed")).to_be_hidden()


def test_it_leads_to_the_log_in_page_after_a_log_out_elsewhere(site: Site, browser: Browser) -> None:
    with watched_page(browser) as page:
        log_in(page, site)
        open_live(page, site)

        other = page.context.new_page()
        other.goto(f"{site.url}/accounts/logout/")
        other.locator("main button[type=submit], form[action*=logout] button").last.click()

        page.wait_for_url("**/accounts/login/**", timeout=15_000)


def test_it_says_that_the_engine_is_gone_and_that_it_is_back(site: Site, browser: Browser, engine: PrivateEngine) -> None:
    with watched_page(browser) as page:
        log_in(page, site)
        open_live(page, site)
        chip = page.locator("#engine-state")
        expect(chip).to_have_attribute("data-state", "live")

        engine.kill9()
        began = time.monotonic()
        expect(chip).to_have_attribute("data-state", "disconnected")
        shown_after_s = time.monotonic() - began
        expect(page).to_have_title("✕ Networks · local · Netadmin")
        engine.restart()

        expect(chip).to_have_attribute("data-state", "live", timeout=15_000)
        assert shown_after_s < 2.0


def test_it_ends_with_ten_open_sockets_and_the_pages_come_back(tmp_path: Path, browser: Browser, engine: PrivateEngine) -> None:
    with Site(tmp_path, engine.url) as site, watched_page(browser, may_fail_to_load=True) as page:
        log_in(page, site)
        pages = [page, *(page.context.new_page() for _ in range(9))]
        for each in pages:
            open_live(each, site)

        status = site.stop()
        expect(page.locator("#not-live")).to_be_visible()
        site.start()

        assert status == 0
        for each in pages:
            expect(each.locator("#not-live")).to_be_hidden()
        docker_id = engine.cli("network", "create", "after-the-restart").strip()
        for each in pages:
            wait_until(each.locator(f"#net-{docker_id}").count, "the row in each page")
