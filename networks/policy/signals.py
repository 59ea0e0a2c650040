"""Word that somebody's rights may have changed, so that open sockets are asked anew at once."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal

from networks.models import Engine, Grant

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
