"""`{% load times %}`: how long something took, and when an endpoint had its address."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from networks.queries.addresses.history import Assignment
from networks.queries.addresses.marks import Mark
from networks.templatetags.ui import moment
from networks.templatetags.wording import spell

register = template.Library()

SECOND_MS = 1000.0


@register.filter
def took(duration_ms: float) -> str:
    """Return a duration in milliseconds, or from a second on in seconds with one digit: "336 ms", "8.2 s"."""
    if duration_ms < SECOND_MS:
        return _("%(time)s ms") % {"time": number_format(duration_ms, decimal_pos=0)}
    return _("%(time)s s") % {"time": number_format(duration_ms / SECOND_MS, decimal_pos=1)}


_UNITS = (
    (86_400, gettext_lazy("%(number)s d")),
    (3_600, gettext_lazy("%(number)s h")),
    (60, gettext_lazy("%(number)s min")),
    (1, gettext_lazy("%(number)s s")),
)


def say_seconds(seconds: float) -> str:
    """Return a length in its two largest units: "23 h 18 min", "38 min", "0.4 s"; in Korean "23시간 18분"."""
    if seconds < 10:
        return str(_UNITS[-1][1] % {"number": f"{seconds:.1f}"})
    parts: list[tuple[int, str]] = []
    left = round(seconds)
    for size, unit in _UNITS:
        number, left = divmod(left, size)
        if number or parts:
            parts.append((number, str(unit)))
    return " ".join(unit % {"number": number} for number, unit in parts[:2] if number)


# By form: what is said of a time that is exact, of one that lies between two, and of one of which only a bound is known.
_BEGINS = {
    "": ("{time}", gettext_lazy("between {low} and {high}"), gettext_lazy("{time} or earlier")),
    "since": (
        gettext_lazy("since {time}"),
        gettext_lazy("since some moment between {low} and {high}"),
        gettext_lazy("since {time} or earlier"),
    ),
    "from": (
        gettext_lazy("from {time}"),
        gettext_lazy("from some moment between {low} and {high}"),
        gettext_lazy("from {time} or earlier"),
    ),
}
_ENDS = {
    "": ("{time}", gettext_lazy("between {low} and {high}"), gettext_lazy("{time} or later")),
    "until": (
        gettext_lazy("until {time}"),
        gettext_lazy("until some moment between {low} and {high}"),
        gettext_lazy("until {time} or later"),
    ),
}


@register.filter
def began(row: Assignment, form: str = "") -> SafeString:
    """Return when an endpoint got its address, or what that lies between. `form`: "since" or "from" in a sentence."""
    exact, between, bound = _BEGINS[form]
    if row.is_from_exact:
        return _say(exact, time=row.from_at)
    if row.from_earliest_at is not None and row.from_earliest_at < row.from_at:
        return _say(between, low=row.from_earliest_at, high=row.from_at)
    return _say(bound, time=row.from_at)


@register.filter
def ended(row: Assignment, form: str = "") -> SafeString | str:
    """Return until when it had it, or what that lies between; "" while it has it. `form`: "until" in a sentence."""
    exact, between, bound = _ENDS[form]
    if row.until_at is None:
        return ""
    if row.is_until_exact:
        return _say(exact, time=row.until_at)
    if row.until_latest_at is not None and row.until_latest_at > row.until_at:
        return _say(between, low=row.until_at, high=row.until_latest_at)
    return _say(bound, time=row.until_at)


@register.filter
def was(held: Assignment | Mark) -> SafeString | str:
    """Return which address it was before: "had 172.18.0.2 until 12:03"; "" for none."""
    if not held.was_address:
        return ""
    if held.was_until_at is None:
        return format_html(_("had {address} before"), address=spell(held.was_address))
    return format_html(_("had {address} until {time}"), address=spell(held.was_address), time=moment(held.was_until_at, "clock"))


def _say(words: object, **times: datetime) -> SafeString:
    return format_html(str(words), **{name: moment(time, "clock") for name, time in times.items()})
