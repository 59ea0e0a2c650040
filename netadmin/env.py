"""Every environment variable that Netadmin reads, in one place; a test compares it with docs/configuration.md."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured
from environ import FileAwareEnv

from netadmin.private_files import SHORTEST_KEY
from networks.audit.destinations import NoDestination, check_destination
from networks.hostnet.linux.namespaces import is_netns_path

BASE_DIR = Path(__file__).resolve().parent.parent

LANGUAGES = ("en", "ko")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOG_FORMATS = ("line", "json")
SECOND_STEP_GROUPS = ("superusers", "admins", "terminals", "everybody")
LEAST_CONNECTIONS = 20
# Read from files alone, and what the file is to hold.
_FROM_FILES = {
    "NETADMIN_OIDC_CLIENT_SECRET": "secret",
    "NETADMIN_SECRET_KEY": "key",
    "NETADMIN_ADMIN_PASSWORD": "password",
    "NETADMIN_READYZ_TOKEN": "token",
}

# Each is a line of security.txt: signs of a URI alone (RFC 3986), so none ends the line. A password belongs in no address.
_SIGNS = r"[A-Za-z0-9._~:/?#\[\]!$&'()*+;=%-]"
_CONTACT = re.compile(rf"mailto:{_SIGNS}+@{_SIGNS}+|https://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?([/?#]({_SIGNS}|@)*)?")

env = FileAwareEnv()


@dataclass(frozen=True, slots=True)
class SaidOfSignOn:
    """What the variables NETADMIN_OIDC_… say."""

    issuer: str
    client_id: str
    client_secret_file: str
    name: str
    groups_claim: str
    admit: tuple[str, ...]
    roles: tuple[str, ...]
    local_login: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the environment says. Each variable may also be given as NAME_FILE, naming a file that holds the value."""

    data_dir: Path
    static_dir: Path | None
    port: int
    bind: str
    database_url: str
    database_connections: int
    secret_key_file: str
    engine: str
    docker_host: str
    netns: str
    public_url: str
    trusted_origins: tuple[str, ...]
    trusted_proxies: int
    is_read_only: bool
    is_following: bool
    address_history_days: int
    activity_log: str
    activity_log_ca: str
    backup_dir: str
    backup_keep: int
    backup_passphrase_file: str
    event_days: int
    job_days: int
    activity_days: int
    is_debug: bool
    admin_username: str
    admin_password_file: str
    secret_key_fallbacks: tuple[str, ...]
    most_sessions: int
    admin_from: tuple[str, ...]
    second_step_for: tuple[str, ...]
    second_step_days: int
    log_level: str
    log_format: str
    slow_engine_ms: int
    slow_query_ms: int
    readyz_token_file: str
    language: str
    time_zone: str
    security_contact: tuple[str, ...]
    oidc: SaidOfSignOn


def read_configuration() -> Configuration:
    """Read the environment. Raises ImproperlyConfigured, in words, where a value makes no sense."""
    for name, secret in _FROM_FILES.items():
        if name in os.environ:
            raise ImproperlyConfigured(
                f"{name} isn't read: other processes can see the environment. Put the {secret} into a file and name it in "
                f"{name}_FILE."
            )
    try:
        return _check(_read())
    except ValueError as error:
        raise ImproperlyConfigured(f"A setting isn't understood: {error}") from error


