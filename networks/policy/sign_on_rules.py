"""Sign-on by OpenID Connect as an installation wants it: whose word counts, whom it lets in, which group is which role where."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

# As Role has them, the strongest last. No model is read here: the settings are made of it.
ROLES_BY_STRENGTH = ("viewer", "operator", "admin")
SUPERUSER = "superuser"
EVERY_ENGINE = "*"
LOCAL_LOGINS = ("everybody", "superusers")
_NETLOC = re.compile(r"[A-Za-z0-9._-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")
_LONGEST_ISSUER = 255  # characters; a column of SignOnIdentity


@dataclass(frozen=True, slots=True)
class GroupRole:
    """What a group stands for: a role on the Engine `engine_slug`, "*" for all; or SUPERUSER, on "" for it has them all."""

    group: str
    role: str
    engine_slug: str = ""


@dataclass(frozen=True, slots=True)
class SignOn:
    """Where people sign on. `name`: what the button calls it. `admit`: the groups that let in; none: nobody new.

    `is_local_for_superusers_only`: the form for a password is theirs alone.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    groups_claim: str
    admit: frozenset[str]
    roles: tuple[GroupRole, ...]
    is_local_for_superusers_only: bool


def read_issuer(text: str) -> str:
    """Return an issuer's URL as it stands. Raises ValueError, in words, for one that nobody should believe."""
    parts = urlsplit(text)
    if not is_private_url(text):
        raise ValueError(
            f"{text!r} is no https:// URL. Plain http is for an issuer on loopback alone: anybody could answer for it."
        )
    if parts.query or parts.fragment or len(text) > _LONGEST_ISSUER:
        raise ValueError(f"{text!r} is no issuer: it has no query and no #, and {_LONGEST_ISSUER} characters at most.")
    return text


def is_private_url(text: object) -> bool:
    """Tell whether nobody in between reads or changes what is said there: https, or loopback."""
    try:
        parts = urlsplit(text if isinstance(text, str) else "")
        host = parts.hostname or ""
        _port = parts.port  # looked at, for a wrong one raises
    except ValueError:
        return False
    # The origin is named in a content security policy, where a blank or a ; would begin something else.
    return (
        bool(host)
        and bool(_NETLOC.fullmatch(parts.netloc))
        and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL, as a content security policy names them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def read_group_role(text: str) -> GroupRole:
    """Read `ops=admin@*`, `dev=operator@local` or `root=superuser`. Raises ValueError, in words."""
    group, _equals, what = (part.strip() for part in text.rpartition("="))
    role, at, engine_slug = (part.strip() for part in what.partition("@"))
    if group and role == SUPERUSER and not at:
        return GroupRole(group, SUPERUSER)
    if not group or role not in ROLES_BY_STRENGTH or not engine_slug:
        roles = ", ".join(ROLES_BY_STRENGTH)
        raise ValueError(
            f"{text!r} is neither GROUP=ROLE@ENGINE (ROLE: {roles}; ENGINE: a short name, or *) nor GROUP={SUPERUSER}."
        )
    return GroupRole(group, role, engine_slug)


def roles_of(groups: Collection[str], rules: Iterable[GroupRole], engine_slugs: Collection[str]) -> dict[str, str]:
    """Return the role on each of these Engines that somebody in these groups has; of several the strongest."""
    found: dict[str, str] = {}
    for rule in rules:
        if rule.group not in groups or rule.role == SUPERUSER:
            continue
        for slug in engine_slugs if rule.engine_slug == EVERY_ENGINE else {rule.engine_slug}.intersection(engine_slugs):
            found[slug] = max(found.get(slug, rule.role), rule.role, key=ROLES_BY_STRENGTH.index)
    return found


def makes_superuser(groups: Collection[str], rules: Iterable[GroupRole]) -> bool:
    """Tell whether one of these groups is that of superusers."""
    return any(rule.role == SUPERUSER and rule.group in groups for rule in rules)
