"""The image's health check: status 0 when GET /healthz is answered with 200, else 1 and the reason. Standard library alone."""

from __future__ import annotations

import http.client
import os
import sys

WITHIN_S = 4  # Docker waits 5 s

bind = os.environ.get("NETADMIN_BIND", "127.0.0.1").strip("[]")
here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104 (asked, not listened at)
connection = http.client.HTTPConnection(here, int(os.environ.get("NETADMIN_PORT", "8000")), timeout=WITHIN_S)
try:
    connection.request("GET", "/healthz")
    status = connection.getresponse().status
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"/healthz: {error}")
sys.exit(None if status == 200 else f"/healthz: status {status}")
