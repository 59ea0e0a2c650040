"""What several processes count together, such as guesses at a password: a cache in the database, of plain values alone."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import BaseDatabaseCache
from django.db import connection, transaction
from django.utils import timezone

_FOR_EVER = datetime(9999, 1, 1, tzinfo=timezone.get_fixed_timezone(0))

_INSERT = (
    "INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s) ON CONFLICT (cache_key) DO UPDATE "
    "SET value = excluded.value, expires = excluded.expires"
)


class CountingDatabaseCache(BaseDatabaseCache):
    """In the table of Django's own cache, whose values it doesn't take: they are pickled, so that whoever can write the
    database could run what they like in every server. Here they are JSON, and no two that count at once get the same number.
    """

    _table: str

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value unless one is there that still holds; tell whether it was kept."""
        return self._put(key, value, timeout, version, "WHERE {table}.expires < %s", timezone.now())

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value."""
        self._put(key, value, timeout, version, "")

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept and still holds."""
        rows = self._ask(
            "SELECT value FROM {table} WHERE cache_key = %s AND expires >= %s", self._name(key, version), timezone.now()
        )
        return json.loads(rows[0][0]) if rows else default

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count, and return how many there are. Raises ValueError where the time of this count is over."""
        rows = self._ask(
            "UPDATE {table} SET value = (value::bigint + %s)::text WHERE cache_key = %s AND expires >= %s RETURNING value",
            delta,
            self._name(key, version),
            timezone.now(),
        )
        if not rows:
            raise ValueError(f"Key {key!r} not found")
        return int(rows[0][0])

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Have it hold from now on for so long; tell whether it was there."""
        statement = "UPDATE {table} SET expires = %s WHERE cache_key = %s AND expires >= %s RETURNING 1"
        return bool(self._ask(statement, self._until(timeout), self._name(key, version), timezone.now()))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a value; tell whether there was one."""
        return bool(self._ask("DELETE FROM {table} WHERE cache_key = %s RETURNING 1", self._name(key, version)))

    def clear(self) -> None:
        """Forget all of them."""
        self._ask("DELETE FROM {table} RETURNING 1")

    def _put(self, key: str, value: Any, timeout: Any, version: int | None, unless: str, *more: Any) -> bool:
        until, now = self._until(timeout), timezone.now()
        self._ask("DELETE FROM {table} WHERE expires < %s RETURNING 1", now)
        statement = f"{_INSERT} {unless} RETURNING 1"
        return bool(self._ask(statement, self._name(key, version), json.dumps(value), until, *more))

    def _name(self, key: str, version: int | None) -> str:
        return str(self.make_and_validate_key(key, version=version))

    def _until(self, timeout: Any) -> datetime:
        at = self.get_backend_timeout(timeout)
        return _FOR_EVER if at is None else datetime.fromtimestamp(at, tz=timezone.get_fixed_timezone(0))

    def _ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(table=connection.ops.quote_name(self._table)), values)
            return list(cursor.fetchall())
