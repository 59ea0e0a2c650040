"""Queries that every change asks again, built once in each thread: building one takes Django eight times as long as asking."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

Query = QuerySet[Any, Any]

# What stands for a parameter while a query is built; no slug, no Docker id and no revision looks like this.
_PLACES: dict[type, Callable[[int], str | int]] = {
    str: "\x01 {} \x01".format,
    int: lambda number: -(10**15) - number,
}


class Prepared:
    """One `values()` query, with its statement kept. `make` gets parameters of these types and builds the query, which names
    columns before what it is annotated with.

    It must not look at them: it is called with place holders, once in each thread. Measured: 0.35 ms asked of the ORM,
    0.05 ms asked like this, of which SQLite takes most; drawing after a change asks five.
    """

    def __init__(self, make: Callable[..., Query], *types: type) -> None:
        self._make = make
        self._places = [_PLACES[kind](number) for number, kind in enumerate(types)]
        self._kept = threading.local()

    def rows(self, *parameters: str | int) -> list[dict[str, Any]]:
        """Return the rows as `list(make(*parameters))` would. One statement."""
        connection = connections[DEFAULT_DB_ALIAS]
        kept = getattr(self._kept, "built", None)
        if kept is None or kept[0].connection is not connection:
            query = self._make(*self._places).query
            compiler = query.get_compiler(connection=connection)
            kept = self._kept.built = (compiler, (*query.values_select, *query.annotation_select), *compiler.as_sql())
        compiler, names, statement, places = kept
        given = dict(zip(self._places, parameters, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(statement, [given.get(place, place) for place in places])
            found = cursor.fetchall()
        return [dict(zip(names, row, strict=True)) for row in compiler.results_iter([found])] if found else []
