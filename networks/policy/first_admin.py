"""The first admin: made by whoever holds the one-time token that the console showed, or from the environment."""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection, transaction
from django.utils import timezone

from networks.models.beside_pool import advisory_lock
from networks.policy.login.throttle import TooManyGuesses, count_setup_guess

TOKEN_BYTES = 32  # 256 bits
TOKEN_LASTS = timedelta(hours=1)
_LOCK = 7_238_462  # any number that nothing else locks


class SetupFault(StrEnum):
    """Why a claim was refused."""

    WRONG = "wrong"
    EXPIRED = "expired"
    TOO_MANY = "too many"  # from this address within a minute: not even looked at
    DONE = "done"


class SetupRefused(Exception):
    """The claim made no admin. `fault` says why."""

    def __init__(self, fault: SetupFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class Console(Protocol):
    """What can be printed to: a stream, or a command's own output."""

    def write(self, text: str, /) -> object:
        """Write a text."""


@dataclass(frozen=True, slots=True)
class _Token:
    """What the file holds. `made_at`: ISO 8601, UTC."""

    token: str
    made_at: str

    def is_expired(self, now: datetime) -> bool:
        return now - datetime.fromisoformat(self.made_at) > TOKEN_LASTS


def needs_setup() -> bool:
    """Tell whether there is no user yet."""
    return not get_user_model()._default_manager.exists()


def ensure_setup_token() -> str | None:
    """Return the token that is valid now, making one where there is none or it is too old; None when set-up is done."""
    with _locked():
        if not needs_setup():
            _forget()
            return None
        kept = _read()
        if kept is None or kept.is_expired(timezone.now()):
            kept = _renew()
        return kept.token


def claim_setup(token: str, username: str, password: str, address: str = "") -> User:
    """Make the first admin. Of any number of claims at the same time one succeeds. Raises SetupRefused.

    The password was validated by the caller. Nobody guesses 256 bits, so wrong guesses use nothing up: whoever makes them can't
    take the token from its owner. One `address` has so many of them in a minute. A token of an hour ago is replaced by a new one,
    which the console shows.
    """
    with _locked():
        if not needs_setup():
            _forget()
            raise SetupRefused(SetupFault.DONE)
        try:
            guess = count_setup_guess(address)
        except TooManyGuesses as many:
            raise SetupRefused(SetupFault.TOO_MANY) from many
        kept = _read()
        if kept is None or kept.is_expired(timezone.now()):
            show_setup_token(_renew().token)
            raise SetupRefused(SetupFault.EXPIRED)
        if not hmac.compare_digest(kept.token.encode(), token.strip().encode()):
            raise SetupRefused(SetupFault.WRONG)
        guess.take_back()
        user = _make_admin(username, password)
        _forget()
        return user


def make_first_admin() -> User | None:
    """Make the admin whom the environment names, when there is no user. Returns None when it names none or there is a user.

    Raises ImproperlyConfigured, in words, when the password file can't be read or the password is too weak.
    """
    username, path = settings.NETADMIN_ADMIN_USERNAME, settings.NETADMIN_ADMIN_PASSWORD_FILE
    if not username and not path:
        return None
    if not username or not path:
        raise ImproperlyConfigured("NETADMIN_ADMIN_USERNAME and NETADMIN_ADMIN_PASSWORD_FILE belong together: set both or none.")
    with _locked():
        if not needs_setup():
            return None
        try:
            password = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
            validate_password(password, get_user_model()(username=username))
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"NETADMIN_ADMIN_PASSWORD_FILE can't be read: {error}") from error
        except ValidationError as error:
            raise ImproperlyConfigured(f"The password in NETADMIN_ADMIN_PASSWORD_FILE: {' '.join(error.messages)}") from error
        user = _make_admin(username, password)
        _forget()
        return user


def show_setup_token(token: str, console: Console | None = None) -> None:
    """Print the token on the console; it never goes to the log. A fragment is never sent, so it stands in no log either."""
    address = f"{home_url()}/setup/"
    out: Console = console or sys.stderr
    out.write(f"To make the first admin, open {address}#{token}\nor open {address} and type the token, within an hour: {token}\n")


def home_url() -> str:
    """Return the address to print, without a slash at its end: the public one, else localhost where that is allowed."""
    if settings.NETADMIN_PUBLIC_URL:
        return str(settings.NETADMIN_PUBLIC_URL).rstrip("/")
    local = f"http://localhost:{settings.NETADMIN_PORT}"
    allowed: frozenset[str] = settings.NETADMIN_ALLOWED_ORIGINS
    return local if local in allowed else min(allowed)


def _make_admin(username: str, password: str) -> User:
    with transaction.atomic():
        return get_user_model()._default_manager.create_superuser(username=username, password=password)


def _renew() -> _Token:
    fresh = _Token(secrets.token_urlsafe(TOKEN_BYTES), timezone.now().isoformat())
    _write(fresh)
    return fresh


def _path() -> Path:
    return Path(settings.NETADMIN_DATA_DIR) / "setup_token"


def _read() -> _Token | None:
    try:
        return _Token(**json.loads(_path().read_text(encoding="ascii")))
    except (FileNotFoundError, ValueError, TypeError):  # none yet, or cut off by a full disk: a new one is made
        return None


def _write(token: _Token) -> None:
    scratch = _path().with_suffix(".new")
    with open(scratch, "w", encoding="ascii", opener=_open_private) as file:
        json.dump(asdict(token), file)
    scratch.replace(_path())


def _forget() -> None:
    _path().unlink(missing_ok=True)


@contextmanager
def _locked() -> Iterator[None]:
    """Let one claim at a time pass, of all threads and processes on this data directory, and of all servers on PostgreSQL.

    There each server has a token of its own, which is no good any more once somebody has used any of them.
    """
    if connection.vendor != "sqlite":
        with advisory_lock(connection, _LOCK):
            yield
        return
    with open(Path(settings.NETADMIN_DATA_DIR) / "setup.lock", "w", encoding="ascii", opener=_open_private) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
