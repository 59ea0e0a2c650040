"""Sockets from our own pages only, whatever a client claims."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pytest_django import Settings

from netadmin.gate import Gate, Scope

OURS = "http://localhost:8000"


def knock(headers: dict[str, str], kind: str = "websocket") -> tuple[Scope | None, list[dict[str, Any]]]:
    """Send one connection through the gate; return the scope that the application got, and what was sent."""
    inside: list[Scope] = []
    sent: list[dict[str, Any]] = []

    async def application(scope: Scope, _receive: object, _send: object) -> None:
        inside.append(scope)

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": kind, "headers": encoded, "root_path": "/evil", "client": ("127.0.0.1", 5)}
    asyncio.run(Gate(application)(scope, receive, send))
    return (inside[0] if inside else None), sent


def test_it_lets_our_own_pages_open_sockets() -> None:
    scope, sent = knock({"host": "localhost:8000", "origin": OURS})

    assert scope is not None
    assert sent == []


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "localhost:8000", "origin": "http://localhost:3000"},
        {"host": "localhost:8000", "origin": "https://localhost:8000"},
        {"host": "localhost:8000", "origin": "null"},
        {"host": "localhost:8000", "origin": ""},
        {"host": "localhost:8000"},
        {"host": "localhost", "origin": OURS},
        {"host": "rebound.example:8000", "origin": OURS},
        {"host": "rebound.example:8000", "origin": "http://rebound.example:8000"},
        {"host": "evil.example", "origin": OURS, "x-forwarded-host": "localhost:8000"},
        {"origin": OURS},
    ],
)
def test_it_refuses_other_pages_before_the_handshake(headers: dict[str, str]) -> None:
    scope, sent = knock(headers)

    assert scope is None
    assert sent == [{"type": "websocket.close", "code": 4003}]


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_it_drops_the_root_path_that_a_client_claims(kind: str) -> None:
    scope, _sent = knock({"host": "localhost:8000", "origin": OURS, "Daphne-Root-Path": "/evil"}, kind)

    assert scope is not None
    assert scope["root_path"] == ""
    assert [name for name, _value in scope["headers"]] == [b"host", b"origin"]


def test_it_believes_proxies_only_where_they_are_trusted(settings: Settings) -> None:
    headers = {"host": "10.0.0.9", "x-forwarded-host": "localhost:8000", "origin": OURS}

    refused, _sent = knock(headers)
    settings.NETADMIN_TRUSTED_PROXIES = 1
    passed, _sent = knock(headers)

    assert refused is None
    assert passed is not None
