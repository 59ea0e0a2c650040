"""What every address needs. An address that isn't here is refused, and the system check finds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import ResolverMatch, URLPattern, URLResolver

from networks.policy.permissions import Permission

# By URL name; "admin:*" stands for all names of that namespace. Static files are served before any address is looked up.
_NAMES: dict[Permission, str] = {
    # The invitation: whoever holds the link. The second step: whoever is there has typed the password.
    Permission.OPEN: """
        healthz readyz setup favicon security_txt set_language invitation
        account_login account_logout account_inactive mfa_authenticate
    """,
    # Of activity one's own; admins see their Engines', superusers all.
    Permission.LOGIN: """
        activity_list activity_detail activity_export
        account_change_password account_reauthenticate account_sessions account_session_end account_sessions_end
        mfa_index mfa_activate_totp mfa_deactivate_totp mfa_view_recovery_codes mfa_generate_recovery_codes
        mfa_add_webauthn mfa_edit_webauthn mfa_remove_webauthn
    """,
    # Lists show the Engines that one may view. Whose job it is decides the rest: one's own, and those of the Engines that one
    # administers. container_run_chosen leads to the chosen Engine's.
    Permission.ANY: """
        overview network_list container_list container_run_chosen interface_list interface_text
        address_list address_history address_history_export event_list engine_list job_list job_detail job_stop
    """,
    # Of a swarm's other Engines only what this person may view there. engine_sync only looks again.
    Permission.VIEW: """
        network_detail network_swarm container_detail container_inside
        engine_detail engine_sync engine_choose engine_swarm
    """,
    # More than five at once: shape, which the action asks for.
    Permission.CONNECT: """
        network_create network_connect network_disconnect network_keep network_remove network_several
        container_connect container_several container_move
    """,
    # On the host's own network, or in another's stack: shape as well, which the view and the action ask for.
    Permission.RUN: """
        container_run container_start container_stop container_restart container_kill container_pause container_unpause
        container_rename container_remove
    """,
    # A swarm ties machines together, opens ports on them and gives a token to whoever asks: more than a network of one's own.
    # The lab has a container on the host's own network, so to run containers isn't enough.
    Permission.SHAPE: """
        network_prune lab lab_up lab_down
        engine_swarm_init engine_swarm_join engine_swarm_leave engine_swarm_node_remove engine_swarm_token
    """,
    Permission.TERMINAL: "container_terminal",
    Permission.GRANT: "engine_people engine_grant engine_terminals engine_grant_terminal",
    # Protection: whoever can set a label isn't thereby stronger than who owns all. Engines: where the server connects to; whoever
    # says that reaches what it reaches.
    Permission.SUPERUSER: """
        network_protection container_protection engine_create engine_change engine_remove admin:*
        person_list person_create person_detail person_invite person_deactivate person_reactivate person_end_sessions
        person_reset_two_factor
    """,
    # Codes are shown once and saved by the browser; the password alone confirms; mfa_index lists the passkeys. Users come from an
    # admin, and nothing here sends e-mail.
    Permission.CLOSED: """
        mfa_download_recovery_codes mfa_reauthenticate mfa_reauthenticate_webauthn mfa_list_webauthn
        account_signup account_set_password account_email account_email_verification_sent account_confirm_email
        account_confirm_login_code account_reset_password account_reset_password_done account_reset_password_from_key
        account_reset_password_from_key_done
    """,
}
# There only where people sign on. Closed: what of allauth would decide who somebody is, or connect accounts.
_OF_SIGN_ON: dict[Permission, str] = {
    Permission.OPEN: "sign_on sign_on_callback sign_on_ended",
    Permission.LOGIN: "sign_on_again",
    Permission.CLOSED: """
        openid_connect_login openid_connect_callback django.views.generic.base.RedirectView
        socialaccount_login_cancelled socialaccount_login_error socialaccount_signup socialaccount_connections
    """,
}
SIGN_ON_ROUTES = {name: permission for permission, names in _OF_SIGN_ON.items() for name in names.split()}
ROUTES: dict[str, Permission] = {
    **{name: permission for permission, names in _NAMES.items() for name in names.split()},
    **SIGN_ON_ROUTES,
}

# What gives somebody power takes the password once more: whoever finds a page left open shall not have it. All that a superuser
# or whoever gives roles can change is that, and what is named here besides.
_GIVES_POWER = frozenset({Permission.SUPERUSER, Permission.GRANT})
PROVEN = frozenset({"engine_swarm_token", "account_session_end", "account_sessions_end"})
# Here it is typed before the form is filled: what stands in it (passwords, keys) is kept nowhere meanwhile.
PROVEN_FIRST = frozenset(
    {
        "person_create",
        "engine_create",
        "engine_change",
        *(f"admin:{model}_{page}" for model in ("auth_user", "networks_engine") for page in ("add", "change")),
        *(f"admin:{page}" for page in ("auth_user_password_change", "password_change")),
    }
)

_WITHOUT_PROOF = frozenset({"mfa_index", "mfa_authenticate"})

# Permissions that mean something only together with an Engine.
ON_ENGINE = frozenset(
    {Permission.VIEW, Permission.CONNECT, Permission.SHAPE, Permission.RUN, Permission.GRANT, Permission.TERMINAL}
)


def permission_for(name: str) -> Permission | None:
    """Return what the address of this name needs, None when nobody declared it."""
    return ROUTES.get(name) or ROUTES.get(_wildcard(name))


def needs_proof(name: str, *, is_change: bool, has_password: bool = True) -> bool:
    """Tell whether the address of this name takes the password once more, to look at it or to change something there.

    `has_password`: else allauth, which asks for it before a change of second steps by itself, would ask for nothing.
    """
    if name in PROVEN_FIRST or (not has_password and name.startswith("mfa_") and name not in _WITHOUT_PROOF):
        return True
    return is_change and (name in PROVEN or permission_for(name) in _GIVES_POWER)


def name_of_match(match: ResolverMatch) -> str:
    """Return the name under which an address is declared: with its namespace, and never empty."""
    return match.view_name or match._func_path


@dataclass(frozen=True, slots=True)
class Route:
    """One address that exists. `names_engine`: its path holds an Engine's slug."""

    name: str
    names_engine: bool


