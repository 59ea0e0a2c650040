"""Where printed lines and the log go, when whoever read them has gone."""

from __future__ import annotations

import os
import sys


def let_go_of_output() -> None:
    """Send what is left nowhere if it can't be written any more: Python would end with status 120 over it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
