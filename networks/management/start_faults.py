"""What is wrong with what is kept, said at a start in sentences that tell what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError, connection

from networks.models.damage import damaged_tables, is_damage
from networks.models.database_trouble import Standing, explain_trouble, note_standing
from networks.models.installation import is_key_known
from networks.policy.ownership import tell_owner

MAGIC = b"SQLite format 3\0"  # how the file of a database begins
_CURE = (
    "Nothing was changed. A backup brings it back as it was (manage.py restore); without one, manage.py salvage saves what can "
    "be read. See docs/operations.md, The database is damaged."
)


@contextmanager
def said_at_start() -> Iterator[None]:
    """Raise CommandError, in sentences, where the database or the data directory refuses."""
    try:
        yield
    except DatabaseError as error:
        raise CommandError(explain_at_start(error)) from error
    except OSError as error:
        whose = (
            tell_owner(Path(error.filename), Path(settings.NETADMIN_DATA_DIR))
            if isinstance(error, PermissionError) and error.filename
            else ""
        )
        words = f"The data directory {settings.NETADMIN_DATA_DIR} can't be written: {error.strerror}."
        raise CommandError(words + whose) from error


def explain_at_start(error: DatabaseError) -> str:
    """Return what it means that the database refuses at a start, and what to do."""
    if connection.vendor == "sqlite" and is_damage(error):
        return f"{tell_damage(Path(connection.settings_dict['NAME']), error)} {_CURE}"
    if connection.vendor != "sqlite":
        return f"{explain_trouble(error)} In the driver's words: {str(error).strip().partition(chr(10))[0]}"
    whose = ""
    if any(word in str(error) for word in ("readonly", "unable to open")):
        whose = tell_owner(Path(connection.settings_dict["NAME"]), Path(settings.NETADMIN_DATA_DIR))
    return f"{explain_trouble(error)} It is in {settings.NETADMIN_DATA_DIR}.{whose}"


def tell_damage(path: Path, error: object) -> str:
    """Return how the file of a database is damaged, as far as its size and its first page tell. Source: SQLite, file format."""
    with path.open("rb") as file:
        head = file.read(100)
    if not head.startswith(MAGIC):
        return f"The database {path} is damaged: it doesn't begin as a database does."
    page_bytes = int.from_bytes(head[16:18], "big")
    whole = int.from_bytes(head[28:32], "big") * (65536 if page_bytes == 1 else page_bytes)
    if path.stat().st_size < whole:
        return f"The database {path} is cut short: {path.stat().st_size:,} of {whole:,} bytes are there."
    return f"The database {path} is damaged inside, {_tell_where()}: {str(error).rstrip('.')}."


def _tell_where() -> str:
    """Return which tables are hit. Reads all of them: some seconds for a million records."""
    try:
        hit = damaged_tables(connection, connection.introspection.table_names(), is_thorough=False)
    except DatabaseError:
        return "in the list of its tables"
    return f"in {', '.join(hit)}" if hit else "outside of its tables"


def tell_of_key() -> str:
    """Return what it means that another secret key is here than sealed what the database holds, "" where it is the same."""
    if is_key_known(settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS):
        note_standing(Standing.ANOTHER_KEY, "")
        return ""
    note_standing(Standing.ANOTHER_KEY, "the database was sealed with another secret key")
    return (
        f"The secret key in {settings.NETADMIN_DATA_DIR} isn't the one that this database was sealed with: everybody logs in "
        "again, second steps and the keys of Engines don't open. Stop Netadmin and put the former key back into secret_key. "
        "Where it is lost, manage.py rotate_key goes on without it (docs/operations.md, The secret key changed)."
    )
