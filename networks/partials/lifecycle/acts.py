"""The orders that can be given to a container as it is, as buttons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from networks.engine.states import LEAVING
from networks.partials.lifecycle.modes import why_no_start as say_no_start
from networks.policy.needed_permissions import permission_to_order
from networks.policy.permissions import Permission
from networks.queries.rows import ContainerRow
from networks.templatetags.wording import spell

_SHOWN = 60  # characters of a name in a button


# Of each order: the heading of its page, the words of the button there, and of the one that leads there or gives it at once.
_WORDS = {
    "start": (gettext_lazy("Start container"), gettext_lazy("Start %(name)s"), gettext_lazy("Start")),
    "stop": (gettext_lazy("Stop container"), gettext_lazy("Stop %(name)s"), gettext_lazy("Stop")),
    "restart": (gettext_lazy("Restart container"), gettext_lazy("Restart %(name)s"), gettext_lazy("Restart")),
    "pause": (gettext_lazy("Pause container"), gettext_lazy("Pause %(name)s"), gettext_lazy("Pause")),
    "unpause": (gettext_lazy("Resume container"), gettext_lazy("Resume %(name)s"), gettext_lazy("Resume")),
    "kill": (gettext_lazy("Kill container"), gettext_lazy("Kill %(name)s"), gettext_lazy("Kill…")),
    "rename": (gettext_lazy("Rename container"), gettext_lazy("Rename %(name)s"), gettext_lazy("Rename…")),
    "remove": (gettext_lazy("Remove container"), gettext_lazy("Remove %(name)s"), gettext_lazy("Remove…")),
}


def order_title(order: str) -> str:
    return str(_WORDS[order][0])


def button_of(order: str, name: str) -> str:
    """Return the words of the button that gives an order."""
    return str(_WORDS[order][1]) % {"name": spell(name)[:_SHOWN]}


# Not an order: the page that gives a container another network for one that was removed.
MEND = "move"
# What Docker takes in each state; the likeliest first.
_BY_STATE = {
    "running": ("stop", "restart", "pause", "kill", "rename", "remove"),
    "paused": ("unpause", "stop", "restart", "kill", "rename", "remove"),
    "restarting": ("stop", "kill", "rename", "remove"),
    "created": ("start", "rename", "remove"),
    "exited": ("start", "rename", "remove"),
    "dead": ("remove",),
}
# These always ask first, on a page of their own; the others only where something breaks.
_ASKING = frozenset({"kill", "rename", "remove", MEND})
_BEGUN = frozenset({"stop", "restart", "pause"})  # what is no use any more once a stop was begun
# What ends with a start: Docker refuses it where the network that it needs isn't there.
STARTING = frozenset({"start", "restart"})


@dataclass(frozen=True, slots=True)
class Act:
    """One order. `order`: such as "stop"; `asks`: it is a link to the page that asks, else a button that posts.

    `why_not`: why Docker would refuse it: the button is off then.
    """

    order: str
    label: str
    url: str
    asks: bool
    why_not: str = ""


def acts_of(row: ContainerRow, rights: Iterable[str], *, is_locked: bool) -> tuple[Act, ...]:
    """Return what somebody with these rights may order this container, in its state; nothing where it is protected."""
    if is_locked or not may_order(row.network_mode, rights):
        return ()
    why_no_start = say_no_start(row)
    may_mend = bool(row.lost) and row.state not in LEAVING and Permission.CONNECT in set(rights)
    orders = orders_in(row.state, row.stopping)
    orders = (MEND, *orders) if may_mend else orders
    return tuple(
        Act(
            order,
            _("Repair…") if order == MEND else str(_WORDS[order][2]),
            reverse(f"container_{order}", args=[row.engine_slug, row.docker_id]),
            order in _ASKING,
            why_no_start if order in STARTING else "",
        )
        for order in orders
    )


def orders_in(state: str, stopping: str = "") -> tuple[str, ...]:
    """Return the orders that make sense for a container in this state; one that is being stopped can be ended at once."""
    orders = _BY_STATE.get(state, ())
    return tuple(order for order in orders if order not in _BEGUN) if stopping else orders


def may_order(network_mode: str, rights: Iterable[str]) -> bool:
    """Tell whether these rights suffice for a container of this mode."""
    held = set(rights)
    return {str(Permission.RUN), str(permission_to_order(network_mode))} <= held


def why_no_acts(row: ContainerRow, rights: Iterable[str]) -> str:
    """Return in words why somebody can order this container nothing, "" where they can."""
    held = set(rights)
    if "run.off" in held:
        return _("Netadmin is in read-only mode: nothing can be changed.")
    if "run" not in held:
        return _("With your role you can only look. An operator or an admin of this Engine can start and stop containers.")
    if not may_order(row.network_mode, held):
        return _("It uses the host's or another container's network: to start or stop it takes the role admin.")
    return "" if row.state in _BY_STATE else _("Docker is removing it.")
