"""Every component at once, on the page that all pages stand on, looked at by axe in both themes, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import User
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import Page

from networks.templatetags import ui

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OpenPage = Callable[..., Page]
ERRORS = ("400.html", "403.html", "403_csrf.html", "404.html", "413.html", "500.html")

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What a finger meets: the element with the pseudo-element that enlarges it; links in sentences are exempt (WCAG 2.5.8).
SMALL_TARGETS = """() => [...document.querySelectorAll(
    "a, button, select, summary, label.check, input:not([type=checkbox], .check > *)")]
  .filter((one) => one.getClientRects().length && !one.closest(".skip, .sr, p, dd"))
  .filter((one) => {
    const more = getComputedStyle(one, "::after");
    const margin = more.content !== "none" && more.position === "absolute" ? -2 * parseFloat(more.top) : 0;
    return one.getBoundingClientRect().height + margin < 43.5;
  })
  .map((one) => one.outerHTML.slice(0, 120))"""
VIOLATIONS = """() => axe.run().then((found) => found.violations.map((one) =>
  one.id + ": " + one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")))"""


class NetworkForm(forms.Form):
    """One field of each kind; the subnet is wrong."""

    name = forms.CharField(initial="front")
    driver = forms.ChoiceField(choices=[("bridge", "bridge"), ("macvlan", "macvlan")])
    subnet = forms.CharField(required=False, help_text="such as 172.28.0.0/16")
    note = forms.CharField(required=False, help_text="comma between", widget=forms.Textarea)
    internal = forms.BooleanField(required=False, help_text="no traffic to the outside")

    def clean_subnet(self) -> str:
        raise forms.ValidationError("10.20.0.1/24 has host bits set.")


def engine(state: str) -> dict[str, Any]:
    return {
        "slug": "local",
        "name": "lab",
        "state": state,
        "state_since": NOW - timedelta(minutes=3),
        "as_of": NOW - timedelta(seconds=70),
        "version": "26.1.5",
        "error": "dial unix /var/run/docker.sock: connect: connection refused",
        "next_try_at": NOW,
        "url": "/engines/local/choose/",
        "sync_url": "/engines/local/sync/",
    }


def shell(state: str = "live", theme: str = "light") -> dict[str, Any]:
    words = ("Networks", "Containers", "Events", "Engine")
    nav = [{"name": word, "label": word, "url": "#", "is_current": word == "Networks"} for word in words]
    return {"engines": [engine(state)], "engine": engine(state), "nav": nav, "can_admin": True, "theme": theme}


def network(name: str, driver: str, subnet: str, used: int | None, **others: Any) -> dict[str, Any]:
    capacity = None if used is None else 13
    return {
        "name": name,
        "driver": driver,
        "subnet": subnet,
        "gw": subnet.replace(".0/", ".1/").partition("/")[0],
        "prefix": int(subnet.partition("/")[2] or 0),
        "used": used,
        "cap": capacity,
        "free": capacity and capacity - (used or 0),
        "hue": len(name) % 11,
        "id": "9d1c4e7a20bf" * 5,
        "created": NOW - timedelta(hours=len(name)),
        **others,
    }


def draw_kit(**others: Any) -> str:
    form = NetworkForm({"name": "front", "subnet": "10.20.0.1/24", "driver": "bridge"})
    warning = {"word": "public range", "icon": "", "is_warning": True}
    way = {"label": "Use 172.28.0.0/16", "name": "subnet", "value": "172.28.0.0/16", "is_primary": True}
    request = RequestFactory().get("/networks/", {"sort": "name"})
    request.user = User(username="sam")
    values = {
        "shell": shell(),
        "form": form,
        "networks": [
            network("bridge", "bridge", "172.17.0.0/16", 3, run=3, stop=1),
            network("host", "host", "", None, run=1),
            network("my_custom_network", "bridge", "172.72.0.0/16", 11, run=2, fail=1, flags=[warning], css="just"),
            network("a" * 90 + "\u202e<b>", "com.example/a-long-plugin-name:latest", "10.0.0.0/28", 13),
        ],
        "drivers": [("bridge", "bridge"), ("macvlan", "macvlan")],
        "command": "docker network create \\\n  --subnet 172.72.0.0/16 \\\n  my_custom_network",
        "now": NOW,
        "hostile": "a\x1b[31m\u202eb<script>\x00\nbreak",
        "long": "y" * 8_000,
        "findings": [
            {"level": "bad", "title": "192.168.0.0/24 collides with a route", "text": "The host loses it.", "fixes": [way]},
            {"level": "warn", "title": "Engine 26.1.5 ignores gateway_mode", "text": "It came with Engine 27."},
            {"level": "ok", "title": "No other network is called front"},
        ],
        "refusal": {
            "words": "Address already in use",
            "status": 403,
            "request": "POST /networks/9d1c4e7a20bf/connect",
            "at": NOW,
            "meaning": "172.72.0.10 belongs to shop-proxy-1.",
            "fixes": [way, {"label": "Open shop-proxy-1", "url": "#"}],
        },
        "fixes": [{"label": "New network", "url": "#", "is_primary": True}, {"label": "Start", "form_action": "/lab/"}],
        "messages": [],
        "request": request,
        "user": request.user,
        "csrf_token": "t0ken",
        **others,
    }
    context = Context(values)
    context.request = request  # for {% querystring %}, without the context processors' queries
    return Template((ROOT / "tests/static/kit.html").read_text()).render(context)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 1000, 360])
