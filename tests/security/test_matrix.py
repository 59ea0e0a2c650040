"""Every address × every method × every kind of person: who gets in, who is sent to the login, who is refused."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from networks.policy.permissions import Permission
from networks.policy.routes import ROUTES, missing_names, names_without_engine, undeclared_names, walk_routes
from networks.policy.setup import needs_setup
from networks.sync.requests import request_sync
from tests.conftest import IS_FULL
from tests.security.people import MAY, NOT_LOGGED_IN, make_person, make_world, open_browser
from tests.security.places import Address, addresses

OTHERS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
METHODS = ("GET", "POST", *OTHERS)

# Written out a second time: what policy/routes.py says by mistake must not pass unseen.
OPEN = {"healthz", "readyz", "setup", "favicon", "set_language", "account_login", "account_logout", "account_inactive"}
OPEN |= {"mfa_authenticate", "invitation"}
LOGIN = {"account_change_password", "account_reauthenticate", "account_sessions", "account_session_end", "account_sessions_end"}
LOGIN |= {"mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"}
LOGIN |= {"mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn"}
LOGIN |= {"activity_list", "activity_detail", "activity_export"}
ANY = {"overview", "network_list", "container_list", "address_list", "event_list", "job_list", "job_detail", "job_stop"}
ANY |= {"interface_list", "interface_text", "engine_list"}
ANY |= {"address_history", "address_history_export", "container_run_chosen"}
SWARM = {"engine_swarm_init", "engine_swarm_join", "engine_swarm_leave", "engine_swarm_token", "engine_swarm_node_remove"}
VIEW = {
    "engine_swarm",
    "network_swarm",
    "network_detail",
    "container_detail",
    "container_inside",
    "engine_detail",
    "engine_sync",
    "engine_choose",
}
CONNECT = {
    "network_several",
    "container_several",
    "network_create",
    "network_connect",
    "network_disconnect",
    "network_keep",
    "network_remove",
    "container_connect",
    "container_move",
}
RUN = {f"container_{order}" for order in ("start", "stop", "restart", "kill", "pause", "unpause", "rename", "remove")}
VIEW |= {"engine_swarm", "network_swarm"}
RUN |= {"container_run"}
SHAPE = {*SWARM, "lab", "lab_up", "lab_down", "network_prune"}
GRANT = {"engine_people", "engine_grant", "engine_terminals", "engine_grant_terminal"}
TERMINAL = {"container_terminal"}
PEOPLE = {"person_list", "person_create", "person_detail", "person_invite", "person_deactivate", "person_reactivate"}
PEOPLE |= {"person_end_sessions", "person_reset_two_factor"}
SECOND = {
    Permission.OPEN: OPEN,
    Permission.LOGIN: LOGIN,
    Permission.ANY: ANY,
    Permission.VIEW: VIEW,
    Permission.CONNECT: CONNECT,
    Permission.SHAPE: SHAPE,
    Permission.RUN: RUN,
    Permission.GRANT: GRANT,
    Permission.TERMINAL: TERMINAL,
    Permission.SUPERUSER: {"admin:*", *PEOPLE, "engine_create", "engine_change", "engine_remove"},
}
# What says nothing that needs a person, and is there before there is one.
WITHOUT_SETUP = {"healthz", "readyz", "setup", "favicon", "set_language"}

# What the admin site shows and lets nobody change: rows that only sync or an action writes.
NEVER_CHANGED = re.compile(
    r"^/admin/networks/(?:(?P<remembered>action|container|endpoint|enginestatus|event|network|outcome|pool|tombstone)|engine)/"
    r"(?:(?P<add>add)|1/(?P<delete>delete)|1/(?P<change>change))/$"
)


def is_never_changed(address: Address, method: str) -> bool:
    """Tell whether the admin site refuses even a superuser."""
    found = NEVER_CHANGED.match(address.path)
    if found is None:
        return address.name == "admin:autocomplete" and method in ("GET", "HEAD")  # nothing is named to complete
    if not found["remembered"]:
        return bool(found["delete"])
    return bool(found["add"] or found["delete"]) or method == "POST"


def expected(kind: str, address: Address, method: str) -> str:
    """Return what has to come, by what the policy declares and what this kind of person may."""
    declared = address.declared
    assert declared is not None, f"{address.name} is not declared"
    if declared is Permission.CLOSED:
        return "closed"
    if declared in MAY[kind]:
        return "refused" if is_never_changed(address, method) else "in"
    return "login" if kind in NOT_LOGGED_IN else "refused"


class Knocker:
    """Knocks as one person, always on the same world: what a request has done is undone after it."""

    def __init__(self, browser: Client) -> None:
        self._browser = browser
        self._cookies = {name: morsel.value for name, morsel in browser.cookies.items()}

    def __call__(self, address: Address, method: str) -> str:
        """Return what came: in, login, refused, closed, set-up, or that it failed."""
        cache.clear()  # allauth's limits
        self._browser.cookies.clear()
        self._browser.cookies.load(self._cookies)
        before = transaction.savepoint()
        answer = self._browser.generic(method, address.path, content_type="application/x-www-form-urlencoded")
        transaction.savepoint_rollback(before)
        location = answer.headers.get("Location", "")
        if answer.status_code >= 500:
            return f"failed with {answer.status_code}"
        if answer.status_code == 302 and location.startswith("/accounts/login/?next="):
            return "login"
        if answer.status_code == 302 and location == "/setup/":
            return "set-up"
        if answer.status_code == 403:
            return "refused"
        return "closed" if answer.status_code == 404 and address.declared is Permission.CLOSED else "in"


def methods_for(kind: str, address: Address, number: int) -> tuple[str, ...]:
    """Return the methods to try on the address with this number: in the full run all.

    One gate stands before all of them: GET and POST are tried by everybody. Of the others, by the three kinds of answer that
    there are (log in, refused, in), two at each address, two others at the next; on the large admin site by two kinds.
    """
    if IS_FULL:
        return METHODS
    thorough = ("stranger", "viewer", "admin") if not address.is_admin_site else ("stranger", "viewer")
    return ("GET", "POST", *((OTHERS * 2)[2 * number % 5 :][:2] if kind in thorough else ()))


@pytest.fixture(autouse=True)
def nobody_waits_for_a_follower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(request_sync.__kwdefaults__, "timeout_s", 0.0)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", MAY)
def test_it_lets_each_person_in_where_they_may_and_nowhere_else(kind: str) -> None:
    engine = make_world()
    knock = Knocker(open_browser(kind, make_person(kind, engine)))

    asked = [(one, method) for number, one in enumerate(addresses()) for method in methods_for(kind, one, number)]

    found = {(address, method): knock(address, method) for address, method in asked}

    assert {key: came for key, came in found.items() if came != expected(kind, *key)} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_it_opens_nothing_but_set_up_while_there_is_no_user(method: str) -> None:
    make_world()
    User.objects.all().delete()
    knock = Knocker(Client(raise_request_exception=False))

    found = {address: knock(address, method) for address in addresses()}

    assert needs_setup()
    assert {key: came for key, came in found.items() if came != ("in" if key.name in WITHOUT_SETUP else "set-up")} == {}


def test_it_declares_every_address_and_no_other() -> None:
    routes = list(walk_routes(get_resolver().url_patterns))

    assert undeclared_names(routes) == []
    assert missing_names(routes) == []
    assert names_without_engine(routes) == []


def test_it_declares_what_is_written_here_too() -> None:
    """A new address is tested by the matrix at once; what it needs is written a second time in this file's sets."""
    declared = {name: permission for name, permission in ROUTES.items() if permission is not Permission.CLOSED}

    assert declared == {name: permission for permission, names in SECOND.items() for name in names}


def test_it_knows_all_addresses() -> None:
    routes = {route.name for route in walk_routes(get_resolver().url_patterns)}

    assert {address.name for address in addresses()} == routes
    assert not [address for address in addresses() if re.search(r"[<>()\\^$?]", address.path)]
