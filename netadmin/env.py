"""Every environment variable that Netadmin reads, in one place. docs/configuration.md lists the same, and a test compares them."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from environ import FileAwareEnv

BASE_DIR = Path(__file__).resolve().parent.parent

env = FileAwareEnv()


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the environment says. Each variable may also be given as NAME_FILE, naming a file that holds the value."""

    data_dir: Path
    port: int
    bind: str
    docker_host: str
    trusted_origins: tuple[str, ...]
    trusted_proxies: int
    is_read_only: bool
    is_debug: bool
    admin_username: str
    log_level: str
    language: str
    time_zone: str


def read_configuration() -> Configuration:
    """Read the environment. Raises environ.ImproperlyConfigured, in words, where a value makes no sense."""
    return Configuration(
        data_dir=Path(env.str("NETADMIN_DATA_DIR", default=str(BASE_DIR / ".data"))).absolute(),
        port=env.int("NETADMIN_PORT", default=8000),
        bind=env.str("NETADMIN_BIND", default="127.0.0.1"),
        docker_host=env.str("DOCKER_HOST", default="unix:///var/run/docker.sock"),
        trusted_origins=tuple(env.list("NETADMIN_TRUSTED_ORIGINS", default=[])),
        trusted_proxies=env.int("NETADMIN_TRUSTED_PROXIES", default=0),
        is_read_only=env.bool("NETADMIN_READ_ONLY", default=False),
        is_debug=env.bool("NETADMIN_DEBUG", default=False),
        admin_username=env.str("NETADMIN_ADMIN_USERNAME", default=""),
        log_level=env.str("NETADMIN_LOG_LEVEL", default="INFO").upper(),
        language=env.str("NETADMIN_LANGUAGE", default="en"),
        time_zone=env.str("NETADMIN_TIME_ZONE", default="UTC"),
    )


def make_data_dir(path: Path) -> None:
    """Make the data directory, readable by its owner alone."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def read_or_make_secret_key(data_dir: Path) -> str:
    """Return the secret key, making it (0600) at the first start."""
    make_data_dir(data_dir)
    path = data_dir / "secret_key"
    try:
        with open(path, "x", encoding="ascii", opener=_open_private) as new:
            new.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
