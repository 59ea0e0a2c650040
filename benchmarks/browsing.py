"""A real Chromium on a live page, which says when each row came."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from benchmarks.served import Served
from tests.chromium import start_chromium
from tests.private_engine import wait_until

# performance.timeOrigin and the Engine's stamps come from the same clock. Row id to milliseconds since the epoch.
WATCH = """(region) => {
  window.seen = {};
  new MutationObserver((changes) => {
    const at = performance.timeOrigin + performance.now();
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node.id && !(node.id in window.seen)) window.seen[node.id] = at;
      }
    }
  }).observe(document.getElementById(region), {childList: true});
}"""
# The same of rows that say "running", whether they came so or became so.
RUNNING_ROWS = """(region) => {
  window.ran = {};
  new MutationObserver((changes) => {
    const at = performance.timeOrigin + performance.now();
    for (const change of changes) {
      for (const node of [change.target, ...change.addedNodes]) {
        const row = (node.nodeType === 1 ? node : node.parentElement)?.closest(`#${region} > tr`);
        const status = row?.querySelector(".status")?.textContent.trim() ?? "";
        if (status.startsWith("running") && !(row.id in window.ran)) window.ran[row.id] = at;
      }
    }
  }).observe(document.getElementById(region), {childList: true, subtree: true, characterData: true, attributes: true});
}"""
# Asking Chromium costs processor time of all its processes: not while the row is on its way.
UNASKED_S = 0.05
IS_OPEN = "document.documentElement.classList.contains('is-open')"


@contextmanager
def open_page(served: Served, path: str, cookie: str) -> Iterator[Page]:
    """Open a page, and wait until its socket is open."""
    name, _, value = cookie.partition("=")
    with sync_playwright() as playwright:
        browser = start_chromium(playwright, is_whole=True)
        context = browser.new_context()
        context.add_cookies([{"name": name, "value": value, "url": served.url}])
        page = context.new_page()
        answer = page.goto(f"{served.url}{path}")
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        wait_until(lambda: page.evaluate(IS_OPEN), "the page's socket")
        yield page
        browser.close()


def watch_rows(page: Page, region: str) -> None:
    """Let the page note when rows come into a region."""
    page.evaluate(WATCH, region)


def row_came_ms(page: Page, dom_id: str) -> float:
    """Return when a row came, waiting for it; milliseconds since the epoch."""
    time.sleep(UNASKED_S)
    return float(wait_until(lambda: page.evaluate("(id) => window.seen[id]", dom_id), f"the row {dom_id}"))


def row_ran_ms(page: Page, dom_id: str) -> float:
    """Return when a row first said "running" (RUNNING_ROWS notes it), waiting for it; milliseconds since the epoch."""
    time.sleep(UNASKED_S)
    return float(wait_until(lambda: page.evaluate("(id) => window.ran[id]", dom_id), f"the row {dom_id} to run", deadline_s=60))


def wait_until_gone(page: Page, dom_id: str) -> None:
    """Wait until a row is gone."""
    wait_until(lambda: page.evaluate("(id) => document.getElementById(id) === null", dom_id), f"the end of the row {dom_id}")
