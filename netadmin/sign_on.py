"""Where people sign on, read from what the environment says of it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from netadmin.env import Configuration
from netadmin.private_files import read_client_secret
from networks.policy.sign_on_rules import LOCAL_LOGINS, SignOn, read_group_role, read_issuer


def read_sign_on(read: Configuration) -> SignOn | None:
    """Return where people sign on, None where they don't. Raises ImproperlyConfigured, in words, where that makes no sense."""
    if not read.oidc.issuer:
        named: dict[str, object] = {
            "CLIENT_ID": read.oidc.client_id,
            "CLIENT_SECRET_FILE": read.oidc.client_secret_file,
            "ADMIT": read.oidc.admit,
        }
        named |= {"ROLES": read.oidc.roles, "LOCAL_LOGIN": read.oidc.local_login != LOCAL_LOGINS[0]}
        if alone := next((name for name, value in named.items() if value), ""):
            raise ImproperlyConfigured(f"NETADMIN_OIDC_{alone} means nothing without NETADMIN_OIDC_ISSUER.")
        return None
    if not read.oidc.client_id or not read.oidc.groups_claim:
        raise ImproperlyConfigured("NETADMIN_OIDC_CLIENT_ID and NETADMIN_OIDC_GROUPS_CLAIM belong to NETADMIN_OIDC_ISSUER.")
    if read.oidc.local_login not in LOCAL_LOGINS:
        raise ImproperlyConfigured(f"NETADMIN_OIDC_LOCAL_LOGIN={read.oidc.local_login} is none of {', '.join(LOCAL_LOGINS)}.")
    setting = "NETADMIN_OIDC_ISSUER"
    try:
        issuer = read_issuer(read.oidc.issuer)
        setting = "NETADMIN_OIDC_ROLES"
        roles = tuple(map(read_group_role, read.oidc.roles))
    except ValueError as error:
        raise ImproperlyConfigured(f"{setting}: {error}") from error
    return SignOn(
        issuer=issuer,
        client_id=read.oidc.client_id,
        client_secret=read_client_secret(read.oidc.client_secret_file),
        name=read.oidc.name or urlsplit(issuer).hostname or issuer,
        groups_claim=read.oidc.groups_claim,
        admit=frozenset(read.oidc.admit),
        roles=roles,
        is_local_for_superusers_only=read.oidc.local_login == "superusers",
    )
