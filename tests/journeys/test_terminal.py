"""Terminals as people use them: switched on, given, opened with the password, typed into, and taken away."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.conftest import IS_FULL
from tests.journeys.site import PASSWORD, Site
from tests.journeys.test_account import faults
from tests.journeys.visits import Visits, confirm, log_in
from tests.private_engine import PrivateEngine, wait_until

SWITCH = 'from networks.models import Engine, Grant; e = Engine.objects.get(slug="local"); e.is_terminal_on = {on}; e.save()'
TAKE = f"{SWITCH.format(on=False)}; Grant.objects.update(has_terminal=False)"
GIVE = f"{SWITCH.format(on=True)}; Grant.objects.filter(user__username='tess').update(has_terminal=True)"
BYTES = 10_000_000 if IS_FULL else 2_000_000
LETTERS = """text => [...document.querySelectorAll(".xterm-rows span")].filter(span => span.textContent.includes(text))
  .map(span => getComputedStyle(span).color)"""


@pytest.fixture(scope="module", autouse=True)
def _people(site: Site) -> Iterator[None]:
    site.add_people({"tess": "viewer", "theo": "admin"})
    yield
    site.script(SWITCH.format(on=False))


@pytest.fixture
def web(engine: PrivateEngine) -> str:
    return engine.run("web", "--init")


@pytest.fixture
def tess(visits: Visits, site: Site) -> Page:
    site.script(GIVE)
    visits.expect_status(404)
    page = visits.enter(viewport={"width": 1200, "height": 800})
    log_in(page, "tess", PASSWORD)
    return page


def open_terminal(page: Page, web: str) -> None:
    wait_until_seen(page, web)
    page.goto(f"/containers/local/{web}/terminal/")
    if "reauthenticate" in page.url:
        confirm(page, PASSWORD)
    page.get_by_role("button", name="Open the terminal").click()
    expect(page.locator("#terminal-state")).to_have_text("docker exec -it web /bin/sh")
    expect(rows(page)).to_contain_text("#")


def wait_until_seen(page: Page, web: str) -> None:
    """Wait until the follower has seen a container: its page answers 404 until then."""

    def is_seen() -> bool:
        answer = page.goto(f"/containers/local/{web}/")
        return answer is not None and answer.ok

    wait_until(is_seen, "the container to be seen", interval_s=0.1)


def rows(page: Page):  # type: ignore[no-untyped-def]  # Playwright's Locator
    return page.locator("#terminal-screen .xterm-rows")


def type_line(page: Page, text: str) -> None:
    page.locator("#terminal-screen textarea").focus()
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


def test_it_takes_a_switch_a_grant_and_a_password(visits: Visits, site: Site, web: str) -> None:
    site.script(TAKE)  # whichever journey went before
    visits.expect_status(403, 404)
    tess, theo = visits.enter(), visits.enter()
    log_in(tess, "tess", PASSWORD)
    log_in(theo, "theo", PASSWORD)
    wait_until_seen(tess, web)
    tess.goto(f"/containers/local/{web}/terminal/")
    expect(tess.locator("main")).to_contain_text("Terminals are switched off for this Engine, and none was given to you.")

    theo.goto("/engines/local/people/")
    theo.get_by_role("button", name="Switch terminals on").click()
    confirm(theo, PASSWORD)
    expect(theo.locator("#toast")).to_contain_text("Terminals are on")
    theo.get_by_role("button", name="Give tess").click()
    expect(theo.locator("#toast")).to_contain_text("tess can open terminals here now.")
    expect(theo.get_by_role("button", name="Give theo")).to_have_count(0)

    tess.goto(f"/containers/local/{web}/")
    tess.get_by_role("link", name="Terminal", exact=True).click()
    expect(tess.get_by_role("heading", name="Confirm it's you")).to_be_visible()
    open_terminal(tess, web)
    theo.get_by_role("button", name="Take away tess").click()
    expect(tess.locator("#terminal-state")).to_have_text("Closed: you may not open a terminal here, or not any more.")


def test_it_shows_colours_korean_and_sizes_and_ends_with_the_program(tess: Page, engine: PrivateEngine, web: str) -> None:
    open_terminal(tess, web)

    type_line(tess, r"printf '\033[31mr''ed\033[0m \033[38;2;1;90;200mtr''ue\033[0m\n'; echo 한국어'|'; stty size")
    expect(rows(tess)).to_contain_text("한국어|")
    wait_until(lambda: tess.evaluate(LETTERS, "red")[-1:] == ["rgb(179, 38, 30)"], "red in the page's red")
    assert tess.evaluate(LETTERS, "true")[-1] == "rgb(1, 90, 200)"
    tess.set_viewport_size({"width": 700, "height": 700})
    type_line(tess, "sleep 0.3; stty size")
    wait_until(lambda: is_narrower(tess), "the new size")
    type_line(tess, "sleep 999")
    wait_until(lambda: "sleep 999" in engine.cli("top", "web"), "the sleep")
    tess.keyboard.press("Control+c")
    wait_until(lambda: "sleep 999" not in engine.cli("top", "web"), "its end")
    tess.get_by_label("Search on the screen").fill("nowhere to be found")
    tess.keyboard.press("Enter")
    expect(tess.locator("#terminal-state")).to_have_text("Not found.")
    tess.get_by_label("Search on the screen").fill("한국어|")
    tess.keyboard.press("Enter")
    expect(tess.locator("#terminal-search")).to_have_attribute("aria-invalid", "false")
    type_line(tess, "exit 3")
    expect(tess.locator("#terminal-state")).to_have_text("The program ended with exit code 3.")
    expect(tess.get_by_role("button", name="Open the terminal")).to_be_visible()


def is_narrower(page: Page) -> bool:
    """Tell whether the last size that `stty size` wrote has fewer columns than the first."""
    sizes = re.findall(r"(?m)^(\d+) (\d+)\s*$", rows(page).inner_text())
    return len(sizes) > 1 and int(sizes[-1][1]) < int(sizes[0][1])


# Rows end above the edge of what shows them, whatever the height.
CUT = """() => {
  const box = document.getElementById("terminal-screen").getBoundingClientRect();
  return document.querySelector(".xterm-rows").getBoundingClientRect().bottom - box.bottom;
}"""


def test_it_cuts_no_row_whatever_the_height(tess: Page, web: str) -> None:
    open_terminal(tess, web)

    for height in (780, 785, 790):
        tess.set_viewport_size({"width": 360, "height": height})
        wait_until(lambda: tess.evaluate(CUT) <= 0, f"whole rows at {height}")


def test_it_gets_megabytes_whole_and_stops_a_flood(tess: Page, engine: PrivateEngine, web: str) -> None:
    received: list[bytes] = []

    def watch(socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: received.append(payload) if isinstance(payload, bytes) else None)

    tess.on("websocket", watch)
    open_terminal(tess, web)
    type_line(tess, f"stty -opost; printf 'be''gin:'; seq 1 2000000 | head -c {BYTES}; echo :en''d; stty opost")
    wait_until(lambda: tess.evaluate("1") and b":end" in b"".join(received[-3:]), "the end", deadline_s=60, interval_s=0.2)
    content = b"".join(received).partition(b"begin:")[2].partition(b":end")[0]
    wanted = b"".join(b"%d\n" % number for number in range(1, 2_000_001))[:BYTES]
    assert hashlib.sha256(content).digest() == hashlib.sha256(wanted).digest()

    type_line(tess, "yes")
    expect(rows(tess)).to_contain_text("y\ny\ny", use_inner_text=True)
    tess.keyboard.press("Control+c")
    type_line(tess, "echo st''ill")
    expect(rows(tess)).to_contain_text("still")


def test_it_says_what_isn_t_there_and_is_for_everybody(tess: Page, engine: PrivateEngine, web: str) -> None:
    open_terminal(tess, web)
    assert faults(tess) == []
    tess.get_by_role("button", name="End", exact=True).click()
    expect(tess.locator("#terminal-state")).to_have_text("Closed.")
    wait_until(lambda: "/bin/sh" not in engine.cli("top", "web"), "its process to end")
    assert faults(tess) == []

    tess.get_by_label("Program", exact=True).select_option("/bin/bash")
    tess.get_by_role("button", name="Open the terminal").click()
    expect(tess.locator("#terminal-state")).to_contain_text("no such file or directory")
    tess.get_by_label("Program", exact=True).select_option("own")
    tess.get_by_role("button", name="Open the terminal").click()
    expect(tess.locator("#terminal-form")).to_contain_text("Which program?")


def test_it_shows_the_command_without_javascript(visits: Visits, site: Site, web: str) -> None:
    site.script(GIVE)
    visits.expect_status(404)
    page = visits.enter(java_script_enabled=False)
    log_in(page, "tess", PASSWORD)
    wait_until_seen(page, web)
    page.goto(f"/containers/local/{web}/terminal/")
    confirm(page, PASSWORD)

    expect(page.locator("main")).to_contain_text("A terminal needs JavaScript.")
    expect(page.locator("main")).to_contain_text("docker exec -it web /bin/sh")
    expect(page.get_by_role("button", name="Open the terminal")).to_have_count(0)
