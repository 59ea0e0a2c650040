"""Which of the interface's sentences a sweep checks, and which are known to say nothing that could be checked.

After a change of sentences `python -m tests.truth.known` says what the list lacks and what it has too much; `--write` makes it
so. What it adds is to be read first: a sentence that could be untrue gets a checker instead.
"""

from __future__ import annotations

import os
import re
import sys
from html import unescape
from importlib import import_module
from pathlib import Path

import django
import polib

from tests.truth.claims import SENTENCES

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "networks/locale/ko/LC_MESSAGES/django.po"
PLAIN = Path(__file__).with_name("plain.txt")
# What draws the pages that are swept.
SWEPT = tuple(
    f"{folder}/"
    for folder in (
        *("templates/overview", "templates/networks", "templates/containers", "templates/addresses", "templates/interfaces"),
        *("templates/lifecycle", "templates/traffic", "networks/partials/addresses"),
        *("networks/partials/interfaces", "networks/partials/lifecycle", "networks/partials/traffic"),
    )
)
SWEPT_FILES = (
    *("networks/partials/words.py", "networks/partials/networks.py", "networks/partials/containers.py"),
    *("networks/forms/containers/several.py", "networks/templatetags/times.py"),
)
LEAST_HEARD = 12  # characters: shorter parts are "links, up" and the like, of a line made of several
_PLACE = re.compile(r"%\((\w+)\)[sd]")


def swept_sentences() -> list[str]:
    """Return every English sentence that the swept pages may show, one line each, in order."""
    found = set()
    for entry in polib.pofile(str(CATALOGUE)):
        if any(path.startswith(SWEPT) or path in SWEPT_FILES for path, _line in entry.occurrences):
            found |= {entry.msgid, entry.msgid_plural} - {""}
    return sorted(_on_a_line(text) for text in found)


def is_checked(text: str) -> bool:
    """Tell whether some checker would hear this sentence on a page."""
    said = _PLACE.sub("7", text)
    return any(one.pattern.search(said) for one in SENTENCES)


def unheard() -> list[str]:
    """Return the words of checkers that no sentence of the interface has: such a checker hears nothing.

    A checker may be of several sentences together, so each part of its words between names is looked for.
    """
    every = {text for entry in polib.pofile(str(CATALOGUE)) for text in (entry.msgid, entry.msgid_plural)}
    said = "\n".join(_on_a_line(text) for text in every)
    parts = {part.strip(" .,;:·") for one in SENTENCES for part in re.split(r"\{\w+(?::d)?\}", one.words)}
    return sorted(part for part in parts if len(part) >= LEAST_HEARD and part not in said)


def plain_sentences() -> list[str]:
    """Return the sentences that are known to say nothing that could be checked."""
    return PLAIN.read_text().splitlines()


def _on_a_line(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", text)).replace("%%", "%")).strip()


def main(arguments: list[str]) -> int:
    """Say how the list differs from what it should be, and write it if that is asked for. Returns 1 where it differs still."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()  # the checkers read models
    import_module("tests.truth.sweep")
    lines = [text for text in swept_sentences() if not is_checked(text)]
    known = plain_sentences()
    for sign, texts in (("-", set(known) - set(lines)), ("+", set(lines) - set(known))):
        print("".join(f"{sign} {text}\n" for text in sorted(texts)), end="")
    if "--write" in arguments:
        PLAIN.write_text("".join(f"{line}\n" for line in lines))
    return int(known != lines and "--write" not in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
