"""What is said before an order is given: the pieces of it, and names cut to what a line holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from networks.queries.lifecycle.removals import Dependant

MOST_OF_NAME, MOST_NAMES = 60, 5


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that is said. `level`: bad (it will not work), warn (something breaks), ok. `guests`: who it is about."""

    level: str
    title: str
    text: str = ""
    guests: tuple[Dependant, ...] = ()
    details: tuple[str, ...] = ()


def short(name: str) -> str:
    """Return a name as it stands in a sentence."""
    return name if len(name) <= MOST_OF_NAME else f"{name[:MOST_OF_NAME]}…"


def name_list(names: Sequence[str]) -> str:
    """Return names with commas between them, the first few where there are many."""
    shown = ", ".join(short(name) for name in names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown}, …"
