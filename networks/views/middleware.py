"""What every request passes: headers, exact host and origin, patience with the database, and the policy."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError, connection
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from networks.actions.actors import acting
from networks.actions.jobs.starting import TooManyJobs
from networks.models.database_trouble import find_trouble
from networks.policy.accounts import has_password, has_typed_password
from networks.policy.denials import record_denied
from networks.policy.first_admin import needs_setup
from networks.policy.login.browsers import note_browser
from networks.policy.origins import Approach, asked_origin, is_admitted, is_allowed_host, read_approach
from networks.policy.permissions import CHANGING, Denied, Permission, require
from networks.policy.url_permissions import ON_ENGINE, PROVEN_FIRST, name_of_match, needs_proof, permission_for
from networks.views.acting import actor_of
from networks.views.denied import (
    CLIENT_UNTOLD,
    ask_for_password,
    denied_page,
    lead_below_prefix,
    lead_to_second_step,
    login_redirect,
    read_only_page,
    refuse_from_elsewhere,
    refuse_origin,
    too_many_page,
)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_FEATURES = "accelerometer autoplay camera display-capture geolocation gyroscope magnetometer microphone midi payment usb"
_PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in _FEATURES.split())
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Forms that are sent while one types, to be checked: their views look at "preview" before anything else.
_PREVIEWED = frozenset({"network_create", "network_connect", "network_disconnect", "container_connect", "container_run"})
# Where an address isn't named as its action is.
_VERBS = {
    "network_connect": "connect_container",
    "network_disconnect": "disconnect_container",
    "container_connect": "connect_container",
    **{f"{noun}_protection": "lift_protection" for noun in ("network", "container")},
    "network_keep": "keep_address",
    "network_several": "change_networks",
    "container_several": "change_containers",
    "network_prune": "prune_networks",
    "engine_grant": "grant_role",
    "engine_grant_terminal": "grant_terminal",
    "engine_terminals": "switch_terminals",
    "container_terminal": "open_terminal",
    "person_end_sessions": "end_sessions",
    "person_reset_two_factor": "reset_two_factor",
    "engine_swarm_init": "init_swarm",
    "engine_swarm_join": "join_swarm",
    "engine_swarm_leave": "leave_swarm",
    "engine_swarm_node_remove": "remove_node",
    "engine_swarm_token": "read_join_token",
    "lab_up": "lab_up",
    "lab_down": "lab_down",
}
_MOST_OF_PATH = 200
# Asked by address, by what keeps containers and watches them; they tell a stranger nothing that names anything.
_PROBES = frozenset({"/healthz", "/readyz"})
# Set-up is what these are for, or they say nothing that needs it.
_WITHOUT_SETUP = frozenset({"setup", "healthz", "readyz", "favicon", "security_txt", "set_language"})
# A writer waits a few milliseconds for the others; one that waits this long is up against another program.
LOCK_WITHIN_MS = 3000

log = structlog.get_logger(__name__)
_is_request: ContextVar[bool] = ContextVar("is_request", default=False)


class Middleware:
    """What Django wants of each."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response


class HeadersMiddleware(Middleware):
    """Adds what Django and django-csp leave out; keeps answers out of caches, and cookies to https where the page is on it."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store")  # static files bring their own
        if response.headers["Cache-Control"] == "no-store":
            patch_vary_headers(response, ["Cookie"])
        if _is_https(request):
            for cookie in response.cookies.values():
                cookie["secure"] = True
        for cookie in response.cookies.values():
            cookie["path"] = f"{settings.NETADMIN_PREFIX}/"
        return response


def _is_https(request: HttpRequest) -> bool:
    """Tell whether the browser is on https: a trusted proxy says so, or this host is allowed by https alone."""
    if request.is_secure():
        return True
    origin = asked_origin(request.headers.get("Host", ""), settings.NETADMIN_ALLOWED_ORIGINS, is_secure=False)
    return origin.startswith("https://")


class OriginMiddleware(Middleware):
    """Refuses hosts and origins that aren't ours, and settles what proxies say before anything else reads it."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        headers = {name.lower(): value for name, value in request.headers.items()}
        # Without a Host (HTTP/1.0: no browser) it is about the address that was connected to, as Django takes it.
        headers.setdefault("host", _connected_to(request))
        approach = read_approach(headers, request.META.get("REMOTE_ADDR", ""), settings.NETADMIN_TRUSTED_PROXIES)
        if request.path_info in _PROBES and not is_allowed_host(approach.host, settings.NETADMIN_ALLOWED_ORIGINS):
            approach = replace(approach, host=urlsplit(min(settings.NETADMIN_ALLOWED_ORIGINS)).netloc)
        if not is_admitted(approach, settings.NETADMIN_ALLOWED_ORIGINS):
            return refuse_origin(request, approach)
        _settle(request, approach)
        if not request.path.startswith(f"{settings.NETADMIN_PREFIX}/") and request.path_info not in _PROBES:
            return lead_below_prefix(request)
        return self.get_response(request)


def _connected_to(request: HttpRequest) -> str:
    name, port = request.META["SERVER_NAME"], str(request.META["SERVER_PORT"])
    return name if port == "80" else f"{name}:{port}"


