"""daphne in this process, ended cleanly: sockets first, then jobs and followers, then the reactor."""

from __future__ import annotations

import asyncio
import errno
import gc
import hashlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import structlog
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import reactor, twisted_loop
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from networks.actions.jobs.threads import stop_runners
from networks.actions.settling import stop_settling
from networks.audit.log_writer import stop_trail
from networks.management.connection_bounds import BoundedServer
from networks.push.routing import close_all_sockets
from networks.sync.supervisor import stop_followers, stop_tending, stop_watchers

log = structlog.get_logger(__name__)

SOCKETS_WITHIN_S = 3.0
THREADS_WITHIN_S = 4.0
END_WITHIN_S = 9.0


def serve(application: Any, bind: str, port: int, when_ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM, then return. `when_ready` is called once connections are accepted."""
    ending = _Ending()
    for number in (signal.SIGINT, signal.SIGTERM):
        twisted_loop.add_signal_handler(number, ending.begin)
    twisted_loop.call_soon(when_ready)
    # Half a million objects of imported modules never go: looking through them all cost 45 ms of every few thousandth change.
    gc.collect()
    gc.freeze()
    BoundedServer(
        application,
        endpoints=build_endpoint_description_strings(host=bind, port=port),
        signal_handlers=False,
        websocket_timeout=-1,  # a page may stay open for days; the hub closes sockets that fell silent
        # daphne holds what it sends to this limit as well; the consumer itself takes 4 KiB at most.
        websocket_max_message_size=1024 * 1024,
        websocket_max_frame_size=1024 * 1024,
        application_close_timeout=5,
        server_name="netadmin",
    ).run()


class _Ending:
    """The way down, once, however many signals come."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        if self._task is None:
            # Whatever hangs, the process ends in time; a request that hangs is the client's loss.
            watch = threading.Timer(END_WITHIN_S, os._exit, (0,))
            watch.daemon = True
            watch.start()
            self._task = twisted_loop.create_task(self._end())

    async def _end(self) -> None:
        try:
            # With a socket open, daphne on Python 3.11 ended in a segmentation fault, five times of five.
            await asyncio.wait_for(close_all_sockets(), SOCKETS_WITHIN_S)
            await asyncio.wait_for(asyncio.to_thread(stop_threads), THREADS_WITHIN_S)
        except TimeoutError:
            log.warning("ending_took_too_long")
        finally:
            reactor.stop()


def stop_threads() -> None:
    """End the runners first: a step that is under way is finished while this process still holds the lease."""
    stop_runners()
    stop_settling()
    stop_tending()
    stop_watchers()
    stop_followers()
    stop_trail()


def let_go_of_output() -> None:
    """Send what is left nowhere if it can't be written any more: Python would end with status 120 over it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def find_listen_fault(bind: str, port: int) -> str:
    """Try to listen and let go again. Returns why it can't be done, in one sentence, or "".

    daphne itself logs a line and ends with status 0 when the port is taken.
    """
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((bind, port))
            attempt.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"Port {port} on {bind} is taken by another program; set NETADMIN_PORT to a free one."
            if error.errno == errno.EACCES:
                return f"Port {port} needs more rights than this user has; set NETADMIN_PORT to one above 1023."
            return f"Can't listen on {bind} port {port}: {error.strerror}; see NETADMIN_BIND and NETADMIN_PORT."
    return ""


def migrate_if_needed() -> bool:
    """Bring the tables up to date; at a second start this is one query. Returns whether there was anything to do."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", interactive=False, verbosity=0)
    return True


def collect_static_if_needed() -> bool:
    """Collect static files when any changed since the last start. Returns whether there was anything to do."""
    stamp_path = Path(settings.STATIC_ROOT) / ".stamp"
    stamp = _stamp_of_static_files()
    if stamp_path.is_file() and stamp_path.read_text() == stamp:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp_path.write_text(stamp)
    return True


def _stamp_of_static_files() -> str:
    digest = hashlib.sha256(django.__version__.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(f"{name} {storage.size(name)} {storage.get_modified_time(name)}\n".encode())
    return digest.hexdigest()
