"""What nobody changes from here: Docker's own networks, Netadmin's own containers, what asks for it by a label (rule S13)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from networks.engine.calls import ProtectedIds
from networks.engine.errors import NotAllowed
from networks.engine.facts import ContainerFact, NetworkFact
from networks.models import Endpoint
from networks.models.said import say as _
from networks.queries.containers import container_rows
from networks.queries.engines import read_engine
from networks.queries.kept.versioned import VersionedCache
from networks.queries.networks import asks_protection, network_rows
from networks.queries.rows import ContainerRow, EngineRow

PREDEFINED = frozenset({"bridge", "host", "none", "docker_gwbridge", "ingress"})
_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_SHORT_ID = re.compile(r"[0-9a-f]{12}")
# What Docker puts into each container of its own making. Other mounts may well belong to other containers: a host sees them all.
_OWN_MOUNTS = frozenset({"/etc/hostname", "/etc/hosts", "/etc/resolv.conf"})
Place = tuple[str, int]  # (host, port), port 0 where none is named


class Reason(StrEnum):
    """Why something is protected."""

    PREDEFINED = "predefined"
    LABEL = "label"
    OWN = "own"
    BACKING = "backing"
    DONOR = "donor"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Lock:
    """Why one network or container is protected. `by`: the protected container because of which it is, where there is one."""

    reason: Reason
    name: str
    by: str = ""

    @property
    def sentence(self) -> str:
        """The reason in the reader's language."""
        names = {"name": self.name, "by": self.by}
        match self.reason:
            case Reason.PREDEFINED:
                return _("%(name)s is one of Docker's own networks and can't be removed.") % names
            case Reason.LABEL:
                return _("%(name)s is protected by its label netadmin.protect: Netadmin doesn't change it.") % names
            case Reason.OWN:
                return _("%(name)s is the container that Netadmin runs in: Netadmin doesn't change it.") % names
            case Reason.BACKING:
                return _("%(name)s runs what Netadmin itself needs (its database or Redis): Netadmin doesn't change it.") % names
            case Reason.DONOR:
                return _("%(name)s lends its network to %(by)s, which is protected: Netadmin doesn't change it.") % names
            case Reason.GUEST:
                return _("%(by)s, which is protected, is on %(name)s: Netadmin doesn't remove it.") % names


@dataclass(frozen=True, slots=True)
class Protection:
    """What is protected on one Engine, by full id. `kept`: networks that may be connected to, but not removed."""

    containers: Mapping[str, Lock] = field(default_factory=dict)
    networks: Mapping[str, Lock] = field(default_factory=dict)
    kept: Mapping[str, Lock] = field(default_factory=dict)

    @property
    def ids(self) -> ProtectedIds:
        """The same for the transport's guard, which knows no names."""
        return ProtectedIds(frozenset(self.containers), frozenset(self.networks), frozenset(self.kept))

    def lock_on_removal(self, network_id: str) -> Lock | None:
        """Return why this network isn't removed."""
        return self.networks.get(network_id) or self.kept.get(network_id)

    def lock_on_pair(self, network_id: str, container_id: str) -> Lock | None:
        """Return why this container isn't put on, or taken off, this network."""
        return self.containers.get(container_id) or self.networks.get(network_id)


@dataclass(frozen=True, slots=True)
class _Locked:
    """What follows from an Engine's containers alone. `rows`: the very list that it was found in."""

    rows: Sequence[ContainerRow]
    containers: Mapping[str, Lock]
    kept: Mapping[str, Lock]


NOTHING = Protection()
MOST_ENGINES = 50
_KEPT: VersionedCache[Protection] = VersionedCache(MOST_ENGINES)
_LOCKED: dict[tuple[str, str], _Locked] = {}


def read_protection(engine: EngineRow | None) -> Protection:
    """Return what is protected on an Engine, as its snapshot knows it; kept until the snapshot changes."""
    if engine is None:
        return NOTHING
    proc, version = str(settings.NETADMIN_PROC_DIR), (engine.epoch, engine.revision)
    found = _KEPT.get((engine.slug, proc), version) if engine.epoch else None
    return found or _KEPT.put((engine.slug, proc), version, _find(engine, proc))


def protection_of(engine_slug: str) -> Protection:
    """Return the same for an Engine that isn't at hand. One query more."""
    return read_protection(read_engine(engine_slug)) if engine_slug else NOTHING


def refuse_removal(engine_slug: str, network: NetworkFact) -> None:
    """Return when this network, read a moment ago, may be removed. Raises NotAllowed with the reason."""
    _refuse(_lock_of_network(network) or protection_of(engine_slug).lock_on_removal(network.docker_id))


