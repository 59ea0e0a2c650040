"""What a provider says of somebody who signs on: who it is, and in which groups. Hostile text, all of it.

Source: OpenID Connect Core 1.0, 2 (ID token), 5.3.2 (userinfo), 5.7 (only issuer and subject tell who somebody is).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LONGEST_SUBJECT = 255  # characters, by the standard
_LEEWAY_S = 60  # between the provider's clock and ours
_MOST_GROUPS, _LONGEST_GROUP = 500, 255


class ClaimsFault(Exception):
    """What came can't be believed. The message names the claim, in English: it is a technical term."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Who somebody is: `issuer` and `subject` together, nothing else. `name`: what they want to be called, "" for nothing.

    `auth_time`: when they last proved themselves there, in seconds since 1970; None where the provider doesn't say.
    """

    issuer: str
    subject: str
    name: str
    groups: frozenset[str]
    auth_time: float | None = None


def is_fresh(claims: Claims, *, asked_at: float, now: float | None = None) -> bool:
    """Tell whether somebody proved themselves at the provider after they were asked to, at `asked_at` (seconds since 1970)."""
    now = time.time() if now is None else now
    return claims.auth_time is not None and asked_at - _LEEWAY_S <= claims.auth_time <= now + _LEEWAY_S


def read_claims(id_token: Mapping[str, Any], userinfo: Mapping[str, Any], *, nonce: str, groups_claim: str) -> Claims:
    """Read a verified ID token and what the provider adds to it. Raises ClaimsFault where they don't fit together.

    `nonce`: what this browser was sent off with. `groups_claim`: its name, or a path of names with dots ("realm_access.roles").
    """
    subject, issuer = id_token.get("sub"), id_token.get("iss")
    if not nonce or id_token.get("nonce") != nonce:
        raise ClaimsFault("nonce")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or "\0" in subject:
        raise ClaimsFault("sub")
    if not isinstance(issuer, str):
        raise ClaimsFault("iss")
    if userinfo and userinfo.get("sub") != subject:
        raise ClaimsFault("userinfo: sub")
    told = _find(userinfo, groups_claim)
    groups = _read_groups(_find(id_token, groups_claim) if told is None else told)
    auth_time = id_token.get("auth_time")
    if not isinstance(auth_time, int | float) or isinstance(auth_time, bool):
        auth_time = None
    return Claims(issuer, subject, _read_name(userinfo) or _read_name(id_token), groups, auth_time)


def _find(claims: Mapping[str, Any], path: str) -> Any:
    """Return a claim by its name, or by names with dots between; None where there is none."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _read_groups(told: Any) -> frozenset[str]:
    listed = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    return frozenset(group for group in listed[:_MOST_GROUPS] if isinstance(group, str) and 0 < len(group) <= _LONGEST_GROUP)


def _read_name(claims: Mapping[str, Any]) -> str:
    """Return the name that somebody has there; of an e-mail address what stands before the @."""
    name, email = claims.get("preferred_username"), claims.get("email")
    if isinstance(name, str) and name.strip():
        return name.strip()
    return email.partition("@")[0].strip() if isinstance(email, str) else ""
