"""Browsers that have logged in to an account before, marked by a cookie: a stranger's guesses don't hold them up.

Source: OWASP, "Slow down online guessing attacks with device cookies".
"""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

LASTS_S = 180 * 24 * 3600
_MOST_ACCOUNTS = 5  # of one browser; a cookie has 4 KB
_SALT = "netadmin.known-browser"


def cookie_name() -> str:
    """Return the cookie's name: cookies have no port, so it stands in the name."""
    return f"netadmin_known_{settings.NETADMIN_PORT}"


def browser_mark(request: HttpRequest, account: str) -> str:
    """Return the mark that this browser got when it logged in to this account, "" when it never did."""
    return _marks(request).get(_short(account), "")


def mark_browser(request: HttpRequest, response: HttpResponse, account: str) -> None:
    """Give the browser its mark for this account, in an answer. It keeps one that it has: guesses are counted by it."""
    marks = _marks(request)
    mark = marks.pop(_short(account), "") or secrets.token_urlsafe(12)
    kept = dict([*marks.items(), (_short(account), mark)][-_MOST_ACCOUNTS:])
    response.set_cookie(
        cookie_name(),
        signing.dumps(kept, salt=_SALT),
        max_age=LASTS_S,
        httponly=True,
        samesite="Lax",
    )


def _marks(request: HttpRequest) -> dict[str, str]:
    try:
        marks: dict[str, str] = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=_SALT, max_age=LASTS_S)
    except signing.BadSignature:
        return {}
    return marks


def _short(account: str) -> str:
    """Return a name for the account that doesn't tell who logs in here."""
    return hashlib.sha256(account.encode()).hexdigest()[:16]
