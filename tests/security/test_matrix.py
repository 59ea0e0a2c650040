"""Every address × every method × every kind of person: who gets in, who is sent to the login, who is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from networks.models import Engine, EngineStatus, Grant, Role

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
SAMPLES = {"engine_slug": "local", "docker_id": "a" * 64, "container_id": "b" * 64, "object_id": "1", "id": "1"}

# Written out a second time: what policy/routes.py says by mistake must not pass unseen.
OPEN = {"healthz", "readyz", "setup", "favicon", "set_language", "account_login", "account_logout", "account_inactive"}
LOGIN = {"account_change_password", "account_reauthenticate"}
ANY = {"overview", "network_list", "container_list", "event_list"}
VIEW = {"network_detail", "container_detail", "engine_detail", "engine_sync", "engine_choose"}
CONNECT = {"network_create", "network_connect", "network_disconnect", "network_remove", "container_connect"}
SHAPE = {"lab", "lab_up", "lab_down"}
# What the admin site shows and lets nobody change.
REMEMBERED = "action|container|endpoint|enginestatus|event|network|outcome|pool|tombstone"
READ_ONLY = re.compile(rf"^/admin/networks/(?:(?:{REMEMBERED})/(?:add|1/delete)|engine/1/delete)/$")
CHANGE = re.compile(rf"^/admin/networks/(?:{REMEMBERED})/1/change/$")
ROLES = {
    "stranger": OPEN,
    "deactivated": OPEN,
    "nobody": OPEN | LOGIN,
    "staff": OPEN | LOGIN,
    "of another Engine": OPEN | LOGIN | ANY,
    "viewer": OPEN | LOGIN | ANY | VIEW,
    "operator": OPEN | LOGIN | ANY | VIEW | CONNECT,
    "admin": OPEN | LOGIN | ANY | VIEW | CONNECT | SHAPE,
    "superuser": OPEN | LOGIN | ANY | VIEW | CONNECT | SHAPE | {"admin"},
}


@dataclass(frozen=True, slots=True)
class Address:
    """One address to knock at. `name`: "admin" for all of the admin site, "closed" for what is offered to nobody."""

    name: str
    path: str


def addresses() -> list[Address]:
    found = set(walk(get_resolver().url_patterns, "/", ""))
    # The admin site answers 403 to a superuser too where nothing is named to complete.
    return sorted(found - {Address("admin", "/admin/autocomplete/")}, key=lambda address: address.path)


def walk(patterns: list[URLPattern | URLResolver], prefix: str, namespace: str) -> Iterator[Address]:
    for pattern in patterns:
        path = prefix + fill(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, path, pattern.namespace or namespace)
        elif namespace:
            yield Address(namespace, path)
        else:
            known = OPEN | LOGIN | ANY | VIEW | CONNECT | SHAPE
            yield Address(pattern.name if pattern.name in known else "closed", path)


def fill(route: str) -> str:
    filled = PLACE.sub(lambda place: SAMPLES.get(place[1], "1"), GROUP.sub(lambda group: SAMPLES.get(group[1], "x1"), route))
    return filled.removeprefix("^").removesuffix("$").removesuffix(r"\Z")


@pytest.fixture
def engine(db: None) -> Engine:
    engine = Engine.objects.create(slug="local", name="Local", url="unix:///nonexistent/docker.sock")
    EngineStatus.objects.create(engine=engine)
    User.objects.create_superuser("somebody")  # else all leads to set-up
    return engine


def make_person(kind: str, engine: Engine) -> User | None:
    if kind == "stranger":
        return None
    if kind == "superuser":
        return User.objects.create_superuser(kind, password="x")
    user = User.objects.create_user(kind.replace(" ", "-"), password="x", is_staff=kind in ("staff", "deactivated"))
    if kind == "deactivated":
        user.is_superuser = True
        user.save()
    elif kind == "of another Engine":
        other = Engine.objects.create(slug="other", name="Other", url="unix:///nonexistent/other.sock")
        EngineStatus.objects.create(engine=other)
        Grant.objects.create(user=user, engine=other, role=Role.ADMIN)
    elif kind in Role.values:
        Grant.objects.create(user=user, engine=engine, role=kind)
    return user


def knocking_as(kind: str, engine: Engine) -> Callable[[Address, str], str]:
    """Return a function that knocks at an address and says what came: in, login, refused or closed."""
    person = make_person(kind, engine)
    client = Client(raise_request_exception=False)

    def knock(address: Address, method: str) -> str:
        cache.clear()  # allauth's limits
        client.cookies.clear()
        if person is not None:
            client.force_login(person)
        if kind == "deactivated":
            User.objects.filter(pk=person.pk if person else 0).update(is_active=False)
        answer = client.generic(method, address.path)
        if answer.status_code >= 500:
            return f"failed with {answer.status_code}"
        if answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/?next="):
            return "login"
        if answer.status_code == 403:
            return "refused"
        return "closed" if address.name == "closed" and answer.status_code == 404 else "in"

    return knock


def expected(kind: str, address: Address, method: str) -> str:
    if address.name == "closed":
        return "closed"
    is_change = method == "POST" and CHANGE.match(address.path)
    if kind == "superuser" and (is_change or READ_ONLY.match(address.path)):
        return "refused"
    if address.name in ROLES[kind]:
        return "in"
    return "login" if kind in ("stranger", "deactivated") else "refused"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ROLES)
def test_it_lets_each_person_in_where_they_may_and_nowhere_else(kind: str, engine: Engine) -> None:
    knock = knocking_as(kind, engine)

    # What an address answers to a method that it doesn't know says nothing of rights: those few are tried on all addresses.
    methods = METHODS if kind in ("stranger", "viewer") else ("GET", "POST")
    found = {(address, method): knock(address, method) for address in addresses() for method in methods}

    assert {key: came for key, came in found.items() if came != expected(kind, *key)} == {}


def test_it_knows_all_addresses() -> None:
    names = {address.name for address in addresses()}

    assert names >= OPEN | LOGIN | ANY | VIEW | CONNECT | SHAPE | {"admin", "closed"}
    assert not [address for address in addresses() if re.search(r"[<>()\\^$?]", address.path)]
