"""What an Engine's "no" means: the kind of error by status, in the Engine's own sentence; and what a failed pull may say."""

from __future__ import annotations

import re

from networks.engine.errors import Conflict, EngineError, NotFound, ProtocolFault, Refused
from networks.engine.parsing.values import child, parse_json, parse_text

MAX_SENTENCE = 4000  # characters: names of 64 KiB come back in the Engine's sentences

_KINDS: dict[int, type[Refused]] = {404: NotFound, 409: Conflict}


def refusal(status: int, body: bytes, request: str, duration_ms: float) -> EngineError:
    """Return the error for an answer of status 400 or more; one without the Engine's JSON message is a ProtocolFault."""
    try:
        sentence = parse_text(child(parse_json(body), "message"), MAX_SENTENCE).strip()
    except ProtocolFault:
        sentence = ""
    if not sentence:
        return ProtocolFault(
            f"The answer has status {status} and isn't Docker's.", status=status, request=request, duration_ms=duration_ms
        )
    return _KINDS.get(status, Refused)(sentence, status=status, request=request, duration_ms=duration_ms)


# What comes before the cause: who speaks, and which address was asked for.
_BEFORE = re.compile(r'(?:Error response from daemon: |failed to [a-z ]+: |(?:Get|Head) "[^"]*": )*')
# Causes in the Engine's own words, each up to where another server's would begin. Sources: moby, distribution/errors.go and
# distribution/registry.go; Go's net, net/http, crypto/tls and crypto/x509.
_CAUSES = tuple(
    re.compile(pattern)
    for pattern in (
        r"invalid reference format[\w ()-]*",
        r"repository name must be (?:canonical|lowercase)",
        r"manifest for [\w./:@-]+ not found: manifest unknown",
        r"manifest for [\w./:@-]+ not found",
        r"manifest unknown",
        r"pull access denied for [\w./:@-]+, repository does not exist or may require 'docker login'",
        r"no matching manifest for [\w/.-]+ in the manifest list entries",
        r"no basic auth credentials",
        r"dial tcp(?: [\w.:\[\]%-]+)?: lookup [\w.-]+(?: on [\w.:\[\]%-]+)?: [a-z /]+",
        r"dial tcp [\w.:\[\]%-]+: (?:connect: [a-z ]+|i/o timeout)",
        r"http: server gave HTTP response to HTTPS client",
        r"net/http: (?:TLS handshake timeout|request canceled[\w ()/.-]*)",
        r"tls: (?:failed to verify certificate: )?(?:x509: certificate [a-z ,]+|[a-z -]+)",
        r"x509: certificate [a-z ,]+",
        r"context (?:deadline exceeded|canceled)[\w ()/.-]*",
        r"(?:unexpected )?EOF",
    )
)
# What the registry's own answer was sorted under. Source: OCI distribution specification, error codes, as Docker spells them.
_CODE = re.compile(
    r"(?:unknown|unauthorized|denied|unsupported|unavailable|toomanyrequests|name (?:invalid|unknown)"
    r"|blob unknown|digest invalid|manifest (?:invalid|unverified|blob unknown))(?=:|$)"
)
_STATUS = re.compile(r"(?:HTTP|status)[a-z :]*\b([1-5][0-9]{2})\b", re.IGNORECASE)


def say_without_body(sentence: str) -> str:
    """Return what the Engine itself says of a failed pull, or which status the other server answered with.

    Where neither can be told from that server's own words, a sentence of ours says only that it refused.
    """
    begin = _BEFORE.match(sentence)
    at = begin.end() if begin else 0
    for cause in _CAUSES:
        if found := cause.match(sentence, at):
            return found[0]
    if found := _CODE.match(sentence, at):
        return f"The registry answered “{found[0]}”; what else it said isn't shown."
    if found := _STATUS.search(sentence):
        return f"The registry answered with status {found[1]}; what else it said isn't shown."
    return "The registry refused; what it said isn't shown."
