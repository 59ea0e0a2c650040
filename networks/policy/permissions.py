"""Who may do what to which Engine: one function, asked by pages, sockets, the admin site and commands alike (rules S1, S2, S12)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from networks.models import Grant, Role

Person = AbstractBaseUser | AnonymousUser


class Permission(StrEnum):
    """What a route, a frame or an action needs."""

    OPEN = "open"  # no login: login itself, static files, health
    LOGIN = "login"  # anybody who is logged in
    VIEW = "view"
    CONNECT = "connect"
    SHAPE = "shape"
    RUN = "run"
    GRANT = "grant"
    TERMINAL = "terminal"
    SUPERUSER = "superuser"


_ROLES: dict[str, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.VIEW}),
    Role.OPERATOR: frozenset({Permission.VIEW, Permission.CONNECT, Permission.RUN}),
    Role.ADMIN: frozenset({Permission.VIEW, Permission.CONNECT, Permission.SHAPE, Permission.RUN, Permission.GRANT}),
}


class Denied(Exception):
    """The person may not. `permission` and `engine_slug` say what was asked for."""

    def __init__(self, permission: Permission, engine_slug: str = "") -> None:
        super().__init__(f"{permission} on {engine_slug or 'nothing'}")
        self.permission = permission
        self.engine_slug = engine_slug


def permissions_of(person: Person, engine_slug: str) -> frozenset[Permission]:
    """Return what this person may do to this Engine, read anew from the database."""
    if not person.is_authenticated or not person.is_active:
        return frozenset()
    if getattr(person, "is_superuser", False):
        return _ROLES[Role.ADMIN]
    grant = Grant.objects.filter(user_id=person.pk, engine__slug=engine_slug).values_list("role", flat=True).first()
    return _ROLES.get(grant or "", frozenset())


def permissions_by_engine(person: Person, engine_slugs: Iterable[str]) -> dict[str, frozenset[Permission]]:
    """Return, for those of these Engines that the person may view, all that the person may do there; one query at most."""
    if not person.is_authenticated or not person.is_active:
        return {}
    if getattr(person, "is_superuser", False):
        return dict.fromkeys(engine_slugs, _ROLES[Role.ADMIN])
    roles = dict(Grant.objects.filter(user_id=person.pk).values_list("engine__slug", "role"))
    granted = {slug: _ROLES.get(roles[slug], frozenset()) for slug in engine_slugs if slug in roles}
    return {slug: permissions for slug, permissions in granted.items() if Permission.VIEW in permissions}


def require(person: Person, permission: Permission, engine_slug: str = "") -> None:
    """Return when the person may. Raises Denied when not."""
    if permission is Permission.OPEN:
        return
    if not person.is_authenticated or not person.is_active:
        raise Denied(permission, engine_slug)
    if permission is Permission.LOGIN or getattr(person, "is_superuser", False):
        return
    if permission is Permission.SUPERUSER or permission not in permissions_of(person, engine_slug):
        raise Denied(permission, engine_slug)
