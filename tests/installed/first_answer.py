"""Prints when (seconds since 1970) `/healthz` was first answered with 200: `python -m tests.installed.first_answer PORT`.

Started before the server, in its network namespace, so that nothing of its own start is measured.
"""

from __future__ import annotations

import http.client
import sys
import time

GIVES_UP_S = 60
LOOKS_EVERY_S = 0.01


def is_alive(port: int) -> bool:
    """Tell whether the server answers. Docker takes connections to a published port before anybody listens there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    print("looking", flush=True)
    ends_at = time.monotonic() + GIVES_UP_S
    while not is_alive(int(sys.argv[1])):
        if time.monotonic() > ends_at:
            sys.exit("nobody answered")
        time.sleep(LOOKS_EVERY_S)
    print(time.time())
