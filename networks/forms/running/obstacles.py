"""Why a container can't start, in sentences that the plan for several, the page of an order and its own page share."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _


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
