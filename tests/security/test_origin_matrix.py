"""Every spelling of an Origin × every spelling of a Host, for forms and for sockets, with and without trusted proxies."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.handlers.asgi import ASGIHandler
from django.test import Client
from pytest_django import Settings

from netadmin.gate import Gate

ALLOWED = frozenset({"http://localhost:8000", "http://[::1]:8000", "https://netadmin.example"})

# name -> (header, whether it is one of ours)
ORIGINS: dict[str, tuple[str | None, bool]] = {
    "ours": ("http://localhost:8000", True),
    "ours in capitals": ("HTTP://LOCALHOST:8000", True),
    "ours, by IPv6": ("http://[::1]:8000", True),
    "missing": (None, False),
    "null": ("null", False),
    "another port": ("http://localhost:3000", False),
    "another scheme": ("https://localhost:8000", False),
    "prefix of a longer name": ("http://localhost:8000.evil.example", False),
    "end of a longer name": ("https://evil-netadmin.example", False),
    "below ours": ("https://sub.netadmin.example", False),
    "trailing dot": ("https://netadmin.example.", False),
    "user before an @": ("http://localhost:8000@evil.example", False),
    "punycode look-alike": ("https://xn--netdmin-3fg.example", False),
    "full-width look-alike": ("https://netadmin\uff0eexample", False),
    "with a path": ("http://localhost:8000/x", False),
    "two at once": ("http://localhost:8000 http://evil.example", False),
    "by a name that resolves to us": ("http://localhost.evil.example:8000", False),
    "IPv4 mapped": ("http://[::ffff:127.0.0.1]:8000", False),
}
HOSTS: dict[str, tuple[str, bool]] = {
    "ours": ("localhost:8000", True),
    "ours in capitals": ("LOCALHOST:8000", True),
    "ours, by IPv6": ("[::1]:8000", True),
    "ours, default port": ("netadmin.example:443", True),
    "without the port": ("localhost", False),
    "another port": ("localhost:8001", False),
    "rebound": ("rebound.example:8000", False),
    "longer name": ("localhost.evil.example:8000", False),
    "trailing dot": ("localhost.:8000", False),
    "user before an @": ("evil@localhost:8000", False),
    "two at once": ("localhost:8000,evil.example", False),
    "IPv6 without brackets": ("::1:8000", False),
    "punycode look-alike": ("xn--lcalhost-q0g:8000", False),
    "empty": ("", False),
}


@pytest.fixture(autouse=True)
def some_origins(settings: Settings) -> None:
    settings.NETADMIN_ALLOWED_ORIGINS = ALLOWED
    settings.ALLOWED_HOSTS = ["*"]  # so that only the exact check decides
    settings.CSRF_TRUSTED_ORIGINS = sorted(ALLOWED)


def behind_a_proxy(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what arrives when a proxy has passed this on under its own name."""
    forwarded = {"x-forwarded-host": headers["host"], "x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "http"}
    return {**headers, "host": "10.0.0.9:3000", **forwarded}


def headers_of(origin: str, host: str) -> dict[str, str]:
    sent = ORIGINS[origin][0]
    return {"host": HOSTS[host][0]} | ({} if sent is None else {"origin": sent})


def opens_socket(headers: Mapping[str, str]) -> bool:
    """Tell whether the gate lets a socket through."""
    came: list[object] = []

    async def application(scope: object, _receive: object, _send: object) -> None:
        came.append(scope)

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        assert message == {"type": "websocket.close", "code": 4003}

    encoded = [(name.encode(), value.encode("utf-8")) for name, value in headers.items()]
    scope = {"type": "websocket", "headers": encoded, "client": ("127.0.0.1", 5)}
    asyncio.run(Gate(application)(scope, receive, send))
    return bool(came)


def takes_form(headers: Mapping[str, str]) -> bool:
    """Tell whether a form that is posted so comes as far as the view that takes it."""
    sent = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    answer = Client().post("/i18n/setlang/", {"language": "ko"}, **sent)  # type: ignore[arg-type]
    assert answer.status_code in (302, 403)
    return answer.status_code == 302


PAIRS = [(origin, host) for origin in ORIGINS for host in HOSTS]


@pytest.mark.parametrize("is_proxied", [False, True], ids=["direct", "behind a proxy"])
def test_it_opens_sockets_for_our_own_pages_alone(settings: Settings, is_proxied: bool) -> None:
    settings.NETADMIN_TRUSTED_PROXIES = int(is_proxied)

    opened = {pair for pair in PAIRS if opens_socket(behind_a_proxy(headers_of(*pair)) if is_proxied else headers_of(*pair))}

    assert opened == {(origin, host) for origin, host in PAIRS if ORIGINS[origin][1] and HOSTS[host][1]}


@pytest.mark.django_db
@pytest.mark.parametrize("is_proxied", [False, True], ids=["direct", "behind a proxy"])
def test_it_takes_forms_from_our_own_pages_alone(settings: Settings, is_proxied: bool) -> None:
    settings.NETADMIN_TRUSTED_PROXIES = int(is_proxied)
    User.objects.create_superuser("somebody")

    taken = {pair for pair in PAIRS if takes_form(behind_a_proxy(headers_of(*pair)) if is_proxied else headers_of(*pair))}

    # Without an Origin it is no cross-site request of a browser; the CSRF token is what such a form needs (below).
    assert taken == {(origin, host) for origin, host in PAIRS if (ORIGINS[origin][1] or origin == "missing") and HOSTS[host][1]}


@pytest.mark.parametrize("host", HOSTS)
def test_it_believes_no_forwarded_header_that_nobody_trusts(host: str) -> None:
    headers = {"host": "rebound.example:8000", "origin": "http://localhost:8000", "x-forwarded-host": HOSTS[host][0]}

    assert not opens_socket(headers)
    assert not opens_socket({**headers, "forwarded": "host=localhost:8000"})
    assert not takes_form(headers)


@pytest.mark.django_db
@pytest.mark.parametrize("origin", [name for name, (_header, is_ours) in ORIGINS.items() if is_ours or name == "missing"])
def test_it_wants_a_token_even_from_our_own_pages(origin: str) -> None:
    User.objects.create_superuser("somebody")
    browser = Client(enforce_csrf_checks=True)
    sent = {f"HTTP_{name.upper()}": value for name, value in headers_of(origin, "ours").items()}

    answer = browser.post("/accounts/login/", {"login": "x", "password": "x"}, **sent)  # type: ignore[arg-type]

    assert answer.status_code == 403


def test_it_has_at_least_twelve_origins_and_ten_hosts() -> None:
    assert len(ORIGINS) >= 12
    assert len(HOSTS) >= 10


@pytest.mark.parametrize("name", [b"daphne-root-path", b"Daphne-Root-Path", b"DAPHNE-ROOT-PATH"])
@pytest.mark.parametrize("path", ["/evil", "//evil.example", "/\r\nx: y", "\u00ff"])
@pytest.mark.django_db(transaction=True)
def test_it_builds_no_address_from_a_root_path_that_a_client_claims(name: bytes, path: str) -> None:
    User.objects.create_superuser("somebody")
    sent: list[dict[str, Any]] = []
    received = [{"type": "http.request", "body": b""}]

    async def receive() -> dict[str, Any]:
        return received.pop() if received else await asyncio.Future()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/networks/",
        "raw_path": b"/networks/",
        "root_path": path,  # as daphne has taken it from the header
        "query_string": b"",
        "headers": [(b"host", b"localhost:8000"), (name, path.encode())],
        "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", 8000),
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
    }
    asyncio.run(Gate(ASGIHandler())(scope, receive, send))

    headers = dict(sent[0]["headers"])
    assert sent[0]["status"] == 302
    assert headers[b"Location"] == b"/accounts/login/?next=%2Fnetworks%2F"
