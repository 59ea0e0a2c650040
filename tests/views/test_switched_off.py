"""What a page offers before any script runs: nothing that would be refused, and where to ask for what isn't offered."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client

from networks.models import Engine, EngineStatus, Grant, Role
from tests.builders import make_container, make_endpoint, make_engine, make_network, make_predefined
from tests.truth.elements import Element, read_html
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages() -> tuple[str, ...]:
    """Make a world with something to press on each of these pages."""
    engine = make_engine()
    make_predefined(engine)
    front = make_network(engine, "front", "172.20.0.0/16")
    web = make_container(engine, "web")
    make_endpoint(web, front, "172.20.0.2")
    make_container(engine, "mate", network_mode=f"container:{'d' * 64}")
    return (
        "/networks/",
        f"/networks/local/{front.docker_id}/",
        "/containers/",
        f"/containers/local/{web.docker_id}/",
    )


def acting(browser: Client, page: str) -> list[Element]:
    """Return the buttons of a page that change something on the Engine; not those that choose one or have it read."""
    main = read_html(browser.get(page).content.decode()).by_id("main")
    assert main is not None
    own = ("/choose/", "/sync/")
    return [
        button
        for button in main.all("button")
        if (button.attributes.get("form") == "act" and not button.attributes["formaction"].endswith(own))
        or any("bulk-place" in one.classes for one in button.ancestors())
    ]


@pytest.mark.parametrize("state", ["live", "lagging", "stale", "disconnected", "incompatible"])
def test_it_draws_buttons_as_the_engine_is(pages: tuple[str, ...], state: str) -> None:
    browser = log_in()
    EngineStatus.objects.update(state=state, revision=F("revision") + 1)

    off = state not in ("live", "lagging")
    found = {page: acting(browser, page) for page in pages}
    assert [page for page in pages if not found[page]] == [pages[1]]  # links there: their pages say that nothing can be done
    assert [(page, button.text) for page in pages for button in found[page] if button.is_disabled != off] == []


def test_it_says_how_to_get_a_terminal_to_whom_that_concerns(pages: tuple[str, ...]) -> None:
    page, engine = pages[-1], Engine.objects.get()
    people = {
        "vera": log_in("vera", engine, Role.VIEWER),
        "olga": log_in("olga", engine, Role.OPERATOR),
        "root": log_in("root"),
    }

    def offered(name: str) -> list[str]:
        main = read_html(people[name].get(page).content.decode())
        return [link.text for link in main.all("a") if link.attributes.get("href", "").endswith("/terminal/")]

    assert [offered(name) for name in people] == [[], ["Terminal…"], ["Terminal…"]]
    why = people["olga"].get(f"{page}terminal/")
    assert (why.status_code, "none was given to you" in why.content.decode()) == (403, True)
    Engine.objects.update(is_terminal_on=True)
    Grant.objects.filter(user=User.objects.get(username="olga")).update(has_terminal=True)
    assert [offered(name) for name in people] == [[], ["Terminal"], ["Terminal…"]]


def test_it_offers_nothing_to_connect_that_would_be_refused(pages: tuple[str, ...]) -> None:
    engine, browser = Engine.objects.get(), log_in()
    host, none = (engine.networks.get(name=name) for name in ("host", "none"))
    make_endpoint(make_container(engine, "hosted", network_mode="host"), host)
    make_endpoint(make_container(engine, "lonely", network_mode="none"), none)
    make_container(engine, "shop", labels={"netadmin.protect": "1"})
    make_container(engine, "free", state="exited")
    EngineStatus.objects.update(revision=F("revision") + 1)

    def offered(url: str) -> dict[str, bool]:
        """Return the lines of the list, and whether each can be chosen."""
        select = read_html(browser.get(url).content.decode()).first("select")
        assert select is not None
        return {option.text: not option.is_disabled for option in select.all("option")}

    assert offered(f"{pages[1]}connect/") == {
        "Choose…": True,
        "free · exited · on no network": True,
        "hosted · running · on host": False,
        "lonely · running · on none": True,  # it can be moved, and the form says how
        "mate · running · in another container's network": False,
        "shop · running · on no network · protected": False,
    }
    assert offered(f"{pages[3]}connect/") == {
        "Choose…": True,
        "bridge · bridge · 172.17.0.0/16": True,
        "host · host": False,
        "none · null": False,
    }