def _read() -> Configuration:
    return Configuration(
        data_dir=Path(env.str("NETADMIN_DATA_DIR", default=str(BASE_DIR / ".data"))).absolute(),
        static_dir=_path(env.str("NETADMIN_STATIC_DIR", default="")),
        port=env.int("NETADMIN_PORT", default=8000),
        bind=env.str("NETADMIN_BIND", default="127.0.0.1"),
        database_url=env.str("DATABASE_URL", default="").strip(),
        database_connections=env.int("NETADMIN_DATABASE_CONNECTIONS", default=40),
        secret_key_file=env.str("NETADMIN_SECRET_KEY_FILE", default=""),
        engine=env.str("NETADMIN_ENGINE", default="local").strip(),
        docker_host=env.str("DOCKER_HOST", default="unix:///var/run/docker.sock"),
        netns=env.str("NETADMIN_NETNS", default=""),
        public_url=env.str("NETADMIN_PUBLIC_URL", default="").strip(),
        trusted_origins=tuple(env.list("NETADMIN_TRUSTED_ORIGINS", default=[])),
        trusted_proxies=env.int("NETADMIN_TRUSTED_PROXIES", default=0),
        is_read_only=env.bool("NETADMIN_READ_ONLY", default=False),
        is_following=env.bool("NETADMIN_FOLLOW", default=True),
        address_history_days=env.int("NETADMIN_ADDRESS_HISTORY_DAYS", default=90),
        activity_log=env.str("NETADMIN_ACTIVITY_LOG", default=""),
        activity_log_ca=env.str("NETADMIN_ACTIVITY_LOG_CA", default=""),
        backup_dir=env.str("NETADMIN_BACKUP_DIR", default=""),
        backup_keep=env.int("NETADMIN_BACKUP_KEEP", default=7),
        backup_passphrase_file=env.str("NETADMIN_BACKUP_PASSPHRASE_FILE", default=""),
        event_days=env.int("NETADMIN_EVENT_DAYS", default=30),
        job_days=env.int("NETADMIN_JOB_DAYS", default=30),
        activity_days=env.int("NETADMIN_ACTIVITY_DAYS", default=0),
        is_debug=env.bool("NETADMIN_DEBUG", default=False),
        admin_username=env.str("NETADMIN_ADMIN_USERNAME", default=""),
        admin_password_file=env.str("NETADMIN_ADMIN_PASSWORD_FILE", default=""),
        secret_key_fallbacks=_stripped(env.list("NETADMIN_SECRET_KEY_FALLBACKS", default=[])),
        most_sessions=env.int("NETADMIN_MOST_SESSIONS", default=20),
        admin_from=_stripped(env.list("NETADMIN_ADMIN_FROM", default=[])),
        second_step_for=_stripped(env.list("NETADMIN_SECOND_STEP_FOR", default=[])),
        second_step_days=env.int("NETADMIN_SECOND_STEP_DAYS", default=7),
        log_level=env.str("NETADMIN_LOG_LEVEL", default="INFO").upper(),
        log_format=env.str("NETADMIN_LOG_FORMAT", default="line").lower(),
        slow_engine_ms=env.int("NETADMIN_SLOW_ENGINE_MS", default=1000),
        slow_query_ms=env.int("NETADMIN_SLOW_QUERY_MS", default=500),
        readyz_token_file=env.str("NETADMIN_READYZ_TOKEN_FILE", default=""),
        language=env.str("NETADMIN_LANGUAGE", default="en"),
        time_zone=env.str("NETADMIN_TIME_ZONE", default="UTC"),
        security_contact=_stripped(env.list("NETADMIN_SECURITY_CONTACT", default=[])),
        oidc=_read_sign_on(),
    )


def _read_sign_on() -> SaidOfSignOn:
    return SaidOfSignOn(
        issuer=env.str("NETADMIN_OIDC_ISSUER", default="").strip(),
        client_id=env.str("NETADMIN_OIDC_CLIENT_ID", default="").strip(),
        client_secret_file=env.str("NETADMIN_OIDC_CLIENT_SECRET_FILE", default=""),
        name=env.str("NETADMIN_OIDC_NAME", default="").strip(),
        groups_claim=env.str("NETADMIN_OIDC_GROUPS_CLAIM", default="groups").strip(),
        admit=_stripped(env.list("NETADMIN_OIDC_ADMIT", default=[])),
        roles=_stripped(env.list("NETADMIN_OIDC_ROLES", default=[])),
        local_login=env.str("NETADMIN_OIDC_LOCAL_LOGIN", default="everybody").strip(),
    )


def _path(text: str) -> Path | None:
    return Path(text.strip()).absolute() if text.strip() else None


