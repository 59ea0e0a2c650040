"""What waits for the password that is asked once more: named from the address that follows."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import template
from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

# By the name of the address. An Engine is named by what stands in it; names of people and containers are not this page's to tell.
WAITING: dict[str, Promise] = {
    "container_terminal": _("Open a terminal in a container on %(engine)s"),
    "engine_create": _("Add an Engine"),
    "engine_change": _("Change where %(engine)s is, and its keys"),
    "engine_remove": _("Remove %(engine)s from Netadmin"),
    "engine_grant": _("Give a person a role on %(engine)s, or take it away"),
    "engine_swarm_token": _("Show a join token of the swarm of %(engine)s"),
    "engine_terminals": _("Switch terminals on or off for %(engine)s"),
    "engine_grant_terminal": _("Allow a person to open terminals on %(engine)s, or no longer allow it"),
    "network_protection": _("Lift or restore the protection of a network on %(engine)s"),
    "container_protection": _("Lift or restore the protection of a container on %(engine)s"),
    "person_create": _("Create an account"),
    "person_deactivate": _("Deactivate an account"),
    "person_reactivate": _("Let an account log in again"),
    "person_end_sessions": _("End all sessions of a person"),
    "person_invite": _("Make a new link to choose a password"),
    "person_reset_two_factor": _("Remove a person's second step"),
    "account_session_end": _("End one of your sessions"),
    "account_sessions_end": _("End all your other sessions"),
    "mfa_activate_totp": _("Set up an app as your second step"),
    "mfa_deactivate_totp": _("Remove the app from your account"),
    "mfa_view_recovery_codes": _("Look at your recovery codes"),
    "mfa_generate_recovery_codes": _("Create new recovery codes"),
    "mfa_add_webauthn": _("Add a passkey"),
    "mfa_edit_webauthn": _("Rename a passkey"),
    "mfa_remove_webauthn": _("Remove a passkey"),
}

ON_ADMIN_SITE = _("Change something on the admin site")


@register.simple_tag
def waiting_action(url: str | None) -> str:
    """Return what is done or shown once the password was typed, "" where that isn't known."""
    try:
        place = urlsplit(url or "")
        match = resolve(place.path)
    except (Resolver404, ValueError):
        return ""
    if place.netloc:  # not followed
        return ""
    words = ON_ADMIN_SITE if match.namespace == "admin" else WAITING.get(match.url_name or "")
    names: dict[str, Any] = {"engine": match.kwargs.get("engine_slug", "")}
    return str(words) % names if words else ""
