"""Every address × every method × every kind of person: who gets in, who is sent to the login, who is refused."""

from __future__ import annotations

import re
from contextlib import nullcontext
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver

from networks.policy.first_admin import needs_setup
from networks.policy.permissions import Denied, Permission
from networks.policy.url_permissions import ROUTES, missing_names, names_without_engine, undeclared_names, walk_routes
from networks.sync.requests import request_sync
from networks.views import middleware
from tests.conftest import IS_FULL
from tests.proving import prove
from tests.security.people import MAY, NOT_LOGGED_IN, make_person, make_world, open_browser
from tests.security.places import Address, addresses

OTHERS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
METHODS = ("GET", "POST", *OTHERS)

# Written out a second time: what policy/url_permissions.py says by mistake must not pass unseen.
OPEN = {"healthz", "readyz", "setup", "favicon", "set_language", "account_login", "account_logout", "account_inactive"}
OPEN |= {"mfa_authenticate", "invitation", "security_txt"}
# There only where people sign on; tests/installed/ knocks at them.
OPEN |= {"sign_on", "sign_on_callback", "sign_on_ended"}
LOGIN = {"account_change_password", "account_reauthenticate", "account_sessions", "account_session_end", "account_sessions_end"}
LOGIN |= {"mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"}
LOGIN |= {"mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn"}
LOGIN |= {"activity_list", "activity_detail", "activity_export", "sign_on_again"}
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
PROTECTION = {"network_protection", "container_protection"}
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
    Permission.SUPERUSER: {"admin:*", *PEOPLE, "engine_create", "engine_change", "engine_remove", *PROTECTION},
}
# What gives power, by name: of these the policy's own rule (all that superusers and givers of roles change) must have each.
GIVE_POWER = {name for name in PEOPLE if name not in {"person_list", "person_detail"}}
GIVE_POWER |= {"engine_create", "engine_change", "engine_remove", "engine_grant", "engine_terminals", "engine_grant_terminal"}
GIVE_POWER |= {*PROTECTION, "engine_swarm_token", "account_session_end", "account_sessions_end"}
# The password before the form: what is typed into it waits nowhere.
LOOK_NEEDS_PROOF = re.compile(
    r"^(/people/create/|/engines/add/|/engines/[^/]+/change/|/admin/(auth/user|networks/engine)/(add|[^/]+/(change|password))/|/admin/password_change/)$"
)
# Like a stranger, somebody with no role, and somebody with one elsewhere; those with a terminal differ at its own addresses.
ALIKE = ("expired", "logged out", "password changed", "deactivated", "staff", "admin of another Engine")
ALIKE += ("viewer with a terminal", "superuser with a terminal")
# What says nothing that needs a person, and is there before there is one.
WITHOUT_SETUP = {"healthz", "readyz", "setup", "favicon", "security_txt", "set_language"}

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


def takes_proof(address: Address, method: str) -> bool:
    """Tell whether the password has to be typed again: for all that gives power, and on the whole admin site."""
    is_change = method not in ("GET", "HEAD", "OPTIONS")
    gives_power = address.declared in (Permission.SUPERUSER, Permission.GRANT) or address.name in GIVE_POWER
    return bool(LOOK_NEEDS_PROOF.match(address.path)) or (is_change and gives_power)


def expected(kind: str, address: Address, method: str, *, is_proved: bool = False) -> str:
    """Return what has to come, by what the policy declares and what this kind of person may."""
    declared = address.declared
    assert declared is not None, f"{address.name} is not declared"
    if declared is Permission.CLOSED:
        return "closed"
    if declared in MAY[kind]:
        if takes_proof(address, method) and not is_proved:
            return "proof"
        return "refused" if is_never_changed(address, method) else "in"
    return "login" if kind in NOT_LOGGED_IN else "refused"


def denied_without_a_page(request: HttpRequest, denied: Denied) -> HttpResponse:
    """Refuse in a word. The page is the same for every method, and drawing it took half of a refusal's time."""
    return HttpResponse(status=403)


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
        with nullcontext() if method == "GET" or IS_FULL else patch.object(middleware, "denied_page", denied_without_a_page):
            answer = self._browser.generic(method, address.path, content_type="application/x-www-form-urlencoded")
        transaction.savepoint_rollback(before)
        location = answer.headers.get("Location", "")
        if answer.status_code >= 500:
            return f"failed with {answer.status_code}"
        if answer.status_code == 302 and location.startswith("/accounts/login/?next="):
            return "login"
        if answer.status_code == 302 and location.startswith("/accounts/reauthenticate/"):
            # These ask for it themselves: a terminal, and what allauth has of second steps.
            is_gate = address.name != "container_terminal" and not address.name.startswith("mfa_")
            return "proof" if is_gate else "in"
        if answer.status_code == 302 and location == "/setup/":
            return "set-up"
        if answer.status_code == 403:
            return "refused"
        return "closed" if answer.status_code == 404 and address.declared is Permission.CLOSED else "in"


def methods_for(kind: str, address: Address, number: int) -> tuple[str, ...]:
    """Return the methods to try on the address with this number: in the full run all.

    One gate stands before all of them: GET and POST are tried by everybody. Of the others, by the three kinds of answer that
    there are (log in, refused, in), two at each address, two others at the next; on the large admin site by two kinds. Those who
    are told what others are told as well (ALIKE) try GET at one address and POST at the next.
    """
    if IS_FULL:
        return METHODS
    if kind in ALIKE and address.declared is not Permission.TERMINAL:
        return (("GET", "POST")[(number + ALIKE.index(kind)) % 2],)
    thorough = ("stranger", "viewer", "admin") if not address.is_admin_site else ("stranger", "viewer")
    return ("GET", "POST", *((OTHERS * 2)[2 * number % 5 :][:2] if kind in thorough else ()))


@pytest.fixture(autouse=True)
def nobody_waits_for_a_follower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(request_sync.__kwdefaults__, "timeout_s", 0.0)
    monkeypatch.setattr("networks.views.probes._first_asked", {})  # each test's Engines are new


@pytest.mark.django_db
@pytest.mark.parametrize("kind", MAY)
def test_it_lets_each_person_in_where_they_may_and_nowhere_else(kind: str) -> None:
    engine = make_world()
    knock = Knocker(open_browser(kind, make_person(kind, engine)))

    asked = [(one, method) for number, one in enumerate(addresses()) for method in methods_for(kind, one, number)]

    found = {(address, method): knock(address, method) for address, method in asked}

    assert {key: came for key, came in found.items() if came != expected(kind, *key)} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["viewer", "admin", "superuser"])
def test_it_lets_in_whoever_has_typed_the_password_again(kind: str) -> None:
    engine = make_world()
    knock = Knocker(open_browser(kind, make_person(kind, engine), is_proved=True))
    asked = [(one, method) for one in addresses() for method in ("GET", "POST", "DELETE") if takes_proof(one, method)]

    found = {(address, method): knock(address, method) for address, method in asked}

    assert len(asked) > 50
    assert {key: came for key, came in found.items() if came != expected(kind, *key, is_proved=True)} == {}


@pytest.mark.django_db
def test_it_forgets_after_five_minutes_that_the_password_was_typed() -> None:
    browser = prove(open_browser("superuser", make_person("superuser", make_world())), seconds_ago=301)

    assert browser.post("/people/create/", {"username": "mallory"}).headers["Location"].startswith("/accounts/reauthenticate/")
    assert not User.objects.filter(username="mallory").exists()


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