def refuse_pair(engine_slug: str, network: NetworkFact, container: ContainerFact) -> None:
    """Return when this container may be put on, or taken off, this network. Raises NotAllowed with the reason."""
    for fact in (container, network):
        _refuse(_label_lock(fact))
    _refuse(protection_of(engine_slug).lock_on_pair(network.docker_id, container.docker_id))


def refuse_containers(engine_slug: str, containers: Iterable[ContainerFact]) -> None:
    """Return when these containers may be stopped and removed. Raises NotAllowed with the first reason."""
    protection = protection_of(engine_slug)
    for fact in containers:
        _refuse(_label_lock(fact) or protection.containers.get(fact.docker_id))


def _refuse(lock: Lock | None) -> None:
    if lock is not None:
        raise NotAllowed(lock.sentence)


def _lock_of_network(network: NetworkFact) -> Lock | None:
    if network.name in PREDEFINED or network.is_ingress:
        return Lock(Reason.PREDEFINED, network.name)
    return _label_lock(network)


def _label_lock(fact: NetworkFact | ContainerFact) -> Lock | None:
    return Lock(Reason.LABEL, fact.name) if asks_protection(fact.labels) else None


def _find(engine: EngineRow, proc: str) -> Protection:
    rows, held = container_rows(engine), _LOCKED.get((engine.slug, proc))
    # Of a change of networks alone, nothing is looked for among 500 containers again.
    locked = held if held is not None and held.rows is rows else _lock_containers(engine, rows, proc)
    if len(_LOCKED) > MOST_ENGINES:
        _LOCKED.clear()
    _LOCKED[engine.slug, proc] = locked
    kept, networks = dict(locked.kept), {}
    for network in network_rows(engine):
        if network.name in PREDEFINED or network.is_ingress:
            kept[network.docker_id] = Lock(Reason.PREDEFINED, network.name)
        elif network.asks_protection:
            networks[network.docker_id] = Lock(Reason.LABEL, network.name)
    return Protection(locked.containers, networks, kept)


def _lock_containers(engine: EngineRow, rows: Sequence[ContainerRow], proc: str) -> _Locked:
    containers = {row.docker_id: lock for row, lock in _locks_of_containers(engine, rows, proc)}
    by_id = {row.docker_id: row for row in rows}
    for row in [by_id[docker_id] for docker_id in containers]:
        donor = by_id.get(row.donor_id)
        if donor is not None:
            containers.setdefault(donor.docker_id, Lock(Reason.DONOR, donor.name, row.name))
    kept: dict[str, Lock] = {}
    for docker_id in containers:
        row = by_id[docker_id]
        for place in row.addresses:
            kept.setdefault(place.network_id, Lock(Reason.GUEST, place.network_name, row.name))
    kept.pop("", None)  # a stopped container may name a network that isn't there
    return _Locked(rows, containers, kept)


def _locks_of_containers(engine: EngineRow, rows: Sequence[ContainerRow], proc: str) -> Iterator[tuple[ContainerRow, Lock]]:
    own = _own_rows(rows, proc)
    own_ids = {row.docker_id for row in own}
    backing = _backing_ids(engine.slug, own, rows, _backing_places())
    for row in rows:
        if row.docker_id in own_ids:
            yield row, Lock(Reason.OWN, row.name)
        elif row.docker_id in backing:
            yield row, Lock(Reason.BACKING, row.name)
        elif row.asks_protection:
            yield row, Lock(Reason.LABEL, row.name)


def _own_rows(rows: Sequence[ContainerRow], proc: str) -> tuple[ContainerRow, ...]:
    ids, short_id = own_marks(proc)
    if not ids and not short_id:
        return ()
    named = tuple(row for row in rows if row.docker_id in ids)
    return named or tuple(row for row in rows if short_id and row.docker_id.startswith(short_id))


@lru_cache(maxsize=8)
def own_marks(proc: str) -> tuple[frozenset[str], str]:
    """Return by what this process may be found among an Engine's containers: full ids, and the hostname where it is a short id.

    `proc`: "/proc", or a copy of what a container has there. Where nothing speaks of a container both are empty.
    """
    ids: set[str] = set()
    for line in _read(proc, "self/mountinfo").splitlines():
        parts = line.split(" ")
        if len(parts) > 4 and parts[4] in _OWN_MOUNTS:
            ids.update(_ID.findall(parts[3]))
    for line in _read(proc, "self/cgroup").splitlines():
        ids.update(_ID.findall(line.rpartition("/")[2]))
    hostname = _read(proc, "sys/kernel/hostname").strip()
    return frozenset(ids), hostname if _SHORT_ID.fullmatch(hostname) else ""


def _read(proc: str, name: str) -> str:
    try:
        return (Path(proc) / name).read_text(encoding="utf-8", errors="replace")
    except OSError:  # no Linux, or hidden
        return ""


def _backing_places() -> frozenset[Place]:
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


def _backing_ids(
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
