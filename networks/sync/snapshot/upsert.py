"""Rows into one table by a statement that Django's compiler built once: `bulk_create` spends most of its time on building it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

# What a database takes as it is. All others (dates, JSON) go through their field.
_PLAIN = (models.CharField, models.TextField, models.BooleanField, models.IntegerField, models.ForeignKey)


@dataclass(frozen=True, slots=True)
class _Built:
    """What one connection runs. `columns`: each column and what makes the database's value of a row's, None for nothing."""

    connection: Any
    for_many: str
    for_key: str
    columns: Sequence[tuple[str, Callable[[Any], Any] | None]]


class Upsert:
    """Inserts rows of one model; one whose `unique` fields are there already gets its `update` fields (none: plain inserts).

    A row names every column but the key, as `values()` would give it. Writes what `bulk_create(update_conflicts=True)` would.
    """

    def __init__(self, model: type[models.Model], *, unique: Sequence[str] = (), update: Sequence[str] = ()) -> None:
        self.model = model
        self._fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        self._unique = [model._meta.get_field(name) for name in unique]
        self._update = [model._meta.get_field(name) for name in update]
        self._kept = threading.local()

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write the rows: one statement, run for each."""
        built = self._built()
        with built.connection.cursor() as cursor:
            cursor.executemany(built.for_many, [_values(row, built) for row in rows])

    def write_for_pks(self, rows: Iterable[Mapping[str, Any]]) -> list[int]:
        """Write the rows and return their primary keys, in the same order. One statement each."""
        built = self._built()
        found = []
        with built.connection.cursor() as cursor:
            for row in rows:
                cursor.execute(built.for_key, _values(row, built))
                found.append(int(cursor.fetchone()[0]))
        return found

    def _built(self) -> _Built:
        connection = connections[DEFAULT_DB_ALIAS]
        kept: _Built | None = getattr(self._kept, "built", None)
        if kept is None or kept.connection is not connection:
            columns = [(field.attname, _preparer(field, connection)) for field in self._fields]
            for_many, for_key = self._statement(connection, ()), self._statement(connection, (self.model._meta.pk,))
            kept = self._kept.built = _Built(connection, for_many, for_key, columns)
        return kept

    def _statement(self, connection: Any, returning: Sequence[Any]) -> str:
        conflict = OnConflict.UPDATE if self._unique else None
        query = InsertQuery(self.model, on_conflict=conflict, update_fields=self._update, unique_fields=self._unique)
        query.insert_values(self._fields, [self.model()])
        compiler = query.get_compiler(connection=connection)
        compiler.returning_fields = returning
        [(statement, _parameters)] = compiler.as_sql()
        return str(statement)


def _preparer(field: models.Field[Any, Any], connection: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, _PLAIN):
        return None
    kinds = (dict, list) if isinstance(field, models.JSONField) else ()
    empty = {kind: field.get_db_prep_save(kind(), connection) for kind in kinds}  # most of what is stored as JSON is empty

    def prepare(value: Any) -> Any:
        return field.get_db_prep_save(value, connection) if value or type(value) not in empty else empty[type(value)]

    return prepare


def _values(row: Mapping[str, Any], built: _Built) -> list[Any]:
    return [row[column] if prepare is None else prepare(row[column]) for column, prepare in built.columns]
