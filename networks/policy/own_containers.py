"""Which containers are Netadmin's own: the one that this process runs in, and those of its database and Redis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from networks.hostnet.own_process import own_marks
from networks.models import Endpoint
from networks.queries.rows import ContainerRow

Place = tuple[str, int]  # (host, port), port 0 where none is named


def own_rows(rows: Sequence[ContainerRow], proc: str) -> tuple[ContainerRow, ...]:
    """Return the container that this process runs in, if it is among these. `proc`: as `own_marks` has it."""
    ids, short_id = own_marks(proc)
    if not ids and not short_id:
        return ()
    named = tuple(row for row in rows if row.docker_id in ids)
    return named or tuple(row for row in rows if short_id and row.docker_id.startswith(short_id))


def own_places() -> frozenset[Place]:
    """Return where this installation's database and Redis are."""
    return frozenset(backing_places(settings.DATABASES, settings.CACHES, getattr(settings, "CHANNEL_LAYERS", {})))


def backing_places(databases: Mapping[str, Any], caches: Mapping[str, Any], layers: Mapping[str, Any]) -> Iterator[Place]:
    """Yield where Django's settings say that a database or Redis is; files and sockets of this machine are nowhere."""
    for database in databases.values():
        host = str(database.get("HOST") or "")
        if host and not host.startswith("/") and "sqlite" not in str(database.get("ENGINE")):
            yield host.lower(), int(database.get("PORT") or 0)
    for cache in caches.values():
        location = cache.get("LOCATION") or ()
        for url in [location] if isinstance(location, str) else location:
            yield from _place_of_url(str(url))
    for layer in layers.values():
        for host in (layer.get("CONFIG") or {}).get("hosts", ()):
            if isinstance(host, tuple | list):
                yield str(host[0]).lower(), int(host[1])
            else:
                yield from _place_of_url(str(host.get("address") if isinstance(host, dict) else host))


def _place_of_url(url: str) -> Iterator[Place]:
    parts = urlsplit(url)
    if parts.scheme in ("redis", "rediss") and parts.hostname:
        yield parts.hostname, parts.port or 0


def backing_ids(
    engine_slug: str, own: Sequence[ContainerRow], rows: Sequence[ContainerRow], places: frozenset[Place]
) -> frozenset[str]:
    """Return the ids of the containers that these places lead to: by address, by name, by a port published on this machine."""
    if not places:
        return frozenset()
    hosts = {host for host, _port in places}
    ports = {port for host, port in places if port and _is_here(host)}
    found = {row.docker_id for row in rows if row.name.lower() in hosts or ports & {port.public_port for port in row.ports}}
    found |= {row.docker_id for row in rows for address in row.addresses if {address.ipv4, address.ipv6} & (hosts - {""})}
    networks = {address.network_id for row in own for address in row.addresses}
    # A name of Docker's DNS means one container only among those that this process can ask for: on its own networks.
    beside = Endpoint.objects.present().filter(container__engine__slug=engine_slug, network__docker_id__in=networks)
    for docker_id, names, aliases in beside.values_list("container__docker_id", "dns_names", "aliases"):
        if hosts & {str(name).lower() for name in (*names, *aliases)}:
            found.add(docker_id)
    return frozenset(found)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
