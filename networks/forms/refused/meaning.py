"""What one of an Engine's sentences means."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Meaning:
    """`key`: its name here. `parts`: lower-case substrings that are all in the Engine's sentence. `field`: what it is about, by
    the name of a form's field, "" for none. `text`: what it means. `advice`: a way out. `empties`: a field that may be emptied.
    """

    key: str
    parts: tuple[str, ...]
    field: str
    text: Promise
    advice: Promise
    empties: str = ""
