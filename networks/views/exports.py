"""Lists as files: CSV for spreadsheets, JSON lines for programs; the same filters and rights as the pages.

Whatever matches is streamed, however much it is; nothing of it is ever whole in memory.
"""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from io import StringIO
from itertools import islice
from typing import Any, Generic, TypeVar

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views import View

from networks.partials.activity import activity_title
from networks.queries.addresses.history import Assignment, all_history
from networks.queries.addresses.history_asked import read_history_asked
from networks.queries.people.activity import ActionRow, OutcomeRow, all_activity
from networks.queries.people.activity_filters import ActivityFilter
from networks.templatetags.wording import spell
from networks.views.activity import reader_of
from networks.views.shell import pick_engine

Row = TypeVar("Row")

ROWS_AT_ONCE = 500
BOM = "\ufeff"  # without it Excel takes UTF-8 for something else
# What makes a cell a formula in a spreadsheet, or begins one after a cut at a tab or a line's end. The last are full-width.
FORMULA_SIGNS = tuple("=+-@\t\r\n＝＋－＠")
ACTIVITY_COLUMNS = (
    "number",
    "time",
    "who",
    "user_id",
    "from",
    "engine",
    "verb",
    "what",
    "docker_id",
    "command",
    "asked",
    "outcome",
    "outcome_time",
    "status",
    "words",
    "duration_ms",
    "outcomes",
    "sentence",
)
HISTORY_COLUMNS = (
    "address",
    "container",
    "container_id",
    "network",
    "network_id",
    "mac",
    "from",
    "from_is_exact",
    "from_at_the_earliest",
    "until",
    "until_is_exact",
    "until_at_the_latest",
    "was_address",
    "was_until",
)


class ExportView(View, Generic[Row]):
    """All rows of a list, as csv or jsonl. In CSV every cell is quoted and safe to open; JSON is ASCII."""

    file_name = ""
    columns: tuple[str, ...] = ()

    def get(self, request: HttpRequest, form: str) -> StreamingHttpResponse:
        if form not in ("csv", "jsonl"):
            raise Http404
        write, kind = (self.write_csv, "text/csv") if form == "csv" else (self.write_json, "application/x-ndjson")
        parts = write(self.rows())
        is_async = isinstance(request, ASGIRequest)
        answer = StreamingHttpResponse(_beside(parts) if is_async else parts, content_type=f"{kind}; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{self.file_name}-{timezone.now():%Y%m%d-%H%M%S}.{form}"'
        # Django 5.2 gzips each part of an asynchronous stream as a file of its own, and Chromium reads no further than the first.
        answer["Content-Encoding"] = "identity"
        return answer

    def write_csv(self, rows: Iterable[Row]) -> Iterator[str]:
        """Yield a head, then lines, many at a time."""
        yield BOM + csv_lines([self.columns])
        yield from (csv_lines(map(self.cells, some)) for some in _pieces(rows))

    def write_json(self, rows: Iterable[Row]) -> Iterator[str]:
        """Yield lines, many at a time."""
        for some in _pieces(rows):
            yield "".join(f"{json.dumps(self.document(row))}\n" for row in some)

    def rows(self) -> Iterable[Row]:
        """Return what matches and this person may see."""
        raise NotImplementedError

    def document(self, row: Row) -> dict[str, Any]:
        """Return a row as an object."""
        raise NotImplementedError

    def cells(self, row: Row) -> Iterable[object]:
        """Return a row as a line of CSV."""
        return self.document(row).values()


class ActivityExport(ExportView[ActionRow]):
    """The activity: in CSV each action with its newest outcome, in JSON with all of them, in order."""

    file_name = "activity"
    columns = ACTIVITY_COLUMNS

    def rows(self) -> Iterable[ActionRow]:
        return all_activity(reader_of(self.request), ActivityFilter.from_query(self.request.GET.dict()))

    def cells(self, row: ActionRow) -> list[object]:
        newest = row.newest
        known = self.document(row) | {
            "asked": json.dumps(row.asked, ensure_ascii=False) if row.asked else "",
            "outcome": newest.kind if newest else "",
            "outcome_time": newest.at.isoformat() if newest else "",
            "status": newest.status or "" if newest else "",
            "words": newest.words if newest else "",
            "duration_ms": round(row.duration_ms, 3) or "",
            "outcomes": " ".join(outcome.kind for outcome in row.outcomes),
        }
        return [known[column] for column in self.columns]

    def document(self, row: ActionRow) -> dict[str, Any]:
        return {
            "number": row.id,
            "time": row.at.isoformat(),
            "who": row.who,
            "user_id": row.user_id,
            "from": row.from_address,
            "engine": row.engine_slug,
            "verb": row.verb,
            "what": row.what,
            "docker_id": row.docker_id,
            "command": row.command,
            "asked": row.asked,
            "outcomes": [_outcome(outcome) for outcome in row.outcomes],
            "sentence": activity_title(row),
        }


class AddressHistoryExport(ExportView[Assignment]):
    """The history of addresses: all that a search finds, in its order."""

    file_name = "address-history"
    columns = HISTORY_COLUMNS

    def rows(self) -> Iterable[Assignment]:
        return all_history(pick_engine(self.request).slug, read_history_asked({"q": self.request.GET.get("q", "")}))

    def document(self, row: Assignment) -> dict[str, Any]:
        values = (
            row.address,
            row.container_name,
            row.container_id,
            row.network_name,
            row.network_id,
            row.mac,
            row.from_at.isoformat(),
            row.is_from_exact,
            row.from_earliest_at.isoformat() if row.from_earliest_at else None,
            row.until_at.isoformat() if row.until_at else None,
            row.is_until_exact,
            row.until_latest_at.isoformat() if row.until_latest_at else None,
            row.was_address,
            row.was_until_at.isoformat() if row.was_until_at else None,
        )
        return dict(zip(HISTORY_COLUMNS, values, strict=True))


def safe_cell(value: object) -> str:
    """Return a cell's text: unseen characters spelt, and a formula's beginning behind an apostrophe, so that it stays text."""
    text = "" if value is None else str(value)
    return f"'{spell(text)}" if text.startswith(FORMULA_SIGNS) else spell(text)


def csv_lines(rows: Iterable[Iterable[object]]) -> str:
    """Return lines of CSV, every cell quoted and safe to open."""
    page = StringIO()
    csv.writer(page, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([safe_cell(value) for value in row] for row in rows)
    return page.getvalue()


def _pieces(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield the rows, some at a time."""
    left = iter(rows)
    while some := list(islice(left, ROWS_AT_ONCE)):
        yield some


def _outcome(outcome: OutcomeRow) -> dict[str, Any]:
    return {
        "time": outcome.at.isoformat(),
        "outcome": outcome.kind,
        "status": outcome.status,
        "words": outcome.words,
        "duration_ms": outcome.duration_ms,
    }


async def _beside(parts: Iterator[str]) -> AsyncIterator[str]:
    """Yield the parts, each made in the request's own thread: the event loop asks no database."""

    def take() -> str | None:
        return next(parts, None)

    while (part := await sync_to_async(take)()) is not None:
        yield part
