"""What people do beside asking an Engine: log in and out, change accounts, roles and Engines. Written down as it happens.

Who came in, who didn't, and who left stands in the log as well: never a password, never a name that nobody has.

Django's signals tell of it, so it makes no difference whether a page, the admin site or a command did it; what `update()` changes
sends none. Where an action of our own wrote its intent already, nothing is written a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import DatabaseError, transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from networks.actions.actors import Actor, current_actor
from networks.audit.records import write_action, write_outcome
from networks.models import Action, Engine, Grant, OutcomeKind
from networks.models.stored_sentences import join_said
from networks.models.stored_sentences import say as _
from networks.policy.login.sign_on_session import has_signed_on

log = structlog.get_logger(__name__)

STRANGER = "stranger"
# Strangers must not fill the disk: so many wrong passwords are written down an hour, of one address and of all.
MOST_OF_ONE, MOST_OF_ALL = 30, 300
_COLUMNS: dict[type[Model], tuple[str, ...]] = {
    Grant: ("role", "has_terminal", "user_id", "engine_id"),
    Engine: ("slug", "name", "url", "is_terminal_on", "registries"),
}
_PERSON: tuple[str, ...] = ("username", "is_active", "is_staff", "is_superuser")
_BEGUN = "_netadmin_begun_actions"


def record_entry(
    verb: str,
    what: str = "",
    *,
    actor: Actor | None = None,
    kind: OutcomeKind = OutcomeKind.OK,
    sentence: str = "",
    asked: Mapping[str, Any] | None = None,
) -> None:
    """Write down something that is over, with its outcome. `actor`: who did it, else who is behind this request.

    A database that can't be written now is logged. Nothing is written where an action of our own is recorded already.
    """
    doer = current_actor()
    if doer is None:
        return
    try:
        with transaction.atomic():
            action_id = _begin(actor or doer, verb, what, asked=asked)
            write_outcome(action_id, kind, sentence)
    except DatabaseError as error:
        log.error("entry_not_recorded", verb=verb, error=str(error))


def connect_receivers() -> None:
    """Listen to what tells of what people do."""
    user_logged_in.connect(_on_login, dispatch_uid="audit login")
    user_logged_out.connect(_on_logout, dispatch_uid="audit logout")
    user_login_failed.connect(_on_failed_login, dispatch_uid="audit failed login")
    for model in (get_user_model(), Grant, Engine):
        pre_save.connect(_before_save, sender=model, dispatch_uid=f"audit {model.__name__}")
        post_save.connect(_after, sender=model, dispatch_uid=f"audit {model.__name__}")
        pre_delete.connect(_before_delete, sender=model, dispatch_uid=f"audit {model.__name__}")
        post_delete.connect(_after, sender=model, dispatch_uid=f"audit {model.__name__}")
    if apps.is_installed("allauth.mfa"):
        for name, verb in (("added", "add"), ("removed", "remove"), ("reset", "renew")):
            signal = import_string(f"allauth.mfa.signals.authenticator_{name}")
            signal.connect(partial(_on_factor, f"{verb}_second_step"), weak=False, dispatch_uid=f"audit factor {name}")


def _begin(actor: Actor, verb: str, what: str, engine_slug: str = "", asked: Mapping[str, Any] | None = None) -> int:
    return write_action(
        actor.name or STRANGER,
        verb,
        what,
        user_id=actor.user_id,
        from_address=actor.from_address,
        engine_slug=engine_slug,
        asked=asked,
    )


def _on_login(user: Any, request: HttpRequest | None = None, **_more: object) -> None:
    actor = _as_actor(user, request)
    is_sign_on = request is not None and hasattr(request, "session") and has_signed_on(request.session, user)
    log.info(
        "logged_in", user=actor.user_id, name=actor.name, by="sign-on" if is_sign_on else "password", client=actor.from_address
    )
    record_entry("log_in", actor=actor, asked={"by": "sign-on"} if is_sign_on else None)


def _on_logout(user: Any = None, request: HttpRequest | None = None, **_more: object) -> None:
    if user is not None:
        actor = _as_actor(user, request)
        log.info("logged_out", user=actor.user_id, name=actor.name, client=actor.from_address)
        record_entry("log_out", actor=actor)


def _on_failed_login(credentials: Mapping[str, Any], request: HttpRequest | None = None, **_more: object) -> None:
    """Write down whose account was tried. What was typed is not: people type their password there."""
    typed = str(credentials.get("username") or "").replace("\0", "")[:150]
    account = get_user_model()._default_manager.filter(username__iexact=typed).first() if typed else None
    name, user_id = (account.get_username(), account.pk) if account else ("", None)
    address = str(request.META.get("REMOTE_ADDR", "")) if request else ""
    step = str(credentials.get("step") or "password")
    log.warning("login_failed", user=user_id, name=name, step=step, client=address)
    words = _("The password was wrong.") if account else _("There is no such account.")
    if step == "second":
        words = _("The password was right, but the second step was wrong.")
    elif step == "local":
        words = _("The password was right, but only superusers log in by one here.")
    _record_refused(words, address, name, user_id)


def record_refused_sign_on(words: str, request: HttpRequest, user: Any = None) -> None:
    """Write down that a sign-on let nobody in, and why. `user`: whose account it was about, None where that isn't known."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    name, user_id = (user.get_username(), user.pk) if user is not None else ("", None)
    log.warning("login_failed", user=user_id, name=name, step="sign-on", client=address)
    _record_refused(words, address, name, user_id)


