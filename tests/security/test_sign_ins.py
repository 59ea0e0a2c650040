"""Logins stand in the log: those that went well, those that didn't, and who left."""

from __future__ import annotations

import pytest
import structlog
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from structlog.testing import LogCapture

from networks.actions import audit_signals
from networks.models import Action, Outcome

PASSWORD = "correct horse battery"
LOGIN = "/accounts/login/"

pytestmark = pytest.mark.django_db


def test_it_logs_who_came_who_did_not_and_who_left(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    capture = LogCapture()
    monkeypatch.setattr(audit_signals, "log", structlog.wrap_logger(None, processors=[capture]))
    User.objects.create_user("ann", password=PASSWORD)
    browser = Client()

    browser.post(LOGIN, {"login": "ann", "password": "wrong"})
    browser.post(LOGIN, {"login": PASSWORD, "password": "ann"})  # typed into the wrong fields
    browser.post(LOGIN, {"login": "ann", "password": PASSWORD})
    browser.post("/accounts/logout/")

    assert [(entry["event"], entry["name"], entry["client"]) for entry in capture.entries] == [
        ("login_failed", "ann", "127.0.0.1"),
        ("login_failed", "", "127.0.0.1"),
        ("logged_in", "ann", "127.0.0.1"),
        ("logged_out", "ann", "127.0.0.1"),
    ]
    assert PASSWORD not in repr(capture.entries)


def test_it_writes_down_that_a_second_step_was_wrong() -> None:
    cache.clear()
    TOTP.activate(User.objects.create_user("ann", password=PASSWORD), "A" * 32)
    browser = Client()
    browser.post(LOGIN, {"login": "ann", "password": PASSWORD})

    browser.post("/accounts/2fa/authenticate/", {"code": "000000"})

    tried = Action.objects.get(verb="log_in", who="stranger")
    outcome = Outcome.objects.get(action_id=tried.pk)
    assert (tried.what, outcome.kind) == ("ann", "refused")
    assert outcome.sentence == "The password was right, but the second step was wrong."
