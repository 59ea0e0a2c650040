"""What `manage.py check` looks at: every address is declared, the tables of actions only grow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.urls import get_resolver

from networks.models.insert_only import TABLES, missing_triggers
from networks.policy.url_permissions import missing_names, names_without_engine, undeclared_names, walk_routes


@register(Tags.security)
def check_routes(**_more: Any) -> list[CheckMessage]:
    """Compare the addresses that exist with those that the policy declares."""
    routes = list(walk_routes(get_resolver().url_patterns))
    where = "networks/policy/url_permissions.py"
    return [
        *(
            Error(f"The address {name!r} has no permission.", hint=f"Add it to {where}.", id="networks.E001")
            for name in undeclared_names(routes)
        ),
        *(Warning(f"{where} declares {name!r}, which no address has.", id="networks.W002") for name in missing_names(routes)),
        *(
            Error(f"The address {name!r} needs a permission on an Engine and has no engine_slug.", id="networks.E003")
            for name in names_without_engine(routes)
        ),
    ]


@register(Tags.database)
def check_triggers(databases: Sequence[str] | None = None, **_more: Any) -> list[CheckMessage]:
    """Look for the triggers. A warning, for `manage.py migrate` asks too, and it is what makes them."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if set(TABLES) <= set(connection.introspection.table_names()):
            messages += [
                Warning(f"The trigger {name} is missing.", hint="Run manage.py migrate.", id="networks.W004")
                for name in missing_triggers(connection)
            ]
    return messages


@register(Tags.security)
def check_data_dir(**_more: Any) -> list[CheckMessage]:
    """Look whether others may read the data directory: whoever can forges a login."""
    directory = Path(settings.NETADMIN_DATA_DIR)
    if directory.stat().st_mode & 0o077:
        return [Warning(f"Others may enter {directory}.", hint=f"chmod 700 {directory}", id="networks.W006")]
    return []


@register(Tags.security)
def check_origins(**_more: Any) -> list[CheckMessage]:
    """Say when nobody could reach us."""
    if not settings.NETADMIN_ALLOWED_ORIGINS:
        return [Error("No origin is allowed.", hint="Set NETADMIN_BIND or NETADMIN_TRUSTED_ORIGINS.", id="networks.E005")]
    return []
