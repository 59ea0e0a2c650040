"""The secret keys beside a backup, sealed by a passphrase: whoever finds the backup opens nothing with it."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

# Source: RFC 7914, and OWASP's cheat sheet on storing passwords: 128 MiB and a third of a second for each guess.
_COST, _BLOCK, _LANES = 2**17, 8, 1
_MOST_COST = 2**20  # a file that somebody else wrote makes nobody wait
_SALT, _NONCE, _KEY = 16, 12, 32  # bytes
SHORTEST_PASSPHRASE = 12  # characters


class WrongPassphrase(Exception):
    """It opens nothing here, or what is sealed was changed."""


@dataclass(frozen=True, slots=True)
class SecretKeys:
    """The secret key, and those before it, the newest first."""

    key: str
    fallbacks: tuple[str, ...] = ()


def seal_keys(keys: SecretKeys, passphrase: str, about: str) -> str:
    """Return a document (JSON) that only this passphrase opens. `about`: what it belongs to; with another it doesn't open."""
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    sealed = AESGCM(_derive(passphrase, salt, _COST)).encrypt(nonce, json.dumps(asdict(keys)).encode(), about.encode())
    document = {"kdf": "scrypt", "n": _COST, "r": _BLOCK, "p": _LANES, "cipher": "AES-256-GCM"}
    return json.dumps(document | {"salt": _encode(salt), "nonce": _encode(nonce), "sealed": _encode(sealed)}, indent=1)


def open_keys(document: str, passphrase: str, about: str) -> SecretKeys:
    """Return the keys. Raises WrongPassphrase."""
    try:
        read = json.loads(document)
        cost = int(read["n"])
        if not 2**14 <= cost <= _MOST_COST or cost & (cost - 1) or (read["r"], read["p"]) != (_BLOCK, _LANES):
            raise WrongPassphrase("the file of the sealed key isn't Netadmin's")
        salt, nonce, sealed = (base64.b64decode(read[name], validate=True) for name in ("salt", "nonce", "sealed"))
        kept = json.loads(AESGCM(_derive(passphrase, salt, cost)).decrypt(nonce, sealed, about.encode()))
        return SecretKeys(str(kept["key"]), tuple(map(str, kept["fallbacks"])))
    except InvalidTag as error:
        raise WrongPassphrase("the passphrase doesn't open it") from error
    except (ValueError, KeyError, TypeError) as error:
        raise WrongPassphrase("the file of the sealed key is damaged") from error


def _derive(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=_KEY, n=cost, r=_BLOCK, p=_LANES).derive(passphrase.encode())


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
