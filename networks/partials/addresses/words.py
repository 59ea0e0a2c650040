"""Sentences about pools and addresses."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.addressing.address_states import State
from networks.addressing.capacity import COUNTABLE
from networks.addressing.turns import NextKnown
from networks.queries.addresses.pools import PoolView
from networks.templatetags.ui import count_text
from networks.templatetags.wording import spell


def say_use(view: PoolView) -> str:
    """Return how much of a pool is in use: "3 of 65,532 in use"; of a huge one only what is taken."""
    use = view.use
    in_use = count_text(use.counts.get(State.IN_USE, 0))
    if use.capacity > COUNTABLE:
        return _("%(count)s in use") % {"count": in_use}
    return _("%(used)s of %(capacity)s in use") % {"used": in_use, "capacity": count_text(use.room)}


def say_other_addresses(view: PoolView) -> str:
    """Return what else there is: "1 asked for, 1 reserved, 65,528 free, 65,273 of them outside of the IP range."."""
    use, parts = view.use, []
    if asked := use.counts.get(State.REQUESTED, 0):
        parts.append(_("%(count)s asked for") % {"count": count_text(asked)})
    if reserved := use.counts.get(State.AUX, 0):
        parts.append(_("%(count)s reserved") % {"count": count_text(reserved)})
    if use.capacity <= COUNTABLE:
        parts.append(_("%(count)s free") % {"count": count_text(use.free)})
        if use.outside:
            parts.append(_("%(count)s of them outside the IP range") % {"count": count_text(use.outside)})
    return f"{', '.join(parts)}." if parts else ""


def say_next(view: PoolView) -> str:
    """Return which address Docker hands out next, or why that can't be known."""
    if view.turn.address is None:
        return _say_why(view)
    address = str(view.turn.address)
    if view.next_number is None:
        return _("The next container gets %(address)s, of another pool of this network.") % {"address": address}
    cell = view.use.cells.get(view.next_number)
    if cell is not None and cell.claim is not None:  # a wish: Docker hands out nothing else that is claimed
        words = _("The next container gets %(address)s. Docker doesn't hold it back for %(name)s, which requests it.")
        said = words % {"address": address, "name": spell(cell.claim.container_name)[:60]}
        return f"{said} {_reserve()}" if view.turn.why is NextKnown.UNLESS_REFUSED else said
    if view.turn.why is NextKnown.UNLESS_REFUSED:
        words = _("The next container that requests no address gets %(address)s.") % {"address": address}
        return f"{words} {_reserve()}"
    return _("The next container that requests no address gets %(address)s.") % {"address": address}


def _reserve() -> str:
    return _(
        "If Docker ever refused an IPv6 address in a connect or a start, it may still hold the IPv4 address of that one and skip "
        "it, until dockerd restarts."
    )


def say_dispute(view: PoolView) -> str:
    """Return how the Engine's own count of a pool differs from ours, "" where it doesn't."""
    if view.dispute is None:
        return ""
    more, left = view.dispute.in_use, view.dispute.available
    if more > 0:
        words = ngettext(
            "The Engine counts %(count)s more address in use here than its networks and containers explain.",
            "The Engine counts %(count)s more addresses in use here than its networks and containers explain.",
            more,
        )
    elif more < 0:
        words = ngettext(
            "The Engine counts %(count)s fewer address in use here than its networks and containers explain.",
            "The Engine counts %(count)s fewer addresses in use here than its networks and containers explain.",
            -more,
        )
    elif left > 0:
        words = ngettext(
            "According to the Engine, %(count)s more address is left to hand out here than Netadmin counts.",
            "According to the Engine, %(count)s more addresses are left to hand out here than Netadmin counts.",
            left,
        )
    else:
        words = ngettext(
            "According to the Engine, %(count)s fewer address is left to hand out here than Netadmin counts.",
            "According to the Engine, %(count)s fewer addresses are left to hand out here than Netadmin counts.",
            -left,
        )
    return words % {"count": count_text(abs(more or left))}


def _say_why(view: PoolView) -> str:
    ipam_driver, driver = (spell(name)[:40] for name in (view.network.place.ipam_driver, view.network.place.driver))
    sentences = {
        NextKnown.FULL: _("No address is left to hand out: the next container is refused."),
        NextKnown.IPAM_DRIVER: _("The IPAM driver %(driver)s decides which address comes next.") % {"driver": ipam_driver},
        NextKnown.DRIVER: _("The driver %(driver)s decides which address comes next.") % {"driver": driver},
        NextKnown.SWARM: _(
            "Swarm managers hand these out in turn, also to load balancers and services, which no figure here counts: the next "
            "address can't be known."
        ),
        NextKnown.HIDDEN: _(
            "Docker gives addresses here to containers on overlay networks and to sandboxes of its own, which no figure here "
            "counts: the next address can't be known."
        ),
        NextKnown.FROM_MAC: _(
            "Up to Engine 27 the default bridge derives IPv6 addresses from the MAC address: the next address can't be known."
        ),
        NextKnown.GATEWAY: _("The Engine doesn't say whether a gateway has an address here: the next address can't be known."),
        NextKnown.COUNT: _("The Engine's count differs from Netadmin's: the next address can't be known."),
    }
    if view.turn.why is NextKnown.FULL and view.use.free:
        return _(
            "Every address that Docker may hand out is taken. A free one outside the IP range has to be requested with --ip."
        )
    return sentences.get(view.turn.why, "")


def say_lede(pools: int, in_use: int, asked: int) -> str:
    """Return the page in a sentence."""
    if not pools:
        return _("no pools known yet")
    parts = [
        ngettext("%(count)s pool", "%(count)s pools", pools) % {"count": count_text(pools)},
        ngettext("%(count)s address in use", "%(count)s addresses in use", in_use) % {"count": count_text(in_use)},
    ]
    if asked:
        parts.append(_("%(count)s asked for") % {"count": count_text(asked)})
    return ", ".join(parts)
