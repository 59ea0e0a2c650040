"""What a form's own buttons do to what was typed, before anything is checked: take a suggestion, add a pool, drop one."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import QueryDict

from networks.forms.networks import MAX_POOLS, POOL_COUNT

POOL_FIELDS = ("subnet", "ip_range", "gateway", "aux_addresses")
_POOL_FIELD = re.compile(rf"pools-([0-9]{{1,2}})-({'|'.join(POOL_FIELDS)})")


def take_suggestion(data: QueryDict, fields: frozenset[str]) -> QueryDict:
    """Return the data with the suggestion of the pressed button in its place: `use` is "field=value".

    Only `fields` and pools' fields are set; an empty value empties the field; a pool that isn't there yet is added.
    """
    field, separator, value = data.get("use", "").partition("=")
    pool = _POOL_FIELD.fullmatch(field)
    if not separator or not (field in fields or (pool and int(pool[1]) < MAX_POOLS)):
        return data
    edited = data.copy()
    if value:
        edited[field] = value
    else:
        edited.pop(field, None)
    if pool and int(pool[1]) >= count_pools(data):
        edited[POOL_COUNT] = str(int(pool[1]) + 1)
    return edited


def add_pool(data: QueryDict) -> QueryDict:
    """Return the data with one more row of pools."""
    edited = data.copy()
    edited[POOL_COUNT] = str(min(count_pools(data) + 1, MAX_POOLS))
    return edited


def drop_pool(data: QueryDict, dropped: int) -> QueryDict:
    """Return the data without one row of pools; the rows after it move up."""
    edited = data.copy()
    count = count_pools(data)
    kept = [index for index in range(count) if index != dropped]
    for index in range(count):
        for field in POOL_FIELDS:
            edited.pop(f"pools-{index}-{field}", None)
    for new, old in enumerate(kept):
        for field in POOL_FIELDS:
            edited[f"pools-{new}-{field}"] = data.get(f"pools-{old}-{field}", "")
    edited[POOL_COUNT] = str(max(len(kept), 1))
    return edited


def suggest_pool(data: QueryDict, suggest: Callable[[], str]) -> QueryDict:
    """Return the data with a free subnet in its first empty row, or in a new one."""
    count = count_pools(data)
    index = next((n for n in range(count) if not data.get(f"pools-{n}-subnet", "").strip()), count)
    subnet = suggest()
    if not subnet or index >= MAX_POOLS:
        return data
    edited = data.copy()
    edited[f"pools-{index}-subnet"] = subnet
    edited[POOL_COUNT] = str(max(count, index + 1))
    return edited


def count_pools(data: QueryDict) -> int:
    """Return how many rows of pools were sent."""
    text = data.get(POOL_COUNT, "1")
    return min(max(int(text), 1), MAX_POOLS) if text.isascii() and text.isdigit() and len(text) < 4 else 1
