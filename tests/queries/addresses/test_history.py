"""A search of the history finds by address, part, name and id, page by page, and an index leads each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networks.models import AddressAssignment
from networks.queries.addresses import history
from networks.queries.addresses.history import all_history, search_history
from networks.queries.addresses.history_asked import HistoryAsked, read_history_asked
from tests.builders import make_id
from tests.history import assign, watch

pytestmark = pytest.mark.django_db

SEARCHES = (
    "",
    "172.18.0.7",
    "172.18.0.0/28",
    "fd00::/64",
    "web-3",
    "front",
    make_id("container web-3"),
    make_id("container web-3")[:8],
)


def asked(typed: str) -> HistoryAsked:
    return read_history_asked({"q": typed})


def found(typed: str) -> list[tuple[str, str]]:
    return [(row.address, row.container_name) for row in search_history("local", asked(typed)).rows]


def test_it_finds_who_had_an_address_newest_first() -> None:
    assign("172.18.0.2", "web", 0, 10)
    assign("172.18.0.2", "db", 20)
    assign("172.18.0.3", "web", 20)
    assign("172.18.0.2", "web", 0, 10, engine_slug="other")

    assert found("172.18.0.2") == [("172.18.0.2", "db"), ("172.18.0.2", "web")]


@pytest.mark.parametrize("typed", ["172.18.1.0/24", "172.18.1.7/24", "172.18.1.", "172.18.1"])
def test_it_finds_a_part_of_the_addresses_by_address(typed: str) -> None:
    assign("172.18.0.255", "below", 0)
    assign("172.18.1.9", "late", 0)
    assign("172.18.1.0", "old", 0, 5)
    assign("172.18.1.0", "new", 6)
    assign("172.18.2.0", "above", 0)

    assert found(typed) == [("172.18.1.0", "new"), ("172.18.1.0", "old"), ("172.18.1.9", "late")]


def test_it_finds_a_container_and_a_network_of_the_same_name() -> None:
    assign("172.18.0.2", "shop", 0, network="one")
    assign("172.18.0.3", "other", 1, network="shop")
    assign("172.18.0.4", "shopper", 2, network="one")

    page = search_history("local", asked("shop"))

    assert [row.address for row in page.rows] == ["172.18.0.3", "172.18.0.2"]
    assert {row.address for row in page.held} == {"172.18.0.3", "172.18.0.2"}


def test_it_finds_a_container_that_was_removed_by_its_id_and_by_its_beginning() -> None:
    assign("172.18.0.2", "gone", 0, 5)
    assign("172.18.0.3", "there", 6)

    for typed in (make_id("container gone"), make_id("container gone")[:12]):
        assert found(typed) == [("172.18.0.2", "gone")]


def test_it_says_who_has_it_now_on_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    assign("172.18.0.9", "web", 0, network="steady")
    for turn in range(5):
        assign("172.18.0.2", "web", 10 + turn, 11 + turn)

    page = search_history("local", asked("web"), limit=2)

    assert page.older
    assert [row.address for row in page.held] == ["172.18.0.9"]


@pytest.mark.parametrize("typed", ["", "web", "front", "172.18.0.2", "172.18.0.0/24", make_id("container web")[:10]])
def test_its_pages_are_the_whole_also_of_one_moment(typed: str) -> None:
    for turn in range(7):
        assign("172.18.0.2", "web", turn // 3, turn // 3 + 1, network="front")
        assign("172.18.0.3", "web", turn // 3, turn // 3 + 1, network="front")
    matching = (
        AddressAssignment.objects.filter(address="172.18.0.2") if typed == "172.18.0.2" else AddressAssignment.objects.all()
    )
    order = ("address_key", "-from_at", "-id") if "/" in typed else ("-from_at", "-id")

    pages, wanted = [], asked(typed)
    while True:
        page = search_history("local", wanted, limit=3)
        pages += [row.id for row in page.rows]
        if not page.older:
            break
        wanted = read_history_asked({"q": typed, "before": page.older})

    assert pages == list(matching.order_by(*order).values_list("id", flat=True))
    assert [row.id for row in all_history("local", replace(wanted, before=None), at_once=4)] == pages


@pytest.mark.parametrize("before", ["", "x", "1", "1.2.3", "4ac120002.1.1", "999999999999999999.1", "1.99999999999999999999"])
def test_it_takes_a_cursor_that_makes_no_sense_for_none(before: str) -> None:
    assert read_history_asked({"q": "web", "before": before}).before is None


def test_it_takes_three_statements_at_most() -> None:
    fill()
    for typed in SEARCHES:
        with CaptureQueriesContext(connection) as statements:
            search_history("local", asked(typed))

        assert len(statements) <= 3, typed


@pytest.mark.sqlite
def test_every_search_is_led_by_an_index_and_sorts_a_page_at_most() -> None:
    fill()
    for typed in SEARCHES:
        page, *others = plans(typed)
        # Scanning in the order of an index is a page's rows. Of a word the newest of each meaning are sorted, a page of each.
        assert not [step for step in page if step.startswith("SCAN")], (typed, page)
        assert not [step for step in page if "TEMP B-TREE" in step] or asked(typed).word, (typed, page)
        for plan in others:
            steps = [step for step in plan if step.startswith(("SCAN", "SEARCH"))]
            # What is open is found as such: a name or an address may have a million rows that have ended.
            assert all(re.search("assignment_(open|by_end)|watched_newest", step) for step in steps), (typed, plan)


def plans(typed: str) -> Iterator[list[str]]:
    """Yield how SQLite carries out each statement of a search."""
    with CaptureQueriesContext(connection) as statements:
        search_history("local", asked(typed))
    for statement in statements.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement['sql']}")
            yield [row[3] for row in cursor.fetchall()]


def fill() -> None:
    for turn in range(60):
        assign(f"172.18.0.{turn % 20 + 2}", f"web-{turn % 7}", turn, turn + 5, network="front")
        assign(f"fd00::{turn % 20 + 2}", f"web-{turn % 7}", turn, turn + 5, network="front")
    assign("172.18.0.99", "web-3", 100, network="front")
    watch(0)
    assert history.PAGE_SIZE < 60
