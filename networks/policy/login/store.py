"""Sessions in the database that end when nobody uses them, and some time in any case (Django's SESSION_ENGINE)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

# Without "stay logged in": Django gives the browser no date then, and would keep its own row for SESSION_COOKIE_AGE.
IDLE_FOR = timedelta(hours=24)
# However much a session is used, its owner types the password again after this.
LASTS = timedelta(days=30)
BEGUN_AT = "begun_at"  # seconds since 1970, set by a login


class SessionStore(DatabaseStore):
    """Django's own, with nearer dates."""

    def get_expiry_date(self, **more: Any) -> datetime:
        """Return when the row ends unless it is used again."""
        latest: datetime = super().get_expiry_date(**more)
        if self.get_expire_at_browser_close():
            latest = min(latest, timezone.now() + IDLE_FOR)
        begun_at = self.get(BEGUN_AT)
        return latest if begun_at is None else min(latest, datetime.fromtimestamp(begun_at, UTC) + LASTS)
