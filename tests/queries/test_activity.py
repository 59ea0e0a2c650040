"""The activity: who sees what, filters, pages, and that no page sorts or reads a whole table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networks.models import Action, Outcome
from networks.queries.people import activity
from networks.queries.people.activity import all_activity, list_activity, read_action
from networks.queries.people.activity_filters import ActivityFilter, Reader
from tests.activity import make_action, make_actions
from tests.builders import MORNING

pytestmark = pytest.mark.django_db

ALL = Reader(1, sees_all=True)
READERS = {"superuser": ALL, "admin of two": Reader(7, ("local", "other")), "nobody's admin": Reader(7)}
FILTERS = {
    "all": ActivityFilter(),
    "who": ActivityFilter(who="olga"),
    "verb": ActivityFilter(verb="create_network"),
    "engine": ActivityFilter(on="local"),
    "refused": ActivityFilter(outcome="refused"),
    "ok": ActivityFilter(outcome="ok"),
    "no outcome": ActivityFilter(outcome="none"),
    "text": ActivityFilter(text="net-7"),
    "days": ActivityFilter(since=date(2026, 11, 24), until=date(2026, 11, 24)),
    "several": ActivityFilter(
        who="olga", verb="create_network", on="local", outcome="refused", text="net", until=date(2026, 11, 25)
    ),
    "older": ActivityFilter(who="olga", before=500),
}


def whats(reader: Reader = ALL, **wanted: object) -> list[str]:
    return [row.what for row in list_activity(reader, ActivityFilter(**wanted)).rows]  # type: ignore[arg-type]


def test_it_shows_the_newest_first_with_all_outcomes_in_order() -> None:
    first = make_action("front", outcomes=(("unknown", ""), ("ok", "Confirmed by the next read of the Engine.")))
    make_action("back", outcomes=())

    newest, oldest = list_activity(ALL).rows

    assert (newest.what, newest.newest, newest.duration_ms) == ("back", None, 0.0)
    assert (oldest.id, oldest.what) == (first.pk, "front")
    assert [outcome.kind for outcome in oldest.outcomes] == ["unknown", "ok"]
    assert oldest.newest is not None
    assert oldest.newest.kind == "ok"


@pytest.mark.parametrize(
    ("reader", "seen"),
    [
        (ALL, ["login", "theirs", "elsewhere", "mine"]),
        (Reader(7), ["mine"]),
        (Reader(7, ("other",)), ["elsewhere", "mine"]),
        (Reader(9, ("local",)), ["theirs", "mine"]),
        (Reader(9), []),
    ],
)
def test_it_shows_ones_own_an_admin_their_engine_s_and_a_superuser_all(reader: Reader, seen: list[str]) -> None:
    made = [
        make_action("mine", user_id=7),
        make_action("elsewhere", engine_slug="other", user_id=8),
        make_action("theirs", user_id=8),
        make_action("login", engine_slug="", user_id=8),
    ]

    assert whats(reader) == seen
    assert [action.what for action in made if read_action(reader, action.pk)] == seen[::-1]


def test_it_filters_by_who_verb_engine_outcome_object_and_day() -> None:
    make_action("old", at=MORNING - timedelta(days=3))
    make_action("front", who="olga", verb="remove_network", docker_id="a" * 64)
    make_action("back", engine_slug="other", outcomes=(("unknown", ""), ("refused", "no")))
    make_action("open", outcomes=())

    assert whats(who="olga") == ["front"]
    assert whats(verb="remove_network") == ["front"]
    assert whats(on="other") == ["back"]
    assert whats(outcome="refused") == ["back"]
    assert whats(outcome="unknown") == []
    assert whats(outcome="none") == ["open"]
    assert whats(text="RON") == ["front"]
    assert whats(text="a" * 64) == whats(text="aaaa") == ["front"]
    assert whats(text="%") == []
    assert whats(until=date(2026, 11, 21)) == ["old"]
    assert whats(since=date(2026, 11, 22), until=date(2026, 11, 24), who="olga") == ["front"]
    assert whats(since=date(2026, 11, 25)) == []


def test_it_goes_back_by_pages_and_leaves_nothing_out() -> None:
    make_actions(250)
    pages_seen = []
    wanted = ActivityFilter(who="olga")
    while True:
        page = list_activity(Reader(7, ("local", "other")), wanted, limit=20)
        pages_seen.append([row.id for row in page.rows])
        if page.older_than is None:
            break
        wanted = ActivityFilter(who="olga", before=page.older_than)

    mine = list(Action.objects.filter(who="olga").order_by("-id").values_list("id", flat=True))
    assert [number for page_seen in pages_seen for number in page_seen] == mine
    assert {len(page_seen) for page_seen in pages_seen[:-1]} == {20}


@pytest.fixture
def looks_at_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "MOST_LOOKED_AT", 10)


@pytest.mark.usefixtures("looks_at_ten")
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS)
def test_it_finds_the_same_however_little_it_looks_at_in_one_go(reader: Reader, wanted: ActivityFilter) -> None:
    make_actions(120)

    found = [row.id for row in all_activity(reader, wanted, at_once=7)]

    assert found == [action.pk for action in Action.objects.order_by("-id") if is_wanted(action, reader, wanted)]


@pytest.mark.usefixtures("looks_at_ten")
def test_it_says_how_far_it_looked() -> None:
    make_action("needle")
    make_actions(30)

    page = list_activity(ALL, ActivityFilter(text="needle"))

    assert page.rows == ()
    assert page.older_than is not None
    assert page.looked_back_to == Action.objects.get(pk=page.older_than).at
    assert [row.what for row in all_activity(ALL, ActivityFilter(text="needle"))] == ["needle"]


@pytest.mark.sqlite
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS)
def test_it_neither_sorts_nor_reads_a_whole_table(
    reader: Reader, wanted: ActivityFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "MOST_LOOKED_AT", 100)
    make_actions(300)

    with CaptureQueriesContext(connection) as captured:
        list_activity(reader, wanted)

    assert len(captured) <= 15
    assert [fault for query in captured for fault in faults_of(query["sql"])] == []


def test_it_takes_three_statements_for_the_first_page_whatever_its_length() -> None:
    make_actions(3)
    with CaptureQueriesContext(connection) as few:
        list_activity(ALL)
    make_actions(200)
    with CaptureQueriesContext(connection) as many:
        list_activity(ALL)

    assert len(few) == len(many) == 3


@pytest.mark.parametrize(
    "query",
    [
        {"before": "x"},
        {"before": "9" * 18},
        {"before": "-1"},
        {"from": "0001-01-01", "to": "9999-12-31"},
        {"from": "soon", "outcome": "<b>", "q": "\0"},
        {"q": "'; DROP TABLE networks_action --", "who": "\ud800", "verb": "\u202e", "on": "x" * 900},
    ],
)
def test_it_takes_any_query(query: dict[str, str]) -> None:
    make_action("front")

    assert len(list_activity(ALL, ActivityFilter.from_query(query)).rows) <= 1


def test_it_writes_a_filter_as_it_reads_it() -> None:
    wanted = FILTERS["several"]

    assert ActivityFilter.from_query(dict(pair.split("=") for pair in wanted.as_query().split("&"))) == wanted
    assert wanted.is_active
    assert not ActivityFilter(before=3).is_active


def is_wanted(action: Action, reader: Reader, wanted: ActivityFilter) -> bool:
    """Say the same as the queries do, plainly."""
    kind = next(iter(Outcome.objects.filter(action_id=action.pk).order_by("-id").values_list("kind", flat=True)), "none")
    return (
        (reader.sees_all or action.user_id == reader.user_id or action.engine_slug in reader.engine_slugs)
        and wanted.who in ("", action.who)
        and wanted.verb in ("", action.verb)
        and wanted.on in ("", action.engine_slug)
        and wanted.outcome in ("", kind)
        and wanted.text in action.what
        and (wanted.since is None or action.at.date() >= wanted.since)
        and (wanted.until is None or action.at.date() <= wanted.until)
        and (wanted.before is None or action.pk < wanted.before)
    )


def faults_of(statement: str) -> Iterator[str]:
    """Yield what SQLite would do that costs more the more rows there are."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        for *_numbers, step in cursor.fetchall():
            is_scan = step.startswith("SCAN ") and "networks_" in step
            if is_scan or "TEMP B-TREE" in step:
                yield f"{step}: {statement}"


@pytest.mark.sqlite
def test_it_sees_a_scan_and_a_sort() -> None:
    slow = "SELECT id FROM networks_action WHERE what = 'x' ORDER BY command"

    assert len(list(faults_of(slow))) == 2


def test_it_reads_days_in_the_server_s_time_zone() -> None:
    make_action("front", at=datetime(2026, 11, 24, 23, 59, tzinfo=UTC))

    assert whats(since=date(2026, 11, 24), until=date(2026, 11, 24)) == ["front"]
    assert whats(since=date(2026, 11, 25)) == []
