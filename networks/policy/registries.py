"""From which registries operators may have an Engine pull: it asks them from where it stands, which may be behind a wall."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from networks.addressing.ranges import RangeKind, kind_of
from networks.engine.image_facts import DOCKER_HUB, registry_of
from networks.models import Engine
from networks.policy.permissions import Permission

MOST_REGISTRIES = 50
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::[0-9]{{1,5}})?")
# Top-level domains that aren't the internet's. Sources: RFC 6761, RFC 6762, ICANN's reservation of .internal, and usage.
_PRIVATE_DOMAINS = frozenset(
    {"localhost", "local", "internal", "lan", "home", "corp", "intranet", "private", "test", "localdomain"}
)


def permission_to_pull(engine_slug: str, reference: str) -> Permission:
    """Return what a person needs to have an Engine pull this image. One query."""
    found = Engine.objects.filter(slug=engine_slug).values_list("registries", "status__registries").first() or ((), ())
    permitted, told = (frozenset(map(str, each or ())) for each in found)
    return Permission.RUN if is_permitted(registry_of(reference), permitted, told) else Permission.SHAPE


def permitted_registries(permitted: Iterable[str], told: Iterable[str]) -> tuple[str, ...]:
    """Return those that operators may pull from. `permitted`: as written down here; `told`: as in EngineInfo.registries."""
    public = {each for each in told if not is_private_registry(each)}
    return tuple(sorted({DOCKER_HUB, *permitted, *public}))


def is_permitted(registry: str, permitted: Collection[str], told: Collection[str]) -> bool:
    """Tell whether operators may pull from a registry: from one at a private address only where a superuser wrote it down."""
    return registry in permitted_registries(permitted, told)


def is_private_registry(registry: str) -> bool:
    """Tell whether a registry is given by an address that isn't public, or by a name that only a private network knows."""
    host = (urlsplit(f"//{registry}").hostname or "").rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or host.rpartition(".")[2] in _PRIVATE_DOMAINS or host.endswith(".home.arpa")
    return kind_of(ip_network(address)) is not RangeKind.PUBLIC


def read_registry(typed: str) -> str | None:
    """Return a registry as Docker names it, "registry.example:5000", of what was typed; None where it can be none."""
    text = typed.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/")
    if text == "index.docker.io":
        return DOCKER_HUB
    return text if _NAME.fullmatch(text) and ({".", ":"} & set(text) or text == "localhost") else None
