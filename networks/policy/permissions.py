"""Who may do what to which Engine: one function for pages, sockets, the admin site and commands."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from networks.models import Grant, Role
from networks.policy.second_step import has_no_terminal_yet, is_shut_out

Person = AbstractBaseUser | AnonymousUser


class Permission(StrEnum):
    """What a route, a frame or an action needs."""

    OPEN = "open"  # no login: login itself, health
    LOGIN = "login"  # anybody who is logged in
    ANY = "any"  # view, on at least one Engine: lists, whose view asks for the chosen Engine then
    VIEW = "view"
    CONNECT = "connect"  # connect, disconnect, create and remove bridge networks with harmless options
    SHAPE = "shape"  # other drivers, options that touch the host, more than five at once
    RUN = "run"  # containers; on the host's own network or in another's stack: shape as well
    GRANT = "grant"
    TERMINAL = "terminal"  # in no role: apart from all
    SUPERUSER = "superuser"
    CLOSED = "closed"  # nobody: parts of allauth that aren't offered


_ROLES: dict[str, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.VIEW}),
    Role.OPERATOR: frozenset({Permission.VIEW, Permission.CONNECT, Permission.RUN}),
    Role.ADMIN: frozenset({Permission.VIEW, Permission.CONNECT, Permission.SHAPE, Permission.RUN, Permission.GRANT}),
}


# What may change something on an Engine, and therefore rests in read-only mode.
CHANGING = frozenset({Permission.CONNECT, Permission.SHAPE, Permission.RUN, Permission.TERMINAL})
_AT_REST = ".off"


class Denied(Exception):
    """The person may not. `permission` and `engine_slug` say what was asked for."""

    def __init__(self, permission: Permission, engine_slug: str = "") -> None:
        super().__init__(f"{permission} on {engine_slug or 'nothing'}")
        self.permission = permission
        self.engine_slug = engine_slug


def permissions_of(person: Person, engine_slug: str) -> frozenset[Permission]:
    """Return what this person may do to this Engine, read anew from the database."""
    return permissions_by_engine(person, [engine_slug]).get(engine_slug, frozenset())


def permissions_by_engine(person: Person, engine_slugs: Iterable[str]) -> dict[str, frozenset[Permission]]:
    """Return what this person may do to each of these Engines; those where it is nothing are left out.

    The order is a superuser's own, as given, and for others that in which they got their roles.
    """
    if not person.is_authenticated or not person.is_active:
        return {}
    if is_superuser(person):
        return dict.fromkeys(engine_slugs, _ROLES[Role.ADMIN])
    grants = Grant.objects.filter(user_id=person.pk, engine__slug__in=list(engine_slugs)).order_by("pk")
    return {slug: permissions_of_role(role) for slug, role in grants.values_list("engine__slug", "role") if role}


def write_rights(permissions: Iterable[Permission]) -> str:
    """Return what a page is drawn for, sorted and joined by ",": "connect,view". In read-only mode what changes an Engine is
    at rest, "connect.off,view": no button for it stands on any page, and what it lets people see is still shown.
    """
    off = CHANGING if settings.NETADMIN_READ_ONLY else frozenset()
    return ",".join(sorted(f"{each}{_AT_REST}" if each in off else str(each) for each in permissions))


def write_reach(engine_slugs: Iterable[str], *, is_superuser: bool) -> str:
    """Return of which Engines a page across them shows, sorted and joined by ",": "e1,local". "*" stands first for those who also
    say which Engines there are.
    """
    return ",".join([*(["*"] if is_superuser else []), *sorted(engine_slugs)])


def read_reach(reach: str) -> frozenset[str]:
    """Return the slugs of what `write_reach` wrote."""
    return frozenset(slug for slug in reach.split(",") if slug and slug != "*")


def is_reach_of_superuser(reach: str) -> bool:
    """Tell whether whoever this was written for also says which Engines there are."""
    return reach.split(",")[0] == "*"


def granted(rights: Iterable[str]) -> frozenset[str]:
    """Return what a person's role gives, of rights as they are written, those at rest included."""
    return frozenset(right.removesuffix(_AT_REST) for right in rights)


def has_terminal(person: Person, engine_slug: str) -> bool:
    """Tell whether this person may open terminals in this Engine's containers: given apart, and switched on there.

    No page is drawn for it, so it is asked for by itself, where it counts.
    """
    if not person.is_authenticated or not person.is_active or has_no_terminal_yet(person):
        return False
    given = Grant.objects.filter(
        user_id=person.pk, engine__slug=engine_slug, has_terminal=True, engine__is_terminal_on=True
    ).values_list("role", flat=True)
    return any(is_superuser(person) or Permission.VIEW in permissions_of_role(role) for role in given)


def permissions_of_role(role: str) -> frozenset[Permission]:
    """Return what a role gives; a role that isn't known gives nothing."""
    return _ROLES.get(role, frozenset())


def is_superuser(person: Person) -> bool:
    """Tell whether all Engines, the users and the admin site are this person's."""
    return bool(person.is_authenticated and person.is_active and getattr(person, "is_superuser", False))


def require(person: Person, permission: Permission, engine_slug: str = "") -> None:
    """Return when the person may. Raises Denied when not."""
    if not _may(person, permission, engine_slug):
        raise Denied(permission, engine_slug)


def _may(person: Person, permission: Permission, engine_slug: str) -> bool:
    match permission:
        case Permission.OPEN:
            return True
        case Permission.CLOSED:
            return False
        case _ if not person.is_authenticated or not person.is_active:
            return False
        case Permission.LOGIN:
            return True
        case _ if is_shut_out(person):
            return False
        case Permission.SUPERUSER:
            return is_superuser(person)
        case Permission.ANY:
            return is_superuser(person) or Grant.objects.filter(user_id=person.pk).exclude(role="").exists()
        case Permission.TERMINAL:
            return has_terminal(person, engine_slug)
        case _:
            return permission in permissions_of(person, engine_slug)
