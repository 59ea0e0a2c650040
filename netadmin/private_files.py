"""Files that hold what nobody else may read: the secret key, tokens, the database. Their places come from netadmin/env.py."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from networks.policy.ownership import tell_owner

SHORTEST_KEY = 50  # characters; Django warns of shorter ones
SHORTEST_TOKEN = 32  # characters; of hexadecimal digits that is 128 bits, which nobody guesses


def read_readyz_token(path: str) -> str:
    """Return the token that a file holds, "" for no file. Raises ImproperlyConfigured, in words, where it holds none."""
    if not path:
        return ""
    try:
        token = Path(path).read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"NETADMIN_READYZ_TOKEN_FILE={path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        token = ""
    if len(token) < SHORTEST_TOKEN or not token.isprintable() or " " in token:
        raise ImproperlyConfigured(
            f"NETADMIN_READYZ_TOKEN_FILE={path} holds no token: {SHORTEST_TOKEN} characters or more of ASCII, without blanks. "
            "`openssl rand -hex 32` makes one."
        )
    return token


def read_client_secret(path: str) -> str:
    """Return the secret that a file holds; "" without one: PKCE alone binds a public client's code to the browser."""
    if not path:
        return ""
    try:
        secret = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ImproperlyConfigured(f"NETADMIN_OIDC_CLIENT_SECRET_FILE={path} can't be read: {why}.") from error
    if not secret:
        raise ImproperlyConfigured(f"NETADMIN_OIDC_CLIENT_SECRET_FILE={path} is empty.")
    return secret


def make_data_dir(path: Path) -> None:
    """Make the data directory, readable by its owner alone."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def said_in_words(data_dir: Path) -> Iterator[None]:
    """Raise ImproperlyConfigured, in words, where the disk refuses what the data directory needs."""
    try:
        yield
    except OSError as error:
        whose = tell_owner(Path(error.filename), data_dir) if isinstance(error, PermissionError) and error.filename else ""
        raise ImproperlyConfigured(
            f"The data directory {data_dir} can't be used: {error.strerror}. NETADMIN_DATA_DIR may name another.{whose}"
        ) from error


def make_private_file(path: Path) -> Path:
    """Make an empty file that its owner alone may read, where there is none yet; SQLite then keeps to its mode."""
    with said_in_words(path.parent):
        make_data_dir(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_CLOEXEC, 0o600))
    return path


def read_or_make_secret_key(data_dir: Path, named: str = "") -> str:
    """Return the secret key, making it (0600) at the first start; `named`: a file of it that several servers share.

    Raises ImproperlyConfigured when its file is cut short, or can't be read.
    """
    with said_in_words(data_dir):
        make_data_dir(data_dir)
    if named:
        return _read_named_key(Path(named))
    path = data_dir / "secret_key"
    with said_in_words(data_dir):
        make_data_dir(data_dir)
        if not path.exists():
            _place_secret_key(path)
        key = path.read_text(encoding="ascii").strip()
    if len(key) < SHORTEST_KEY:
        raise ImproperlyConfigured(f"{path} holds no secret key. Delete it: a new one is made, and everybody logs in again.")
    return key


def _read_named_key(path: Path) -> str:
    try:
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"NETADMIN_SECRET_KEY_FILE={path} can't be read: {error}") from error
    if len(key) < SHORTEST_KEY:
        raise ImproperlyConfigured(f"NETADMIN_SECRET_KEY_FILE={path} holds no key of {SHORTEST_KEY} characters or more.")
    return key


def read_secret_key_fallbacks(data_dir: Path, named: Iterable[str]) -> list[str]:
    """Return the keys before this one: those that the environment names, then those that `manage.py rotate_key` kept."""
    path = data_dir / "secret_key_fallbacks"
    with said_in_words(data_dir):
        kept = path.read_text(encoding="ascii").split() if path.exists() else []
    return list(dict.fromkeys((*named, *kept)))


def _place_secret_key(path: Path) -> None:
    # Written aside, then given its name, which only one process can: no other ever reads half a key.
    scratch = path.with_name(f"secret_key.{os.getpid()}.new")
    try:
        with open(scratch, "w", encoding="ascii", opener=_open_private) as file:
            file.write(secrets.token_urlsafe(64))
        with suppress(FileExistsError):
            os.link(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
