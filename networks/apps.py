"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class NetworksConfig(AppConfig):
    """Wires what listens: checks, and what follows from changed rights and from migrations."""

    name = "networks"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Docker networks")

    def ready(self) -> None:
        """Import what registers itself, and connect the receivers."""
        from networks import checks  # noqa: F401
        from networks.actions import audit_signals
        from networks.models.hints import remake_hints_after_migrate
        from networks.models.insert_only import remake_after_migrate
        from networks.models.slow_queries import watch_budgets
        from networks.policy.login import browsers
        from networks.policy.socket_rights import connect_receivers
        from networks.sync import supervisor

        watch_budgets()
        connect_receivers()
        supervisor.connect_receivers()
        browsers.connect_receivers()
        audit_signals.connect_receivers()
        post_migrate.connect(remake_hints_after_migrate, sender=self, dispatch_uid="networks hints")
        post_migrate.connect(remake_after_migrate, sender=self, dispatch_uid="networks triggers")
