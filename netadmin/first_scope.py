"""Followers for whoever serves without `manage.py serve`: ASGI has no start of its own, so the first request is it."""

from __future__ import annotations

import asyncio

from django.conf import settings

from netadmin.gate import Application, Receive, Scope, Send
from networks.actions.jobs.threads import start_runners
from networks.actions.settling import start_settling
from networks.actions.terminals.left import start_ending_left
from networks.audit.log_writer import start_trail
from networks.management.backups.in_place import hold_database
from networks.management.backups.nightly import start_nightly
from networks.sync.engines import ensure_own_engine
from networks.sync.hint_listener import start_listening
from networks.sync.mending import start_mending
from networks.sync.supervisor import followers, start_tending


class FollowFromFirstScope:
    """Wraps an ASGI application; under `manage.py serve` the followers run already and nothing happens."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._is_begun = not settings.NETADMIN_FOLLOW

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Start the followers beside the first request, never before it."""
        if not self._is_begun:
            self._is_begun = True
            if not followers:
                self._task = asyncio.ensure_future(asyncio.to_thread(_follow))
        await self.application(scope, receive, send)


def _follow() -> None:
    ensure_own_engine()
    hold_database()
    start_tending(settings.NETADMIN_DATA_DIR)
    start_mending(settings.NETADMIN_DATA_DIR)
    start_listening()
    start_nightly()
    start_runners()
    start_settling()
    start_ending_left()
    start_trail()
