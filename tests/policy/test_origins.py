"""Hosts and origins are exact, to the scheme and the port."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.policy.origins import (
    allowed_origins,
    asked_origin,
    host_names,
    is_admitted,
    is_allowed_host,
    is_allowed_origin,
    origins_of_host,
    read_approach,
    read_origin,
)

LOOPBACK = frozenset({"http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"})


@pytest.mark.parametrize("bind", ["127.0.0.1", "localhost", "::1", "[::1]"])
def test_it_allows_the_loopback_names_at_the_port(bind: str) -> None:
    assert allowed_origins(bind, 8000) == LOOPBACK


def test_it_allows_an_address_of_its_own_and_what_is_trusted() -> None:
    found = allowed_origins("192.0.2.7", 8000, ["https://Netadmin.Example/", "http://[2001:DB8::1]:80"])

    assert found == {"http://192.0.2.7:8000", "https://netadmin.example", "http://[2001:db8::1]"}


@pytest.mark.parametrize("bind", ["*", "", "netadmin.example", "192.0.2.0/24"])
def test_it_refuses_to_bind_what_is_no_address(bind: str) -> None:
    with pytest.raises(ValueError, match="isn't an address"):
        allowed_origins(bind, 8000)


@pytest.mark.parametrize("bind", ["0.0.0.0", "::"])  # noqa: S104
def test_it_binds_every_address_only_with_trusted_origins(bind: str) -> None:
    with pytest.raises(ValueError, match="NETADMIN_TRUSTED_ORIGINS="):
        allowed_origins(bind, 8000)

    assert allowed_origins(bind, 8000, ["https://a.example"]) == LOOPBACK | {"https://a.example"}


@pytest.mark.parametrize(
    "text",
    ["a.example", "https://", "ftp://a.example", "https://a.example/path", "https://*.example", "https://u:p@a.example",
     "https://a.example:99999", "https://a b", "null", "", "https://a.example?x", "javascript:alert(1)"],
)  # fmt: skip
def test_it_refuses_what_is_no_origin(text: str) -> None:
    with pytest.raises(ValueError, match="isn't a full origin"):
        read_origin(text)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://localhost:8000", True),
        ("HTTP://LOCALHOST:8000", True),
        ("https://netadmin.example", True),
        ("https://netadmin.example:443", True),
        ("http://netadmin.example", False),
        ("https://netadmin.example:8443", False),
        ("https://netadmin.example.evil.example", False),
        ("https://evil.example/netadmin.example", False),
        ("http://localhost", False),
        ("http://localhost:8000.evil.example", False),
        ("http://localhost:8000@evil.example", False),
        ("null", False),
        ("", False),
        ("*", False),
    ],
)
def test_it_compares_origins_exactly(origin: str, expected: bool) -> None:
    assert is_allowed_origin(origin, LOOPBACK | {"https://netadmin.example"}) is expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost:8000", True),
        ("[::1]:8000", True),
        ("netadmin.example", True),
        ("netadmin.example:443", True),
        ("netadmin.example:80", False),
        ("localhost", False),
        ("localhost:8001", False),
        ("localhost:8000/x", False),
        ("a@localhost:8000", False),
        ("localhost:8000,evil.example", False),
        ("", False),
    ],
)
def test_it_compares_hosts_exactly(host: str, expected: bool) -> None:
    assert is_allowed_host(host, LOOPBACK | {"https://netadmin.example"}) is expected


@given(st.text(max_size=60))
def test_it_never_stumbles_over_hostile_headers(text: str) -> None:
    approach = read_approach({"host": text, "origin": text, "x-forwarded-for": text, "x-forwarded-host": text}, "10.0.0.1", 2)

    assert is_admitted(approach, LOOPBACK) == is_allowed_origin(text, LOOPBACK) == False  # noqa: E712


def test_it_tells_the_origins_of_a_host() -> None:
    allowed = LOOPBACK | {"https://localhost:8000"}

    assert origins_of_host("localhost:8000", allowed) == {"http://localhost:8000", "https://localhost:8000"}
    assert host_names(allowed) == ["127.0.0.1", "[::1]", "localhost"]


HEADERS = {
    "host": "10.0.0.9",
    "x-forwarded-host": "spoofed.example, netadmin.example",
    "x-forwarded-proto": "http, https",
    "x-forwarded-for": "6.6.6.6, 192.0.2.1, 10.0.0.5",
}


def test_it_ignores_proxies_that_nobody_trusts() -> None:
    approach = read_approach(HEADERS, "10.0.0.5", 0)

    assert (approach.host, approach.scheme, approach.client) == ("10.0.0.9", "", "10.0.0.5")


def test_it_takes_the_word_of_the_outermost_trusted_proxy() -> None:
    one = read_approach(HEADERS, "10.0.0.5", 1)
    two = read_approach(HEADERS, "10.0.0.5", 2)

    assert (one.host, one.scheme, one.client) == ("netadmin.example", "https", "10.0.0.5")
    assert (two.host, two.scheme, two.client) == ("spoofed.example", "http", "192.0.2.1")


def test_it_does_not_believe_what_did_not_come_through_all_proxies() -> None:
    approach = read_approach({"host": "localhost:8000", "x-forwarded-for": "6.6.6.6"}, "10.0.0.5", 2)

    assert approach.client == "10.0.0.5"


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("192.0.2.1:4711", "192.0.2.1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("unknown", "10.0.0.5"),
    ],
)
def test_it_reads_client_addresses_with_and_without_ports(named: str, expected: str) -> None:
    assert read_approach({"host": "x", "x-forwarded-for": named}, "10.0.0.5", 1).client == expected


@pytest.mark.parametrize(
    ("host", "is_secure", "asked"),
    [
        ("a.example", False, "https://a.example"),
        ("a.example", True, "https://a.example"),
        ("A.Example:443", False, "https://a.example"),
        ("a.example:80", True, ""),
        ("localhost:8000", False, "http://localhost:8000"),
        ("localhost:8000", True, ""),
        ("both.example:8443", False, "http://both.example:8443"),
        ("both.example:8443", True, "https://both.example:8443"),
        ("evil.example", True, ""),
        ("", False, ""),
    ],
)
def test_it_knows_which_origin_was_asked(host: str, is_secure: bool, asked: str) -> None:
    allowed = LOOPBACK | {"https://a.example", "http://both.example:8443", "https://both.example:8443"}

    assert asked_origin(host, allowed, is_secure=is_secure) == asked
