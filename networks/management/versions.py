"""How versions are ordered, PyPI's (PEP 440) and npm's (Semantic Versioning 2.0), and which of them a range of OSV covers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from packaging.version import Version

PYPI, NPM = "PyPI", "npm"
# What can be compared; those of type GIT name commits.
RANGES = frozenset({"ECOSYSTEM", "SEMVER"})
EVENTS = ("fixed", "introduced", "last_affected", "limit")

_LONGEST = 200  # characters; the longest versions in the lock files have 20
_SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?", re.ASCII)
# At one version: "fixed" ends what came before, "introduced" begins anew, and what is affected last ends after itself.
_RANKS = {"fixed": 0, "introduced": 1, "last_affected": 2}
# Of these the schema says what they mean: before every version, and no limit at all.
_BEGINNING, _NO_LIMIT = ("introduced", "0"), ("limit", "*")


class NoVersion(ValueError):
    """A text that is no version of its ecosystem, so that nothing can be compared with it."""


@dataclass(frozen=True, slots=True)
class Range:
    """A range as a record has it. `events`: pairs of one of EVENTS and a version, in the record's order."""

    kind: str
    events: tuple[tuple[str, str], ...]


def key_for(ecosystem: str, text: str) -> Any:
    """Return what orders this version among those of its ecosystem. Raises NoVersion."""
    if len(text) > _LONGEST:
        raise NoVersion(text[:_LONGEST])
    try:
        return Version(text) if ecosystem == PYPI else _semantic_key(text)
    except ValueError as error:
        raise NoVersion(text) from error


def is_listed(ecosystem: str, version: str, versions: Iterable[str]) -> bool:
    """Tell whether a version is among these, in whatever spelling; those that aren't versions are compared as text."""
    wanted = key_for(ecosystem, version)
    return any(text == version or _key_or_none(ecosystem, text) == wanted for text in versions)


def covers(ecosystem: str, version: str, judged: Range) -> bool:
    """Tell whether a range covers a version, as the OSV schema evaluates it. Raises NoVersion where they can't be compared."""
    wanted = key_for(ecosystem, version)
    limits = [text for event, text in judged.events if event == "limit"]
    if limits and "*" not in limits and not any(wanted < key_for(ecosystem, text) for text in limits):
        return False
    is_covered = _BEGINNING in judged.events
    turns = [pair for pair in judged.events if pair[0] in _RANKS and pair != _BEGINNING]
    for at, rank in sorted((key_for(ecosystem, text), _RANKS[event]) for event, text in turns):
        if rank == _RANKS["introduced"] and wanted >= at:
            is_covered = True
        elif (rank == _RANKS["fixed"] and wanted >= at) or (rank == _RANKS["last_affected"] and wanted > at):
            is_covered = False
    return is_covered


def can_compare(ecosystem: str, judged: Range) -> bool:
    """Tell whether versions can be held against a range: it isn't one of commits, and each event names a version."""
    named = [text for event, text in judged.events if (event, text) not in (_BEGINNING, _NO_LIMIT)]
    return judged.kind in RANGES and all(_key_or_none(ecosystem, text) is not None for text in named)


def next_fix(ecosystem: str, version: str, ranges: Iterable[Range]) -> str:
    """Return the lowest fixed version above this one that no range covers, "" for none. Raises NoVersion as `covers` does."""
    judged = list(ranges)
    wanted = key_for(ecosystem, version)
    fixes = {text: key_for(ecosystem, text) for one in judged for event, text in one.events if event == "fixed"}
    above = sorted((text for text in fixes if fixes[text] > wanted), key=lambda text: fixes[text])
    return next((text for text in above if not any(covers(ecosystem, text, one) for one in judged)), "")


def _key_or_none(ecosystem: str, text: str) -> Any:
    try:
        return key_for(ecosystem, text)
    except NoVersion:
        return None


def _semantic_key(text: str) -> tuple[int, int, int, tuple[Any, ...]]:
    """Order by the numbers, then a pre-release before its release; of its parts numbers come before words. Builds don't count."""
    found = _SEMANTIC.fullmatch(text)
    if found is None:
        raise NoVersion(text)
    parts = found[4].split(".") if found[4] is not None else []
    if "" in parts:
        raise NoVersion(text)
    before = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)
    return int(found[1]), int(found[2]), int(found[3]), (0, *before) if parts else (1,)
