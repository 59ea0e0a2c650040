"""What a process of ours does last, whether it serves or only follows."""

from __future__ import annotations

import os
import sys

from networks.actions.jobs.threads import stop_runners
from networks.actions.settling import stop_settling
from networks.audit.log_writer import stop_trail
from networks.management.backups.nightly import stop_nightly
from networks.sync.hint_listener import stop_listening
from networks.sync.mending import stop_mending
from networks.sync.supervisor import stop_followers, stop_tending, stop_watchers


def stop_threads() -> None:
    """End the runners first: a step that is under way is finished while this process still holds the lease."""
    stop_listening()
    stop_runners()
    stop_settling()
    stop_nightly()
    stop_mending()
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
