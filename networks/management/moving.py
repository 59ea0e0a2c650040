"""All that Netadmin keeps, from one database into another that is empty, and both held against each other row by row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connections, models, transaction

from networks.management.migrating import make_tables
from networks.models import LeaseRow

TARGET = "target"
AT_ONCE = 500

Model = type[models.Model]


class NotEmpty(Exception):
    """The target has people or records of its own."""


class Differs(Exception):
    """What arrived isn't what was sent; nothing was kept. The model's name."""


def open_target(settings: dict[str, Any]) -> None:
    """Make a second database known to this process, as DATABASES would."""
    connections.settings[TARGET] = connections.configure_settings({"default": settings})["default"]


def digests() -> dict[str, str]:
    """Return a sum of all rows of each table of the default database."""
    return {model._meta.db_table: _digest(model, "default") for model in _models()}


def move_everything(tell: Callable[[str, int], None]) -> int:
    """Copy every row of the default database into TARGET in one transaction; return how many. `tell`: table, rows of it.

    Raises NotEmpty and Differs; then the target is as it was, but for its empty tables.
    """
    make_tables(connections[TARGET])
    found = list(_models())
    made_by_migrate = [model for model in found if model._meta.app_label in ("contenttypes", "auth") and _is_written(model)]
    for model in found:
        if model not in made_by_migrate and _all(model, TARGET).exists():
            raise NotEmpty(model._meta.db_table)
    total = 0
    with transaction.atomic(using=TARGET):
        for model in reversed(made_by_migrate):
            _all(model, TARGET).delete()
        for model in found:
            count = _copy(model)
            if _digest(model, "default") != _digest(model, TARGET):
                raise Differs(model._meta.db_table)
            tell(model._meta.db_table, count)
            total += count
        with connections[TARGET].cursor() as cursor:
            for statement in connections[TARGET].ops.sequence_reset_sql(no_style(), found):
                cursor.execute(statement)
    return total


def _models() -> Iterator[Model]:
    """Yield every model that has a table, those that others refer to first; leases are of processes, not of people."""
    every = apps.get_models(include_auto_created=True)
    left = [model for model in every if model._meta.managed and not model._meta.proxy and model is not LeaseRow]
    done: set[Model] = set()
    while left:
        ready = [model for model in left if _needs(model) <= done | {model}]
        if not ready:
            raise RuntimeError(f"These refer to each other: {left}")
        yield from ready
        done |= {*ready}
        left = [model for model in left if model not in done]


def _needs(model: Model) -> set[Model]:
    return {field.related_model for field in model._meta.concrete_fields if isinstance(field.related_model, type)}


def _is_written(model: Model) -> bool:
    """Tell whether `migrate` writes rows of it: kinds of content, and permissions on them."""
    return model._meta.model_name in ("contenttype", "permission")


def _all(model: Model, alias: str) -> models.QuerySet[Any]:
    return model._base_manager.using(alias).order_by("pk")


def _copy(model: Model) -> int:
    count = 0
    batch: list[models.Model] = []
    for row in _all(model, "default").iterator(AT_ONCE):
        batch.append(row)
        if len(batch) == AT_ONCE:
            model._base_manager.using(TARGET).bulk_create(batch)
            count, batch = count + len(batch), []
    if batch:
        model._base_manager.using(TARGET).bulk_create(batch)
    return count + len(batch)


def _digest(model: Model, alias: str) -> str:
    """Return what all rows say, in the order of their keys, as one sum."""
    digest = hashlib.sha256()
    names = [field.attname for field in model._meta.concrete_fields]
    for row in _all(model, alias).values_list(*names).iterator(AT_ONCE):
        digest.update(repr([_canonical(value) for value in row]).encode())
    return digest.hexdigest()


def _canonical(value: object) -> object:
    """PostgreSQL keeps a document's members in an order of its own."""
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value