def _record_refused(words: str, address: str, name: str, user_id: int | None) -> None:
    left = _room_for_strangers(address)
    if left <= 0:
        return
    if left == 1:
        words = join_said(words, _("Further attempts within this hour are not recorded."))
    record_entry("log_in", name, actor=Actor(STRANGER, user_id, address), kind=OutcomeKind.REFUSED, sentence=words)


def _room_for_strangers(address: str) -> int:
    """Return how many more wrong passwords of this address may be written down now."""
    newest = Action.objects.filter(who=STRANGER).order_by("-id").values_list("at", "from_address")[:MOST_OF_ALL]
    since = timezone.now() - timedelta(hours=1)
    recent = [one for at, one in newest if at > since]
    return min(MOST_OF_ALL - len(recent), MOST_OF_ONE - recent.count(address))


def _on_factor(verb: str, user: Any, request: HttpRequest | None = None, authenticator: Any = None, **_more: object) -> None:
    record_entry(verb, str(getattr(authenticator, "type", "")), actor=_as_actor(user, request))


def _as_actor(user: Any, request: HttpRequest | None) -> Actor:
    return Actor(user.get_username(), user.pk, str(request.META.get("REMOTE_ADDR", "")) if request else "")


def _before_save(instance: Model, raw: bool = False, update_fields: frozenset[str] | None = None, **_more: object) -> None:
    """Write the intents of a change before it is made; what can't be written down is not done."""
    actor = current_actor()
    if raw or actor is None or update_fields == frozenset({"last_login"}):
        return
    for verb, what, engine_slug, asked in _changes_of(instance, update_fields):
        instance.__dict__.setdefault(_BEGUN, []).append(_begin(actor, verb, what, engine_slug, asked))


def _before_delete(instance: Model, **_more: object) -> None:
    actor = current_actor()
    if actor is None:
        return
    verb = {Grant: "revoke_role", Engine: "remove_engine"}.get(type(instance), "remove_person")
    engine_slug = instance.engine.slug if isinstance(instance, Grant) else instance.slug if isinstance(instance, Engine) else ""
    asked = {"was": instance.role} if isinstance(instance, Grant) else {}
    instance.__dict__.setdefault(_BEGUN, []).append(_begin(actor, verb, _name_of(instance), engine_slug, asked))


def _after(instance: Model, **_more: object) -> None:
    """Write the outcome of what was begun."""
    for action_id in instance.__dict__.pop(_BEGUN, []):
        write_outcome(action_id, OutcomeKind.OK)


def _changes_of(instance: Any, update_fields: frozenset[str] | None) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return what a save will change, as (verb, what, Engine's slug, details)."""
    columns = [name for name in _COLUMNS.get(type(instance), _PERSON) if update_fields is None or name in update_fields]
    old = None if instance._state.adding else type(instance)._default_manager.filter(pk=instance.pk).values(*columns).first()
    new = {name: getattr(instance, name) for name in columns}
    changed = {name: value for name, value in new.items() if old is None or old[name] != value}
    was = {"was": {name: old[name] for name in changed}} if old else {}
    name = _name_of(instance)
    if isinstance(instance, Grant):
        asked = {"role": instance.role, "was": (old or {}).get("role", ""), "terminal": instance.has_terminal}
        return [("grant_role", name, instance.engine.slug, asked)] if changed else []
    if isinstance(instance, Engine):
        asked = _without_passwords(changed) | ({"was": _without_passwords(was["was"])} if was else {})
        return [("create_engine" if old is None else "change_engine", name, instance.slug, asked)] if changed else []
    if old is None:
        return [("create_person", name, "", changed)]
    found = [("change_person", name, "", {**changed, **was})] if changed else []
    # Set by set_password() until it is saved; a hash that a login renews leaves it empty.
    if getattr(instance, "_password", None) is not None and (update_fields is None or "password" in update_fields):
        found.append(("change_password", name, "", {}))
    return found


def _name_of(instance: Any) -> str:
    if isinstance(instance, Grant):
        return str(instance.user.get_username())
    return str(instance.slug if isinstance(instance, Engine) else instance.get_username())


def _without_passwords(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _without_password(value) if key == "url" else value for key, value in values.items()}


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url
