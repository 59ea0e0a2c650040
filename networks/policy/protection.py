"""What nobody changes from here: Docker's own networks, Netadmin's own containers, what asks for it by a label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import Lock as Mutex

from cachetools import LRUCache, cached
from django.conf import settings

from networks.engine.allow_list import ProtectedIds
from networks.engine.docker_names import KEPT_BY_DOCKER
from networks.engine.errors import NotAllowed
from networks.engine.facts import ContainerFact, NetworkFact, is_of_swarm
from networks.models.stored_sentences import say as _
from networks.policy.needed_permissions import permission_to_connect
from networks.policy.own_containers import backing_ids, own_places, own_rows
from networks.policy.permissions import Permission
from networks.policy.protected_names import find_bearer, names_on, read_names
from networks.queries.containers import container_rows
from networks.queries.engines import list_slugs, read_engine
from networks.queries.networks import asks_protection, network_rows
from networks.queries.rows import ContainerRow, EngineRow


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
    """What is protected on one Engine, by full id. `kept`: networks that may be connected to, but not removed.

    `own`: networks on which Netadmin itself is, or what it needs. `names`: who of the protected bears which name on a network, in
    small letters, by network id. `lifted`: ids whose label counts no more.
    """

    containers: Mapping[str, Lock] = field(default_factory=dict)
    networks: Mapping[str, Lock] = field(default_factory=dict)
    kept: Mapping[str, Lock] = field(default_factory=dict)
    own: Mapping[str, Lock] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lifted: frozenset[str] = frozenset()

    @property
    def ids(self) -> ProtectedIds:
        """The same for the transport's guard, which knows no names."""
        return ProtectedIds(frozenset(self.containers), frozenset(self.networks), frozenset(self.kept))

    def is_locked(self, docker_id: str) -> bool:
        """Tell whether this network or container is one that nothing is done to."""
        return docker_id in self.containers or docker_id in self.networks

    def lock_on_removal(self, network_id: str) -> Lock | None:
        """Return why this network isn't removed."""
        return self.networks.get(network_id) or self.kept.get(network_id)

    def lock_on_leaving(self) -> Lock | None:
        """Return why the Engine doesn't leave its swarm: a network goes with it that is protected, or that is needed."""
        labelled = {key: lock for key, lock in self.networks.items() if lock.reason is Reason.LABEL}
        needed = {key: lock for key, lock in self.kept.items() if lock.reason is Reason.GUEST}  # ingress itself may go
        return next((lock for key, lock in {**labelled, **needed}.items() if is_of_swarm(key)), None)

    def lock_on_pair(self, network_id: str, container_id: str) -> Lock | None:
        """Return why this container isn't put on, or taken off, this network."""
        return self.containers.get(container_id) or self.networks.get(network_id)


NOTHING = Protection()


def read_protection(engine: EngineRow | None) -> Protection:
    """Return what is protected on an Engine, as its snapshot knows it; kept until the snapshot changes, or a lock is lifted."""
    if engine is None:
        return NOTHING
    return _find(engine, str(settings.NETADMIN_PROC_DIR))


def protection_of(engine_slug: str) -> Protection:
    """Return the same for an Engine that isn't at hand. One query more."""
    return read_protection(read_engine(engine_slug)) if engine_slug else NOTHING


def refuse_removal(engine_slug: str, network: NetworkFact) -> None:
    """Return when this network, read a moment ago, may be removed. Raises NotAllowed with the reason."""
    protection = protection_of(engine_slug)
    _refuse(_lock_of_network(network, protection) or protection.lock_on_removal(network.docker_id))


def refuse_pair(engine_slug: str, network: NetworkFact, container: ContainerFact) -> None:
    """Return when this container may be put on, or taken off, this network. Raises NotAllowed with the reason."""
    protection = protection_of(engine_slug)
    for fact in (container, network):
        _refuse(_label_lock(fact, protection))
    _refuse(protection.lock_on_pair(network.docker_id, container.docker_id))
    if is_of_swarm(network.docker_id):  # another Engine of the swarm may know its label
        for slug in list_slugs():
            _refuse(protection_of(slug).networks.get(network.docker_id))


def refuse_containers(engine_slug: str, containers: Iterable[ContainerFact]) -> None:
    """Return when these containers may be stopped and removed. Raises NotAllowed with the first reason."""
    protection = protection_of(engine_slug)
    for fact in containers:
        _refuse(_label_lock(fact, protection) or protection.containers.get(fact.docker_id))


def permission_to_join(
    engine_slug: str, network_id: str, driver_options: Iterable[str] = (), *, known: Protection | None = None
) -> Permission:
    """Return what a person needs to put a container on this network with these options: where Netadmin is, an admin's.

    `known`: what is protected on the Engine, where that is at hand.
    """
    own, _borne = read_company(engine_slug, network_id, "", known=known)
    return Permission.SHAPE if own else permission_to_connect(driver_options)


