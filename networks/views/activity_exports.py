"""The activity as a file: CSV for spreadsheets, JSON lines for programs; the same filters and rights as the page."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from io import StringIO
from itertools import islice
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views import View

from networks.partials.activity import activity_title
from networks.queries.people.activity import ActionRow, OutcomeRow, all_activity
from networks.queries.people.activity_filters import ActivityFilter
from networks.templatetags.wording import spell
from networks.views.activity import reader_of

Row = TypeVar("Row")

ROWS_AT_ONCE = 500
BOM = "\ufeff"  # without it Excel takes UTF-8 for something else
# What makes a cell a formula in a spreadsheet, or begins one after a cut at a tab or a line's end. The last are full-width.
FORMULA_SIGNS = tuple("=+-@\t\r\n＝＋－＠")
COLUMNS = (
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


class ActivityExport(View):
    """Streams all that matches, however much it is; nothing of it is ever whole in memory."""

    def get(self, request: HttpRequest, form: str) -> StreamingHttpResponse:
        if form not in _FORMS:
            raise Http404
        content_type, write = _FORMS[form]
        rows = all_activity(reader_of(request), ActivityFilter.from_query(request.GET.dict()))
        return answer_file(request, write(rows), f"activity-{timezone.now():%Y%m%d-%H%M%S}.{form}", content_type=content_type)


def answer_file(request: HttpRequest, parts: Iterator[str], name: str, *, content_type: str) -> StreamingHttpResponse:
    """Return a download that streams these parts."""
    is_async = isinstance(request, ASGIRequest)
    answer = StreamingHttpResponse(_beside(parts) if is_async else parts, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    # Django 5.2 gzips each part of an asynchronous stream as a file of its own, and Chromium reads no further than the first.
    answer["Content-Encoding"] = "identity"
    return answer


def write_activity_csv(rows: Iterable[ActionRow]) -> Iterator[str]:
    """Yield CSV in pieces: a head, one line for each action with its newest outcome, every cell quoted and safe to open."""
    yield BOM + csv_lines([COLUMNS])
    yield from in_pieces(rows, lambda some: csv_lines([_cells(row) for row in some]))


def write_activity_json(rows: Iterable[ActionRow]) -> Iterator[str]:
    """Yield JSON lines in pieces: one object for each action, in ASCII, with all its outcomes in order."""
    yield from in_pieces(rows, lambda some: "".join(f"{json.dumps(_document(row))}\n" for row in some))


def safe_cell(value: object) -> str:
    """Return a cell's text: unseen characters spelt, and a formula's beginning behind an apostrophe, so that it stays text."""
    text = "" if value is None else str(value)
    return f"'{spell(text)}" if text.startswith(FORMULA_SIGNS) else spell(text)


def csv_lines(rows: Iterable[Iterable[object]]) -> str:
    """Return lines of CSV, every cell quoted and safe to open."""
    page = StringIO()
    csv.writer(page, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([safe_cell(value) for value in row] for row in rows)
    return page.getvalue()


def _cells(row: ActionRow) -> list[object]:
    newest = row.newest
    return [
        row.id,
        row.at.isoformat(),
        row.who,
        row.user_id,
        row.from_address,
        row.engine_slug,
        row.verb,
        row.what,
        row.docker_id,
        row.command,
        json.dumps(row.asked, ensure_ascii=False) if row.asked else "",
        newest.kind if newest else "",
        newest.at.isoformat() if newest else "",
        newest.status or "" if newest else "",
        newest.words if newest else "",
        round(row.duration_ms, 3) or "",
        " ".join(outcome.kind for outcome in row.outcomes),
        activity_title(row),
    ]


def _document(row: ActionRow) -> dict[str, Any]:
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


def _outcome(outcome: OutcomeRow) -> dict[str, Any]:
    return {
        "time": outcome.at.isoformat(),
        "outcome": outcome.kind,
        "status": outcome.status,
        "words": outcome.words,
        "duration_ms": outcome.duration_ms,
    }


def in_pieces(rows: Iterable[Row], write: Callable[[list[Row]], str]) -> Iterator[str]:
    """Yield what `write` makes of the rows, some at a time."""
    left = iter(rows)
    while some := list(islice(left, ROWS_AT_ONCE)):
        yield write(some)


async def _beside(parts: Iterator[str]) -> AsyncIterator[str]:
    """Yield the parts, each made in the request's own thread: the event loop asks no database."""

    def take() -> str | None:
        return next(parts, None)

    while (part := await sync_to_async(take)()) is not None:
        yield part


_FORMS: dict[str, tuple[str, Callable[[Iterable[ActionRow]], Iterator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", write_activity_csv),
    "jsonl": ("application/x-ndjson; charset=utf-8", write_activity_json),
}
