"""daphne in this process, ended cleanly: sockets first, then jobs and followers, then the reactor."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

import structlog
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import reactor, twisted_loop

from networks.management.connection_bounds import BoundedServer
from networks.management.endings import stop_threads
from networks.push.routing import close_all_sockets

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