def _stripped(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a list without the blanks around them, and none that is empty."""
    return tuple(text for word in words if (text := word.strip()))


def _check(read: Configuration) -> Configuration:
    if not 0 < read.port < 65536:
        raise ImproperlyConfigured(f"NETADMIN_PORT={read.port} isn't a port: 1 to 65535.")
    if read.netns and not is_netns_path(read.netns):
        raise ImproperlyConfigured(
            f"NETADMIN_NETNS={read.netns} names no network namespace: /run/netns/NAME or /proc/PID/ns/net would."
        )
    _check_database(read)
    if read.trusted_proxies < 0:
        raise ImproperlyConfigured("NETADMIN_TRUSTED_PROXIES is how many proxies stand before Netadmin: 0 or more.")
    _check_keeping(read)
    _check_access(read)
    try:
        check_destination(read.activity_log, read.activity_log_ca)
    except NoDestination as error:
        raise ImproperlyConfigured(str(error)) from error
    is_named = read.trusted_origins or read.public_url
    is_reached = read.bind not in ("127.0.0.1", "::1", "localhost") or read.trusted_proxies or is_named
    if read.is_debug and is_reached:
        raise ImproperlyConfigured(
            "NETADMIN_DEBUG shows the inside to every visitor, so it works only on NETADMIN_BIND=127.0.0.1, without "
            "NETADMIN_TRUSTED_PROXIES, NETADMIN_TRUSTED_ORIGINS and NETADMIN_PUBLIC_URL: a proxy brings visitors there, too."
        )
    if read.log_level not in LOG_LEVELS:
        raise ImproperlyConfigured(f"NETADMIN_LOG_LEVEL={read.log_level} is none of {', '.join(LOG_LEVELS)}.")
    if read.log_format not in LOG_FORMATS:
        raise ImproperlyConfigured(f"NETADMIN_LOG_FORMAT={read.log_format} is none of {', '.join(LOG_FORMATS)}.")
    if min(read.slow_engine_ms, read.slow_query_ms) < 0:
        raise ImproperlyConfigured("NETADMIN_SLOW_ENGINE_MS and NETADMIN_SLOW_QUERY_MS are milliseconds: 0 (never said) or more.")
    if read.language not in LANGUAGES:
        raise ImproperlyConfigured(f"NETADMIN_LANGUAGE={read.language} is none of {', '.join(LANGUAGES)}.")
    if read.time_zone not in available_timezones():
        raise ImproperlyConfigured(f"NETADMIN_TIME_ZONE={read.time_zone} isn't the name of a time zone, such as Europe/Berlin.")
    for uri in read.security_contact:
        if not _CONTACT.fullmatch(uri):
            raise ImproperlyConfigured(
                f"NETADMIN_SECURITY_CONTACT: {uri!r} is neither mailto:somebody@example.org nor https://example.org/report."
            )
    return read


def _check_keeping(read: Configuration) -> None:
    for name, days, what in (
        ("NETADMIN_ADDRESS_HISTORY_DAYS", read.address_history_days, "the history of addresses is"),
        ("NETADMIN_EVENT_DAYS", read.event_days, "events are"),
        ("NETADMIN_JOB_DAYS", read.job_days, "jobs are"),
    ):
        if not 0 < days < 36_500:
            raise ImproperlyConfigured(f"{name} is how long {what} kept: 1 or more.")
    if not 0 <= read.activity_days < 36_500:
        raise ImproperlyConfigured("NETADMIN_ACTIVITY_DAYS is how long actions are kept: 1 or more, or 0 for ever.")
    if read.backup_keep < 1:
        raise ImproperlyConfigured("NETADMIN_BACKUP_KEEP is how many backups are kept: 1 or more.")
    if read.backup_dir and not Path(read.backup_dir).is_absolute():
        raise ImproperlyConfigured(
            f"NETADMIN_BACKUP_DIR={read.backup_dir} has to be a whole path: /var/backups/netadmin would be."
        )


def _check_database(read: Configuration) -> None:
    if read.database_connections < LEAST_CONNECTIONS:
        raise ImproperlyConfigured(
            f"NETADMIN_DATABASE_CONNECTIONS={read.database_connections}: one process needs {LEAST_CONNECTIONS}, and 4 more for "
            "each Engine."
        )
    if read.database_url and read.backup_dir:
        raise ImproperlyConfigured(
            "NETADMIN_BACKUP_DIR is for SQLite's file: PostgreSQL is backed up by pg_dump (docs/postgresql.md)."
        )
    if read.database_url and not {"NETADMIN_ENGINE", "NETADMIN_ENGINE_FILE"} & os.environ.keys():
        raise ImproperlyConfigured(
            "Several servers may share PostgreSQL: say in NETADMIN_ENGINE what the Engine of this one's DOCKER_HOST is called "
            "there, such as NETADMIN_ENGINE=local, or NETADMIN_ENGINE= where it has none."
        )
    if read.engine and not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", read.engine):
        raise ImproperlyConfigured(f"NETADMIN_ENGINE={read.engine} is no short name: small letters, digits, - and _, at most 40.")


def _check_access(read: Configuration) -> None:
    if any(len(key) < SHORTEST_KEY for key in read.secret_key_fallbacks):
        raise ImproperlyConfigured(f"NETADMIN_SECRET_KEY_FALLBACKS holds a key of fewer than {SHORTEST_KEY} characters.")
    if read.most_sessions < 1:
        raise ImproperlyConfigured("NETADMIN_MOST_SESSIONS is how many browsers one person may be logged in with: 1 or more.")
    for text in read.admin_from:
        try:
            ip_network(text)
        except ValueError:
            raise ImproperlyConfigured(
                f"NETADMIN_ADMIN_FROM: {text!r} is neither an address nor a subnet, such as 192.0.2.0/24."
            ) from None
    if unknown := sorted(set(read.second_step_for) - set(SECOND_STEP_GROUPS)):
        raise ImproperlyConfigured(f"NETADMIN_SECOND_STEP_FOR: {unknown[0]!r} is none of {', '.join(SECOND_STEP_GROUPS)}.")
    if not 0 <= read.second_step_days < 366:
        raise ImproperlyConfigured("NETADMIN_SECOND_STEP_DAYS is how long people have to set a second step up: 0 to 365 days.")
