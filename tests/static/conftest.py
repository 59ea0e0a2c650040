"""A real Chromium that is given our files and pages without a server, under the policy that the pages have."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.chromium import start_chromium

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "http://localhost"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'"


@pytest.fixture(scope="package")  # not longer: its event loop is the thread's running one, which asynchronous tests need
def chromium() -> Iterator[Browser]:
    """Start the distribution's Chromium, or Playwright's own where there is none."""
    with sync_playwright() as playwright:
        browser = start_chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Give a function that shows HTML as http://localhost/. It fails on a console error or a blocked element.

    `width`, `locale`, `timezone`, `cookies` (name to value), `path` (with query and fragment), `has_policy`.
    """
    contexts, complaints = [], []

    def open_html(
        html: str,
        *,
        width: int = 1440,
        timezone: str = "UTC",
        cookies: dict[str, str] | None = None,
        path: str = "/",
        has_policy: bool = True,
    ) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900}, timezone_id=timezone)
        contexts.append(context)
        context.add_cookies([{"name": name, "value": value, "url": ORIGIN} for name, value in (cookies or {}).items()])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        policy = {"content-security-policy": POLICY} if has_policy else {}

        def answer(route: Route) -> None:
            file = ROOT / route.request.url.removeprefix(ORIGIN + "/").partition("?")[0]
            if file.is_file():
                kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                route.fulfill(body=file.read_bytes(), headers={"content-type": kind, **policy})
            else:
                route.fulfill(body=html, headers={"content-type": "text/html; charset=utf-8", **policy})

        page.route("**/*", answer)
        page.goto(ORIGIN + path)
        return page

    yield open_html
    for context in contexts:
        context.close()
    assert complaints == []
