"""Links by which people choose their own password: made by an admin, shown once, good once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode


class _Invitations(PasswordResetTokenGenerator):
    """Django's own tokens under another salt: an HMAC over the password's hash and the last login, so the first use is the last.

    They last PASSWORD_RESET_TIMEOUT. Nothing is stored.
    """

    key_salt = "netadmin.invitation"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}"


_tokens = _Invitations()


def make_invitation(person: User) -> str:
    """Return a token that lets whoever holds it set this person's password, once."""
    return f"{urlsafe_base64_encode(force_bytes(person.pk))}.{_tokens.make_token(person)}"


def read_invitation(text: str) -> User | None:
    """Return whom a token is for; None when it is used, too old, forged, or the person is switched off."""
    name, _dot, token = text.strip().partition(".")
    try:
        key = int(urlsafe_base64_decode(name).decode())
    except (ValueError, OverflowError):
        return None
    person = get_user_model()._default_manager.filter(pk=key, is_active=True).first()
    return person if person is not None and _tokens.check_token(person, token) else None
