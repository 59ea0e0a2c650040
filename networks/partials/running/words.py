"""Orders to containers in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from networks.templatetags.wording import spell

_SHOWN = 60  # characters of a name in a button


def title_of(order: str) -> str:
    """Return the heading of an order's page."""
    return {
        "start": _("Start container"),
        "stop": _("Stop container"),
        "restart": _("Restart container"),
        "pause": _("Pause container"),
        "unpause": _("Resume container"),
        "kill": _("Kill container"),
        "rename": _("Rename container"),
        "remove": _("Remove container"),
    }[order]


def button_of(order: str, name: str) -> str:
    """Return the words of the button that gives an order."""
    return {
        "start": _("Start %(name)s"),
        "stop": _("Stop %(name)s"),
        "restart": _("Restart %(name)s"),
        "pause": _("Pause %(name)s"),
        "unpause": _("Resume %(name)s"),
        "kill": _("Kill %(name)s"),
        "rename": _("Rename %(name)s"),
        "remove": _("Remove %(name)s"),
    }[order] % {"name": spell(name)[:_SHOWN]}
