"""The history of addresses as a file: all that a search finds, in its order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views import View

from networks.queries.addresses.history import Assignment, all_history
from networks.queries.addresses.history_asked import read_history_asked
from networks.views.activity_exports import BOM, answer_file, csv_lines, in_pieces
from networks.views.shell import pick_engine

COLUMNS = (
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


class AddressHistoryExport(View):
    """Streams all that matches; nothing of it is ever whole in memory."""

    def get(self, request: HttpRequest, form: str) -> StreamingHttpResponse:
        if form not in _FORMS:
            raise Http404
        content_type, write = _FORMS[form]
        rows = all_history(pick_engine(request).slug, read_history_asked({"q": request.GET.get("q", "")}))
        name = f"address-history-{timezone.now():%Y%m%d-%H%M%S}.{form}"
        return answer_file(request, write(rows), name, content_type=content_type)


def write_history_csv(rows: Iterable[Assignment]) -> Iterator[str]:
    """Yield CSV in pieces: a head, one line for each assignment."""
    yield BOM + csv_lines([COLUMNS])
    yield from in_pieces(rows, lambda some: csv_lines([_document(row).values() for row in some]))


def write_history_json(rows: Iterable[Assignment]) -> Iterator[str]:
    """Yield JSON lines in pieces, one object for each assignment, in ASCII."""
    yield from in_pieces(rows, lambda some: "".join(f"{json.dumps(_document(row))}\n" for row in some))


def _document(row: Assignment) -> dict[str, object]:
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
    return dict(zip(COLUMNS, values, strict=True))


_FORMS: dict[str, tuple[str, Callable[[Iterable[Assignment]], Iterator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", write_history_csv),
    "jsonl": ("application/x-ndjson; charset=utf-8", write_history_json),
}
