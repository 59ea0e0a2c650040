"""Traffic between two containers, as a person sees it: numbers, chart and table; and a container from inside."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.site import ADMIN, PASSWORD, Site
from tests.journeys.visits import Visits, log_in, open_live
from tests.private_engine import PrivateEngine, wait_until

# 100 kB a second, as soon as db listens, for half a minute at most; the test is over sooner.
PIECES = "i=0; while [ $i -lt 300 ]; do dd if=/dev/zero bs=10000 count=1 2>/dev/null || break; usleep 100000; i=$((i+1)); done"
SEND = f"until ({PIECES}) | nc db 9000; do usleep 100000; done"
# What is drawn upwards of the line, in the accent's colour: how many pixels of the canvas have any colour at all.
PAINTED = """() => {
  const canvas = document.querySelector("#traffic-chart canvas");
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let painted = 0;
  for (let i = 3; i < pixels.length; i += 4) { painted += pixels[i] > 0 ? 1 : 0; }
  return painted;
}"""
RATE = re.compile(r"\b([5-9]\d|1[0-2]\d)(\.\d)? kB/s")


def begin_transfer(engine: PrivateEngine) -> str:
    """Have web send to db on mybridge, and return db's id."""
    db = engine.run("db", "--network", "mybridge")
    engine.run("web", "--network", "mybridge")
    engine.cli("exec", "-d", "db", "sh", "-c", "sleep 60 | nc -l -p 9000 > /dev/null")
    engine.cli("exec", "-d", "web", "sh", "-c", SEND)
    return db


def test_it_shows_a_transfer_as_it_goes(viewer: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "mybridge")
    db = begin_transfer(engine)

    open_live(viewer, f"/containers/local/{db}/")
    now = viewer.locator("#traffic-now")
    expect(now.locator("tbody tr td[data-l='In now']")).to_have_text(RATE)
    expect(now.locator("tbody tr code")).to_have_text(["eth0", re.compile("^veth")])
    chart = viewer.locator("#traffic-chart canvas")
    expect(chart).to_be_visible()
    wait_until(lambda: viewer.evaluate(PAINTED) > 500, "the chart to be drawn")

    viewer.get_by_text("The last 15 minutes as a table").click()
    expect(viewer.locator("#traffic-minutes tbody tr").first).to_contain_text("kB/s")

    viewer.evaluate("document.documentElement.setAttribute('data-bs-theme', 'dark')")
    expect(chart).to_have_count(1)
    viewer.set_viewport_size({"width": 360, "height": 780})
    wait_until(lambda: chart.evaluate("canvas => canvas.clientWidth") < 340, "a narrow chart")
    # Still open: what is pushed stands beside the disclosure, not around it.
    expect(viewer.locator("#traffic-minutes")).to_be_visible()


def test_it_adds_a_network_up(viewer: Page, engine: PrivateEngine) -> None:
    network = engine.cli("network", "create", "mybridge")
    begin_transfer(engine)

    open_live(viewer, f"/networks/local/{network}/")
    together = viewer.locator("#traffic-now .traffic-sum")

    expect(together.locator("td[data-l='In now']")).to_have_text(RATE)
    expect(together.locator("td[data-l='Out now']")).to_have_text(RATE)
    expect(viewer.locator("#traffic-now tbody tr")).to_have_count(3)


def test_it_looks_inside_when_one_comes_there_and_again_after_a_change(viewer: Page, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "mybridge")
    web = engine.run("web", "--network", "mybridge", "--network-alias", "www")

    open_live(viewer, f"/containers/local/{web}/")
    body = viewer.locator("#inside-body")
    body.scroll_into_view_if_needed()
    expect(body.locator(".ifconfig")).to_contain_text("eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500")
    expect(body).to_contain_text("127.0.0.11")
    expect(body).to_contain_text("www")

    engine.cli("network", "connect", "bridge", "web")
    expect(body.locator(".ifconfig")).to_contain_text("eth1: flags")
    expect(body).to_contain_text("none: the default bridge has no DNS")

    engine.cli("stop", "web")
    expect(body).to_contain_text("It isn't running")
    expect(viewer.locator("#traffic-now")).to_contain_text("It isn't running")


def test_it_looks_inside_without_javascript(visits: Visits, engine: PrivateEngine) -> None:
    quiet = engine.run("quiet", "--network", "none")
    page = visits.enter("vera", java_script_enabled=False)

    page.goto(f"/containers/local/{quiet}/")
    page.get_by_role("link", name="Read now").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("From inside")
    expect(page.locator(".ifconfig")).to_contain_text("lo: flags=73<UP,LOOPBACK,RUNNING>")
    expect(page.locator("main")).to_contain_text("Only loopback")


@pytest.mark.full  # it starts a server of its own
def test_it_asks_the_engine_where_the_host_is_not_seen(
    own_site: Callable[..., Site], browser: Browser, engine: PrivateEngine
) -> None:
    engine.cli("network", "create", "mybridge")
    db = begin_transfer(engine)
    nowhere = (("NETADMIN_NETNS", "/run/netns/nothing-is-called-so"),)

    with own_site(more=nowhere) as site, Visits(browser, site.url) as visits:
        page = visits.enter()
        log_in(page, ADMIN, PASSWORD)
        open_live(page, f"/containers/local/{db}/")
        now = page.locator("#traffic-now")

        expect(now).to_contain_text("these are the Engine's counters")
        expect(now.locator("tbody th")).to_have_text("eth0")
        expect(now.locator("tbody tr td[data-l='In now']")).to_have_text(RATE)
        expect(page.locator("#traffic-chart canvas")).to_be_visible()
