"""Who looks at what, and who hears of the first of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from networks.sync.attention import FIGURE_PAGES, is_looked_at, note_viewer
from networks.sync.signals import engine_viewed, viewer_came

SLUG = "attended"


@pytest.fixture
def came() -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(engine_slug: str, **_more: object) -> None:
        heard.append(engine_slug)

    viewer_came.connect(hear)
    yield heard
    viewer_came.disconnect(hear)


def test_it_tells_a_page_with_figures_from_any_other(came: list[str]) -> None:
    note_viewer("listed", "network_list")

    assert is_looked_at("listed")
    assert not is_looked_at("listed", pages=FIGURE_PAGES)
    assert came == []


def test_it_says_once_that_somebody_came(came: list[str]) -> None:
    note_viewer(SLUG, "interface_list")
    note_viewer(SLUG, "network_detail")

    assert is_looked_at(SLUG, pages=FIGURE_PAGES)
    assert is_looked_at(SLUG, pages={"network_detail"})
    assert not is_looked_at(SLUG, pages={"container_detail"})
    assert not is_looked_at("another", pages=FIGURE_PAGES)
    assert came == [SLUG]


def test_it_says_once_that_somebody_looks_at_an_engine_at_all() -> None:
    heard: list[str] = []

    def hear(engine_slug: str, **_more: object) -> None:
        heard.append(engine_slug)

    engine_viewed.connect(hear)
    try:
        for page in ("network_list", "interface_list", ""):
            note_viewer("viewed", page)
    finally:
        engine_viewed.disconnect(hear)

    assert heard == ["viewed"]
