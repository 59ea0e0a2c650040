"""Sessions of those who came by sign-on: shorter than others, and how such a person proves once more that it is them."""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from networks.policy.login.store import LASTS_S

# Groups are read at a log-in, so what somebody lost there holds no longer than this here: a working day.
SIGN_ON_LASTS = timedelta(hours=8)
_KEY = "netadmin_sign_on"  # of a session: the id of whoever came by sign-on
_METHOD = "sign_on"


def mark_signed_on(session: Any, person: AbstractBaseUser) -> None:
    """Have a session end with the browser, and after SIGN_ON_LASTS; note whose sign-on began it. Before the log-in itself."""
    session[_KEY] = person.pk
    session[LASTS_S] = SIGN_ON_LASTS.total_seconds()
    session.set_expiry(0)


def has_signed_on(session: MutableMapping[str, Any], person: AbstractBaseUser) -> bool:
    """Tell whether this session of this person was begun by sign-on."""
    return person.pk is not None and session.get(_KEY) == person.pk


def note_proof(request: HttpRequest, person: AbstractBaseUser) -> None:
    """Note that this person has just proved at the provider that it is them."""
    record_authentication(request, person, method=_METHOD, reauthenticated=True)


def has_proved_there(request: HttpRequest, person: AbstractBaseUser) -> bool:
    """Tell whether this person has done so within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, person)
    return any(each.get("method") == _METHOD and each.get("reauthenticated") and each["at"] > since for each in records)
