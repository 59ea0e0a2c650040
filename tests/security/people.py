"""Every kind of person who may knock, made in the database, and the browser of each."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from networks.models import Engine, Event, Grant, Role
from networks.policy.login.store import row_key_of
from networks.policy.permissions import Permission
from tests.builders import MORNING, make_container, make_endpoint, make_engine, make_network
from tests.proving import prove
from tests.security.places import CONTAINER_ID, ENGINE, NETWORK_ID

OPEN, LOGIN, ANY = {Permission.OPEN}, {Permission.LOGIN}, {Permission.ANY}
VIEWER = OPEN | LOGIN | ANY | {Permission.VIEW}
OPERATOR = VIEWER | {Permission.CONNECT, Permission.RUN}
ADMIN = OPERATOR | {Permission.SHAPE, Permission.GRANT}
# What each may on the Engine "local". Those who are nobody are sent to the login, the others are refused.
MAY: dict[str, set[Permission]] = {
    "stranger": OPEN,
    "expired": OPEN,  # a superuser, whose session ended a minute ago
    "logged out": OPEN,  # a superuser, whose session was ended elsewhere
    "password changed": OPEN,  # a superuser, whose password was changed elsewhere
    "deactivated": OPEN,  # a superuser, until a moment ago
    "nobody": OPEN | LOGIN,
    "staff": OPEN | LOGIN,
    "of another Engine": OPEN | LOGIN | ANY,  # its operator, which is why the lists are there
    "admin of another Engine": OPEN | LOGIN | ANY,
    "viewer": VIEWER,
    "operator": OPERATOR,
    "admin": ADMIN,
    "superuser": ADMIN | {Permission.SUPERUSER},
    "viewer with a terminal": VIEWER | {Permission.TERMINAL},
    "superuser with a terminal": ADMIN | {Permission.SUPERUSER, Permission.TERMINAL},
}
NOT_LOGGED_IN = ("stranger", "expired", "logged out", "password changed", "deactivated")


def make_world(url: str = "unix:///nonexistent/docker.sock", *, state: str = "disconnected") -> Engine:
    """Make the Engine "local" with a network, a container on it and an event, and a superuser: else all leads to set-up."""
    engine = make_engine(ENGINE, state=state)
    Engine.objects.update(url=url)
    network = make_network(engine, "front", "172.18.0.0/16", docker_id=NETWORK_ID)
    make_network(engine, "back", "172.19.0.0/16")
    make_endpoint(make_container(engine, "web", docker_id=CONTAINER_ID), network, "172.18.0.2")
    Event.objects.create(engine_slug=ENGINE, time_nano=1, at=MORNING, kind="network", verb="create", actor_id=NETWORK_ID)
    User.objects.create_superuser("somebody", password="x")
    engine.refresh_from_db()
    return engine


def make_person(kind: str, engine: Engine) -> User | None:
    """Make a person of this kind, None for a stranger."""
    if kind == "stranger":
        return None
    is_superuser = kind in ("superuser", "superuser with a terminal", *NOT_LOGGED_IN)
    user = User.objects.create_user(
        kind.replace(" ", "-"), password="x", is_staff=is_superuser or kind == "staff", is_superuser=is_superuser
    )
    if kind.endswith("of another Engine"):
        other = make_engine("other")
        Engine.objects.filter(pk=other.pk).update(url="unix:///nonexistent/other.sock")
        Grant.objects.create(user=user, engine=other, role=Role.ADMIN if kind.startswith("admin") else Role.OPERATOR)
    elif kind.endswith("with a terminal"):
        Engine.objects.filter(pk=engine.pk).update(is_terminal_on=True)
        Grant.objects.create(user=user, engine=engine, role="" if is_superuser else Role.VIEWER, has_terminal=True)
    elif kind in Role.values:
        Grant.objects.create(user=user, engine=engine, role=kind)
    return user


def open_browser(kind: str, person: User | None, *, is_proved: bool = False) -> Client:
    """Return a browser in which this person has logged in, and what the kind says has happened since.

    `is_proved`: and has typed the password again a moment ago.
    """
    browser = Client(raise_request_exception=False)
    if person is None:
        return browser
    browser.force_login(person)
    if is_proved:
        prove(browser)
    sessions = Session.objects.filter(pk=row_key_of(browser.cookies[settings.SESSION_COOKIE_NAME].value))
    match kind:
        case "expired":
            sessions.update(expire_date=timezone.now() - timedelta(minutes=1))
        case "logged out":
            sessions.delete()
        case "password changed":
            person.set_password("another one")
            person.save()
        case "deactivated":
            User.objects.filter(pk=person.pk).update(is_active=False)
    return browser