def walk_routes(patterns: list[URLPattern | URLResolver], namespace: str = "", *, names_engine: bool = False) -> Iterator[Route]:
    """Yield every address under these patterns, named as `name_of_match` names it."""
    for pattern in patterns:
        has_slug = names_engine or "engine_slug" in getattr(pattern.pattern, "converters", {})
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk_routes(pattern.url_patterns, inner, names_engine=has_slug)
        else:
            yield Route(namespace + (pattern.name or pattern.lookup_str), has_slug)


def undeclared_names(routes: Iterable[Route]) -> list[str]:
    """Return the addresses that exist and aren't declared."""
    return sorted({route.name for route in routes if permission_for(route.name) is None})


def missing_names(routes: Iterable[Route]) -> list[str]:
    """Return the declared names that no address has. Those of sign-on are all there, or none."""
    names = {route.name for route in routes}
    covered = names | {_wildcard(name) for name in names}
    if names.isdisjoint(SIGN_ON_ROUTES):
        covered.update(SIGN_ON_ROUTES)
    return sorted(name for name in ROUTES if name not in covered)


def names_without_engine(routes: Iterable[Route]) -> list[str]:
    """Return the addresses that need a permission on an Engine and don't name one: all but superusers would be refused."""
    return sorted({route.name for route in routes if permission_for(route.name) in ON_ENGINE and not route.names_engine})


def _wildcard(name: str) -> str:
    namespace, colon, _rest = name.rpartition(":")
    return f"{namespace}{colon}*"
