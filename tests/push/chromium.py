"""A real Chromium, and pages in it that fail the test when the browser complains."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Playwright

from tests.chromium import start_chromium

# What Chromium and htmx say of a server that isn't there.
# A page that is left while its socket is still being opened.
LEFT_EARLY = "WebSocket is closed before the connection is established"
SIGNS_OF_ABSENCE = ("WebSocket", "htmx:ws:error", "ERR_CONNECTION_REFUSED")


@contextmanager
def running_chromium(playwright: Playwright, *, keeps_pages: bool = False) -> Iterator[Browser]:
    """Run a browser. `keeps_pages`: what was left stays in the back-forward cache, as people have it; Playwright turns it off,
    and what has no windows has none.
    """
    ignored_defaults = ("--disable-back-forward-cache",) if keeps_pages else ()
    browser = start_chromium(playwright, ignored_defaults=ignored_defaults, is_whole=keeps_pages)
    yield browser
    browser.close()


@contextmanager
def watched_page(browser: Browser, *, may_fail_to_load: bool = False) -> Iterator[Page]:
    """Open a page as somebody new; at the end of the block its console is empty, and nothing has left the machine.

    `may_fail_to_load`: the server goes away in this test, which Chromium and htmx call an error.
    """
    complaints: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("request", lambda request: complaints.append(request.url) if _leaves(request.url) else None)
    yield page
    context.close()
    expected = (LEFT_EARLY, *(SIGNS_OF_ABSENCE if may_fail_to_load else ()))
    unexpected = [one for one in complaints if not any(sign in one for sign in expected)]
    assert unexpected == [], unexpected


def _leaves(url: str) -> bool:
    return not url.startswith(("http://localhost:", "ws://localhost:", "data:", "about:"))
