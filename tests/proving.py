"""Browsers whose person has typed the password again a moment ago."""

from __future__ import annotations

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.test import Client


def prove(browser: Client, *, seconds_ago: float = 0) -> Client:
    """Write down in a logged-in browser's session that the password was typed again so long ago; return the browser."""
    request = HttpRequest()
    request.session = browser.session
    request.user = get_user(request)  # type: ignore[assignment]
    record_authentication(request, request.user, "password", reauthenticated=True)
    for record in request.session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] -= seconds_ago
    request.session.save()
    return browser
