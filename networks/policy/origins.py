"""Which hosts and origins may speak to us, exact to the scheme and the port. Pure: pages and sockets ask it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Signs that no proxy spells in another way; no segment begins with a dot.
_PREFIX = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
_FORWARDED = ("forwarded", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-for")


def allowed_origins(bind: str, port: int, trusted: Iterable[str] = ()) -> frozenset[str]:
    """Return every origin that may be in a browser's address bar, such as "http://localhost:8000".

    `bind`: an address or "localhost". Raises ValueError, in words, for what is refused: "*", every address of the machine
    without trusted origins, and trusted origins that are none.
    """
    named = frozenset(read_origin(text) for text in trusted)
    host = bind.strip().removeprefix("[").removesuffix("]")
    if host == "localhost":
        return named | _at(LOOPBACK_NAMES, port)
    try:
        address = ip_address(host)
    except ValueError:
        raise ValueError(
            f"NETADMIN_BIND={bind!r} isn't an address. Name one of this machine's addresses, such as 127.0.0.1."
        ) from None
    if address.is_loopback:
        return named | _at({*LOOPBACK_NAMES, _bracketed(host)}, port)
    if not address.is_unspecified:
        return named | _at((_bracketed(str(address)),), port)
    if not named:
        raise ValueError(
            f"NETADMIN_BIND={bind} listens on every address of this machine. Say under which origins it is meant to be "
            f"reached, such as NETADMIN_TRUSTED_ORIGINS=http://192.0.2.10:{port}"
        )
    return named | _at(LOOPBACK_NAMES, port)


def read_origin(text: str) -> str:
    """Return an origin in its one spelling: lower case, no default port. Raises ValueError when it isn't one."""
    wrong = ValueError(f"NETADMIN_TRUSTED_ORIGINS: {text!r} isn't a full origin, such as https://netadmin.example:8443")
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise wrong from None
    host = parts.hostname or ""
    is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in _DEFAULT_PORTS or not is_bare or not _is_host_name(host):
        raise wrong
    return _spell(parts.scheme, _bracketed(host), port or _DEFAULT_PORTS[parts.scheme])


@dataclass(frozen=True, slots=True)
class PublicUrl:
    """Where people reach Netadmin. `prefix`: the path that all of it lies below, such as "/netadmin", "" for none."""

    origin: str
    prefix: str

    def __str__(self) -> str:
        return f"{self.origin}{self.prefix}/"


def read_public_url(text: str) -> PublicUrl:
    """Return an address such as "https://example.org/netadmin/", in its one spelling. Raises ValueError when it isn't one."""
    parts = urlsplit(text.strip())
    prefix = parts.path.rstrip("/")
    try:
        origin = read_origin(parts._replace(path="").geturl())
    except ValueError:
        origin = ""
    if not origin or not _PREFIX.fullmatch(prefix):
        raise ValueError(
            f"NETADMIN_PUBLIC_URL={text} isn't an address like https://netadmin.example or https://example.org/netadmin/"
        )
    return PublicUrl(origin, prefix)


def is_origin(text: str) -> bool:
    """Tell whether this is a full origin."""
    try:
        read_origin(text)
    except ValueError:
        return False
    return True


def is_allowed_origin(origin: str, allowed: frozenset[str]) -> bool:
    """Tell whether an Origin header names one of the allowed origins; "null" and nothing at all do not."""
    return is_origin(origin) and read_origin(origin) in allowed


def is_allowed_host(host_header: str, allowed: frozenset[str]) -> bool:
    """Tell whether a Host header names the host and port of one of the allowed origins."""
    return bool(origins_of_host(host_header, allowed))


def origins_of_host(host_header: str, allowed: frozenset[str]) -> frozenset[str]:
    """Return the allowed origins with this host and port: none, one, or one for each scheme."""
    found = set()
    for scheme in _DEFAULT_PORTS:
        try:
            found.add(read_origin(f"{scheme}://{host_header}"))
        except ValueError:
            return frozenset()
    return frozenset(found & allowed)