def _settle(request: HttpRequest, approach: Approach) -> None:
    """Leave one host, one scheme and one client address: allauth's limits, Django's CSRF check and we read the same."""
    meta: dict[str, Any] = request.META
    for name in (
        "HTTP_FORWARDED",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_PORT",
    ):
        meta.pop(name, None)
    meta["HTTP_HOST"] = approach.host
    meta["REMOTE_ADDR"], meta[CLIENT_UNTOLD] = approach.client, not approach.is_client_told
    if approach.scheme:
        meta["HTTP_X_FORWARDED_PROTO"] = approach.scheme


class HastyDatabaseMiddleware(Middleware):
    """Lets a request wait 3 s for a locked database; followers and jobs wait 20 s, as the settings say."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        before = _set_patience(connection, LOCK_WITHIN_MS)  # None as a rule: the connection is opened by the first read
        token = _is_request.set(True)
        try:
            return self.get_response(request)
        finally:
            _is_request.reset(token)
            _set_patience(connection, before or connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)


@receiver(connection_created, dispatch_uid="hasty database")
def _hasten(connection: Any, **_more: object) -> None:
    if _is_request.get():
        _set_patience(connection, LOCK_WITHIN_MS)


def _set_patience(opened: Any, milliseconds: int) -> int | None:
    """Set how long an open SQLite connection waits for a lock; return what it was, None where there is nothing to set."""
    if opened.vendor != "sqlite" or opened.connection is None:
        return None
    before = opened.connection.execute("PRAGMA busy_timeout").fetchone()[0]
    opened.connection.execute(f"PRAGMA busy_timeout = {milliseconds:d}")
    return int(before)


class LenientSessionMiddleware(SessionMiddleware):
    """Django's own, but a session that can't be saved doesn't take the page with it: what was shown is still right."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session where it changed and that is possible."""
        try:
            return super().process_response(request, response)
        except (DatabaseError, SessionInterrupted) as error:
            # Django takes a database that refuses for a session that was deleted meanwhile.
            trouble = find_trouble(error)
            if trouble is None:
                raise
            log.warning("session_not_saved", error=str(trouble))
            return response


class PolicyMiddleware(Middleware):
    """Asks the policy before every view; an address that nobody declared is refused. What is changed inside is this person's."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with acting(partial(actor_of, request)):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Return None when the person may, else the page that says why not. Raises Http404 for what is closed to everybody."""
        match = request.resolver_match
        name = name_of_match(match) if match else ""
        permission = permission_for(name) or Permission.CLOSED
        refuse_from_elsewhere(request, name)
        if permission is Permission.OPEN and name in _WITHOUT_SETUP:
            return None
        if not request.user.is_authenticated:
            if needs_setup():
                return HttpResponseRedirect(reverse("setup"))
            if permission not in (Permission.OPEN, Permission.CLOSED):
                return login_redirect(request)
        if permission is Permission.CLOSED:
            raise Http404(name)
        if request.user.is_authenticated and (way := lead_to_second_step(request, name)) is not None:
            return way
        try:
            require(request.user, permission, str(kwargs.get("engine_slug", "")) if permission in ON_ENGINE else "")
        except Denied as denied:
            return _refuse(request, denied)
        if not note_browser(request):
            logout(request)
            return login_redirect(request)
        is_change, is_asked = request.method not in _SAFE_METHODS, has_password(request.user)
        takes_proof = needs_proof(name, is_change=is_change, has_password=is_asked or not request.user.is_authenticated)
        if takes_proof and not has_typed_password(request.user, request.session):
            return ask_for_password(request, may_go_on=name not in PROVEN_FIRST)
        if settings.NETADMIN_READ_ONLY and permission in CHANGING and _is_change(request, name):
            return read_only_page(request)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show what a view's own `require` refused, and what can't be begun while so much else is."""
        if isinstance(exception, TooManyJobs):
            return too_many_page(request, exception)
        if not isinstance(exception, Denied):
            return None
        if not request.user.is_authenticated:
            return login_redirect(request)
        return _refuse(request, exception)


def _is_change(request: HttpRequest, name: str) -> bool:
    """Tell whether a request changes something: any but a look, and what a form shows while somebody types."""
    if request.method in _SAFE_METHODS:
        return False
    return not (name in _PREVIEWED and request.method == "POST" and "preview" in request.POST)


def _refuse(request: HttpRequest, denied: Denied) -> HttpResponse:
    log.warning(
        "request_denied",
        user=request.user.pk,
        method=request.method,
        path=request.path,
        needs=str(denied.permission),
        engine=denied.engine_slug,
        client=request.META.get("REMOTE_ADDR", ""),
    )
    match = request.resolver_match
    if request.method not in _SAFE_METHODS and match is not None and request.user.is_authenticated:
        is_admin_site = match.namespace == "admin"
        record_denied(
            request.user,
            denied,
            verb="use_admin_site" if is_admin_site else verb_of(match.url_name or ""),
            what=request.path[:_MOST_OF_PATH] if is_admin_site else "",
            docker_id=str(match.kwargs.get("docker_id", "")),
            from_address=request.META.get("REMOTE_ADDR", ""),
        )
    return denied_page(request, denied)


def verb_of(url_name: str) -> str:
    """Return an address's name as its action is named: network_remove is remove_network."""
    noun, _underscore, verb = url_name.partition("_")
    return _VERBS.get(url_name) or (f"{verb}_{noun}" if verb else noun)
