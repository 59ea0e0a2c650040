"""What is said before an order is given; and which address a container has again once it has ended: docs/ip-addresses.md."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from networks.engine.facts import Ending, Stopping
from networks.engine.states import ASKED_CODES
from networks.queries.lifecycle.consequences import Dependant
from networks.queries.lifecycle.places import EndpointPlace, HeldAddress
from networks.queries.rows import ContainerRow

MOST_OF_NAME, MOST_NAMES = 60, 5


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that is said. `level`: bad (it will not work), warn (something breaks), ok. `guests`: who it is about."""

    level: str
    title: str
    text: str = ""
    guests: tuple[Dependant, ...] = ()
    details: tuple[str, ...] = ()


def short(name: str) -> str:
    return name if len(name) <= MOST_OF_NAME else f"{name[:MOST_OF_NAME]}…"


def name_list(names: Sequence[str]) -> str:
    """Return names with commas between them, the first few where there are many."""
    shown = ", ".join(short(name) for name in names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown}, …"


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


def tell_address(place: EndpointPlace, held: HeldAddress) -> Notice:
    """Return what becomes of one address of a container that is to end."""
    names = {"address": held.address, "network": short(place.network_name), "names": name_list(held.takers), "lower": held.lower}
    if held.is_asked:
        title = _("It asked for %(address)s on %(network)s and gets it again") % names
        return Notice("ok", title, _("Unless another container takes it in the meantime."))
    if text := _why_another(place, held):
        return Notice("warn", _("It may get an address other than %(address)s") % names, text % names)
    text = _("Docker assigned that address; a container that starts on %(network)s in the meantime may get it.")
    return Notice("ok", _("It gets %(address)s again unless another container starts in the meantime") % names, text % names)


def _why_another(place: EndpointPlace, held: HeldAddress) -> str:
    if place.is_by_swarm:
        return _(
            "The swarm's managers hand the addresses of %(network)s out in turn. It gets the same one again only if it asked "
            "for it (--ip), which Docker doesn't tell of a container that runs on a swarm's network."
        )
    if held.is_open:
        return _("Docker assigned that address, and which one comes next on %(network)s isn't known.")
    if held.lower:
        return _(
            "Docker assigned that address, and gives out the lowest that is free, which is %(lower)s: to this one, or to "
            "another that starts on %(network)s before it."
        )
    if held.takers:
        return _(
            "Docker assigned that address, and gives it to the first container that starts on %(network)s: %(names)s,"
            " or a new one."
        )
    return ""