@pytest.mark.parametrize(("theme", "state"), [("light", "live"), ("dark", "disconnected")])
def test_it_is_accessible_and_never_scrolls_sideways(open_page: OpenPage, theme: str, state: str, width: int) -> None:
    page = open_page(draw_kit(shell=shell(state, theme)), width=width, has_policy=False)
    page.locator(".explain summary").click()
    page.add_script_tag(path=ROOT / "tests/vendor/axe.min.js")

    assert page.evaluate(VIOLATIONS) == []
    assert page.evaluate(SIDEWAYS) == 0
    if width == 360:
        assert page.evaluate(SMALL_TARGETS) == []


@pytest.mark.browser
def test_it_needs_no_loosened_policy_in_a_browser(open_page: OpenPage) -> None:
    page = open_page(draw_kit())

    assert page.locator("#rows tr").count() == 4  # open_page fails on whatever the policy blocked


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 360])
def test_it_opens_its_menus_without_a_script(open_page: OpenPage, width: int) -> None:
    page = open_page(draw_kit().replace("<script", "<no-script"), width=width)
    if width == 360:
        page.locator(".burger").click()
    else:
        page.locator("[popovertarget=account-menu]").click()

    assert page.get_by_role("button", name="Log out").is_visible()
    assert not page.locator("[popovertarget=theme-menu]").is_visible()


@pytest.mark.browser
def test_it_takes_the_colour_and_leaves_the_shape_while_stale(open_page: OpenPage) -> None:
    fills = {}
    for state in ("live", "lagging", "stale", "disconnected"):
        page = open_page(draw_kit(shell=shell(state)))
        fills[state] = page.locator("#rows .g-run").first.evaluate("(one) => getComputedStyle(one).fill")

    assert fills["live"] == fills["lagging"] != fills["stale"] == fills["disconnected"]


def test_it_can_read_every_template() -> None:
    names = [str(file.relative_to(ROOT / "templates")) for file in (ROOT / "templates").rglob("*.html")]

    assert all(get_template(name) for name in names)


@pytest.mark.parametrize("template", ERRORS)
def test_it_draws_error_pages_without_any_context(template: str) -> None:
    drawn = render_to_string(template)

    assert "<h1>" in drawn
    assert "csrfmiddlewaretoken" not in drawn


@pytest.mark.sampled(3)
@pytest.mark.browser
@pytest.mark.parametrize("template", ERRORS)
@pytest.mark.parametrize("width", [1440, 360])
def test_it_draws_error_pages_for_everybody(open_page: OpenPage, template: str, width: int) -> None:
    seen = [("Origin", "http://box:8000"), ("X-Forwarded-Proto", "")]
    page = open_page(
        render_to_string(template, {"seen": seen, "setting": "NETADMIN_TRUSTED_ORIGINS=http://box:8000", "ask": ["sam"]}),
        width=width,
        has_policy=False,
    )
    page.add_script_tag(path=ROOT / "tests/vendor/axe.min.js")

    assert page.evaluate(VIOLATIONS) == []
    assert page.evaluate(SIDEWAYS) == 0


def test_it_speaks_the_language_and_theme_of_the_reader() -> None:
    with translation.override("ko"):
        drawn = draw_kit(shell=shell(theme="dark"))

    assert '<html lang="ko" data-bs-theme="dark">' in drawn


def test_it_escapes_whatever_the_engine_says() -> None:
    hostile = engine("disconnected") | {"name": "<b>lab", "error": "\x1b[2J<script>", "version": "<i>"}
    drawn = draw_kit(shell=shell() | {"engine": hostile, "engines": [hostile]})

    assert "<b>lab" not in drawn
    assert "<i>" not in drawn
    assert "<script>" not in drawn
    assert "␛[2J&lt;script&gt;" in drawn


def test_it_draws_pushed_parts_with_their_own_ids_and_nothing_of_the_reader() -> None:
    parts = {
        "engine-state": render_to_string("components/engine_state.html", {"engine": engine("lagging")}),
        "engine-banner": render_to_string("components/engine_banner.html", {"engine": engine("lagging")}),
        "lede": render_to_string("components/lede.html", {"text": "12 networks"}),
    }

    for dom_id, drawn in parts.items():
        assert drawn.strip().startswith("<")
        assert f'id="{dom_id}"' in drawn.partition(">")[0]
        assert "csrf" not in drawn


def test_it_marks_the_page_stale_only_when_it_is() -> None:
    stale = {
        state: "is-stale" in render_to_string("components/engine_banner.html", {"engine": engine(state)})
        for state in ui.ENGINE_STATES
    }

    assert stale == {"live": False, "lagging": False, "stale": True, "disconnected": True, "incompatible": True}
