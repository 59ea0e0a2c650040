"""The URL of an Engine: what was typed becomes an EngineAddress, or a fault in words."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from networks.engine.access.facts import DOCKER_SOCKET, SSH_PORT, AccessFault, EngineAddress, Fault, Scheme

_MAX_URL = 300
_MAX_SOCKET_PATH = 107  # bytes: sockaddr_un of Linux, without the final NUL
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\.?\Z")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\Z")
_REMOTE_PATH = re.compile(r"/[A-Za-z0-9_./+@-]+\Z")  # ssh -L parts its argument at colons
_USE = "Use unix:///path/of/the/socket, tcp://host:port or ssh://user@host."


def parse_engine_url(url: str) -> EngineAddress:
    """Return the address in a URL. Raises AccessFault with what is wrong with it."""
    scheme, separator, rest = url.partition("://")
    if not separator or len(url) > _MAX_URL or any(ord(letter) < 32 or ord(letter) == 127 for letter in url):
        raise AccessFault(Fault.SHAPE, f"Not the URL of an Engine: {url!r:.120}. {_USE}")
    if scheme == Scheme.UNIX:
        return _unix(rest)
    if scheme not in (Scheme.TCP, Scheme.SSH):
        raise AccessFault(Fault.SCHEME, f"Engines at {scheme:.20}:// are not supported. {_USE}")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AccessFault(Fault.PORT, f"Not the URL of an Engine: {url!r:.120}: {error}.") from error
    if parts.query or parts.fragment or parts.password is not None:
        raise AccessFault(
            Fault.EXTRA, "The URL holds more than an address: a password, ? or #. Credentials have fields of their own."
        )
    return _tcp(parts, port) if scheme == Scheme.TCP else _ssh(parts, port)


def is_loopback_name(host: str) -> bool:
    """Tell whether a host is this machine by its name alone; what the name resolves to is looked at when connecting."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".").lower() == "localhost"


def _unix(path: str) -> EngineAddress:
    if not path.startswith("/") or len(path.encode(errors="surrogateescape")) > _MAX_SOCKET_PATH:
        raise AccessFault(Fault.SOCKET_PATH, f"Not the path of a socket: {path!r:.120}. Use unix:///path/of/the/socket.")
    return EngineAddress(Scheme.UNIX, path=path)


def _tcp(parts: SplitResult, port: int | None) -> EngineAddress:
    if parts.path not in ("", "/") or parts.username is not None:
        raise AccessFault(Fault.EXTRA, "The URL of an Engine at tcp:// is only tcp://host:port.")
    if not port:
        raise AccessFault(Fault.PORT, "The URL names no port: an Engine with TLS usually has 2376.")
    return EngineAddress(Scheme.TCP, _host(parts), port)


def _ssh(parts: SplitResult, port: int | None) -> EngineAddress:
    if port == 0:
        raise AccessFault(Fault.PORT, "0 is no port.")
    if not parts.username or not _USER.match(parts.username):
        raise AccessFault(Fault.USER, "The URL names no user, or an impossible one: ssh://user@host.")
    path = parts.path if parts.path not in ("", "/") else DOCKER_SOCKET
    if not _REMOTE_PATH.match(path) or len(path) > _MAX_SOCKET_PATH:
        raise AccessFault(Fault.SOCKET_PATH, f"Not the path of a socket on the other machine: {path!r:.120}.")
    return EngineAddress(Scheme.SSH, _host(parts), port or SSH_PORT, path, parts.username)


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    try:
        return str(ip_address(host))
    except ValueError:
        if not _HOST_NAME.match(host):
            raise AccessFault(Fault.HOST, f"Not the name or address of a machine: {host!r:.120}.") from None
        return host
