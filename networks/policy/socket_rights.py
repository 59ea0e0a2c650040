"""Whether what was permitted when a socket opened still is, read anew from the database; and word that it may have changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from networks.models import Engine, Grant, Role
from networks.policy.permissions import Permission, is_superuser, permissions_of_role
from networks.policy.second_step import overdue_of
from networks.policy.url_permissions import ON_ENGINE

_ROLE_OF_SUPERUSERS = permissions_of_role(Role.ADMIN)


@dataclass(frozen=True, slots=True)
class SocketSession:
    """What an open socket was let in with. `session_id`: under what the session stands in the database (`row_key_of`)."""

    user_id: int
    session_id: str
    permission: Permission
    engine_slug: str = ""


def still_allowed(standings: Iterable[SocketSession]) -> set[SocketSession]:
    """Return those that still hold. Three statements, however many are asked about; six where a second step is required."""
    asked = set(standings)
    if not asked:
        return set()
    users = get_user_model().objects.in_bulk({one.user_id for one in asked})
    owners = _owners_of({one.session_id for one in asked}, users)
    overdue = overdue_of(users.values())
    shut = {pk for pk, duty in overdue.items() if duty.is_for_all}
    permissions: dict[tuple[int, str], frozenset[Permission]] = {}
    columns = ("user_id", "engine__slug", "role", "has_terminal", "engine__is_terminal_on")
    for user_id, slug, role, *terminal in Grant.objects.filter(user_id__in=users).values_list(*columns):
        own = _ROLE_OF_SUPERUSERS if is_superuser(users[user_id]) else permissions_of_role(role)
        has_terminal = all(terminal) and Permission.VIEW in own
        permissions[user_id, slug] = own | {Permission.TERMINAL} if has_terminal else own
    return {
        one
        for one in asked
        if owners.get(one.session_id) == one.user_id
        and (one.permission is Permission.LOGIN or one.user_id not in shut)
        and (one.permission is not Permission.TERMINAL or one.user_id not in overdue)
        and _holds(users[one.user_id], one, permissions)
    }


def _owners_of(session_ids: set[str], users: Mapping[int, AbstractBaseUser]) -> dict[str, int]:
    """Return whose each session is, without those that have expired, or whose password has changed since."""
    owners = {}
    for session in Session.objects.filter(pk__in=session_ids, expire_date__gt=timezone.now()):
        content = session.get_decoded()
        user_id = get_user_model()._meta.pk.to_python(content.get(SESSION_KEY))
        user = users.get(user_id)
        if user is None or not content.get(BACKEND_SESSION_KEY):
            continue
        proof = content.get(HASH_SESSION_KEY, "")
        if constant_time_compare(proof, user.get_session_auth_hash()):
            owners[session.pk] = user_id
    return owners


def _holds(user: AbstractBaseUser, standing: SocketSession, permissions: dict[tuple[int, str], frozenset[Permission]]) -> bool:
    if not user.is_active:
        return False
    if standing.permission in ON_ENGINE:
        own = permissions.get((standing.user_id, standing.engine_slug), frozenset())
        return standing.permission in (own | _ROLE_OF_SUPERUSERS if is_superuser(user) else own)
    if standing.permission is Permission.ANY:
        return is_superuser(user) or any(own for (user_id, _slug), own in permissions.items() if user_id == standing.user_id)
    if standing.permission is Permission.SUPERUSER:
        return is_superuser(user)
    return standing.permission in (Permission.OPEN, Permission.LOGIN)


# Sent with user_id (None: anybody's), in the thread that made the change, once it is committed. Changes by other processes and by
# update() send nothing: sockets are asked every second as well.
rights_changed = Signal()


def connect_receivers() -> None:
    """Listen to what gives and takes rights: grants, Engines (may terminals be opened?), users, sessions, logging out."""
    user_model = get_user_model()
    for model, receiver in ((Grant, _on_grant), (Engine, _on_any), (user_model, _on_user)):
        for signal in (post_save, post_delete):
            signal.connect(receiver, sender=model, dispatch_uid=f"rights_changed {model.__name__}")
    post_delete.connect(_on_any, sender=Session, dispatch_uid="rights_changed session")
    user_logged_out.connect(_on_logout, dispatch_uid="rights_changed logout")


def _announce(user_id: int | None) -> None:
    transaction.on_commit(partial(rights_changed.send_robust, sender=None, user_id=user_id))


def _on_grant(instance: Grant, **_more: object) -> None:
    _announce(instance.user_id)


def _on_any(**_more: object) -> None:
    _announce(None)


def _on_user(instance: Any, update_fields: frozenset[str] | None = None, **_more: object) -> None:
    if update_fields == frozenset({"last_login"}):  # every login
        return
    _announce(instance.pk)


def _on_logout(user: Any = None, **_more: object) -> None:
    _announce(user.pk if user is not None else None)
