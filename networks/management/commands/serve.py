"""`manage.py serve`: the way to run Netadmin; makes what it needs, follows, and serves."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from networks.actions.jobs.threads import start_runners
from networks.actions.settling import start_settling
from networks.actions.terminals.left import start_ending_left
from networks.audit.log_writer import start_trail
from networks.management.allocator import bound_allocator
from networks.management.backups.in_place import hold_database
from networks.management.backups.nightly import start_nightly
from networks.management.endings import let_go_of_output
from networks.management.migrating import migrate_if_needed
from networks.management.prepared import collect_static_if_needed
from networks.management.server import find_listen_fault, serve
from networks.management.start_faults import said_at_start, tell_of_key
from networks.management.start_notices import start_notices
from networks.models.access import reseal_credentials
from networks.policy.first_admin import ensure_setup_token, home_url, make_first_admin, show_setup_token
from networks.sync.engines import ensure_own_engine
from networks.sync.hint_listener import start_listening
from networks.sync.mending import rebuild_before_start, start_mending
from networks.sync.supervisor import start_tending


class Command(BaseCommand):
    """Serves until Ctrl-C or SIGTERM, and ends with status 0."""

    help = "Prepare the data directory, follow the Engine and serve the pages."

    def handle(self, *args: Any, **options: Any) -> None:
        bind, port = settings.NETADMIN_BIND, settings.NETADMIN_PORT
        fault = find_listen_fault(bind, port)
        if fault:
            raise CommandError(fault)
        bound_allocator()
        with said_at_start():
            hold_database()
            migrate_if_needed()
            rebuild_before_start(settings.NETADMIN_DATA_DIR)
            of_key = tell_of_key()
            reseal_credentials(only_loose=True)
            collect_static_if_needed()
            call_command("clearsessions")
            engine = ensure_own_engine()
            admin = make_first_admin()
            token = ensure_setup_token()
        data_dir = settings.NETADMIN_DATA_DIR if settings.NETADMIN_FOLLOW else None
        start_tending(data_dir)
        start_mending(data_dir)
        start_listening()
        start_nightly()
        start_ending_left()
        start_trail()
        if settings.NETADMIN_FOLLOW:
            start_runners()
            start_settling()
        application = import_string(settings.ASGI_APPLICATION)

        def say_ready() -> None:
            own = engine.url if engine else "no Engine of its own"
            self.stdout.write(f"Netadmin serves {home_url()} and follows {own}")
            if admin is not None:
                self.stdout.write(f"The first admin is {admin.get_username()}.")
            if of_key:
                self.stdout.write(of_key)
            if token:
                show_setup_token(token, self.stdout)
            for notice in start_notices():
                self.stdout.write(notice)
            self.stdout.write("Ctrl-C ends it.")
            self.stdout.flush()

        def try_to_say_ready() -> None:
            with suppress(OSError):  # nobody reads it any more
                say_ready()

        serve(application, bind, port, try_to_say_ready)
        let_go_of_output()
