"""Values that more than one answer equals: where a page may say this or that, and both are so."""

from __future__ import annotations

from typing import Any


class AnyOf(list[Any]):
    """One of several is said."""

    def __eq__(self, other: object) -> bool:
        return other in list(self)

    __hash__ = None  # type: ignore[assignment]


class Between(tuple[frozenset[str], frozenset[str]]):
    """A set that has all of the first, and nothing beside the second."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple) and self[0] <= set(other) <= self[1]

    __hash__ = None  # type: ignore[assignment]


class Counts(dict[str, int]):
    """Numbers of containers by group; those that may be in either of two are in either."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, dict):
            return NotImplemented
        said = {name: count for name, count in other.items() if count}
        least = {name: self.get(name, 0) for name in ("running", "paused", "stopped", "failed")}
        same = all(said.get(name, 0) == least[name] for name in ("running", "paused"))
        more = [said.get(name, 0) - least[name] for name in ("stopped", "failed")]
        return same and min(more) >= 0 and sum(more) == self.get("either", 0)

    __hash__ = None  # type: ignore[assignment]


class Line(dict[str, int]):
    """The counts beside Endpoints, where failed ones are stopped ones, and how many ask for an address."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, dict) and all(self.get(name, 0) == other.get(name, 0) for name in {*self, *other})

    __hash__ = None  # type: ignore[assignment]
