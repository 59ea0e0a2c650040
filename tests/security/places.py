"""Every address that there is, read from the URL resolver, with something filled in for its places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from networks.policy.permissions import Permission
from networks.policy.url_permissions import permission_for
from tests.builders import make_id

ENGINE = "local"
NETWORK_ID, CONTAINER_ID = make_id("network front"), make_id("container web")
NODE_ID = "n" * 25
PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
SAMPLES = {
    "engine_slug": ENGINE,
    "docker_id": NETWORK_ID,
    "container_id": CONTAINER_ID,
    "network_id": NETWORK_ID,
    "node_id": NODE_ID,
}
BY_CONVERTER = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000001"}


@dataclass(frozen=True, slots=True)
class Address:
    """One address to knock at. `name`: with its namespace, as the policy declares it. `places`: what its path is filled with."""

    name: str
    path: str
    places: tuple[str, ...] = ()

    @property
    def declared(self) -> Permission | None:
        """What the policy says that it needs; None when nobody declared it."""
        return permission_for(self.name)

    @property
    def is_admin_site(self) -> bool:
        return self.name.startswith("admin:")


def addresses() -> list[Address]:
    """Return every address, also those that are closed to everybody."""
    return sorted(walk(get_resolver().url_patterns, "/", ""), key=lambda address: address.path)


def walk(
    patterns: list[URLPattern | URLResolver], prefix: str, namespace: str, places: tuple[str, ...] = ()
) -> Iterator[Address]:
    """Yield the addresses under these patterns."""
    for pattern in patterns:
        route = str(pattern.pattern)
        path = prefix + fill(route)
        known = places + tuple(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern.url_patterns, path, inner, known)
        else:
            yield Address(namespace + (pattern.name or pattern.lookup_str), path, known)


def fill(route: str) -> str:
    """Return a route with its places filled; a container's address gets a container's id."""
    samples = {**SAMPLES, "docker_id": CONTAINER_ID} if route.startswith("containers/") else SAMPLES

    def sample(place: re.Match[str]) -> str:
        return samples.get(place[2], BY_CONVERTER.get(place[1] or "", "1"))

    filled = PLACE.sub(sample, GROUP.sub(lambda group: samples.get(group[1], "x1"), route))
    return filled.removeprefix("^").removesuffix("$").removesuffix(r"\Z")
