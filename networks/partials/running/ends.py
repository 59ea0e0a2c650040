"""What ended a container, or is about to, in words: only what is known of it."""

from __future__ import annotations

import signal

from django.utils.translation import gettext as _

from networks.engine.facts import Ending, Stopping
from networks.queries.rows import ContainerRow
from networks.queries.states import ASKED_CODES

_SIGNALLED = 128  # what Docker adds to the number of the signal


def say_ending(row: ContainerRow) -> str:
    """Return what is known of a container's end, "" where there is nothing to say beyond its exit code.

    A code names a signal without telling that there was one: `exit 130` looks like a SIGINT.
    """
    if row.state != "exited" or not row.exit_code:
        return ""
    named = {"signal": _signal_of(row.exit_code)}
    match row.ending:
        case Ending.ASKED:
            return _("%(signal)s was sent to it through Docker, and its exit code is the one of that signal.") % named
        case Ending.MEMORY:
            return _("It ran out of memory: the kernel killed a process in it, and its exit code is the one of SIGKILL.")
        case Ending.ITSELF if named["signal"]:
            return _("Its exit code is the one of %(signal)s, which wasn't sent through Docker.") % named
        case Ending.UNKNOWN if row.exit_code in ASKED_CODES:
            text = _(
                "Its exit code is the one of %(signal)s. Whether anybody sent that isn't known: Netadmin didn't follow this "
                "Engine then, or the event didn't tell."
            )
            return text % named
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
