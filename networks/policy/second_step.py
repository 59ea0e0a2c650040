"""Of whom a second step is required, until when they have to have one, and what is shut to them after that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.utils import timezone

from networks.models import Grant, Role, SecondStepDuty

_KEPT = "_netadmin_duty"  # on the person, for as long as one request lasts


class Group(StrEnum):
    """Whom NETADMIN_SECOND_STEP_FOR may name. TERMINALS: whom a terminal was given to; that alone is shut to them."""

    SUPERUSERS = "superusers"
    ADMINS = "admins"
    TERMINALS = "terminals"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Duty:
    """A second step that somebody still lacks. `due_at`: until when. `is_for_all`: else terminals alone are shut then."""

    due_at: datetime
    is_for_all: bool

    def is_overdue(self, now: datetime | None = None) -> bool:
        """Tell whether the time is over."""
        return self.due_at <= (now or timezone.now())


def duty_of(person: AbstractBaseUser | AnonymousUser, *, notes: bool = False) -> Duty | None:
    """Return what is required of somebody and isn't there; None where nothing is required, or it is there.

    No query where the installation requires nothing, else three. `notes`: write down that it begins now, where nobody has.
    """
    if not settings.NETADMIN_SECOND_STEP_FOR or not person.is_authenticated:
        return None
    if not hasattr(person, _KEPT):
        setattr(person, _KEPT, _find([person], notes=notes).get(person.pk))
    found: Duty | None = getattr(person, _KEPT)
    return found


def is_shut_out(person: AbstractBaseUser | AnonymousUser) -> bool:
    """Tell whether everything but setting a second step up is shut to somebody."""
    duty = duty_of(person)
    return duty is not None and duty.is_for_all and duty.is_overdue()


def has_no_terminal_yet(person: AbstractBaseUser | AnonymousUser) -> bool:
    """Tell whether terminals are shut to somebody for lack of a second step."""
    duty = duty_of(person)
    return duty is not None and duty.is_overdue()


def overdue_of(people: Collection[AbstractBaseUser]) -> dict[int, Duty]:
    """Return, by a person's id, what is required and overdue. Three queries, however many they are; none where nothing is."""
    found = _find(people) if settings.NETADMIN_SECOND_STEP_FOR else {}
    return {pk: duty for pk, duty in found.items() if duty.is_overdue()}


def _find(people: Collection[AbstractBaseUser], *, notes: bool = False) -> dict[int, Duty]:
    wanted, ids = settings.NETADMIN_SECOND_STEP_FOR, [person.pk for person in people]
    grants = list(Grant.objects.filter(user_id__in=ids).values_list("user_id", "role", "has_terminal"))
    admins = {pk for pk, role, _terminal in grants if role == Role.ADMIN} if Group.ADMINS in wanted else set()
    with_terminal = {pk for pk, _role, has_terminal in grants if has_terminal} if Group.TERMINALS in wanted else set()
    for_all = {
        person.pk
        for person in people
        if Group.EVERYBODY in wanted
        or person.pk in admins
        or (Group.SUPERUSERS in wanted and getattr(person, "is_superuser", False))
    }
    meant = for_all | with_terminal
    since = dict(SecondStepDuty.objects.filter(user_id__in=meant).values_list("user_id", "since"))
    now, days = timezone.now(), timedelta(days=settings.NETADMIN_SECOND_STEP_DAYS)
    if notes:  # also of who has a second step: once it is gone, there are no new days
        for pk in meant - since.keys():
            _note(pk, now)
    steps = Authenticator.objects.filter(user_id__in=meant).exclude(type=Authenticator.Type.RECOVERY_CODES)
    lacking = meant - set(steps.values_list("user_id", flat=True))
    return {pk: Duty(since.get(pk, now) + days, pk in for_all) for pk in lacking}


def _note(user_id: int, since: datetime) -> None:
    try:
        SecondStepDuty.objects.get_or_create(user_id=user_id, defaults={"since": since})
    except DatabaseError:  # it begins with the next page then
        return