def asked_origin(host_header: str, allowed: frozenset[str], *, is_secure: bool) -> str:
    """Return the allowed origin that a request with this Host header was made to, "" where there is none.

    `is_secure`: it came by https, or a trusted proxy says so. Where the host is allowed by https alone, the browser is on it too.
    """
    origins = origins_of_host(host_header, allowed)
    by_scheme = {urlsplit(origin).scheme: origin for origin in origins}
    is_https = is_secure or set(by_scheme) == {"https"}
    return by_scheme.get("https" if is_https else "http", "")


def host_names(allowed: frozenset[str]) -> list[str]:
    """Return the allowed hosts without ports, as Django's ALLOWED_HOSTS wants them."""
    return sorted({_bracketed(urlsplit(origin).hostname or "") for origin in allowed})


@dataclass(frozen=True, slots=True)
class Approach:
    """Where a request says that it comes from and goes to, proxies taken into account.

    `client`: the address of the browser, "" if unknown; `is_client_told`: by a trusted proxy, or where none is. `scheme`: ""
    unless a trusted proxy said it. `forwarded`: the headers of proxies as they came, for the page that refuses.
    """

    host: str
    origin: str | None
    scheme: str
    client: str
    forwarded: dict[str, str]
    is_client_told: bool = True


def read_approach(headers: Mapping[str, str], client: str, proxies: int) -> Approach:
    """Read Host, Origin and what proxies say. `headers`: by lower-case name. `proxies`: how many are trusted, 0 for none.

    A proxy appends to what it was given, so the trusted word is the one that many from the right. A header with fewer words did
    not come through all the proxies and isn't believed.
    """
    host = _nth_from_right(headers.get("x-forwarded-host", ""), proxies, is_set_by_one=True) or headers.get("host", "")
    scheme = _nth_from_right(headers.get("x-forwarded-proto", ""), proxies, is_set_by_one=True).lower()
    named = _nth_from_right(headers.get("x-forwarded-for", ""), proxies)
    return Approach(
        host=host,
        origin=headers.get("origin"),
        scheme=scheme if scheme in _DEFAULT_PORTS else "",
        client=_address_of(named) or client,
        forwarded={name: headers[name] for name in _FORWARDED if name in headers},
        is_client_told=not proxies or bool(_address_of(named)),
    )


def is_admitted(approach: Approach, allowed: frozenset[str], *, needs_origin: bool = False) -> bool:
    """Tell whether host and origin are both allowed. `needs_origin`: sockets always have one, plain requests only at times."""
    if not is_allowed_host(approach.host, allowed):
        return False
    if approach.origin is None:
        return not needs_origin
    return is_allowed_origin(approach.origin, allowed)


def _nth_from_right(value: str, count: int, *, is_set_by_one: bool = False) -> str:
    # Of several proxies often only one sets the host and the scheme, and the others pass them on.
    words = [word.strip() for word in value.split(",")] if value else []
    if count <= 0 or not words:
        return ""
    if len(words) < count:
        return words[0] if is_set_by_one and len(words) == 1 else ""
    return words[-count]


def _address_of(text: str) -> str:
    """Return the address in an entry of X-Forwarded-For, which may carry a port; "" when there is none."""
    bare = text
    if text.startswith("["):
        bare = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        bare = text.partition(":")[0]
    try:
        return str(ip_address(bare))
    except ValueError:
        return ""


def _is_host_name(host: str) -> bool:
    if ":" in host:
        return _address_of(f"[{host}]") != ""
    return bool(host) and host.isascii() and all(sign.isalnum() or sign in "-._" for sign in host)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _at(hosts: Iterable[str], port: int) -> frozenset[str]:
    return frozenset(_spell("http", host, port) for host in hosts)


def _spell(scheme: str, host: str, port: int) -> str:
    return f"{scheme}://{host}" if port == _DEFAULT_PORTS[scheme] else f"{scheme}://{host}:{port}"
