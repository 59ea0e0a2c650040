"""Whom a sign-on lets in, and as whom: found or made by issuer and subject, with the roles that their groups give now."""

from __future__ import annotations

import re
import unicodedata

import structlog
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from networks.actions.actors import CONSOLE, SETUP, Actor, acting
from networks.actions.audit_signals import STRANGER
from networks.models import Engine, Grant, SignOnIdentity
from networks.models.stored_sentences import Said
from networks.models.stored_sentences import say as _
from networks.policy.login.browsers import end_sessions
from networks.policy.login.claims import Claims
from networks.policy.sign_on_rules import SignOn, makes_superuser, roles_of

log = structlog.get_logger(__name__)

SIGN_ON = "sign-on"  # who changes accounts and roles when somebody's groups say so
_REFUSED_IN_NAMES = re.compile(r"[^\w.@+-]+")  # Django's own rule for a username
_NAMES_OF_NOBODY = frozenset({SIGN_ON, SETUP, STRANGER, CONSOLE.name})
_LONGEST_NAME = 140  # characters; ten are left for a number
_MOST_TRIES = 3


class NotAdmitted(Exception):
    """Whoever signed on isn't let in. `sentence`: why, to them. `person`: whose account it is, None where there is none."""

    def __init__(self, sentence: Said, person: User | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.person = person


def admit_signed_on(claims: Claims, wanted: SignOn, *, from_address: str) -> User:
    """Return the account of whoever signed on, with the roles of their groups. Raises NotAdmitted.

    Made where a group lets in and there is none yet. Everything that changes is recorded as done by SIGN_ON. Where nobody is let
    in, what groups had given is taken away and the sessions are ended.
    """
    for attempt in range(1, _MOST_TRIES + 1):
        try:
            with acting(lambda: Actor(SIGN_ON, None, from_address)), transaction.atomic():
                found = _admit(claims, wanted)
            break
        except IntegrityError:  # two browsers at once: the other made the account, or took the name
            if attempt == _MOST_TRIES:
                raise
    if isinstance(found, NotAdmitted):
        raise found
    return found


def _admit(claims: Claims, wanted: SignOn) -> User | NotAdmitted:
    identity = (
        SignOnIdentity.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(issuer=claims.issuer, subject=claims.subject)
        .first()
    )
    person = identity.user if identity else None
    is_let_in = bool(wanted.admit & claims.groups) if wanted.admit else person is not None
    if not is_let_in:
        if identity is not None:
            _map_groups(identity, frozenset(), wanted)
            end_sessions(identity.user_id)
        return NotAdmitted(_("None of your groups there lets you in here. Ask an admin of this Netadmin."), person)
    if person is not None and not person.is_active:
        return NotAdmitted(_("This account is switched off."), person)
    if identity is None:
        person = _make_person(claims.name)
        identity = SignOnIdentity(user=person, issuer=claims.issuer, subject=claims.subject)
    _map_groups(identity, claims.groups, wanted)
    return identity.user


def _make_person(wish: str) -> User:
    """Make an account without a password. A name that somebody has already is theirs: a number makes another of it."""
    person = User(username=free_username(wish))
    person.set_unusable_password()
    person.save()
    return person


def free_username(wish: str) -> str:
    """Return a username as close to what was wished for as can be, which nobody has in any spelling."""
    clean = _REFUSED_IN_NAMES.sub("-", unicodedata.normalize("NFKC", wish)).strip("-")[:_LONGEST_NAME] or "person"
    name, number = clean, 1
    while name.casefold() in _NAMES_OF_NOBODY or get_user_model()._default_manager.filter(username__iexact=name).exists():
        number += 1
        name = f"{clean}-{number}"
    return name


def _map_groups(identity: SignOnIdentity, groups: frozenset[str], wanted: SignOn) -> None:
    """Give what these groups give, and take away what others gave. What was made by hand stays as it is."""
    person = identity.user
    _map_superuser(identity, is_wanted=makes_superuser(groups, wanted.roles))
    identity.groups, identity.seen_at = sorted(groups), timezone.now()
    identity.save()
    engines = {engine.slug: engine for engine in Engine.objects.all()}
    roles = roles_of(groups, wanted.roles, engines)
    if unknown := sorted({rule.engine_slug for rule in wanted.roles if rule.engine_slug not in {"", "*", *engines}}):
        log.warning("sign_on_role_of_no_engine", engines=unknown)
    held = {grant.engine_id: grant for grant in Grant.objects.filter(user=person).select_related("engine", "user")}
    for slug, engine in engines.items():
        role, grant = roles.get(slug, ""), held.get(engine.pk)
        if grant is not None and grant.role and not grant.is_mapped:
            continue
        if role and (grant is None or grant.role != role):
            grant = grant or Grant(user=person, engine=engine)
            grant.role, grant.is_mapped = role, True
            grant.save()
        elif not role and grant is not None and grant.is_mapped:
            grant.delete()


def _map_superuser(identity: SignOnIdentity, *, is_wanted: bool) -> None:
    person = identity.user
    if is_wanted and not person.is_superuser:
        person.is_superuser = identity.is_superuser_mapped = True
        person.save(update_fields=["is_superuser"])
    elif not is_wanted and identity.is_superuser_mapped:
        identity.is_superuser_mapped = False
        if person.is_superuser:
            person.is_superuser = False
            person.save(update_fields=["is_superuser"])
