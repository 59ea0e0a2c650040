"""Commands that need the tables: they make them where `serve` hasn't yet."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from networks.management.server import migrate_if_needed


class PreparedCommand(BaseCommand):
    """Brings the tables up to date before it runs."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Migrate where needed, then run."""
        migrate_if_needed()
        return super().execute(*args, **options)
