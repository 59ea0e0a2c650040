"""A screen that shows the host's side is another one once a picture or a sample is newer; others are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from networks.partials.framed import beside_of, draw_framed
from networks.partials.screen import Screen, ScreenKey
from networks.queries.rows import EngineRow
from networks.sync.engines import ensure_local_engine
from networks.sync.host.board import picture_of, put_up, take_down
from tests.partials.looking import key


@pytest.fixture(autouse=True)
def board(db: None) -> Iterator[None]:
    ensure_local_engine("unix:///nowhere")
    yield
    take_down("local")


def count_drawings(page: str) -> int:
    """Draw, put a newer picture up, draw again, and once more; return how often it was really drawn."""
    drawn: list[ScreenKey] = []

    def make(one: ScreenKey, _engine: EngineRow) -> Screen:
        drawn.append(one)
        return Screen("", 0)

    draw_framed(key(page), make)
    put_up("local", replace(picture_of("local"), revision=picture_of("local").revision + 1))
    draw_framed(key(page), make)
    draw_framed(key(page), make)
    return len(drawn)


@pytest.mark.parametrize(("page", "times"), [("interface_list", 2), ("network_detail", 2), ("network_list", 1)])
def test_it_draws_anew_what_shows_the_host(page: str, times: int) -> None:
    assert count_drawings(page) == times


def test_it_dates_the_screen_with_the_picture_too() -> None:
    before = draw_framed(key("interface_list"), lambda *_: Screen("", 0))
    put_up("local", replace(picture_of("local"), revision=7))
    after = draw_framed(key("interface_list"), lambda *_: Screen("", 0))

    assert before.epoch != after.epoch
    assert after.epoch.endswith(".7.0")
    assert beside_of(key("network_list")) == ""
