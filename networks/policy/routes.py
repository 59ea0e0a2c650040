"""What every address needs. An address that isn't here is refused, and the system check finds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import ResolverMatch, URLPattern, URLResolver

from networks.policy.permissions import Permission

# By URL name; "admin:*" stands for all names of that namespace. Static files are served before any address is looked up.
ROUTES: dict[str, Permission] = {
    "healthz": Permission.OPEN,
    "readyz": Permission.OPEN,
    "setup": Permission.OPEN,
    "favicon": Permission.OPEN,
    "security_txt": Permission.OPEN,
    "set_language": Permission.OPEN,
    "overview": Permission.ANY,
    "network_list": Permission.ANY,
    "network_create": Permission.CONNECT,
    "network_detail": Permission.VIEW,
    "network_swarm": Permission.VIEW,  # of other Engines only what this person may view there
    "network_connect": Permission.CONNECT,
    "network_disconnect": Permission.CONNECT,
    "network_keep": Permission.CONNECT,
    "network_remove": Permission.CONNECT,
    "network_prune": Permission.SHAPE,
    "network_protection": Permission.SUPERUSER,  # whoever can set a label isn't thereby stronger than who owns all
    "container_protection": Permission.SUPERUSER,
    "network_several": Permission.CONNECT,  # more than five at once: shape, which the action asks for
    "container_list": Permission.ANY,
    "container_detail": Permission.VIEW,
    "container_inside": Permission.VIEW,
    "container_connect": Permission.CONNECT,
    "container_terminal": Permission.TERMINAL,
    "container_run": Permission.RUN,  # on the host's own network or in another's stack: shape, which the action asks for
    "container_run_chosen": Permission.ANY,  # it leads to the chosen Engine's
    "container_several": Permission.CONNECT,
    "container_move": Permission.CONNECT,
    # On the host's own network, or in another's stack: shape as well, which the view and the action ask for.
    "container_start": Permission.RUN,
    "container_stop": Permission.RUN,
    "container_restart": Permission.RUN,
    "container_kill": Permission.RUN,
    "container_pause": Permission.RUN,
    "container_unpause": Permission.RUN,
    "container_rename": Permission.RUN,
    "container_remove": Permission.RUN,
    "interface_list": Permission.ANY,
    "interface_text": Permission.ANY,
    "address_list": Permission.ANY,
    "address_history": Permission.ANY,
    "address_history_export": Permission.ANY,
    # Whose job it is decides the rest: one's own, and those of the Engines that one administers.
    "job_list": Permission.ANY,
    "job_detail": Permission.ANY,
    "job_stop": Permission.ANY,
    "event_list": Permission.ANY,
    "activity_list": Permission.LOGIN,  # one's own; admins see their Engines', superusers all
    "activity_detail": Permission.LOGIN,
    "activity_export": Permission.LOGIN,
    "engine_list": Permission.ANY,  # those that one may view
    # Where the server connects to: whoever says that reaches what it reaches.
    "engine_create": Permission.SUPERUSER,
    "engine_change": Permission.SUPERUSER,
    "engine_remove": Permission.SUPERUSER,
    "engine_detail": Permission.VIEW,
    "engine_sync": Permission.VIEW,  # it only looks again
    "engine_choose": Permission.VIEW,
    "engine_swarm": Permission.VIEW,
    # A swarm ties machines together, opens ports on them and gives a token to whoever asks: more than a network of one's own.
    "engine_swarm_init": Permission.SHAPE,
    "engine_swarm_join": Permission.SHAPE,
    "engine_swarm_leave": Permission.SHAPE,
    "engine_swarm_node_remove": Permission.SHAPE,
    "engine_swarm_token": Permission.SHAPE,
    # The lab has a container on the host's own network, so to run containers isn't enough.
    "lab": Permission.SHAPE,
    "lab_up": Permission.SHAPE,
    "lab_down": Permission.SHAPE,
    "account_login": Permission.OPEN,
    "account_logout": Permission.OPEN,
    "account_inactive": Permission.OPEN,
    "account_change_password": Permission.LOGIN,
    "account_reauthenticate": Permission.LOGIN,
    "invitation": Permission.OPEN,  # whoever holds the link
    "person_list": Permission.SUPERUSER,
    "person_create": Permission.SUPERUSER,
    "person_detail": Permission.SUPERUSER,
    "person_invite": Permission.SUPERUSER,
    "person_deactivate": Permission.SUPERUSER,
    "person_reactivate": Permission.SUPERUSER,
    "person_end_sessions": Permission.SUPERUSER,
    "person_reset_two_factor": Permission.SUPERUSER,
    "engine_people": Permission.GRANT,
    "engine_grant": Permission.GRANT,
    "engine_terminals": Permission.GRANT,
    "engine_grant_terminal": Permission.GRANT,
    "account_sessions": Permission.LOGIN,
    "account_session_end": Permission.LOGIN,
    "account_sessions_end": Permission.LOGIN,
    "mfa_authenticate": Permission.OPEN,  # the second step: whoever is there has typed the password
    "mfa_index": Permission.LOGIN,
    "mfa_activate_totp": Permission.LOGIN,
    "mfa_deactivate_totp": Permission.LOGIN,
    "mfa_view_recovery_codes": Permission.LOGIN,
    "mfa_generate_recovery_codes": Permission.LOGIN,
    "mfa_add_webauthn": Permission.LOGIN,
    "mfa_edit_webauthn": Permission.LOGIN,
    "mfa_remove_webauthn": Permission.LOGIN,
    # Codes are shown once and saved by the browser; the password alone confirms; mfa_index lists the passkeys.
    "mfa_download_recovery_codes": Permission.CLOSED,
    "mfa_reauthenticate": Permission.CLOSED,
    "mfa_reauthenticate_webauthn": Permission.CLOSED,
    "mfa_list_webauthn": Permission.CLOSED,
    # Users come from an admin, and nothing here sends e-mail.
    "account_signup": Permission.CLOSED,
    "account_set_password": Permission.CLOSED,
    "account_email": Permission.CLOSED,
    "account_email_verification_sent": Permission.CLOSED,
    "account_confirm_email": Permission.CLOSED,
    "account_confirm_login_code": Permission.CLOSED,
    "account_reset_password": Permission.CLOSED,
    "account_reset_password_done": Permission.CLOSED,
    "account_reset_password_from_key": Permission.CLOSED,
    "account_reset_password_from_key_done": Permission.CLOSED,
    "admin:*": Permission.SUPERUSER,
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

# Permissions that mean something only together with an Engine.
ON_ENGINE = frozenset(
    {Permission.VIEW, Permission.CONNECT, Permission.SHAPE, Permission.RUN, Permission.GRANT, Permission.TERMINAL}
)


def permission_for(name: str) -> Permission | None:
    """Return what the address of this name needs, None when nobody declared it."""
    return ROUTES.get(name) or ROUTES.get(_wildcard(name))


def needs_proof(name: str, *, is_change: bool) -> bool:
    """Tell whether the address of this name takes the password once more, to look at it or to change something there."""
    if name in PROVEN_FIRST:
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
    """Return the declared names that no address has."""
    names = {route.name for route in routes}
    covered = names | {_wildcard(name) for name in names}
    return sorted(name for name in ROUTES if name not in covered)


def names_without_engine(routes: Iterable[Route]) -> list[str]:
    """Return the addresses that need a permission on an Engine and don't name one: all but superusers would be refused."""
    return sorted({route.name for route in routes if permission_for(route.name) in ON_ENGINE and not route.names_engine})


def _wildcard(name: str) -> str:
    namespace, colon, _rest = name.rpartition(":")
    return f"{namespace}{colon}*"
