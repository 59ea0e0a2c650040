"""What ended a container, or is about to, in words: only what is known of it."""

from __future__ import annotations

import signal

from django.utils.translation import gettext as _

from networks.engine.facts import Ending, Stopping
from networks.queries.rows import ContainerRow
from networks.queries.states import ASKED_CODES

_SIGNALLED = 128  # what Docker adds to the number of the signal


def say_ending(row: ContainerRow) -> str:
    """Return who ended a container that doesn't run, "" where there is nothing to say beyond its exit code."""
    if row.state != "exited" or not row.exit_code:
        return ""
    named = {"signal": _signal_of(row.exit_code)}
    match row.ending:
        case Ending.ASKED:
            return _("It ended on %(signal)s, sent through Docker. That is not a failure.") % named
        case Ending.MEMORY:
            return _("The kernel killed it: it was out of memory.")
        case Ending.ITSELF if named["signal"]:
            return _("It was ended by %(signal)s, which wasn't sent through Docker.") % named
        case Ending.UNKNOWN if row.exit_code in ASKED_CODES:
            return (
                _("It was ended by %(signal)s. Netadmin didn't follow this Engine then, so it isn't known who sent that.") % named
            )
    return ""


def say_begun(stopping: str) -> str:
    """Return why one that is being stopped isn't stopped, restarted or paused. `stopping`: see facts.Stopping."""
    if stopping == Stopping.RESTART:
        return _("It is being restarted already. Kill it to have it end now.")
    return _("It is being stopped already. Kill it to have it end now.")


def _signal_of(exit_code: int) -> str:
    try:
        return signal.Signals(exit_code - _SIGNALLED).name
    except ValueError:
        return ""
