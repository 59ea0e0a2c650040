"""Where one is logged in, and the end of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from networks.actions.people import end_own_sessions
from networks.actions.recording import ActionResult
from networks.models import BrowserSession
from networks.policy.login.browsers import browsers_of
from networks.policy.login.store import row_key_of
from networks.templatetags.people import name_browser
from networks.views.acting import actor_of


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser that is logged in. `browser`: such as "Firefox on Linux"."""

    pk: int
    browser: str
    user_agent: str
    address: str
    begun_at: datetime
    seen_at: datetime
    is_this: bool


def session_rows(user_id: int, this_key: str | None = None) -> list[SessionRow]:
    """Return the sessions of a person, this one first."""
    rows = [_row(browser, this_key) for browser in browsers_of(user_id)]
    return sorted(rows, key=lambda row: not row.is_this)


def _row(browser: BrowserSession, this_key: str | None) -> SessionRow:
    return SessionRow(
        browser.pk,
        name_browser(browser.user_agent),
        browser.user_agent,
        browser.address,
        browser.begun_at,
        browser.seen_at,
        browser.session_id == this_key,
    )


class SessionList(View):
    """The browsers that are logged in as this person."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = session_rows(request.user.pk or 0, row_key_of(request.session.session_key))
        return render(request, "account/sessions.html", {"sessions": rows, "others": sum(not row.is_this for row in rows)})


# Whoever sits down at an unlocked browser shall not log its owner out everywhere else.
class SessionEnd(View):
    """End one of one's own sessions."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if BrowserSession.objects.filter(pk=pk, session_id=row_key_of(request.session.session_key)).exists():
            logout(request)
            return redirect(settings.LOGIN_URL)
        return _say(request, end_own_sessions(actor_of(request), but=None, browser_id=pk), _("That browser is logged out."))


class SessionsEnd(View):
    """End all of one's own sessions but this one."""

    def post(self, request: HttpRequest) -> HttpResponse:
        result = end_own_sessions(actor_of(request), but=row_key_of(request.session.session_key))
        return _say(request, result, _("All other browsers are logged out."))


def _say(request: HttpRequest, result: ActionResult, words: str) -> HttpResponse:
    messages.add_message(request, *((messages.SUCCESS, words) if result.is_ok else (messages.WARNING, result.sentence)))
    return redirect("account_sessions")
