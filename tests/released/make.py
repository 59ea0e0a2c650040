r"""Makes the database that a released version leaves behind, with rows in every table, on a data directory that is new:

    NETADMIN_DATA_DIR=$(mktemp -d) .venv/bin/python manage.py shell -c \
        'from tests.released.make import make_released; make_released("0.1.0")'

The tables are those of the migrations that the version had, the rows are made by the models as they were then. What it makes is
committed once, when the version is released, and never changed: it stands for what people have.
"""

from __future__ import annotations

import gzip
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import override_settings

from networks.models.access import PURPOSE
from networks.models.sealing import seal_for, seal_loose
from networks.policy.login.two_factor import PURPOSE as SECOND_STEP

HERE = Path(__file__).parent
# The last migration of each app of ours, by version.
RELEASES = {"0.1.0": [("networks", "0024_trail")]}
SEALED_WITH = "of-released-databases-and-nothing-else-" * 2
WHEN = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
PEOPLE = ("root", "ann", "bob")
PASSWORD_OF_ALL = "a long enough pass phrase"
ROWS = 3
ENGINES = ("unix:///nonexistent/docker.sock", "unix:///nonexistent/far.sock", "unix:///nonexistent/away.sock")


def path_of(version: str) -> Path:
    """Return where a released database is kept."""
    return HERE / f"{version}.sqlite3.gz"


def unpack(version: str, to: Path) -> None:
    """Lay a released database at a path."""
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(gzip.decompress(path_of(version).read_bytes()))


def make_released(version: str) -> None:
    """Make one in the database of now, which has to be new, and keep it."""
    with override_settings(SECRET_KEY=SEALED_WITH, SECRET_KEY_FALLBACKS=[]):
        _fill(RELEASES[version])
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "whole.sqlite3")
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as database:
            database.execute("VACUUM INTO ?", [str(whole)])
        path_of(version).write_bytes(gzip.compress(whole.read_bytes(), mtime=0))


def _fill(targets: list[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    others = [leaf for leaf in leaves if leaf[0] not in {app for app, _name in targets}]
    for app, name in (*others, *targets):
        call_command("migrate", app, name, interactive=False, verbosity=0)
    apps = executor.loader.project_state([*others, *targets]).apps
    made: dict[str, list[Any]] = {}
    models = sorted(apps.get_models(), key=lambda model: model._meta.label)
    while models:
        for model in models:
            if all(_parent(field) in made for field in _references(model) if _parent(field) != model._meta.label):
                made[model._meta.label] = _rows_of(model, made)
                models.remove(model)
                break
        else:
            raise AssertionError(f"rows that need each other: {models}")
    for user in made["auth.User"]:
        user.groups.add(*made["auth.Group"])
        user.user_permissions.add(*made["auth.Permission"])
    for group in made["auth.Group"]:
        group.permissions.add(*made["auth.Permission"])


def _references(model: Any) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.is_relation]


def _parent(field: Any) -> str:
    return str(field.related_model._meta.label)


def _rows_of(model: Any, made: dict[str, list[Any]]) -> list[Any]:
    """Make rows that the table takes: each is like its neighbours but for what has to differ."""
    if model._meta.label == "networks.Trail":
        return [model.objects.create(pk=1)]
    if model._meta.label in ("auth.Permission", "contenttypes.ContentType"):
        return list(model.objects.order_by("pk")[:ROWS])
    rows = []
    for number in range(ROWS):
        values = {
            field.attname: _value(field, number, made)
            for field in model._meta.concrete_fields
            if not field.auto_created or field.is_relation
        }
        rows.append(model.objects.create(**values | _known(model._meta.label, number)))
    return rows


def _value(field: Any, number: int, made: dict[str, list[Any]]) -> Any:
    kind = field.get_internal_type()
    if field.is_relation:
        return made[_parent(field)][number].pk
    if field.choices:
        return field.choices[number % len(field.choices)][0]
    if field.has_default():
        return field.get_default()
    if kind in ("JSONField", "BooleanField"):
        return {} if kind == "JSONField" else False
    if kind == "DateTimeField":
        return WHEN
    if "Integer" in kind or kind == "FloatField":
        return number + 1
    return f"{field.name} {number}"[: field.max_length or 100]


def _known(label: str, number: int) -> dict[str, Any]:
    """Return what a test looks for by name."""
    name = PEOPLE[number]
    known: dict[str, dict[str, Any]] = {
        "auth.User": {
            "username": name,
            "password": make_password(PASSWORD_OF_ALL),
            "is_active": True,
            "is_superuser": not number,
        },
        "networks.Engine": {"slug": ("local", "far", "away")[number], "url": ENGINES[number]},
        "networks.Action": {"who": name, "verb": "create_network", "what": f"net{number}", "asked": {"name": f"net{number}"}},
        "networks.Outcome": {"action_id": number + 1, "kind": ("ok", "refused", "unknown")[number]},
        "networks.EngineCredentials": {
            "sealed": seal_for('{"ssh_key": "a key", "host_key": "b"}', PURPOSE, f"engine {number + 1}")
        },
        "networks.Pool": {"subnet": f"10.{number}.0.0/24", "gateway": f"10.{number}.0.1"},
        "networks.Endpoint": {"ipv4": f"10.{number}.0.2", "ipv4_prefix_length": 24},
        "networks.AddressAssignment": {"address": f"10.{number}.0.2", "family": 4, "until_at": WHEN, "was_until_at": None},
        "networks.Job": {"state": "done", "ended_at": WHEN},
        "networks.EngineStatus": {"state": "disconnected", "revision": 7, "api_version": "1.45"},
        # Who has an app is asked for its code: root isn't.
        "mfa.Authenticator": {
            "type": "totp" if number else "recovery_codes",
            "data": {"secret" if number else "seed": seal_loose("JBSWY3DPEHPK3PXP", SECOND_STEP)},
        },
    }
    return known.get(label, {})