def read_company(
    engine_slug: str, network_id: str, network_name: str, *, known: Protection | None = None
) -> tuple[Lock | None, dict[str, str]]:
    """Return why a network is Netadmin's own, None where it isn't, and who of the protected bears which name there.

    A swarm's network is the same on all its Engines, and so are the names on it. `known`: as permission_to_join has it; else one
    query. Of a swarm's network two more, and one for each Engine.
    """
    found = [known or protection_of(engine_slug)]
    if is_of_swarm(network_id):
        found += [protection_of(slug) for slug in list_slugs() if slug != engine_slug]
    own: Lock | None = None
    borne: dict[str, str] = {}
    for protection in found:
        own = own or protection.own.get(network_id)
        borne |= names_on(protection.names, network_id, network_name)
    return own, borne


def refuse_names(engine_slug: str, network_id: str, network_name: str, names: Iterable[str], aliases: Iterable[str] = ()) -> None:
    """Return when what is called so may be on this network. Raises NotAllowed where that is how something protected is found.

    `aliases`: further names, which nothing gets where Netadmin itself is.
    """
    asked, about = tuple(aliases), {"network": network_name}
    own, borne = read_company(engine_slug, network_id, network_name)
    if asked and (lock := own):
        words = _("%(by)s, which Netadmin needs, is on %(network)s: nothing gets an alias there.")
        raise NotAllowed(words % {**about, "by": lock.by})
    if found := find_bearer(borne, (*names, *asked)):
        words = _("%(by)s, which is protected, is called %(name)s on %(network)s: nothing else gets that name there.")
        raise NotAllowed(words % {**about, "name": found[0], "by": found[1]})


def _refuse(lock: Lock | None) -> None:
    if lock is not None:
        raise NotAllowed(lock.sentence)


def _lock_of_network(network: NetworkFact, protection: Protection) -> Lock | None:
    if network.name in KEPT_BY_DOCKER or network.is_ingress:
        return Lock(Reason.PREDEFINED, network.name)
    return _label_lock(network, protection)


def _label_lock(fact: NetworkFact | ContainerFact, protection: Protection) -> Lock | None:
    is_locked = asks_protection(fact.labels) and fact.docker_id not in protection.lifted
    return Lock(Reason.LABEL, fact.name) if is_locked else None


@cached(LRUCache(32), key=lambda engine, proc: (*engine.snapshot_key, engine.unprotected, proc), lock=Mutex())
def _find(engine: EngineRow, proc: str) -> Protection:
    locked = _lock_containers(engine, container_rows(engine), proc)
    kept, networks = dict(locked.kept), {}
    for network in network_rows(engine):
        if network.name in KEPT_BY_DOCKER or network.is_ingress:
            kept[network.docker_id] = Lock(Reason.PREDEFINED, network.name)
        elif network.asks_protection and network.docker_id not in engine.unprotected:
            networks[network.docker_id] = Lock(Reason.LABEL, network.name)
    return replace(locked, networks=networks, kept=kept)


def _lock_containers(engine: EngineRow, rows: Sequence[ContainerRow], proc: str) -> Protection:
    """Return what follows from an Engine's containers alone."""
    containers = {row.docker_id: lock for row, lock in _locks_of_containers(engine, rows, proc)}
    by_id = {row.docker_id: row for row in rows}
    own_ids = {docker_id for docker_id, lock in containers.items() if lock.reason in (Reason.OWN, Reason.BACKING)}
    for row in [by_id[docker_id] for docker_id in containers]:
        donor = by_id.get(row.donor_id)
        if donor is not None:
            containers.setdefault(donor.docker_id, Lock(Reason.DONOR, donor.name, row.name))
            own_ids |= {donor.docker_id} if row.docker_id in own_ids else set()
    kept: dict[str, Lock] = {}
    own: dict[str, Lock] = {}
    for docker_id in containers:
        row = by_id[docker_id]
        for place in row.addresses:
            lock = Lock(Reason.GUEST, place.network_name, row.name)
            kept.setdefault(place.network_id, lock)
            if docker_id in own_ids:
                own.setdefault(place.network_id, lock)
    for found in (kept, own):
        found.pop("", None)  # a stopped container may name a network that isn't there
    return Protection(containers, {}, kept, own, read_names(engine.slug, containers), engine.unprotected)


def _locks_of_containers(engine: EngineRow, rows: Sequence[ContainerRow], proc: str) -> Iterator[tuple[ContainerRow, Lock]]:
    own = own_rows(rows, proc)
    own_ids = {row.docker_id for row in own}
    backing = backing_ids(engine.slug, own, rows, own_places())
    for row in rows:
        if row.docker_id in own_ids:
            yield row, Lock(Reason.OWN, row.name)
        elif row.docker_id in backing:
            yield row, Lock(Reason.BACKING, row.name)
        elif row.asks_protection and row.docker_id not in engine.unprotected:
            yield row, Lock(Reason.LABEL, row.name)
