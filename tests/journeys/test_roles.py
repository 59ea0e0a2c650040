"""Who may see, who may change, and what a page does when that changes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import network_row, open_network
from tests.journeys.engine_says import network_names
from tests.journeys.site import PASSWORD, Site
from tests.journeys.visits import Visits, log_in, open_live, post
from tests.patience import within
from tests.private_engine import PrivateEngine, wait_until

ACTING = re.compile("New network|Remove|Connect|Disconnect|sample lab")
PAGES = ("/", "/networks/", "/containers/", "/events/", "/engines/local/")
# From the moment when the change is committed to the moment when the page says so.
REVOKED_WITHIN_S = within(2.0)


@pytest.fixture
def told_calls(engine: PrivateEngine) -> Iterator[PrivateEngine]:
    """Let dockerd write every call into its log."""
    _set_debug(engine, "true")
    yield engine
    _set_debug(engine, "false")


def test_it_shows_a_viewer_everything_and_no_button_that_changes_anything(viewer: Page, engine: PrivateEngine) -> None:
    docker_id = engine.cli("network", "create", "mybridge")
    container_id = engine.run("web", "--net", "mybridge", "--label", "db.password=hush-hush")

    for path in (*PAGES, f"/networks/local/{docker_id}/", f"/containers/local/{container_id}/"):
        open_live(viewer, path)
        main = viewer.locator("main")
        expect(main.get_by_role("link", name=ACTING).or_(main.get_by_role("button", name=ACTING))).to_have_count(0)
        assert "hush-hush" not in viewer.content(), path
    open_live(viewer, "/networks/")
    expect(network_row(viewer, "mybridge")).to_be_visible()


def test_it_asks_the_engine_nothing_for_what_a_viewer_forges(
    viewer: Page, admin: Page, visits: Visits, told_calls: PrivateEngine
) -> None:
    visits.expect_status(403)
    engine = told_calls
    docker_id = engine.cli("network", "create", "mybridge")
    container_id = engine.run("web", "--net", "mybridge")
    other_id = engine.run("other")
    open_live(viewer, "/networks/")
    before = len(engine.log)

    forged = {
        "/networks/local/create/": {"name": "forged", "driver": "bridge", "do": "create"},
        f"/networks/local/{docker_id}/connect/": {"container_id": other_id, "do": "connect"},
        f"/networks/local/{docker_id}/disconnect/{container_id}/": {},
        f"/networks/local/{docker_id}/remove/": {"typed_name": "mybridge"},
        f"/containers/local/{other_id}/connect/": {"network_id": docker_id, "do": "connect"},
        "/engines/local/lab/up/": {},
        "/engines/local/lab/down/": {},
    }
    statuses = {path: post(viewer, path, form) for path, form in forged.items()}

    assert set(statuses.values()) == {403}, statuses
    assert _changing_calls(engine, before) == []
    # The same call of somebody who may: the log does tell.
    open_live(admin, "/networks/")
    post(admin, "/networks/local/create/", {"name": "made", "driver": "bridge", "do": "create"})
    assert "/networks/create" in _changing_calls(engine, before)[0]
    assert {"mybridge", "made"} <= network_names(engine)


def test_it_leads_a_stranger_to_the_login_page(visits: Visits, engine: PrivateEngine) -> None:
    visits.expect_status(403)
    stranger = visits.enter()

    for path in PAGES:
        stranger.goto(path)
        expect(stranger).to_have_url(re.compile(r"/accounts/login/\?next="))
        expect(stranger.get_by_role("heading", name="Log in")).to_be_visible()
    assert post(stranger, "/networks/local/create/", {"name": "forged", "driver": "bridge", "do": "create"}) in (302, 403)
    assert "forged" not in network_names(engine)


def test_it_shows_somebody_without_a_role_whom_to_ask(visits: Visits) -> None:
    visits.expect_status(403)
    page = visits.enter()
    log_in(page, "nora", PASSWORD)

    page.goto("/networks/")

    expect(page.locator("main")).to_contain_text("You have no role on any Engine yet")
    expect(page.locator("main")).to_contain_text("admin")


def test_it_takes_the_socket_of_an_operator_whose_role_is_taken_away(site: Site, visits: Visits) -> None:
    page = visits.enter()
    log_in(page, "otto", PASSWORD)
    open_live(page, "/networks/")
    expect(page.get_by_role("link", name="New network")).to_be_visible()

    site.script("from networks.models import Grant; Grant.objects.filter(user__username='otto').delete()")
    began = time.monotonic()

    expect(page.locator("#not-allowed")).to_be_visible()
    assert time.monotonic() - began < REVOKED_WITHIN_S


def test_it_takes_the_buttons_of_an_operator_who_becomes_a_viewer(site: Site, visits: Visits, engine: PrivateEngine) -> None:
    engine.cli("network", "create", "mybridge")
    page = visits.enter()
    log_in(page, "oona", PASSWORD)
    open_live(page, "/networks/")
    acting = network_row(page, "mybridge").get_by_role("link", name=re.compile("^Remove"))
    expect(acting).to_be_visible()

    site.script("from networks.models import Grant; Grant.objects.filter(user__username='oona').update(role='viewer')")

    expect(acting).to_have_count(0)
    expect(page.locator("#not-allowed")).to_be_hidden()


def test_it_leads_every_page_to_the_login_after_a_logout_in_one(visits: Visits) -> None:
    page = visits.enter()
    log_in(page, "otis", PASSWORD)
    open_live(page, "/networks/")
    other = page.context.new_page()
    open_live(other, "/containers/")

    other.get_by_role("button", name="Account").click()
    other.get_by_role("button", name="Log out").click()
    confirm = other.locator("main").get_by_role("button", name="Log out")
    if confirm.count():
        confirm.click()

    page.wait_for_url("**/accounts/login/**", timeout=15_000)


def test_it_lets_an_operator_do_what_is_harmless_and_no_more(operator: Page, visits: Visits, engine: PrivateEngine) -> None:
    visits.expect_status(403)
    engine.cli("network", "create", "mybridge")
    open_network(operator, "mybridge")
    expect(operator.get_by_role("link", name="Remove…")).to_be_visible()

    assert operator.goto("/engines/local/lab/").status == 403  # type: ignore[union-attr]
    operator.goto("/networks/local/create/")
    operator.get_by_label("Name", exact=True).fill("touching")
    operator.locator("summary", has_text="Driver options").click()
    operator.get_by_role("textbox", name="Driver options").fill("com.docker.network.bridge.name=br-mine")
    operator.get_by_role("button", name="Create network").click()

    expect(operator.locator("#create")).to_contain_text("it needs the role admin")
    assert "touching" not in network_names(engine)


def _changing_calls(engine: PrivateEngine, offset: int) -> list[str]:
    return re.findall(r"Calling (?:POST|DELETE|PUT) [^\s\"]+", engine.log[offset:])


def _set_debug(engine: PrivateEngine, is_on: str) -> None:
    offset = len(engine.log)
    (engine.folder / "daemon.json").write_text(f'{{"debug": {is_on}}}')
    assert engine.process is not None
    engine.process.send_signal(1)  # SIGHUP: read daemon.json again
    wait_until(lambda: "Reloaded configuration" in engine.log[offset:], "dockerd to have read its settings")
