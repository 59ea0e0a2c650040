"""A stop that takes its time, as people see it; and pages where no script runs, or no socket is open."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.actions.test_stopping import STUBBORN
from tests.journeys.acts import container_row
from tests.journeys.visits import Visits, open_live
from tests.private_engine import PrivateEngine, wait_until

KILL_DUE = re.compile(r"killed when its time is over: in (\d+) seconds?")
LIVE_WORDS = "Changes appear by themselves."


def test_it_counts_a_stop_down_and_says_by_itself_how_it_ended(admin: Page, visits: Visits, engine: PrivateEngine) -> None:
    container_id = engine.run("slow", "--stop-signal", "TERM", "--stop-timeout", "8", command=STUBBORN)
    watching, watcher = visits.enter("vera"), visits.enter("vera")
    open_live(watching, "/containers/")
    open_live(watcher, "/")
    open_live(admin, f"/containers/local/{container_id}/")

    admin.get_by_role("button", name="Stop", exact=True).click()

    notes = admin.locator("#container-notes")
    expect(notes).to_contain_text(KILL_DUE)
    first = KILL_DUE.search(notes.inner_text())
    expect(container_row(watching, "slow")).to_contain_text("being stopped, kill due: in")
    expect(admin.locator("#container-acts").get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    expect(admin.locator("#container-acts").get_by_role("link", name="Kill…")).to_be_visible()
    assert first is not None
    expect(notes).to_contain_text(f"in {int(first[1]) - 2} second")  # it counts
    expect(admin.locator("#container-facts")).to_contain_text("exited (137)")
    expect(admin.locator("#container-facts")).to_contain_text("SIGKILL")
    expect(notes).not_to_contain_text("being stopped")
    expect(container_row(watching, "slow")).to_contain_text("exited (137)")
    expect(watcher.locator("#overview-remarks")).to_contain_text("no container is known to have failed")
    admin.goto("/activity/")
    line = admin.get_by_role("row").filter(has_text="Stop slow").first
    expect(line).to_contain_text("done")
    line.get_by_role("link").first.click()
    took = re.search(r"([\d.]+) s\b", admin.locator("dl.facts").inner_text())
    assert took is not None
    assert 8 < float(took[1]) < 20


def test_it_says_that_it_is_not_live_where_no_script_runs(visits: Visits, engine: PrivateEngine) -> None:
    container_id = engine.run("slow", "--stop-signal", "TERM", "--stop-timeout", "30", "--network", "none", command=STUBBORN)
    page = visits.enter("admin", java_script_enabled=False)
    page.goto("/containers/?state=running")
    expect(page.locator("#container-rows")).to_contain_text("slow")
    expect(page.get_by_text(LIVE_WORDS)).to_be_hidden()
    expect(page.locator("#no-script")).to_contain_text("Without JavaScript it doesn't change by itself.")
    refreshes = page.locator('meta[http-equiv="refresh"]')
    assert refreshes.count() == 0

    page.goto(f"/containers/local/{container_id}/")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator("#container-notes")).to_contain_text("It ends by itself, or is killed when its time is over: 20")
    engine.cli("kill", "slow")

    def is_said_after_a_click() -> bool:
        page.locator("#no-script").get_by_role("link", name="Refresh", exact=True).click()
        return "exited (137)" in page.locator("#container-facts").inner_text()

    wait_until(is_said_after_a_click, "the end of the container, which Netadmin hears of when it does", interval_s=0.5)

    page.goto("/containers/?q=slow")
    page.get_by_role("link", name="Refresh it every 10 s").click()
    expect(page).to_have_url(re.compile(r"/containers/\?q=slow&refresh=on$"))
    assert refreshes.get_attribute("content") == "10"
    engine.cli("rm", "slow")
    expect(page.locator("#container-rows")).not_to_contain_text("slow", timeout=60_000)  # nobody has clicked
    page.get_by_role("link", name="Don't refresh it by itself").click()
    expect(page).to_have_url(re.compile(r"/containers/\?q=slow$"))
    assert refreshes.count() == 0


def test_it_calls_live_only_what_has_a_socket(viewer: Page, engine: PrivateEngine) -> None:
    open_live(viewer, "/containers/")
    expect(viewer.get_by_text(LIVE_WORDS)).to_be_visible()
    assert viewer.locator("#no-script").count() == 0

    viewer.route_web_socket("**/ws/**", lambda socket: socket.close(code=1011))
    viewer.goto("/networks/")

    expect(viewer.locator("#network-rows")).to_contain_text("bridge")
    expect(viewer.get_by_text(LIVE_WORDS)).to_be_hidden()


def test_it_pushes_the_history_of_addresses(viewer: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "--subnet", "10.77.0.0/24", "front")
    open_live(viewer, "/addresses/history/?q=10.77.0.9")
    expect(viewer.locator("#history-list")).to_contain_text("Nobody had 10.77.0.9")

    engine.run("web", "--network", "front", "--ip", "10.77.0.9")

    expect(viewer.locator("#history-held")).to_contain_text("web on front, since")
    engine.cli("rm", "-f", "web")
    expect(viewer.locator("#history-held")).to_contain_text("Nobody has it.")
    expect(viewer.locator("#history-list")).to_contain_text("web")
