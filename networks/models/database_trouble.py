"""What it means when the database refuses, and what that keeps this process from: memory, for the database can't take it."""

from __future__ import annotations

from enum import StrEnum

from django.db import DatabaseError
from django.utils.translation import gettext_noop

from networks.models.stored_sentences import say as _

# SQLite's own words, in lower case, and what they mean. Source: sqlite3_errstr.
_MEANINGS: tuple[tuple[str, str], ...] = (
    ("disk is full", gettext_noop("The disk that holds Netadmin's database is full.")),
    ("locked", gettext_noop("Another program keeps Netadmin's database locked.")),
    ("readonly database", gettext_noop("Netadmin's database can be read, but not written: its file or folder is read-only.")),
    ("unable to open database", gettext_noop("Netadmin's database can't be opened.")),
    ("disk i/o error", gettext_noop("The disk that holds Netadmin's database reports errors.")),
    ("malformed", gettext_noop("Netadmin's database is damaged.")),
    ("not a database", gettext_noop("Netadmin's database is damaged.")),
)


def explain_trouble(error: object) -> str:
    """Return what a DatabaseError (or its words) means, in one sentence; the words themselves where we don't know them."""
    words = str(error)
    known = next((meaning for part, meaning in _MEANINGS if part in words.lower()), None)
    return _(known) if known else _("Netadmin's database says: %(words)s.") % {"words": words.rstrip(".")}


def find_trouble(error: BaseException | None) -> DatabaseError | None:
    """Return the database's error that this one comes from, None where it comes from elsewhere."""
    while error is not None and not isinstance(error, DatabaseError):
        error = error.__cause__ or error.__context__
    return error


_kept_from_following: dict[str, str] = {}  # by Engine, in the database's words


def note_trouble(engine_slug: str, words: str) -> bool:
    """Note why nothing of an Engine can be written down, "" that it can again. Returns whether that is news."""
    if _kept_from_following.get(engine_slug, "") == words:
        return False
    if words:
        _kept_from_following[engine_slug] = words
    else:
        del _kept_from_following[engine_slug]
    return True


def trouble_of(engine_slug: str) -> str:
    """Return why what happens on an Engine isn't written down by this process, "" where it is."""
    return _kept_from_following.get(engine_slug, "")


class Standing(StrEnum):
    """What can be wrong with what is kept, though pages may come up. The words are those of /readyz."""

    DAMAGED = "damaged"
    ANOTHER_KEY = "another secret key"
    NO_BACKUP = "backup failed"


_standings: dict[Standing, str] = {}


def note_standing(what: Standing, words: str) -> None:
    """Note that something is wrong, in words for the log, "" that it is well again."""
    if words:
        _standings[what] = words
    else:
        _standings.pop(what, None)


def note_damage(error: object) -> None:
    """Note that the file was found damaged, in the database's words; what is known of it already says more."""
    _standings.setdefault(Standing.DAMAGED, str(error))


def standing_of(what: Standing) -> str:
    """Return what is wrong, "" where all is well."""
    return _standings.get(what, "")


def known_standings() -> list[str]:
    """Return all that is wrong, as /readyz says it."""
    return sorted(_standings)
