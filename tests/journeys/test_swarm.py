"""Two Engines become a swarm in the browser, carry one network, are seen together on one page, and part."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import IS_FULL
from tests.journeys.quiet_place import QuietPlace
from tests.journeys.site import ADMIN, PASSWORD, Site
from tests.journeys.test_for_everybody import AXE, VIOLATIONS
from tests.journeys.visits import Visits, confirm, log_in
from tests.journeys.walk import SIDEWAYS
from tests.private_engine import IMAGE
from tests.swarm_pair import SwarmPair

ADD_SECOND = "from networks.models import Engine; Engine.objects.create(slug='second', name='Second', url={url!r})"
TOKEN = re.compile(r"SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}")
# Where pictures of the pages go, to be looked at; unset: none are taken.
PICTURES = os.environ.get("NETADMIN_TEST_PICTURES", "")


@pytest.fixture
def both(swarm_pair: SwarmPair, place: QuietPlace, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """Give a superuser's page on a server that knows both Engines: `local` and `second`."""
    site = Site(tmp_path, swarm_pair.first.url, place, port=8002)
    site.script(ADD_SECOND.format(url=swarm_pair.second.url))
    with site, Visits(browser, site.url) as visits:
        page = visits.enter()
        log_in(page, ADMIN, PASSWORD)
        yield page


def picture(page: Page, name: str) -> None:
    """Hold the page against the rules for everybody; keep pictures of it where somebody wants to look."""
    found = page.evaluate(f"async () => {{ {AXE}; return await ({VIOLATIONS})([]); }}")
    assert found == [], (name, found)
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(SIDEWAYS) == 0, (name, width)
        for theme in ("light", "dark") if PICTURES else ():
            page.evaluate("theme => document.documentElement.setAttribute('data-bs-theme', theme)", theme)
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{theme}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def begin(page: Page) -> None:
    page.goto("/engines/local/swarm/")
    expect(page.get_by_role("heading", name="This Engine is in no swarm")).to_be_visible()
    picture(page, "none")
    page.get_by_role("link", name="Begin a swarm…").click()
    page.get_by_label("Default address pools").fill("10.201.0.0/16")
    expect(page.locator("#aside")).to_contain_text("of the network bridge is inside 10.201.0.0/16")
    page.get_by_label("Default address pools").fill("10.77.0.0/16")
    expect(page.locator("#aside")).to_contain_text("--default-addr-pool")
    page.get_by_label("Advertise address").fill("nonsense and more")
    expect(page.locator("#aside")).to_contain_text("is neither an IP address nor the name of a link")
    picture(page, "init")
    page.get_by_label("Advertise address").fill("192.0.2.1")
    page.get_by_role("button", name="Begin the swarm").last.click()
    page.wait_for_url("**/engines/local/swarm/")
    expect(page.locator("#swarm-nodes tbody tr")).to_have_count(1)


def join_wrongly(page: Page) -> None:
    """Try a wrong token: it is in no answer, and what the Engine says of it stands beside its field."""
    page.goto("/engines/second/swarm/join/?by=token")
    page.get_by_label("Address of a manager").fill("192.0.2.1:2377")
    wrong = f"SWMTKN-1-{'1' * 50}-{'2' * 25}"
    page.get_by_label("Join token").fill(wrong)
    page.get_by_label("Advertise address").fill("192.0.2.2")
    picture(page, "join-token")
    page.get_by_role("button", name="Join the swarm").click()
    expect(page.get_by_role("heading", name="Second asks to join the swarm")).to_be_visible()
    expect(page.locator("#joining")).to_contain_text("remote CA does not match fingerprint", timeout=30_000)
    picture(page, "join-refused")
    page.get_by_role("link", name="Back to the form").click()
    expect(page.locator("#id_token_error")).to_contain_text("another swarm's")
    assert wrong not in page.content()


def join(page: Page) -> None:
    page.goto("/engines/second/swarm/join/")
    page.get_by_label("Advertise address").fill("192.0.2.2")
    picture(page, "join-known")
    page.get_by_role("button", name="Join the swarm").click()
    page.wait_for_url(re.compile("/jobs/[0-9]+/"))
    expect(page.locator("#job-progress")).to_contain_text("done")
    assert not TOKEN.search(page.content())
    page.goto("/engines/local/swarm/")
    expect(page.locator("#swarm-nodes tbody tr")).to_have_count(2, timeout=30_000)
    expect(page.locator("#swarm-nodes")).to_contain_text("Second")
    picture(page, "manager")


