"""Sealing secrets for the database with keys made from SECRET_KEY: a copy of the database alone opens nothing."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_BOUND = "v2:"  # before it: Fernet, which knows nothing of the row that it stands in
_NONCE = 12  # bytes, as NIST SP 800-38D wants it for GCM


class Unsealable(ValueError):
    """What stands there was sealed with another secret key, or for another row."""


def seal_for(text: str, purpose: str, about: str) -> str:
    """Seal a text for one row alone. `purpose`: what kind of secret it is; `about`: the row, such as "engine 3"."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(next(_keys(purpose))).encrypt(nonce, text.encode(), about.encode())
    return _BOUND + base64.urlsafe_b64encode(nonce + sealed).decode()


def open_for(sealed: str, purpose: str, about: str) -> str:
    """Open what `seal_for` sealed, with the secret key or one before it. Raises Unsealable."""
    if not sealed.startswith(_BOUND):
        return open_loose(sealed, purpose)
    try:
        whole = base64.urlsafe_b64decode(sealed.removeprefix(_BOUND))
    except ValueError as error:
        raise Unsealable("not sealed by Netadmin") from error
    for key in _keys(purpose):
        try:
            return AESGCM(key).decrypt(whole[:_NONCE], whole[_NONCE:], about.encode()).decode()
        except (InvalidTag, ValueError):
            continue
    raise Unsealable("sealed with another secret key, or for another row")


def seal_loose(text: str, purpose: str) -> str:
    """Seal a text of which nobody says here which row it is for."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def open_loose(sealed: str, purpose: str) -> str:
    """Open what `seal_loose` sealed, with the secret key or one before it. Raises Unsealable."""
    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise Unsealable("sealed with another secret key") from error


def is_bound(sealed: str) -> bool:
    """Tell whether it opens in its own row alone."""
    return sealed.startswith(_BOUND)


def _fernet(purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in _keys(purpose)])


def _keys(purpose: str) -> Iterator[bytes]:
    """Yield a key for this purpose from the secret key, then from those before it."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield HKDF(SHA256(), 32, salt=None, info=f"netadmin {purpose}".encode()).derive(secret.encode())
