"""Why a container can't start, in sentences that the plan for several, the page of an order and its own page share."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from networks.queries.addresses.room import Lack

MOST_OF_NAME = 60


def say_lost(names: Sequence[str]) -> str:
    """Return that networks are gone for which it asks by their IDs."""
    words = _("It can't start: it asks for the network %(names)s by its ID, and that one was removed.")
    return words % {"names": ", ".join(names)}


def say_held(name: str) -> str:
    """Return that the network is gone that it was made with."""
    return _("It can't start: the network that it was made with, %(name)s, isn't there any more.") % {"name": name}


def say_away(name: str) -> str:
    """Return that the container is not running whose network it shares."""
    return _("%(name)s, whose network it shares, doesn't run: it can't start.") % {"name": name}


def say_barred(names: Sequence[str]) -> str:
    """Return that one made with the host's stack is on bridges."""
    words = _("It can't start: it starts in the host's stack, where Docker can't put it on %(names)s. Disconnect it first.")
    return words % {"names": ", ".join(names)}


def say_lack(lack: Lack) -> str:
    """Return in words which address keeps a container from starting."""
    names = {"network": lack.network_name[:MOST_OF_NAME], "subnets": lack.subnets, "address": lack.address}
    if lack.clash:
        words = _("It can't start: %(network)s and %(other)s have the same subnet, and Docker puts no container on both.")
        return words % (names | {"other": lack.clash[:MOST_OF_NAME]})
    if lack.subnets and lack.left:
        return _("It can't start: Docker has no address left for it on %(network)s once the others have theirs.") % names
    if lack.subnets:
        words = _("It can't start: Docker has no address left for it on %(network)s. Every address of %(subnets)s is taken.")
        return words % names
    names["holder"] = lack.holder[:MOST_OF_NAME]
    if lack.holder and lack.left:
        return _("It can't start: it requests %(address)s on %(network)s, which %(holder)s gets first.") % names
    if lack.holder:
        return _("It can't start: it requests %(address)s on %(network)s, which %(holder)s has.") % names
    return _("It can't start: it requests %(address)s on %(network)s, which the network itself holds.") % names
