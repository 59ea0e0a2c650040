"""What several processes count together, such as guesses at a password: Django's cache in the database."""

from __future__ import annotations

import base64
import pickle

from django.core.cache.backends.db import DatabaseCache
from django.db import connection, transaction
from django.utils import timezone


class CountingDatabaseCache(DatabaseCache):
    """Django's own reads a number and writes the next: two at once would count as one."""

    _table: str

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count, and return how many there are. Raises ValueError where the time of this count is over."""
        table = connection.ops.quote_name(self._table)
        with transaction.atomic(), connection.cursor() as cursor:
            named = self.make_and_validate_key(key, version=version)
            cursor.execute(f"SELECT value, expires FROM {table} WHERE cache_key = %s FOR UPDATE", [named])  # noqa: S608 our own name
            row = cursor.fetchone()
            if row is None or row[1] < timezone.now():
                raise ValueError(f"Key {key!r} not found")
            count = int(pickle.loads(base64.b64decode(row[0]))) + delta  # noqa: S301 what this class wrote
            value = base64.b64encode(pickle.dumps(count, self.pickle_protocol)).decode("latin1")
            cursor.execute(f"UPDATE {table} SET value = %s WHERE cache_key = %s", [value, named])  # noqa: S608
        return count

    def decr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count back."""
        return self.incr(key, -delta, version)
