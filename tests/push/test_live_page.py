"""A page in a real Chromium that keeps itself live: what live.js does with what the hub sends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, Playwright, expect, sync_playwright

from tests.private_engine import wait_until
from tests.push.chromium import running_chromium, watched_page
from tests.push.running import FakeServer, running_fake_server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeServer]:
    with running_fake_server(tmp_path_factory.mktemp("fake")) as running:
        yield running


@pytest.fixture(scope="module")  # not longer: its event loop is the thread's running one, which asynchronous tests need
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with running_chromium(playwright) as running:
        yield running


@pytest.fixture
def page(server: FakeServer, browser: Browser) -> Iterator[Page]:
    server.act("/only", rows=json.dumps({"a": 1, "b": 1, "c": 1}))
    server.act("/set", state="live")
    with watched_page(browser) as page:
        open_page(page, server)
        yield page


def open_page(page: Page, server: FakeServer) -> None:
    page.goto(f"http://localhost:{server.port}/page")
    page.wait_for_selector("#live[data-held]", state="attached")


def is_another_document(page: Page) -> bool:
    try:
        return bool(page.evaluate("window.isThisOne === undefined"))
    except Error:  # between two documents
        return False


def change(server: FakeServer, **rows: int | None) -> None:
    server.act("/set", rows=json.dumps(rows))


def test_it_adds_changes_and_removes_rows_where_they_belong(page: Page, server: FakeServer) -> None:
    change(server, a=None, b=2, bb=1, d=1)

    expect(page.locator("#network-rows > tr > td:first-child")).to_have_text(["b", "bb", "c", "d"])
    expect(page.locator("#net-b > td:nth-child(2)")).to_have_text("2")
    expect(page.locator("#lede")).to_have_text("4, connect,view")


def test_it_moves_rows(page: Page, server: FakeServer) -> None:
    server.act("/set", reversed="1", rows=json.dumps({"d": 1}))

    expect(page.locator("#network-rows > tr > td:first-child")).to_have_text(["d", "c", "b", "a"])


def test_it_fills_an_empty_region(page: Page, server: FakeServer) -> None:
    change(server, a=None, b=None, c=None)
    expect(page.locator("#network-rows > tr")).to_have_count(0)

    change(server, x=1)

    expect(page.locator("#network-rows > tr > td:first-child")).to_have_text(["x"])


def test_it_adds_no_text_nodes_at_each_change(page: Page, server: FakeServer) -> None:
    count = "document.getElementById('network-rows').childNodes.length"
    before = page.evaluate(count)

    for version in range(2, 12):
        change(server, b=version)
        expect(page.locator("#net-b > td:nth-child(2)")).to_have_text(str(version))

    assert page.evaluate(count) == before


def test_it_keeps_the_focus_in_a_row_that_changes(page: Page, server: FakeServer) -> None:
    page.locator("#net-b button").focus()

    change(server, b=2)

    expect(page.locator("#net-b > td:nth-child(2)")).to_have_text("2")
    expect(page.locator("#net-b button")).to_be_focused()


def test_it_keeps_the_focus_in_a_row_that_moves(page: Page, server: FakeServer) -> None:
    page.locator("#net-c button").focus()

    server.act("/set", reversed="1")

    expect(page.locator("#network-rows > tr > td:first-child")).to_have_text(["c", "b", "a"])
    expect(page.locator("#net-c button")).to_be_focused()


def test_it_hands_the_focus_to_the_next_row_when_its_own_goes(page: Page, server: FakeServer) -> None:
    page.locator("#net-b button").focus()

    change(server, b=None)

    expect(page.locator("#net-b")).to_have_count(0)
    expect(page.locator("#net-c button")).to_be_focused()


def test_it_keeps_a_selection_in_another_row(page: Page, server: FakeServer) -> None:
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#net-c td'))")

    change(server, b=2, d=1)

    expect(page.locator("#net-d")).to_have_count(1)
    assert page.evaluate("getSelection().toString()") == "c"


def test_it_marks_what_changed_for_a_moment(page: Page, server: FakeServer) -> None:
    change(server, b=2, d=1)

    expect(page.locator("tr.just > td:first-child")).to_have_text(["b", "d"])
    expect(page.locator("tr.just")).to_have_count(0)


def test_it_marks_no_row_of_which_only_figures_changed(page: Page, server: FakeServer) -> None:
    server.act("/set", figures="~5")
    expect(page.locator("#net-b > td:nth-child(2)")).to_have_text("1~5")
    expect(page.locator("tr.just")).to_have_count(0)

    server.act("/set", figures="~5", rows=json.dumps({"b": 2}))
    expect(page.locator("tr.just > td:first-child")).to_have_text(["b"])
    server.act("/set", figures="~6")

    expect(page.locator("#net-b > td:nth-child(2)")).to_have_text("2~6")
    expect(page.locator("tr.just > td:first-child")).to_have_text(["b"])


def test_it_shows_the_engine_s_state_in_favicon_title_and_buttons(page: Page, server: FakeServer) -> None:
    server.act("/set", state="disconnected")

    expect(page).to_have_title("✕ Networks")
    expect(page.locator("#favicon")).to_have_attribute("href", "/disconnected.svg")
    expect(page.locator("#net-a button")).to_be_disabled()
    server.act("/set", state="live")
    expect(page).to_have_title("Networks")
    expect(page.locator("#net-a button")).to_be_enabled()


@pytest.mark.parametrize("code", [4008, 4009])
def test_it_comes_back_and_catches_up(page: Page, server: FakeServer, code: int) -> None:
    server.act("/close", code=str(code))
    change(server, a=2, d=1)

    expect(page.locator("#net-d")).to_have_count(1)
    expect(page.locator("#net-a > td:nth-child(2)")).to_have_text("2")
    change(server, e=1)
    expect(page.locator("#net-e")).to_have_count(1)
    expect(page.locator("#not-live")).to_be_hidden()


def test_it_stays_away_when_it_is_forbidden_and_says_so(page: Page, server: FakeServer) -> None:
    server.act("/close", code="4003")

    expect(page.locator("#not-allowed")).to_be_visible()
    assert server.act("/set")["sockets"] == 0


def test_it_reloads_when_nobody_is_logged_in_any_more(page: Page, server: FakeServer) -> None:
    page.evaluate("window.isThisOne = true")

    server.act("/close", code="4001")

    wait_until(lambda: is_another_document(page), "the page to be loaded anew", deadline_s=15, interval_s=0.2)


def test_it_is_live_again_when_it_comes_out_of_the_back_forward_cache(server: FakeServer, playwright: Playwright) -> None:
    with running_chromium(playwright, keeps_pages=True) as keeping, watched_page(keeping) as page:
        open_page(page, server)
        page.evaluate("window.isThisOne = true")
        page.goto(f"http://localhost:{server.port}/static/js/live.js")
        change(server, d=1)

        page.evaluate("history.back()")

        expect(page.locator("#net-d")).to_have_count(1)
        assert not is_another_document(page)
        change(server, e=1)
        expect(page.locator("#net-e")).to_have_count(1)
        assert server.act("/set")["sockets"] == 1


def test_it_catches_up_after_going_back_to_a_page_that_is_loaded_anew(page: Page, server: FakeServer) -> None:
    page.goto("about:blank")
    change(server, d=1)

    page.go_back()

    expect(page.locator("#net-d")).to_have_count(1)
    change(server, e=1)
    expect(page.locator("#net-e")).to_have_count(1)
    assert server.act("/set")["sockets"] == 1


def test_it_has_one_socket_for_each_of_thirty_loads(page: Page, server: FakeServer) -> None:
    opened: list[str] = []
    page.on("websocket", lambda socket: opened.append(socket.url))

    for _ in range(30):
        open_page(page, server)

    assert len(opened) == 30
    assert server.act("/set")["sockets"] == 1


@pytest.mark.parametrize("style", ["innerHTML", "innerMorph"])
def test_it_has_one_socket_and_each_row_once_when_htmx_draws_the_page_anew(page: Page, server: FakeServer, style: str) -> None:
    change(server, d=1)

    page.evaluate(f"htmx.ajax('GET', '/page', {{target: 'body', swap: '{style}'}})")
    change(server, e=1)

    expect(page.locator("#network-rows > tr > td:first-child")).to_have_text(["a", "b", "c", "d", "e"])
    wait_until(lambda: server.act("/set")["sockets"] == 1, "the other socket to be closed")


def test_it_says_when_it_is_not_live_and_takes_it_back(tmp_path: Path, browser: Browser) -> None:
    with watched_page(browser, may_fail_to_load=True) as page:
        with running_fake_server(tmp_path) as first:
            open_page(page, first)
        expect(page.locator("#not-live")).to_be_visible()
        with running_fake_server(tmp_path, first.port) as second:
            expect(page.locator("#not-live")).to_be_hidden()
            second.act("/set", rows=json.dumps({"zz": 1}))
            expect(page.locator("#net-zz")).to_have_count(1)
