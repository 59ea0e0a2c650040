"""Sign-on in a real Chromium: the way there and back under our content security policy, in both languages and themes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.chromium import start_chromium
from tests.installed.sign_on.provider import ProviderProcess, settings_for
from tests.journeys.quiet_place import QuietPlace
from tests.journeys.site import PASSWORD, Site
from tests.journeys.test_terminal import SWITCH, rows, type_line, wait_until_seen
from tests.journeys.visits import LEFT_EARLY
from tests.private_engine import PrivateEngine

PROVIDER_PORT = 9400
GIVE = f"{SWITCH.format(on=True)}; Grant.objects.filter(user__sign_on__subject='b5').update(has_terminal=True)"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory, place: QuietPlace) -> Iterator[ProviderProcess]:
    with ProviderProcess(tmp_path_factory.mktemp("provider") / "it", PROVIDER_PORT, place.entering) as running:
        yield running


@pytest.fixture(scope="module")
def place() -> Iterator[QuietPlace]:
    with QuietPlace() as made:
        yield made


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, place: QuietPlace, provider: ProviderProcess, shared_engine: PrivateEngine
) -> Iterator[Site]:
    more = settings_for(provider, LOCAL_LOGIN="superusers")
    with Site(tmp_path_factory.mktemp("site"), shared_engine.url, place, more=more) as running:
        yield running


@pytest.fixture(scope="module")
def browser(place: QuietPlace) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = start_chromium(playwright, launcher=place.launcher)
        yield running
        running.close()


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, site: Site, complaints: list[str], request: pytest.FixtureRequest) -> Iterator[Page]:
    """Give a browser of a stranger; what our pages complain of, a broken policy above all, fails the test."""
    context = browser.new_context(base_url=site.url, **getattr(request, "param", {}))
    # The provider's own pages ask a server elsewhere for their looks.
    context.route(lambda url: "localhost" not in url and "127.0.0.1" not in url, lambda route: route.abort())

    def hear(words: str, at: str) -> None:
        if LEFT_EARLY in words:
            return
        if "Content Security Policy" in words or (
            at.startswith(site.url) and not any(f"status of {status}" in words for status in (403, 404))
        ):
            complaints.append(f"{words} {at}")

    opened = context.new_page()
    opened.on("console", lambda message: hear(message.text, str(message.location.get("url", ""))))
    yield opened
    context.close()
    assert complaints == []


def sign_on(page: Page, subject: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Log in with Acme").click()
    page.get_by_label("Subject", exact=True).fill(subject)
    page.get_by_role("button", name="Authorize", exact=True).click()


def test_it_logs_in_and_out_by_the_provider(page: Page, provider: ProviderProcess) -> None:
    provider.tell(b1={"preferred_username": "mina", "groups": ["staff", "dev"]})

    sign_on(page, "b1")
    page.wait_for_url("/")
    expect(page.locator("#account-menu .who")).to_contain_text("mina")

    page.get_by_role("button", name="Account").click()
    assert page.get_by_role("link", name="Change password").count() == 0
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("/accounts/sign-on/ended/")
    page.get_by_role("link", name="Log out of Acme too").click()
    page.get_by_role("button", name="End session").click()
    page.wait_for_url("/accounts/login/")


def test_it_says_why_nobody_was_let_in(page: Page, provider: ProviderProcess) -> None:
    provider.tell(b2={"preferred_username": "eve", "groups": ["others"]})

    sign_on(page, "b2")

    expect(page.locator("#refused")).to_have_text("None of your groups there lets you in here. Ask an admin of this Netadmin.")
    page.get_by_role("link", name="To the log-in").click()
    page.wait_for_url("/accounts/login/")


def test_it_shows_who_comes_by_sign_on_to_whom_the_provider_proved(page: Page, provider: ProviderProcess) -> None:
    provider.tell(b3={"preferred_username": "rita", "groups": ["staff", "roots"]})
    sign_on(page, "b3")
    page.wait_for_url("/")

    page.goto("/people/create/")
    expect(page.get_by_role("heading", name="Confirm it's you")).to_be_visible()
    page.get_by_role("button", name="Log in with Acme").click()
    page.get_by_label("Subject", exact=True).fill("b3")
    page.get_by_role("button", name="Authorize", exact=True).click()
    page.wait_for_url("/people/create/")

    page.goto("/people/")
    row = page.get_by_role("row").filter(has_text="rita")
    expect(row).to_contain_text("by sign-on")
    expect(row).to_contain_text("by a group")
    row.get_by_role("link", name="rita").click()
    expect(page.get_by_text(provider.url)).to_be_visible()


def test_it_lets_superusers_in_by_the_form(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("/")


@pytest.mark.parametrize("page", [{"locale": "ko-KR", "color_scheme": "dark"}], indirect=True)
def test_it_speaks_korean(page: Page, provider: ProviderProcess) -> None:
    provider.tell(b4={"groups": []})
    page.goto("/accounts/login/")

    page.get_by_role("button", name="Acme 계정으로 로그인").click()
    page.get_by_label("Subject", exact=True).fill("b4")
    page.get_by_role("button", name="Authorize", exact=True).click()

    expect(page.locator("#refused")).to_contain_text("그룹")


def test_it_opens_a_terminal_once_the_provider_asked_again(
    page: Page, site: Site, provider: ProviderProcess, engine: PrivateEngine
) -> None:
    web = engine.run("web", "--init")
    provider.tell(b5={"preferred_username": "tess", "groups": ["staff", "dev"]})
    sign_on(page, "b5")
    page.wait_for_url("/")
    site.script(GIVE)
    open_terminal(page, web, "b5")

    type_line(page, "echo $((6*7)) signed on")

    expect(rows(page)).to_contain_text("42 signed on")


def open_terminal(page: Page, web: str, subject: str) -> None:
    """Open it as somebody without a password: Chromium reports nothing but 404 while the follower hasn't seen the container."""
    wait_until_seen(page, web)
    page.goto(f"/containers/local/{web}/terminal/")
    page.wait_for_url(re.compile("/accounts/sign-on/again/"))
    page.get_by_role("button", name="Log in with Acme").click()
    page.get_by_label("Subject", exact=True).fill(subject)
    page.get_by_role("button", name="Authorize", exact=True).click()
    page.wait_for_url(f"/containers/local/{web}/terminal/")
    page.get_by_role("button", name="Open the terminal").click()
    expect(page.locator("#terminal-state")).to_have_text("docker exec -it web /bin/sh")
    expect(rows(page)).to_contain_text("#")
