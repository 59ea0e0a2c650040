"""What the buttons of the form do to what was typed: one more network, one less."""

from __future__ import annotations

from django.http import QueryDict

from networks.forms.launching.endpoints import EndpointForm
from networks.forms.launching.form import MAX_NETWORKS, ROW_COUNT, RunForm, count_rows

_OF_ROW = tuple(name for name in EndpointForm.base_fields if name != "links")
EDITABLE = frozenset(RunForm.base_fields) | {f"networks-{row}-{name}" for row in range(MAX_NETWORKS) for name in _OF_ROW}


def add_row(data: QueryDict) -> QueryDict:
    """Return the data with one more network."""
    edited = data.copy()
    edited[ROW_COUNT] = str(min(count_rows(data) + 1, MAX_NETWORKS))
    return edited


def drop_row(data: QueryDict, dropped: int) -> QueryDict:
    """Return the data without one network; those after it move up."""
    edited, count = data.copy(), count_rows(data)
    kept = [row for row in range(count) if row != dropped]
    for new, old in enumerate(kept):
        for name in _OF_ROW:
            edited[f"networks-{new}-{name}"] = data.get(f"networks-{old}-{name}", "")
    edited[ROW_COUNT] = str(max(len(kept), 1))
    return edited
