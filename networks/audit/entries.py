"""Rows of actions and outcomes as entries of the trail, in the order in which they go out.

SQLite has one writer at a time, and a row's id is given inside its transaction: ids become visible in their order, and none
below one that was read comes later. They are never given twice (AUTOINCREMENT). So "all after this id" leaves nothing out.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from networks.models import Action, Outcome

ACTION, OUTCOME = "action", "outcome"
AT_ONCE = 200  # of each table: a quarter of a megabyte at most times, and half a second of a slow line


@dataclass(frozen=True, slots=True)
class Reach:
    """How far something goes: the id of an action and that of an outcome, both included."""

    action_id: int = 0
    outcome_id: int = 0


def entry_of_action(row: Action) -> Entry:
    """Return what the trail says of an action, names as in the exported files."""
    return {
        "kind": ACTION,
        "id": row.pk,
        "time": _utc(row.at),
        "who": row.who,
        "user_id": row.user_id,
        "from": row.from_address,
        "engine": row.engine_slug,
        "verb": row.verb,
        "what": row.what,
        "docker_id": row.docker_id,
        "command": row.command,
        "asked": row.asked,
    }


def entry_of_outcome(row: Outcome) -> Entry:
    """Return what the trail says of an outcome. `sentence` is the Engine's own or in English; `said` is what pages translate."""
    return {
        "kind": OUTCOME,
        "id": row.pk,
        "action_id": row.action_id,
        "time": _utc(row.at),
        "outcome": row.kind,
        "status": row.status,
        "sentence": row.sentence,
        "said": row.said,
        "duration_ms": round(row.duration_ms, 3) if math.isfinite(row.duration_ms) else None,
    }


def entries_by_id(kind: str, ids: Iterable[int]) -> dict[int, Entry]:
    """Return the entries of these rows that there are, by id. `kind`: ACTION or OUTCOME. One statement."""
    if kind == ACTION:
        return {row.pk: entry_of_action(row) for row in Action.objects.filter(id__in=list(ids))}
    return {row.pk: entry_of_outcome(row) for row in Outcome.objects.filter(id__in=list(ids))}


def next_reach(after: Reach, *, at_once: int = AT_ONCE) -> Reach:
    """Return how far the next entries go: `at_once` rows of a table at most, `after` itself where there are none.

    No outcome is among them whose action is not there or before. Two statements.
    """
    # Outcomes first: whoever has one had its action before, so that the second statement sees it.
    outcomes = list(_outcomes_after(after).values_list("id", "action_id")[:at_once])
    actions = list(_actions_after(after).values_list("id", flat=True)[:at_once])
    last_action = actions[-1] if actions else after.action_id
    last_outcome = after.outcome_id
    for number, action_id in outcomes:
        if len(actions) == at_once and action_id > last_action:
            break
        last_outcome = number
    return Reach(last_action, last_outcome)


def entries_between(after: Reach, until: Reach) -> list[Entry]:
    """Return the entries behind `after` as far as `until`: each table by id, an outcome behind its action, else by time.

    The same for the same two, whatever was written since: rows are never changed, and `prune_activity` leaves these.
    """
    actions = list(_actions_after(after).filter(id__lte=until.action_id))
    outcomes = list(_outcomes_after(after).filter(id__lte=until.outcome_id))
    actions.reverse()
    outcomes.reverse()
    entries: list[Entry] = []
    while actions or outcomes:
        if not outcomes or (actions and _goes_first(actions[-1], outcomes[-1])):
            entries.append(entry_of_action(actions.pop()))
        else:
            entries.append(entry_of_outcome(outcomes.pop()))
    return entries


def count_after(after: Reach, *, at_most: int) -> int:
    """Return how many rows are behind `after`, at most `at_most` of each table. Two statements that read no more than that."""
    return _actions_after(after)[:at_most].count() + _outcomes_after(after)[:at_most].count()


def ids_between(kind: str, after: int, until: int) -> list[int]:
    """Return the ids of the rows behind `after` as far as `until`, ascending. One statement."""
    rows: QuerySet[Any] = Action.objects.all() if kind == ACTION else Outcome.objects.all()
    return list(rows.filter(id__gt=after, id__lte=until).order_by("id").values_list("id", flat=True))


def _goes_first(action: Action, outcome: Outcome) -> bool:
    return action.pk <= outcome.action_id or action.at < outcome.at


def _actions_after(after: Reach) -> QuerySet[Action]:
    return Action.objects.filter(id__gt=after.action_id).order_by("id")


def _outcomes_after(after: Reach) -> QuerySet[Outcome]:
    return Outcome.objects.filter(id__gt=after.outcome_id).order_by("id")


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


START = "0" * 64  # what the first line of all holds as the hash before it
LINKS = frozenset({"sequence", "previous", "hash"})  # what the chain adds to an entry

Entry = Mapping[str, Any]


class BrokenLine(ValueError):
    """This is no line of the trail; its text says why, as the rest of a sentence that begins with "line 7"."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line. `text`: its bytes without the line's end. `entry`: what it says of a row, without what the chain adds."""

    sequence: int
    previous: str
    hash: str
    text: bytes
    entry: Entry


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return JSON with sorted keys, without blanks, in UTF-8; what isn't ASCII is escaped, so that no sign acts on a terminal.

    Raises ValueError for numbers that JSON has not (NaN, infinities).
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def hash_of(previous: str, unsealed: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hexadecimal, of the hash before (its 64 digits) followed by the line's JSON without `hash`."""
    return hashlib.sha256(previous.encode("ascii") + canonical(unsealed)).hexdigest()


def seal(entry: Entry, sequence: int, previous: str) -> LogLine:
    """Make the line of an entry that follows the line with the hash `previous`."""
    unsealed = {**entry, "sequence": sequence, "previous": previous}
    sealed = hash_of(previous, unsealed)
    return LogLine(sequence, previous, sealed, canonical({**unsealed, "hash": sealed}), entry)


def seal_all(entries: Iterable[Entry], sequence: int, previous: str) -> list[LogLine]:
    """Make the lines of entries, the first of which follows line `sequence` with the hash `previous`."""
    lines: list[LogLine] = []
    for entry in entries:
        sequence += 1
        lines.append(seal(entry, sequence, previous))
        previous = lines[-1].hash
    return lines


def is_begun(text: bytes) -> bool:
    """Tell whether this may be the beginning of a line."""
    return text[:2] == b'{"'[: len(text)]


def read_line(text: bytes) -> LogLine:
    """Read a line's bytes, without its end. Raises BrokenLine where it isn't ours to the letter, or doesn't bear its own hash."""
    try:
        document = json.loads(text)
        is_ours = isinstance(document, dict) and document.keys() >= LINKS | {"kind", "id"} and canonical(document) == text
    except (ValueError, RecursionError):
        is_ours = False
    if not is_ours or type(document["sequence"]) is not int or type(document["id"]) is not int:
        raise BrokenLine("is no line of the record")
    sealed, previous = document.pop("hash"), document["previous"]
    if not (isinstance(previous, str) and previous.isascii()) or hash_of(previous, document) != sealed:
        raise BrokenLine("was changed: its hash is not that of what it says")
    entry = {name: value for name, value in document.items() if name not in LINKS}
    return LogLine(document["sequence"], previous, sealed, text, entry)
