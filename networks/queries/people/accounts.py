"""People with their roles and ways in, as the pages about them show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from networks.models import Engine, Grant, SignOnIdentity

MOST_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One Engine and somebody's role there, "" for none. `label`: the role in words. `is_mapped`: a group gave it."""

    engine_slug: str
    engine_name: str
    role: str
    label: str
    is_mapped: bool = False


@dataclass(frozen=True, slots=True)
class SignOnRow:
    """Who somebody is at their provider, and in which groups by their last log-in. Hostile text, all of it."""

    issuer: str
    subject: str
    groups: tuple[str, ...]
    is_superuser_mapped: bool
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person. `browsers`: how many are logged in. `is_invited`: no password yet, and no sign-on.

    `sign_on`: who they are at their provider, None where they don't sign on.
    """

    pk: int
    username: str
    is_active: bool
    is_superuser: bool
    is_invited: bool
    has_second_step: bool
    browsers: int
    last_login_at: datetime | None
    roles: tuple[RoleRow, ...]
    sign_on: SignOnRow | None = None


def list_people() -> list[PersonRow]:
    """Return everybody by name, MOST_PEOPLE at most. Two statements."""
    people = list(_annotated().order_by("username")[:MOST_PEOPLE])
    roles: dict[int, list[RoleRow]] = {}
    for grant in Grant.objects.filter(user__in=people).select_related("engine").order_by("engine__slug"):
        roles.setdefault(grant.user_id, []).append(_role_row(grant.engine, grant))
    return [_person_row(person, tuple(roles.get(person.pk, ()))) for person in people]


def read_person(pk: int) -> PersonRow | None:
    """Return one person with a row for every Engine, whether they have a role there or not."""
    person = _annotated().filter(pk=pk).first()
    if person is None:
        return None
    grants = {grant.engine_id: grant for grant in Grant.objects.filter(user_id=pk)}
    return _person_row(person, tuple(_role_row(engine, grants.get(engine.pk)) for engine in Engine.objects.all()))


def list_roles(engine: Engine) -> list[Grant]:
    """Return who has a role on an Engine, by name."""
    return list(Grant.objects.filter(engine=engine).select_related("user").order_by("user__username"))


def list_superusers() -> list[User]:
    """Return those who have every Engine, by name."""
    return list(get_user_model()._default_manager.filter(is_superuser=True, is_active=True).order_by("username"))


def _annotated() -> QuerySet[Any]:
    steps = Authenticator.objects.filter(user_id=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    people: QuerySet[Any] = get_user_model()._default_manager.select_related("sign_on")
    logged_in = Count("browsers", filter=Q(browsers__session__expire_date__gt=timezone.now()), distinct=True)
    annotated: QuerySet[Any] = people.annotate(has_second_step=Exists(steps), browser_count=logged_in)
    return annotated


def _person_row(person: Any, roles: tuple[RoleRow, ...]) -> PersonRow:
    identity: SignOnIdentity | None = getattr(person, "sign_on", None)
    return PersonRow(
        person.pk,
        person.get_username(),
        person.is_active,
        person.is_superuser,
        identity is None and not person.has_usable_password(),
        person.has_second_step,
        person.browser_count,
        person.last_login,
        roles,
        _sign_on_row(identity) if identity else None,
    )


def _sign_on_row(identity: SignOnIdentity) -> SignOnRow:
    groups = tuple(str(group) for group in identity.groups)
    return SignOnRow(identity.issuer, identity.subject, groups, identity.is_superuser_mapped, identity.seen_at)


def _role_row(engine: Engine, grant: Grant | None) -> RoleRow:
    if grant is None:
        return RoleRow(engine.slug, engine.name, "", "")
    return RoleRow(engine.slug, engine.name, grant.role, str(grant.get_role_display()), grant.is_mapped)
