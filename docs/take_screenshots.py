"""Take the pictures of the README: `.venv/bin/python -m docs.take_screenshots`, as root (see CONTRIBUTING.md).

Nothing in them is made up: a private Engine with the sample lab, the server as people run it, a real Chromium.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import start_chromium
from tests.management.serving import ROOT, Serving
from tests.private_engine import PrivateEngine, reap_leftovers

IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1440, 900
PORT = 8000  # in a network namespace of its own, where nobody else listens
ADDRESS = f"http://localhost:{PORT}"
NAME, PASSWORD = "admin", "a pass phrase for pictures"
PAGES = {"networks": "/networks/", "interfaces": "/interfaces/"}
THEMES = {"light": "", "dark": "-dark"}


def main() -> None:
    """Build the lab, take a picture of each page in both themes, and take everything away."""
    reap_leftovers()
    with PrivateEngine() as engine, tempfile.TemporaryDirectory(prefix="netadmin-pictures-") as folder:
        password_file = Path(folder, "password")
        password_file.write_text(PASSWORD)
        first_admin = (("NETADMIN_ADMIN_USERNAME", NAME), ("NETADMIN_ADMIN_PASSWORD_FILE", str(password_file)))
        serving = Serving(Path(folder, "data"), engine.url, PORT, tuple(engine.entering), first_admin)
        with serving, sync_playwright() as playwright:
            browser = start_chromium(playwright, launcher=engine.launcher)
            _take_all(browser)
            browser.close()


def _take_all(browser: Browser) -> None:
    context = browser.new_context(base_url=ADDRESS, viewport={"width": WIDTH, "height": HEIGHT})
    page = context.new_page()
    _log_in(page)
    _start_lab(page)
    IMAGES.mkdir(exist_ok=True)
    for theme, suffix in THEMES.items():
        context.add_cookies([{"name": "theme", "value": theme, "url": ADDRESS}])
        for name, path in PAGES.items():
            page.goto(path)
            page.wait_for_selector("#live[data-held]", state="attached")
            page.mouse.move(WIDTH - 1, HEIGHT - 1)
            page.screenshot(path=IMAGES / f"{name}{suffix}.png", animations="disabled")


def _log_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("/")


def _start_lab(page: Page) -> None:
    """Start the lab by its button, and wait until the list of networks has all of it."""
    page.goto("/engines/local/")
    page.get_by_role("button", name="Start the sample lab").click()
    page.wait_for_url("/networks/", timeout=60_000)
    page.wait_for_selector("#network-rows tr:has-text('my_custom_network')")


if __name__ == "__main__":
    main()
