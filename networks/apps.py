"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig


class NetworksConfig(AppConfig):
    """Wires what listens: checks, and push to sync's signals."""

    name = "networks"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Docker networks"
