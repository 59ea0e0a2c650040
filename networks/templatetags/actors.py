"""`{% load actors %}`: who asked for something, in the reader's language where it was nobody with an account."""

from __future__ import annotations

from typing import Protocol

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from networks.actions.actors import CONSOLE, SETUP
from networks.actions.audit_signals import STRANGER

register = template.Library()

# What is written down in place of a name; an account may be called so, and then has an id.
NAMELESS: dict[str, Promise] = {
    CONSOLE.name: _("the console (manage.py)"),
    SETUP: _("the first set-up"),
    STRANGER: _("somebody not logged in"),
}


class Recorded(Protocol):
    """An action or a job, as it was written down."""

    @property
    def who(self) -> str:
        """The user's name, or one of NAMELESS."""

    @property
    def user_id(self) -> int | None:
        """The account, None for none; of a failed log-in the one that was tried."""


@register.filter
def who(recorded: Recorded) -> str:
    """Return who it was: a user's name, or what stands for one. Hostile text, still to be spelled."""
    # A log-in that worked names nobody beside itself; one that failed names the account.
    was_tried = recorded.who == STRANGER and getattr(recorded, "verb", "") == "log_in" and bool(getattr(recorded, "what", ""))
    if recorded.who in NAMELESS and (recorded.user_id is None or was_tried):
        return str(NAMELESS[recorded.who])
    return recorded.who
