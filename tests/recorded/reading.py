"""The recordings as tests read them; README.md says what they hold."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
VERSIONS = ("27.5.1", "28.0.4", "28.5.2", "29.7.2")


@dataclass(frozen=True)
class Answered:
    """What an Engine answered to one request. `message`: its sentence, "" where it did as it was asked."""

    case: str
    request: str
    body: Any
    status: int
    message: str

    @property
    def is_refused(self) -> bool:
        """Whether the Engine said no, in its own words."""
        return self.status >= 400 and bool(self.message)


@cache
def recorded(version: str) -> dict[str, Any]:
    """Return what this Engine answered, by what was asked: read it, change nothing in it."""
    answers: dict[str, Any] = json.loads(gzip.decompress((HERE / f"engine-{version}.json.gz").read_bytes()))
    return answers


def answered(version: str) -> tuple[Answered, ...]:
    """Return what this Engine answered to changes, most of which it refused."""
    told = recorded(version)["refusals"]
    return tuple(Answered(each["case"], each["request"], each["body"], each["status"], each["message"] or "") for each in told)


def refused(version: str) -> dict[str, Answered]:
    """Return what this Engine refused, by case."""
    return {each.case: each for each in answered(version) if each.is_refused}


def events(version: str) -> list[bytes]:
    """Return the lines of the event stream."""
    return [line.encode() for line in recorded(version)["events"].splitlines() if line]
