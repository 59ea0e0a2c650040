"""`manage.py follow`: follow every Engine, and run its jobs, without serving pages."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.conf import settings

from networks.actions.jobs.threads import start_runners
from networks.actions.settling import start_settling
from networks.audit.log_writer import start_trail
from networks.management.backups.in_place import hold_database
from networks.management.backups.nightly import start_nightly
from networks.management.endings import stop_threads
from networks.management.prepared import PreparedCommand
from networks.sync.engines import ensure_own_engine
from networks.sync.hint_listener import start_listening
from networks.sync.mending import rebuild_before_start, start_mending
from networks.sync.supervisor import start_tending


class Command(PreparedCommand):
    """Runs until SIGINT or SIGTERM, and ends with status 0."""

    help = "Follow every Engine without serving pages."

    def handle(self, *args: Any, **options: Any) -> None:
        ended = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())
        ensure_own_engine()
        hold_database()
        rebuild_before_start(settings.NETADMIN_DATA_DIR)
        start_tending(settings.NETADMIN_DATA_DIR, is_watching=False)
        start_mending(settings.NETADMIN_DATA_DIR, is_watching=False)
        start_listening()
        start_nightly()
        start_runners()
        start_settling()
        start_trail()
        self.stdout.write("Following. Ctrl-C ends it.")
        ended.wait()
        stop_threads()
