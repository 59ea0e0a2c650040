"""`{% load durations %}`: how long something took."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()

SECOND_MS = 1000.0


@register.filter
def took(duration_ms: float) -> str:
    """Return a duration in milliseconds, or from a second on in seconds with one digit: "336 ms", "8.2 s"."""
    if duration_ms < SECOND_MS:
        return _("%(time)s ms") % {"time": number_format(duration_ms, decimal_pos=0)}
    return _("%(time)s s") % {"time": number_format(duration_ms / SECOND_MS, decimal_pos=1)}
