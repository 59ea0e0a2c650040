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


# PostgreSQL's states, or what they begin with, and what they mean. Source: its manual, appendix A.
_STATES: tuple[tuple[str, str], ...] = (
    ("53100", gettext_noop("The disk that holds Netadmin's database is full.")),
    ("53300", gettext_noop("Netadmin's database takes no more connections.")),
    ("25006", gettext_noop("Netadmin's database can be read, but not written: PostgreSQL is read-only.")),
    ("28", gettext_noop("PostgreSQL refuses the name or the password in DATABASE_URL.")),
    ("3D000", gettext_noop("PostgreSQL has no database of the name in DATABASE_URL.")),
    ("42501", gettext_noop("PostgreSQL denies Netadmin what it needs: make it the owner of its database.")),
    ("55P03", gettext_noop("Another program keeps Netadmin's database locked.")),
    ("57014", gettext_noop("Netadmin's database takes too long to answer.")),
    ("57P03", gettext_noop("PostgreSQL is starting or stopping.")),
    ("57P", gettext_noop("PostgreSQL was stopped.")),
    ("58", gettext_noop("The disk that holds Netadmin's database reports errors.")),
    ("XX", gettext_noop("Netadmin's database is damaged.")),
    ("08", gettext_noop("PostgreSQL can't be reached.")),
)
# psycopg's own words, where no server said a state.
_UNREACHED: tuple[tuple[str, str], ...] = (
    ("password authentication failed", gettext_noop("PostgreSQL refuses the name or the password in DATABASE_URL.")),
    ("does not exist", gettext_noop("PostgreSQL has no database of the name in DATABASE_URL.")),
    ("too many clients", gettext_noop("Netadmin's database takes no more connections.")),
    ("starting up", gettext_noop("PostgreSQL is starting or stopping.")),
    ("failed to resolve host", gettext_noop("PostgreSQL can't be reached.")),
    ("couldn't get a connection", gettext_noop("PostgreSQL can't be reached.")),
    ("connection", gettext_noop("PostgreSQL can't be reached.")),
)


def _explain_postgresql(error: BaseException) -> str:
    """Return the sentence for an error of PostgreSQL's driver, "" where we know none."""
    state = str(getattr(error, "sqlstate", None) or "")
    if state:
        return next((meaning for begin, meaning in _STATES if state.startswith(begin)), "")
    words = str(error).lower()
    return next((meaning for part, meaning in _UNREACHED if part in words), "")


def explain_trouble(error: object) -> str:
    """Return what a DatabaseError (or its words) means, in one sentence; the words themselves where we don't know them."""
    cause = error.__cause__ if isinstance(error, BaseException) else None
    if cause is not None and type(cause).__module__.startswith("psycopg") and (meaning := _explain_postgresql(cause)):
        return _(meaning)
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
