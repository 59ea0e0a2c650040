"""`{% load people %}`: who did something and with which browser, and how accounts are guarded, in words."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from networks.actions.actors import CONSOLE, SETUP
from networks.actions.audit_signals import STRANGER
from networks.actions.sign_on import SIGN_ON
from networks.models import Job
from networks.policy.login.two_factor import can_hold_passkeys
from networks.queries.people.activity import ActionRow

register = template.Library()

# What is written down in place of a name; an account may be called so, and then has an id.
NAMELESS: dict[str, Promise] = {
    CONSOLE.name: gettext_lazy("the console (manage.py)"),
    SETUP: gettext_lazy("the first set-up"),
    STRANGER: gettext_lazy("somebody not logged in"),
    SIGN_ON: gettext_lazy("the sign-on, by groups"),
}


@register.filter
def who(recorded: ActionRow | Job) -> str:
    """Return who it was: a user's name, or what stands for one. Hostile text, still to be spelled."""
    # A log-in that worked names nobody beside itself; one that failed names the account.
    was_tried = recorded.who == STRANGER and recorded.verb == "log_in" and bool(recorded.what)
    if recorded.who in NAMELESS and (recorded.user_id is None or was_tried):
        return str(NAMELESS[recorded.who])
    return recorded.who


# The first that is found: others say that they are Chrome or Safari, too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("HeadlessChrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
    ("python", "Python"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.filter
def name_browser(user_agent: str) -> str:
    """Return "Firefox on Linux", "Firefox", or "a browser that doesn't say which"."""
    browser = next((name for sign, name in _BROWSERS if re.search(rf"\b{sign}\w*/", user_agent)), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("an unidentified browser")


@register.simple_tag(takes_context=True)
def passkeys_work_here(context: dict[str, Any]) -> bool:
    """Tell whether this page's address is one that passkeys can be bound to."""
    request = context["request"]
    host = request.get_host().rpartition(":")[0] if request.get_host().rpartition(":")[2].isdigit() else request.get_host()
    return can_hold_passkeys(host, is_https=request.is_secure())


@register.simple_tag
def local_origin() -> str:
    """Return the http origin where passkeys work, "" where this Netadmin doesn't answer there."""
    origin = f"http://localhost:{settings.NETADMIN_PORT}"
    return origin if origin in settings.NETADMIN_ALLOWED_ORIGINS else ""


# By the name of the address. An Engine is named by what stands in it; names of people and containers are not this page's to tell.
WAITING: dict[str, Promise] = {
    "container_terminal": gettext_lazy("Open a terminal in a container on %(engine)s"),
    "engine_create": gettext_lazy("Add an Engine"),
    "engine_change": gettext_lazy("Change where %(engine)s is, and its keys"),
    "engine_remove": gettext_lazy("Remove %(engine)s from Netadmin"),
    "engine_grant": gettext_lazy("Give a person a role on %(engine)s, or take it away"),
    "engine_swarm_token": gettext_lazy("Show a join token of the swarm of %(engine)s"),
    "engine_terminals": gettext_lazy("Switch terminals on or off for %(engine)s"),
    "engine_grant_terminal": gettext_lazy("Allow a person to open terminals on %(engine)s, or no longer allow it"),
    "network_protection": gettext_lazy("Lift or restore the protection of a network on %(engine)s"),
    "container_protection": gettext_lazy("Lift or restore the protection of a container on %(engine)s"),
    "person_create": gettext_lazy("Create an account"),
    "person_deactivate": gettext_lazy("Deactivate an account"),
    "person_reactivate": gettext_lazy("Let an account log in again"),
    "person_end_sessions": gettext_lazy("End all sessions of a person"),
    "person_invite": gettext_lazy("Make a new link to choose a password"),
    "person_reset_two_factor": gettext_lazy("Remove a person's second step"),
    "account_session_end": gettext_lazy("End one of your sessions"),
    "account_sessions_end": gettext_lazy("End all your other sessions"),
    "mfa_activate_totp": gettext_lazy("Set up an app as your second step"),
    "mfa_deactivate_totp": gettext_lazy("Remove the app from your account"),
    "mfa_view_recovery_codes": gettext_lazy("Look at your recovery codes"),
    "mfa_generate_recovery_codes": gettext_lazy("Create new recovery codes"),
    "mfa_add_webauthn": gettext_lazy("Add a passkey"),
    "mfa_edit_webauthn": gettext_lazy("Rename a passkey"),
    "mfa_remove_webauthn": gettext_lazy("Remove a passkey"),
}

ON_ADMIN_SITE = gettext_lazy("Change something on the admin site")


@register.simple_tag
def waiting_action(url: str | None) -> str:
    """Return what is done or shown once the password was typed, "" where that isn't known."""
    try:
        place = urlsplit(url or "")
        match = resolve(place.path.removeprefix(settings.NETADMIN_PREFIX))
    except (Resolver404, ValueError):
        return ""
    if place.netloc:  # not followed
        return ""
    words = ON_ADMIN_SITE if match.namespace == "admin" else WAITING.get(match.url_name or "")
    names: dict[str, Any] = {"engine": match.kwargs.get("engine_slug", "")}
    return str(words) % names if words else ""
