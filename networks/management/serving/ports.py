"""Whether we may listen where we are told to."""

from __future__ import annotations

import errno
import socket


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
