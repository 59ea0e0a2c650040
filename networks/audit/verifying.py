"""Whether files hold the whole trail, unchanged, and say what the database says."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from networks.audit.entries import (
    ACTION,
    OUTCOME,
    START,
    BrokenLine,
    LogLine,
    canonical,
    entries_by_id,
    ids_between,
    is_begun,
    read_line,
)
from networks.models import Trail

REPEATS_WITHIN = 10_000  # lines: how far back a line may be that comes once more, as after a batch that was sent twice
AT_ONCE = 500


class VerificationFailed(Exception):
    """Something is wrong; its text is one sentence that names the first such line."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A line and where it stands. `number`: in its file, from 1."""

    path: Path
    number: int
    line: LogLine

    def __str__(self) -> str:
        return f"{self.path}, line {self.number}"


@dataclass(slots=True)
class Verified:
    """What was found right. `lines`: different ones. `gone`: those whose row the database has no longer."""

    lines: int = 0
    repeated: int = 0
    gone: int = 0
    last: int = 0
    is_unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Expected:
    """What the trail has to be. `begins_at`: the first line's sequence number. `sequence`, `hash`: of a line that it reaches."""

    begins_at: int = 1
    sequence: int = 0
    hash: str = START


def verify(paths: list[Path], trail: Trail, *, begins_at: int = 1) -> Verified:
    """Check files in their order, and compare them with the database; `trail` was read before them.

    Raises Wrong, and OSError where one can't be read. Reads each file twice, some lines of it at a time.
    """
    expected = Expected(begins_at, trail.sequence, trail.hash)
    found = Verified()
    for _placed in check_chain(paths, expected, found):
        pass
    last_ids = {ACTION: trail.action_id, OUTCOME: trail.outcome_id}
    found.gone = _compare(check_chain(paths, expected, Verified()), last_ids, is_whole=begins_at == 1)
    return found


def check_chain(paths: Iterable[Path], expected: Expected, found: Verified) -> Iterator[Placed]:
    """Yield each line of the chain once, in order, counting into `found`. Raises Wrong at the first that isn't right."""
    recent: OrderedDict[int, str] = OrderedDict()
    sequence, sealed = expected.begins_at - 1, START if expected.begins_at == 1 else None
    where = ""
    for path, number, text, is_whole in _read(paths):
        where = f"{path}, line {number}"
        if not is_whole and sequence >= expected.sequence and is_begun(text):
            found.is_unfinished = True  # it is being written, or was when the process ended; the next start cuts it off
            continue
        line = _read_placed(where, text, is_whole)
        if line.sequence <= sequence:
            if recent.get(line.sequence) != line.hash:
                raise VerificationFailed(f"{where} is wrong: its number {line.sequence} comes after {sequence}.")
            found.repeated += 1
            continue
        if line.sequence != sequence + 1:
            raise VerificationFailed(f"{where} is wrong: its number is {line.sequence}, and {sequence + 1} should come here.")
        if sealed is not None and line.previous != sealed:
            raise VerificationFailed(f"{where} is wrong: it was made to follow another line than the one before it.")
        if line.sequence == expected.sequence and line.hash != expected.hash:
            raise VerificationFailed(f"{where} is wrong: the database remembers another line with the number {line.sequence}.")
        sequence, sealed = line.sequence, line.hash
        recent[sequence] = sealed
        if len(recent) > REPEATS_WITHIN:
            recent.popitem(last=False)
        found.lines, found.last = found.lines + 1, sequence
        yield Placed(path, number, line)
    if sequence < expected.sequence:
        missing = f"the lines {sequence + 1} to {expected.sequence} are missing."
        raise VerificationFailed(f"{where} is wrong: behind it {missing}" if where else f"The files are wrong: {missing}")


def _read(paths: Iterable[Path]) -> Iterator[tuple[Path, int, bytes, bool]]:
    """Yield file, number and bytes of each line, and whether it has its end."""
    for path in paths:
        with path.open("rb") as file:
            for number, text in enumerate(file, 1):
                yield path, number, text.removesuffix(b"\n"), text.endswith(b"\n")


def _read_placed(where: str, text: bytes, is_whole: bool) -> LogLine:
    if not is_whole:
        raise VerificationFailed(f"{where} is wrong: it ends in the middle.")
    try:
        return read_line(text)
    except BrokenLine as error:
        raise VerificationFailed(f"{where} is wrong: it {error}.") from error


def _compare(lines: Iterable[Placed], last_ids: dict[str, int], *, is_whole: bool) -> int:
    """Compare lines with the rows that there are, and the rows with the lines. Returns how many lines have no row.

    `last_ids`: of each kind the last that was written. `is_whole`: the lines begin with the first of all; otherwise no row is
    missed that lies before the first line of its kind.
    """
    gone = 0
    seen: dict[str, int] = {ACTION: 0, OUTCOME: 0} if is_whole else {}
    waiting: dict[str, list[Placed]] = {ACTION: [], OUTCOME: []}
    for placed in lines:
        kind, number = placed.line.entry["kind"], placed.line.entry["id"]
        if kind not in waiting:
            raise VerificationFailed(f"{placed} is wrong: it tells of neither an action nor an outcome.")
        waiting[kind].append(placed)
        seen.setdefault(kind, number - 1)
        if len(waiting[kind]) == AT_ONCE:
            gone += _compare_some(kind, waiting[kind], seen)
    for kind, some in waiting.items():
        gone += _compare_some(kind, some, seen)
        if kind in seen and (missing := ids_between(kind, seen[kind], last_ids[kind])):
            raise VerificationFailed(
                f"The files are wrong: {kind} {missing[0]} was written, is in the database and stands in no line."
            )
    return gone


def _compare_some(kind: str, some: list[Placed], seen: dict[str, int]) -> int:
    """Compare these lines, empty the list, and note in `seen` how far they come. Returns how many have no row."""
    if not some:
        return 0
    rows = entries_by_id(kind, [placed.line.entry["id"] for placed in some])
    unsaid = set(ids_between(kind, seen[kind], some[-1].line.entry["id"])) - {placed.line.entry["id"] for placed in some}
    first_unsaid = min(unsaid, default=None)
    gone = 0
    for placed in some:
        number = placed.line.entry["id"]
        if number <= seen[kind]:
            raise VerificationFailed(f"{placed} is wrong: {kind} {number} comes after {seen[kind]}.")
        seen[kind] = number
        if first_unsaid is not None and number > first_unsaid:
            raise VerificationFailed(
                f"{placed} is wrong: {kind} {first_unsaid}, which is in the database, should come before it."
            )
        if number not in rows:
            gone += 1
        elif canonical(rows[number]) != canonical(placed.line.entry):
            raise VerificationFailed(f"{placed} is wrong: the database says something else of {kind} {number}.")
    some.clear()
    return gone
