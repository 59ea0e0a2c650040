"""What is kept of an Engine's words about a pull: its own, and nothing that another server said."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from networks.engine.parsing.refusals import say_without_body

SLOW = "net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)"
# Of real Engines 26 to 29.
WHOLE = {
    "invalid reference format": "invalid reference format",
    'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused': (
        "dial tcp 127.0.0.1:1: connect: connection refused"
    ),
    'Get "https://nowhere.example/v2/": dial tcp: lookup nowhere.example on 127.0.0.53:53: no such host': (
        "dial tcp: lookup nowhere.example on 127.0.0.53:53: no such host"
    ),
    f'Get "https://slow/v2/": {SLOW}': SLOW,
    "manifest for busybox:nothing not found: manifest unknown: manifest unknown": (
        "manifest for busybox:nothing not found: manifest unknown"
    ),
    "pull access denied for a/b, repository does not exist or may require 'docker login': denied: requested access": (
        "pull access denied for a/b, repository does not exist or may require 'docker login'"
    ),
    "no matching manifest for linux/amd64 in the manifest list entries": (
        "no matching manifest for linux/amd64 in the manifest list entries"
    ),
    'Get "https://127.0.0.1:1/v2/": http: server gave HTTP response to HTTPS client': (
        "http: server gave HTTP response to HTTPS client"
    ),
    "unauthorized: SECRET": "The registry answered “unauthorized”; what else it said isn't shown.",
    "unknown: SECRET": "The registry answered “unknown”; what else it said isn't shown.",
    "received unexpected HTTP status: 500 Internal Server Error": (
        "The registry answered with status 500; what else it said isn't shown."
    ),
    "error parsing HTTP 400 response body: invalid character 'S' looking for beginning of value: \"SECRET\"": (
        "The registry answered with status 400; what else it said isn't shown."
    ),
    "SECRET": "The registry refused; what it said isn't shown.",
}
BEFORE = (
    "unknown: ",
    "denied: ",
    'error parsing HTTP 502 response body: invalid character: "',
    "manifest for a/b:1 not found: manifest unknown: ",
    'Get "http://10.0.0.1/v2/": ',
    "Error response from daemon: unauthorized: ",
    "",
)


@pytest.mark.parametrize("sentence", WHOLE)
def test_it_keeps_what_the_engine_says(sentence: str) -> None:
    assert say_without_body(sentence) == WHOLE[sentence]
    assert say_without_body(f"Error response from daemon: {sentence}") == WHOLE[sentence]


@given(before=st.sampled_from(BEFORE), body=st.text(min_size=1, max_size=200))
@example(before="unknown: ", body="dial tcp secret-host: connect: connection refused")
@example(before="denied: ", body="x509: certificate of the secret host")
@example(before="", body="a secret: HTTP 200 status 404")
def test_it_keeps_nothing_that_another_server_says(before: str, body: str) -> None:
    secret = f"\u2042{body}\u2042"

    kept = say_without_body(before + secret)

    assert "\u2042" not in kept
    assert not re.search("secret", kept)
