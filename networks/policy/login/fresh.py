"""Whether the password was typed again a moment ago, for what a page left open must not be enough for."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from networks.policy.permissions import Person


def has_typed_password(person: Person, session: Any) -> bool:
    """Tell whether this login has proved itself again within ACCOUNT_REAUTHENTICATION_TIMEOUT; logging in itself doesn't count.

    `session`: of a request or of a socket; allauth wants a request around it.
    """
    if isinstance(person, AnonymousUser) or not person.has_usable_password():
        return False  # who has none can't be asked for it
    request = HttpRequest()
    request.user = person  # type: ignore[assignment]
    request.session = session
    return not is_reauthentication_required(request, app="account")
