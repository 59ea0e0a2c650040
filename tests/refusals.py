"""What dockerd 24 to 29 say when they refuse: the sentences of refusals.txt, which all tests take from there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Refusal:
    """One sentence. `key`: of what it means; `field`: of the form that it is about, "" for none.

    Of those that our pages are tried with: the `page` that meets it (create, connect, disconnect or remove), its HTTP `status`,
    and `since`, the version that says so.
    """

    sentence: str
    key: str
    field: str
    page: str = ""
    status: int = 0
    since: str = ""


def _read(line: str) -> Refusal:
    key, field, met, sentence = line.split("|", 3)
    page, status, since = met.split() or ("", "0", "")
    return Refusal(sentence[1:].replace(r"\n", "\n"), key.strip(), field.strip(), page, int(status), since)


_LINES = Path(__file__).with_suffix(".txt").read_text().splitlines()
REFUSALS = tuple(_read(line) for line in _LINES if not line.startswith("#"))
