"""Which address a container has again once it has ended and started: docs/ip-addresses.md."""

from __future__ import annotations

from django.utils.translation import gettext as _

from networks.partials.running.told import Told, listed, short
from networks.queries.running.places import HeldAddress, Place


def tell_address(place: Place, held: HeldAddress) -> Told:
    """Return what becomes of one address of a container that is to end."""
    names = {"address": held.address, "network": short(place.network_name), "names": listed(held.takers), "lower": held.lower}
    if held.is_asked:
        title = _("It asked for %(address)s on %(network)s and gets it again") % names
        return Told("ok", title, _("Unless another container takes it in the meantime."))
    if text := _why_another(place, held):
        return Told("warn", _("It may get an address other than %(address)s") % names, text % names)
    text = _("Docker assigned that address; a container that starts on %(network)s in the meantime may get it.")
    return Told("ok", _("It gets %(address)s again unless another container starts in the meantime") % names, text % names)


def _why_another(place: Place, held: HeldAddress) -> str:
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
