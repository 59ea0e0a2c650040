"""The chart of traffic in a real Chromium under the strict policy: what it draws, and when it draws anew."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from html import escape

import pytest
from playwright.sync_api import Page, expect

from tests.private_engine import wait_until

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
STYLES = "".join(
    f'<link rel="stylesheet" href="/static/{name}.css">' for name in ("css/tokens", "css/base", "vendor/uplot.min", "css/traffic")
)
SCRIPTS = '<script src="/static/vendor/uplot.min.js" defer></script><script type="module" src="/static/js/traffic.js"></script>'
# How many pixels of the canvas have nearly this colour, a token's.
COUNT = """(name) => {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const wanted = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
  probe.remove();
  const canvas = document.querySelector("#traffic-chart canvas");
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let count = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    const near = [0, 1, 2].every((part) => Math.abs(pixels[i + part] - wanted[part]) < 12);
    count += near && pixels[i + 3] > 40 ? 1 : 0;
  }
  return count;
}"""
PUSH = "(text) => { document.getElementById('traffic-now').dataset.points = text; }"
REPLACE = """(text) => {
  const fresh = document.createElement("div");
  fresh.id = "traffic-now";
  if (text) { fresh.dataset.points = text; }
  document.getElementById("traffic-now").replaceWith(fresh);
}"""


def numbers(*, gap: tuple[int, int] = (0, 0), lost: tuple[int, ...] = ()) -> str:
    """Return 15 minutes of numbers as the server writes them: waves, a gap, and places where packets were lost."""
    places = range(450)
    waves = [round(150_000 + 100_000 * math.sin(place / 20)) for place in places]
    incoming = [None if gap[0] <= place < gap[1] else wave for place, wave in zip(places, waves, strict=True)]
    return json.dumps(
        {
            "at": 1_700_000_000.0,
            "t": [20 * place for place in places],
            "in": incoming,
            "out": [None if value is None else value // 3 for value in incoming],
            "lost": [[place, 2.5] for place in lost],
        }
    )


def document(points: str, theme: str = "light") -> str:
    held = f' data-points="{escape(points)}"' if points else ""
    body = (
        '<section id="traffic"><span class="traffic-key" hidden>in</span>'
        f'<div id="traffic-chart" class="traffic-chart" hidden></div><div id="traffic-now"{held}></div></section>'
    )
    head = f"<head>{STYLES}{SCRIPTS}</head>"
    return f'<!doctype html><html lang="en" data-bs-theme="{theme}">{head}<body class="page">{body}</body></html>'


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_draws_in_out_and_lost_packets_in_the_themes_colours(open_page: OpenPage, theme: str) -> None:
    page = open_page(document(numbers(gap=(100, 200), lost=(300, 310)), theme))

    expect(page.locator("#traffic-chart canvas")).to_be_visible()
    expect(page.locator(".traffic-key")).to_be_visible()

    assert page.evaluate(COUNT, "accent") > 300
    assert page.evaluate(COUNT, "ink-3") > 100
    assert page.evaluate(COUNT, "bad") > 30


def test_it_leaves_out_lost_packets_where_there_are_none(open_page: OpenPage) -> None:
    page = open_page(document(numbers()))

    expect(page.locator("#traffic-chart canvas")).to_be_visible()

    assert page.evaluate(COUNT, "bad") == 0


def test_it_draws_less_where_there_is_a_gap(open_page: OpenPage) -> None:
    whole, gapped = open_page(document(numbers())), open_page(document(numbers(gap=(50, 400))))

    assert gapped.evaluate(COUNT, "accent") < 0.5 * whole.evaluate(COUNT, "accent")


def test_it_draws_anew_with_every_push_however_it_comes(open_page: OpenPage) -> None:
    page = open_page(document(""))
    expect(page.locator("#traffic-chart")).to_be_hidden()

    page.evaluate(PUSH, numbers())
    expect(page.locator("#traffic-chart canvas")).to_have_count(1)
    first = page.evaluate(COUNT, "accent")
    page.evaluate(REPLACE, numbers(gap=(50, 400)))
    wait_until(lambda: page.evaluate(COUNT, "accent") < first / 2, "less to be drawn")
    page.evaluate(REPLACE, "")

    expect(page.locator("#traffic-chart canvas")).to_have_count(0)
    expect(page.locator("#traffic-chart")).to_be_hidden()
    expect(page.locator(".traffic-key")).to_be_hidden()


def test_it_follows_theme_and_width(open_page: OpenPage) -> None:
    page = open_page(document(numbers()))
    expect(page.locator("#traffic-chart canvas")).to_have_count(1)

    page.evaluate("document.documentElement.setAttribute('data-bs-theme', 'dark')")
    wait_until(lambda: page.evaluate(COUNT, "accent") > 300, "the dark theme's colour")
    page.set_viewport_size({"width": 360, "height": 780})
    wait_until(lambda: page.locator("#traffic-chart canvas").evaluate("canvas => canvas.clientWidth") <= 360, "a narrow chart")

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
