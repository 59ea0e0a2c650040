"""The writer of the snapshot: one transaction, only what differs, one new revision."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import models, transaction

from networks.addressing.blocks import Besides
from networks.engine.docker_names import SINGLE_DRIVERS
from networks.engine.parsing.engines import holds_to_modes
from networks.models import Container, Endpoint, Engine, EngineStatus, Event, Network, Pool, Tombstone
from networks.models.engine import new_epoch
from networks.sync.snapshot.address_history import AddressHistoryWriter
from networks.sync.snapshot.assignments import Moves
from networks.sync.snapshot.changes import Changes
from networks.sync.snapshot.memory import Memory, is_mode_lost, resolve
from networks.sync.snapshot.translate import (
    Row,
    container_fact,
    container_row,
    endpoint_row,
    network_fact,
    network_row,
    pool_rows,
)
from networks.sync.snapshot.upsert import Upsert

HUES = 10
FEW = 20  # above, one statement for all and one for their keys are cheaper than one each


def _columns(model: type[models.Model], *without: str) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if not field.primary_key and field.name not in without]


_ONE_OBJECT = ("engine", "docker_id")
_NETWORKS = Upsert(Network, unique=_ONE_OBJECT, update=_columns(Network, *_ONE_OBJECT, "hue"))
_CONTAINERS = Upsert(Container, unique=_ONE_OBJECT, update=_columns(Container, *_ONE_OBJECT))
_ONE_ENDPOINT = ("container", "network_name")
_ENDPOINTS = Upsert(Endpoint, unique=_ONE_ENDPOINT, update=_columns(Endpoint, *_ONE_ENDPOINT, "engine"))
_POOLS, _EVENTS, _TOMBSTONES = Upsert(Pool), Upsert(Event), Upsert(Tombstone)


class Snapshot:
    """The rows of one Engine. Used by one thread, which holds the Engine's lease."""

    def __init__(self, engine_pk: int, hold: Callable[[], None] | None = None) -> None:
        """`hold`: keeps the Engine's lease until a transaction ends, where others may have taken it; raises LeaseLost."""
        self.engine_pk = engine_pk
        self._hold = hold
        self.revision = 0
        self.epoch = ""
        self._network_pks: dict[str, int] = {}
        self._container_pks: dict[str, int] = {}
        self._hues: dict[str, int] = {}
        self._holds_to_modes = False
        self.ledger = AddressHistoryWriter(Engine.objects.values_list("slug", flat=True).get(pk=engine_pk))

    def load(self) -> Memory:
        """Read what the database remembers, and return it as facts. Six statements."""
        status, _ = EngineStatus.objects.get_or_create(engine_id=self.engine_pk)
        self.revision, self.epoch = status.revision, status.epoch
        self._holds_to_modes = holds_to_modes(status.api_version)
        self.ledger.load(status.as_of)
        pools = _group(Pool.objects.filter(network__engine_id=self.engine_pk).order_by("position").values(), "network_id")
        endpoints = _group(Endpoint.objects.filter(engine_id=self.engine_pk).values(), "container_id")
        memory = Memory()
        for row in Network.objects.filter(engine_id=self.engine_pk).order_by().values():
            self._network_pks[row["docker_id"]] = row["id"]
            self._hues[row["docker_id"]] = row["hue"]
            memory.networks[row["docker_id"]] = network_fact(row, pools[row["id"]])
        for found in Container.objects.filter(engine_id=self.engine_pk).order_by().values():
            self._container_pks[found["docker_id"]] = found["id"]
            ordered = sorted(endpoints[found["id"]], key=lambda endpoint: str(endpoint["network_name"]))
            memory.containers[found["docker_id"]] = container_fact(found, ordered)
        return memory

    def write(
        self,
        changes: Changes,
        after: Memory,
        events: Sequence[Row],
        *,
        now: datetime,
        moves: Moves | None = None,
        **status: Any,
    ) -> int:
        """Write what changed, the events and the status in one transaction, and return the new revision.

        `after`: the memory as it is once the changes are in. `moves`: of the history of addresses. `status`: further columns of
        EngineStatus.
        """
        revision = self.revision + 1
        if api_version := status.get("api_version"):
            self._holds_to_modes = holds_to_modes(api_version)
        with self._transaction():
            if changes:
                self._write_networks(changes, revision)
                self._write_containers(changes, after, revision)
                self._remove(changes, revision, now)
            if moves:
                self.ledger.write(moves)
            if events:
                _EVENTS.write(events)
            EngineStatus.objects.filter(engine_id=self.engine_pk).update(revision=revision, **status)
        self._forget(changes)
        self.revision = revision
        return revision

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Write all or nothing, as the one that holds the lease."""
        with transaction.atomic():
            if self._hold is not None:
                self._hold()
            yield

    def write_status(self, **status: Any) -> None:
        """Write columns of EngineStatus that no page shows as they tick (such as `as_of`): no new revision."""
        if self._hold is None:
            EngineStatus.objects.filter(engine_id=self.engine_pk).update(**status)
            return
        with self._transaction():
            EngineStatus.objects.filter(engine_id=self.engine_pk).update(**status)

    def write_counts(self, found: Mapping[str, Mapping[int, Besides]]) -> bool:
        """Write what an Engine counted, by network and position of the pool. Returns whether that gave a new revision."""
        pks = {self._network_pks[key]: pools for key, pools in found.items() if key in self._network_pks}
        known = Pool.objects.filter(network_id__in=pks).values_list("pk", "network_id", "position", "besides", "besides_in_range")
        changed = {
            pk: (network_pk, new)
            for pk, network_pk, position, *old in (known if pks else ())
            if (new := pks[network_pk].get(position)) is not None and [new.in_all, new.in_range] != old
        }
        if not changed:
            return False
        revision = self.revision + 1
        with self._transaction():
            for pk, (_network_pk, new) in changed.items():
                Pool.objects.filter(pk=pk).update(besides=new.in_all, besides_in_range=new.in_range)
            Network.objects.filter(pk__in={network_pk for network_pk, _new in changed.values()}).update(revision=revision)
            EngineStatus.objects.filter(engine_id=self.engine_pk).update(revision=revision)
        self.revision = revision
        return True

    def empty(self) -> None:
        """Forget the whole snapshot and begin a new epoch: another Engine answers at this URL."""
        self.epoch = new_epoch()
        with self._transaction():
            for model in (Endpoint, Container, Network, Tombstone):
                model._default_manager.filter(engine_id=self.engine_pk).delete()
            self.ledger.forget()
            EngineStatus.objects.filter(engine_id=self.engine_pk).update(epoch=self.epoch)
        self._network_pks.clear()
        self._container_pks.clear()
        self._hues.clear()

    def _write_networks(self, changes: Changes, revision: int) -> None:
        saved = [
            network_row(fact, engine_pk=self.engine_pk, hue=self._choose_hue(fact.docker_id, fact.driver), revision=revision)
            for fact in changes.networks_saved.values()
        ]
        if saved:
            known = [pk for row in saved if (pk := self._network_pks.get(row["docker_id"]))]
            self._save(_NETWORKS, saved, self._network_pks)
            if known:
                Pool.objects.filter(network_id__in=known).delete()
            _POOLS.write(
                pool
                for fact in changes.networks_saved.values()
                for pool in pool_rows(fact, network_pk=self._network_pks[fact.docker_id])
            )
        touched = [self._network_pks[key] for key in changes.touched_networks - changes.networks_saved.keys()]
        if touched:
            Network.objects.filter(pk__in=touched).update(revision=revision)

    def _write_containers(self, changes: Changes, after: Memory, revision: int) -> None:
        there = (after.networks, after.network_names()) if self._holds_to_modes and changes.containers_saved else None
        saved = [
            container_row(
                fact,
                engine_pk=self.engine_pk,
                revision=revision,
                is_mode_lost=there is not None and is_mode_lost(fact.network_mode, *there),
            )
            for fact in changes.containers_saved.values()
        ]
        if saved:
            self._save(_CONTAINERS, saved, self._container_pks)
        touched = [self._container_pks[key] for key in changes.touched_containers - changes.containers_saved.keys()]
        if touched:
            Container.objects.filter(pk__in=touched).update(revision=revision)
        self._write_endpoints(changes, after)

    def _write_endpoints(self, changes: Changes, after: Memory) -> None:
        for docker_id, network_name in changes.endpoints_gone:
            Endpoint.objects.filter(container_id=self._container_pks[docker_id], network_name=network_name).delete()
        names = after.network_names()
        rows = [
            endpoint_row(
                endpoint,
                engine_pk=self.engine_pk,
                container_pk=self._container_pks[docker_id],
                network_pk=self._network_pks.get(resolve(endpoint, after.networks, names)),
            )
            for docker_id, endpoints in changes.endpoints_saved.items()
            if docker_id in after.containers
            for endpoint in endpoints
        ]
        if rows:
            _ENDPOINTS.write(rows)

    def _remove(self, changes: Changes, revision: int, now: datetime) -> None:
        gone = [("network", fact.docker_id, fact.name) for fact in changes.networks_gone.values()]
        gone += [("container", fact.docker_id, fact.name) for fact in changes.containers_gone.values()]
        if not gone:
            return
        _TOMBSTONES.write(
            {
                "engine_id": self.engine_pk,
                "kind": kind,
                "docker_id": docker_id,
                "name": name,
                "revision": revision,
                "gone_at": now,
            }
            for kind, docker_id, name in gone
        )
        # Endpoints of containers first: their networks may go in the same breath.
        Container.objects.filter(pk__in=[self._container_pks[key] for key in changes.containers_gone]).delete()
        Network.objects.filter(pk__in=[self._network_pks[key] for key in changes.networks_gone]).delete()

    def _forget(self, changes: Changes) -> None:
        for docker_id in changes.networks_gone:
            self._network_pks.pop(docker_id, None)
            self._hues.pop(docker_id, None)
        for docker_id in changes.containers_gone:
            self._container_pks.pop(docker_id, None)

    def _save(self, upsert: Upsert, rows: Sequence[Row], pks: dict[str, int]) -> None:
        """Write rows of an object each, and note the keys of those that are new."""
        if len(rows) > FEW:
            upsert.write(rows)
            pks.update(upsert.model._default_manager.filter(engine_id=self.engine_pk).values_list("docker_id", "pk"))
        else:
            pks.update((row["docker_id"], pk) for row, pk in zip(rows, upsert.write_for_pks(rows), strict=True))

    def _choose_hue(self, docker_id: str, driver: str) -> int:
        """Return the network's hue; a new network gets the one that fewest have, so that neighbours differ."""
        if docker_id not in self._hues:
            used = Counter(self._hues.values())
            self._hues[docker_id] = 0 if driver in SINGLE_DRIVERS else min(range(1, HUES + 1), key=lambda hue: used[hue])
        return self._hues[docker_id]


def _group(rows: Iterable[Mapping[str, Any]], key: str) -> defaultdict[Any, list[Mapping[str, Any]]]:
    grouped: defaultdict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row[key]].append(row)
    return grouped


def prune_tombstones(
    engine_pk: int, engine_slug: str, *, tombstones_before: datetime, events_before: datetime, keep_events: int
) -> None:
    """Remove tombstones and events that are older, and all but the newest `keep_events` events."""
    Tombstone.objects.filter(engine_id=engine_pk, gone_at__lt=tombstones_before).delete()
    events = Event.objects.filter(engine_slug=engine_slug)
    events.filter(at__lt=events_before).delete()
    oldest_kept = events.order_by("-id").values_list("id", flat=True)[keep_events : keep_events + 1].first()
    if oldest_kept:
        events.filter(id__lte=oldest_kept).delete()
