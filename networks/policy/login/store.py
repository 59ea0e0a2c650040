"""Sessions in the database, under their keys' hashes; they end when nobody uses them, and some time in any case.

Django's SESSION_ENGINE. Only the browser has the key: a copy of the database logs nobody in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from networks.models.sealing import Unsealable, open_loose, seal_loose

# Without "stay logged in": Django gives the browser no date then, and would keep its own row for SESSION_COOKIE_AGE.
IDLE_FOR = timedelta(hours=24)
# However much a session is used, its owner types the password again after this.
LASTS = timedelta(days=30)
PURPOSE = "session"
_NEW_SECRET = SECRET_SESSION_KEY  # of an app, until its first code was typed
_KEYS_OF_REQUEST = frozenset({"HTTP_COOKIE", "CSRF_COOKIE", "HTTP_X_CSRFTOKEN", "HTTP_AUTHORIZATION"})
BEGUN_AT = "begun_at"  # seconds since 1970, set by a login
LASTS_S = "lasts_s"  # of a session that lasts shorter than LASTS: how many seconds, from BEGUN_AT


def row_key_of(session_key: str | None) -> str:
    """Return under what a session stands in the database: 160 bits of its key's hash in hexadecimal, "" for no key.

    A key is 165 random bits: nobody finds it from a hash, however quick the hash is.
    """
    return hashlib.blake2b(session_key.encode(), digest_size=20).hexdigest() if session_key else ""


def longest_of(session: Mapping[str, Any]) -> timedelta:
    """Return how long this session lasts from its login, however much it is used."""
    return min(LASTS, timedelta(seconds=session.get(LASTS_S, LASTS.total_seconds())))


def _without_keys(held: Mapping[str, Any]) -> dict[str, Any]:
    """Return a session's content without the cookies of a request that waits for the password, and with a new secret sealed."""
    kept = dict(held)
    if isinstance(secret := kept.get(_NEW_SECRET), str):
        kept[_NEW_SECRET] = seal_loose(secret, PURPOSE)
    waiting = kept.get(STATE_SESSION_KEY)
    if isinstance(waiting, dict) and isinstance(waiting.get("request"), str):
        request = json.loads(waiting["request"])
        request["META"] = {name: value for name, value in request.get("META", {}).items() if name not in _KEYS_OF_REQUEST}
        kept[STATE_SESSION_KEY] = {**waiting, "request": json.dumps(request)}
    return kept


class SessionStore(DatabaseStore):
    """Django's own, with hashed keys and nearer dates."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return what the database keeps of it: no key, and no secret of a second step that is being set up."""
        return super().encode(_without_keys(session_dict))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return what `encode` kept."""
        held = super().decode(session_data)
        if isinstance(sealed := held.get(_NEW_SECRET), str):
            try:
                held[_NEW_SECRET] = open_loose(sealed, PURPOSE)
            except Unsealable:  # allauth makes another
                del held[_NEW_SECRET]
        return held

    @property
    def row_key(self) -> str:
        """Under what this session stands in the database; "" before it has a key."""
        return row_key_of(self.session_key)

    def get_expiry_date(self, **more: Any) -> datetime:
        """Return when the row ends unless it is used again."""
        latest: datetime = super().get_expiry_date(**more)
        if self.get_expire_at_browser_close():
            latest = min(latest, timezone.now() + IDLE_FOR)
        begun_at = self.get(BEGUN_AT)
        return latest if begun_at is None else min(latest, datetime.fromtimestamp(begun_at, UTC) + longest_of(self))

    def exists(self, session_key: str | None) -> bool:
        """Tell whether there is a session of this key."""
        return Session.objects.filter(pk=row_key_of(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row that keeps this session."""
        key = self._get_or_create_session_key()  # type: ignore[attr-defined]  # Django's, which its types leave out
        return Session(pk=row_key_of(key), session_data=self.encode(data), expire_date=self.get_expiry_date())

    def delete(self, session_key: str | None = None) -> None:
        """End this session, or the one of this key."""
        row_key = row_key_of(session_key or self.session_key)
        for row in Session.objects.filter(pk=row_key):
            row.delete()

    async def aexists(self, session_key: str | None) -> bool:
        """As `exists`."""
        return await sync_to_async(self.exists)(session_key)

    async def acreate_model_instance(self, data: dict[str, Any]) -> Session:
        """As `create_model_instance`."""
        return await sync_to_async(self.create_model_instance)(data)

    async def adelete(self, session_key: str | None = None) -> None:
        """As `delete`."""
        await sync_to_async(self.delete)(session_key)

    def _get_session_from_db(self) -> Session | None:
        row = Session.objects.filter(pk=self.row_key, expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
        return row

    async def _aget_session_from_db(self) -> Session | None:
        return await sync_to_async(self._get_session_from_db)()