def show_token(page: Page, pair: SwarmPair) -> None:
    page.get_by_role("button", name="Show the token for workers").click()
    confirm(page, PASSWORD)
    expect(page.locator("#token")).to_contain_text(pair.first.cli("swarm", "join-token", "-q", "worker"))
    page.goto("/activity/")
    expect(page.locator("main")).to_contain_text("Show the join token of local for workers")
    assert not TOKEN.search(page.content())


def create_network(page: Page) -> str:
    page.goto("/networks/local/create/?")
    page.get_by_label("Name", exact=True).fill("across")
    page.get_by_label("Driver", exact=True).select_option("overlay")
    expect(page.locator("#aside")).to_contain_text("Only services of the swarm could be on it")
    picture(page, "create-overlay")
    page.locator("#aside").get_by_role("button", name="Make it attachable").click()
    expect(page.get_by_label(re.compile(r"^\s*Attachable"))).to_be_checked()
    page.get_by_role("button", name="Create network").click()
    page.wait_for_url(re.compile("/networks/local/[a-z0-9]{25}/$"))
    return page.url.rstrip("/").rpartition("/")[2]


def leave(page: Page, slug: str, name: str) -> None:
    page.goto(f"/engines/{slug}/swarm/leave/")
    picture(page, f"leave-{slug}")
    page.get_by_label("Its name, to confirm").fill("wrong")
    page.get_by_role("button", name=re.compile("^Leave")).click()
    expect(page.locator("#id_typed_name_error")).not_to_be_empty()
    page.get_by_label("Its name, to confirm").fill(name)
    page.get_by_role("button", name=re.compile("^Leave")).click()
    page.wait_for_url(f"**/engines/{slug}/swarm/")
    expect(page.get_by_role("heading", name="This Engine is in no swarm")).to_be_visible()


def remove_node(page: Page, pair: SwarmPair) -> None:
    """Take the node that left out of the list of the one that stayed."""
    page.goto("/engines/local/swarm/")
    gone = page.locator("#swarm-nodes tbody tr").filter(has_text="not known here")
    expect(gone).to_contain_text("down", timeout=60_000)
    picture(page, "node-down")
    gone.get_by_role("link", name="Remove…").click()
    picture(page, "remove-node")
    page.get_by_label("Its name, to confirm").fill(pair.first.cli("info", "-f", "{{.Name}}"))
    page.get_by_role("button", name="Remove the node").click()
    page.wait_for_url("**/engines/local/swarm/")
    expect(page.locator("#swarm-nodes tbody tr")).to_have_count(1)


def test_it_joins_two_engines_and_shows_both_on_one_page(both: Page, swarm_pair: SwarmPair) -> None:
    page = both
    begin(page)
    if IS_FULL or PICTURES:  # Docker takes 10 s for it
        join_wrongly(page)
    join(page)
    network_id = create_network(page)
    page.goto(f"/networks/local/{network_id}/swarm/")
    expect(page.locator("#overlay")).to_contain_text("not until a container there uses it")
    picture(page, "overlay-unused")
    page.get_by_role("link", name="Run one there…").last.click()
    page.wait_for_url("**/containers/second/run/**")
    expect(page.locator("#id_networks-0-network_id option:checked")).to_contain_text("through local")
    picture(page, "run-worker")
    page.locator("#id_image").fill(IMAGE)
    page.locator("#id_name").fill("far")
    page.locator("#id_command").fill("sleep 1000")
    page.get_by_role("button", name="Run container", exact=True).click()
    page.wait_for_url(re.compile("/containers/second/[0-9a-f]{64}/$"))

    swarm_pair.first.run("near", "--network", "across")
    page.goto(f"/networks/local/{network_id}/swarm/")
    swarm_pair.first.cli("exec", "near", "ping", "-c", "1", "-W", "5", "far")
    swarm_pair.second.cli("exec", "far", "ping", "-c", "1", "-W", "5", "near")

    rows = page.locator("#overlay-endpoints tr")
    expect(rows).to_have_count(2, timeout=40_000)
    expect(rows.filter(has_text="near")).to_contain_text("192.0.2.1")
    expect(rows.filter(has_text="far")).to_contain_text("192.0.2.2")
    expect(rows.filter(has_text="far")).to_contain_text("Second")
    expect(page.locator("#overlay-peers tr")).to_have_count(2, timeout=40_000)
    picture(page, "overlay")
    page.goto(f"/networks/local/{network_id}/")
    expect(page.locator("#network-host")).to_contain_text("docker_gwbridge")
    picture(page, "network")

    page.goto("/engines/local/swarm/")
    show_token(page, swarm_pair)
    leave(page, "second", "Second")
    remove_node(page, swarm_pair)
    leave(page, "local", "local")
    assert "across" not in swarm_pair.first.cli("network", "ls")
