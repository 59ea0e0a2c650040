"""Which browsers are logged in as whom: written down when they log in and while they come back, and ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog
from allauth.account.signals import password_changed
from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from networks.models import BrowserSession
from networks.policy.login.store import BEGUN_AT, longest_of, row_key_of
from networks.policy.permissions import Permission
from networks.policy.socket_rights import SocketSession, still_allowed

log = structlog.get_logger(__name__)

# A row is written no oftener than this: a write for every page would wake everything that watches the database.
SEEN_EVERY = timedelta(minutes=1)
_RENEWED_EVERY_S = 24 * 3600
MOST_LISTED = 200  # scripts that log in anew each time leave many behind; all of them can be ended
_AGENT_LENGTH = 400


def connect_receivers() -> None:
    """Listen to logins and to new passwords."""
    user_logged_in.connect(_on_login, dispatch_uid="browser logged in")
    password_changed.connect(_on_new_password, dispatch_uid="other browsers out")


def note_browser(request: HttpRequest, *, now: datetime | None = None) -> bool:
    """Write down that this logged-in browser was here, unless it was less than a minute ago. False: it has been in too long.

    Each time the session's end is set anew, as the store has it.
    """
    key = row_key_of(request.session.session_key)
    if not key or not request.user.is_authenticated:
        return True
    address, agent = _where(request)
    if not caches["process"].add(f"seen:{key}:{address}", 1, int(SEEN_EVERY.total_seconds())):
        return True
    now = now or timezone.now()
    begun = BrowserSession.objects.filter(session_id=key).values_list("begun_at", flat=True).first() or now
    if begun + longest_of(request.session) <= now:
        return False
    if not request.session.get_expire_at_browser_close() and caches["process"].add(f"renewed:{key}", 1, _RENEWED_EVERY_S):
        request.session.modified = True  # so that the browser gets its cookie with a new date
    try:
        _write(key, request.user.pk, address, agent, now)
        Session.objects.filter(pk=key).update(expire_date=request.session.get_expiry_date())
    except DatabaseError as error:  # a full disk; the page itself can still be read
        log.warning("browser_not_noted", error=str(error))
    return True


def browsers_of(user_id: int) -> list[BrowserSession]:
    """Return the sessions of a person that still hold, the one seen last first; MOST_LISTED at most."""
    rows = list(BrowserSession.objects.filter(user_id=user_id).order_by("-seen_at", "-pk")[:MOST_LISTED])
    standings = {row.pk: SocketSession(user_id, row.session_id, Permission.LOGIN) for row in rows}
    holding = still_allowed(standings.values())
    return [row for row in rows if standings[row.pk] in holding]


def is_in_use_at(username: str, address: str) -> bool:
    """Tell whether somebody of this name is logged in at this address."""
    found = BrowserSession.objects.filter(
        user__username__iexact=username, address=address, session__expire_date__gt=timezone.now()
    )
    return bool(address) and found.exists()


def end_session(user_id: int, browser_id: int) -> bool:
    """End one session of a person; tell whether there was one. Its sockets are closed at once."""
    row = BrowserSession.objects.filter(user_id=user_id, pk=browser_id).select_related("session").first()
    if row is None:
        return False
    row.session.delete()
    return True


def end_sessions(user_id: int, *, but: str | None = None) -> int:
    """End all sessions of a person, but the one that stands under `but`; return how many. Their sockets are closed at once."""
    keys = set(BrowserSession.objects.filter(user_id=user_id).values_list("session_id", flat=True))
    keys.update(_unnoted_keys(user_id))
    keys.discard(but or "")
    for session in Session.objects.filter(pk__in=keys):
        session.delete()  # one by one: each says that rights have changed
    return len(keys)


def _unnoted_keys(user_id: int) -> Iterable[str]:
    """Yield the sessions of a person that nobody has written down: of before there was a table, or of a password just changed."""
    wanted = str(user_id)
    for session in Session.objects.filter(browser__isnull=True, expire_date__gt=timezone.now()).iterator():
        if str(session.get_decoded().get(SESSION_KEY, "")) == wanted:
            yield session.pk


def _on_login(request: HttpRequest, user: Any, **_more: object) -> None:
    session = getattr(request, "session", None)
    if session is None or not isinstance(user, get_user_model()):
        return
    if not session.session_key:
        session.save()
    now = timezone.now()
    session[BEGUN_AT] = now.timestamp()
    key = row_key_of(session.session_key)
    _write(key, user.pk, *_where(request), now)
    _end_beyond_most(user.pk, but=key)


def _end_beyond_most(user_id: int, *, but: str) -> None:
    """End the sessions of a person that were used least lately, where there are more than one may have."""
    rows = BrowserSession.objects.filter(user_id=user_id).exclude(session_id=but).order_by("-seen_at", "-pk")
    for row in rows.select_related("session")[settings.NETADMIN_MOST_SESSIONS - 1 :]:
        row.session.delete()


def _on_new_password(request: HttpRequest, user: Any, **_more: object) -> None:
    # They are out by the password's hash already; this takes them off the list, and their sockets at once.
    end_sessions(user.pk, but=row_key_of(request.session.session_key))


def _write(key: str, user_id: int, address: str, agent: str, now: datetime) -> None:
    seen = {"user_id": user_id, "address": address, "user_agent": agent, "seen_at": now}
    if BrowserSession.objects.filter(session_id=key).update(**seen):
        return
    if not Session.objects.filter(pk=key).exists():  # ended meanwhile, or kept for the answer's end only
        return
    try:
        with transaction.atomic():
            BrowserSession.objects.create(session_id=key, begun_at=now, **seen)
    except IntegrityError:  # another request of this browser was quicker
        return


def _where(request: HttpRequest) -> tuple[str, str]:
    address, agent = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_USER_AGENT", "")
    return str(address)[:45], str(agent)[:_AGENT_LENGTH]
