"""Pictures of every page, to be looked at: `python -m tests.journeys.look [ko] [PAGE…]` writes them to tests/out/."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.chromium import start_chromium
from tests.journeys.quiet_place import QuietPlace
from tests.journeys.site import ADMIN, PASSWORD, Site
from tests.journeys.visits import log_in, open_live
from tests.journeys.walk import SIDEWAYS, pages_of, small_world
from tests.private_engine import IMAGE, PrivateEngine, reap_leftovers

OUT = Path(__file__).parents[1] / "out"
SIZES = {"": (1440, 900), "-360": (360, 780)}
OTHERS = {"/accounts/login/": "login"}


def main(asked: list[str]) -> None:
    """Start everything, take the pictures, in Korean if that is asked for, and end everything."""
    language = "ko" if "ko" in asked else ""
    wanted = [name for name in asked if name != "ko"]
    reap_leftovers()
    OUT.mkdir(exist_ok=True)
    with (
        TemporaryDirectory() as folder,
        PrivateEngine() as engine,
        QuietPlace() as place,
        sync_playwright() as playwright,
    ):
        engine.import_image()
        pages = pages_of(small_world(engine))
        with Site(Path(folder), engine.url, place) as site:
            browser = start_chromium(playwright, launcher=place.launcher)
            for theme in ("light", "dark"):
                for suffix, size in SIZES.items():
                    _take(browser, site.url, pages, wanted, (f"{suffix}-{theme}", size), language)
            browser.close()
    print(f"Written to {OUT.relative_to(Path.cwd())}/")


def _take(
    browser: Browser, url: str, pages: dict[str, str], wanted: list[str], how: tuple[str, tuple[int, int]], language: str
) -> None:
    suffix, (width, height) = how
    context = browser.new_context(base_url=url, viewport={"width": width, "height": height}, reduced_motion="reduce")
    theme = suffix.rpartition("-")[2]
    context.add_cookies([{"name": "theme", "value": theme, "url": url}])
    page = context.new_page()
    for path, name in OTHERS.items():
        page.goto(path)
        page.screenshot(path=OUT / f"{name}{suffix}.png")
    log_in(page, ADMIN, PASSWORD)
    open_live(page, "/networks/")
    expect(page.locator("#network-rows")).to_contain_text("mybridge")
    if language:
        context.add_cookies([{"name": "netadmin_language", "value": language, "url": url}])
        suffix = f"-{language}{suffix}"
    for path, name in pages.items():
        if wanted and name not in wanted:
            continue
        page.goto(path)
        if page.locator("#live").count():
            page.wait_for_selector("#live[data-held]", state="attached")
        page.screenshot(path=OUT / f"{name}{suffix}.png", full_page=True)
        if too_wide := page.evaluate(SIDEWAYS):
            print(f"{name}{suffix} scrolls sideways by {too_wide} px")
    for name, take in FAULTS.items():
        if (not wanted or name in wanted) and not language:  # their fields are found by their English names
            take(page)
            page.screenshot(path=OUT / f"{name}{suffix}.png", full_page=True)
    context.close()


def _type_a_faulty_network(page: Page) -> None:
    page.goto("/networks/local/create/")
    for label, value in (("Name", "mine"), ("Subnet 1", "172.72.5.0/24"), ("Gateway 1", "172.73.0.1")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Create network").click()
    expect(page.locator("#create .err").first).to_be_visible()


def _run_what_cannot_start(page: Page) -> None:
    page.goto(f"/containers/local/run/?image={IMAGE}")
    page.locator("#id_ports").fill("8082:80\n127.0.0.1:8083:81/udp")
    page.locator("#id_command").fill("no-such-program")
    page.get_by_role("button", name="Add a network").click()
    page.locator("#id_networks-1-network_id").select_option(label="mybridge · bridge · 10.201.0.64/26")
    page.locator("#id_networks-0-network_id").select_option(label="my_custom_network · bridge · 172.72.0.0/16")
    page.locator("#id_networks-0-ipv4").fill("172.72.0.33")
    page.get_by_role("button", name="Run container", exact=True).click()
    expect(page.locator("#refusal")).to_be_visible()


FAULTS = {"create-fault": _type_a_faulty_network, "run-fault": _run_what_cannot_start}


if __name__ == "__main__":
    main(sys.argv[1:])
