"""Where the trail goes, as NETADMIN_ACTIVITY_LOG says it: a file or a syslog receiver. Knows no Django: settings read it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

FORMS = "file:///absolute/path or syslog+tls://host:port"


class NoDestination(ValueError):
    """What was given names no destination; its text is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class FileDestination:
    """A plain file on this machine. `path`: absolute."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class SyslogDestination:
    """A receiver of RFC 5425. `host`: a name or an address. `ca_file`: whose certificates count, None for the system's."""

    host: str
    port: int
    ca_file: Path | None = None

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


Destination = FileDestination | SyslogDestination


def read_destination(url: str, ca_file: str = "") -> Destination | None:
    """Read the variables' values; None where nothing is sent. Raises NoDestination, in one sentence, where they make no sense."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _nonsense(url) from error
    if ca_file and parts.scheme != "syslog+tls":
        raise NoDestination("NETADMIN_ACTIVITY_LOG_CA belongs to a NETADMIN_ACTIVITY_LOG of the form syslog+tls://host:port.")
    if not url:
        return None
    if not url.isprintable() or parts.query or parts.fragment or parts.username or parts.password:
        raise _nonsense(url)
    path = unquote(parts.path)
    if parts.scheme == "file" and not parts.netloc and path.startswith("/") and "\0" not in path:
        if path.endswith("/"):
            raise _folder(url)
        return FileDestination(Path(path))
    if parts.scheme == "syslog+tls" and parts.hostname and port and not path and " " not in parts.netloc:
        return SyslogDestination(parts.hostname, port, Path(ca_file) if ca_file else None)
    raise _nonsense(url)


def client_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return how a receiver is spoken to: its certificate is verified, and is for its name. Raises OSError where there are none.

    From 3.13 on Python refuses as well what lacks an extension that RFC 5280 wants, as many an authority that somebody made
    for their own machines does: whether a certificate will do must not depend on the Python that reads it.
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def check_destination(url: str, ca_file: str = "") -> None:
    """Look, at a start, at what is there. Raises NoDestination, in one sentence, for what a start shouldn't go on with.

    That is a path which is a symbolic link or a folder, and a file without certificates. Whether the file can be written, or the
    receiver answers, is found when there is something to write.
    """
    destination = read_destination(url, ca_file)
    if isinstance(destination, FileDestination):
        if destination.path.is_symlink():
            raise NoDestination(f"NETADMIN_ACTIVITY_LOG={url} names a symbolic link: name the file itself.")
        if destination.path.is_dir():
            raise _folder(url)
    elif destination is not None and destination.ca_file is not None:
        try:
            client_context(destination.ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise NoDestination(f"NETADMIN_ACTIVITY_LOG_CA={ca_file} is no file of certificates in PEM.") from error


def _nonsense(url: str) -> NoDestination:
    return NoDestination(f"NETADMIN_ACTIVITY_LOG={url} names no destination: {FORMS} would.")


def _folder(url: str) -> NoDestination:
    return NoDestination(f"NETADMIN_ACTIVITY_LOG={url} names a folder: a file in it would do.")
