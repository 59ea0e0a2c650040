"""`manage.py serve`: the way to run Netadmin; makes what it needs, follows, and serves."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from networks.management.serving.ports import find_listen_fault
from networks.management.serving.prepare import collect_static_if_needed, migrate_if_needed
from networks.management.serving.server import serve
from networks.policy.setup import ensure_setup_token, make_first_admin
from networks.sync.engines import ensure_local_engine
from networks.sync.followers import start_followers


class Command(BaseCommand):
    """Serves until Ctrl-C or SIGTERM, and ends with status 0."""

    help = "Prepare the data directory, follow the Engine and serve the pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bind", default=settings.NETADMIN_BIND, help="address to listen on (NETADMIN_BIND)")
        parser.add_argument("--port", type=int, default=settings.NETADMIN_PORT, help="port to listen on (NETADMIN_PORT)")

    def handle(self, *args: Any, **options: Any) -> None:
        bind, port = options["bind"], options["port"]
        fault = find_listen_fault(bind, port)
        if fault:
            raise CommandError(fault)
        migrate_if_needed()
        collect_static_if_needed()
        engine = ensure_local_engine(settings.NETADMIN_DOCKER_HOST)
        admin = make_first_admin()
        token = ensure_setup_token()
        start_followers(settings.NETADMIN_DATA_DIR)
        application = import_string(settings.ASGI_APPLICATION)

        def say_ready() -> None:
            host = "localhost" if bind in ("127.0.0.1", "::1") else bind
            self.stdout.write(f"Netadmin serves http://{host}:{port} and follows {engine.url}")
            if admin is not None:
                self.stdout.write(f"The first admin is {admin.get_username()}.")
            if token:
                self.stdout.write(f"To make the first admin, open http://{host}:{port}/setup/ with this token:\n  {token}")
            self.stdout.write("Ctrl-C ends it.")
            self.stdout.flush()

        serve(application, bind, port, say_ready)
