"""The history of addresses: keeps what is open in memory, writes what begins, what ends, and what is found out later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from networks.addressing.reading import IPAddress
from networks.engine.facts import ContainerFact, EndpointFact, EventFact
from networks.models import AddressAssignment, WatchedSpan
from networks.sync.recent import Recent
from networks.sync.snapshot.assignments import (
    SLACK_NS,
    START_TAKES_NS,
    AssignmentEnd,
    EventTimes,
    HeldKey,
    Loose,
    Moves,
    OpenAssignment,
    addresses_held,
    end_by_process,
    opened_row,
    to_moment,
    to_nano,
)
from networks.sync.snapshot.memory import Memory, resolve
from networks.sync.snapshot.translate import Row
from networks.sync.snapshot.upsert import Upsert

PRUNED_AT_ONCE = 1_000  # 50 ms among a million
FEW = 20  # above, one statement for all and one for their keys are cheaper than one each
# What an event may still tell comes within seconds; of each container some, for one that ends again and again has always more.
KEEP_LOOSE_S, MOST_LOOSE, MOST_LOOSE_OF_ONE = 120.0, 5_000, 50
MOST_LAST_OF_ONE = 100  # networks of one container; beyond, the database tells
_ASSIGNMENTS = Upsert(AddressAssignment)
_WHO = ("pk", "container_id", "container_name", "network_id", "network_name", "family", "address", "endpoint_id")


class AddressHistoryWriter:
    """The assignments of one Engine. Used by the thread that holds its lease; one whose transaction failed is thrown away."""

    def __init__(self, engine_slug: str) -> None:
        self._slug = engine_slug
        self._held: dict[str, dict[HeldKey, OpenAssignment]] = {}
        self._last: dict[str, dict[HeldKey, tuple[str, datetime]]] = {}  # by container that is there: address and its end
        self._loose: Recent[list[Loose]] = Recent(KEEP_LOOSE_S, MOST_LOOSE)
        self._stirred: set[str] = set()
        self._times = EventTimes()
        self._known_nano = 0  # all of the Engine was as this ledger says
        self._watch: tuple[datetime | None, datetime, str] | None = None
        self._is_compared = False

    def load(self, as_of: datetime | None) -> None:
        """Read the assignments that were open when somebody last followed, which was until `as_of`. One statement."""
        self._held.clear()
        self._known_nano = to_nano(as_of)
        open_ones = AddressAssignment.objects.filter(engine_slug=self._slug, until_at=None).order_by()
        for row in open_ones.values("from_at", *_WHO):
            from_nano = to_nano(row.pop("from_at"))
            held = OpenAssignment(**row, from_nano=from_nano, seen_nano=max(from_nano, self._known_nano))
            self._held.setdefault(held.container_id, {})[held.key] = held

    def begin_watch(self, as_of: datetime | None, now: datetime, *, engine_id: str = "") -> None:
        """Note that an Engine is followed from now on, and that nothing was seen since `as_of`: all is compared anew."""
        self._known_nano = to_nano(as_of)
        self._watch, self._is_compared = (as_of, now, engine_id), False
        for held in self._all():
            held.seen_nano = max(held.from_nano, self._known_nano)

    def forget(self) -> None:
        """End all that is open, for another Engine answers: until when it went on over there nobody knows. Writes."""
        for held in self._all():
            columns = AssignmentEnd(held.seen_nano, 0).columns()
            AddressAssignment.objects.filter(pk=held.pk).update(**columns)
        self._held.clear()
        self._last.clear()
        self._loose.clear()
        self._known_nano = 0

    def note(self, events: Iterable[EventFact]) -> None:
        """Remember when containers came on networks and left them."""
        self._stirred |= {container_id for container_id in self._times.note(events) if container_id in self._loose}

    def compare(
        self,
        after: Memory,
        changed: Iterable[str],
        *,
        read_nano: Mapping[str, int],
        now_nano: int,
        is_everything: bool = False,
    ) -> Moves:
        """Return what to write so that the open assignments are those of `after`.

        `changed`: the containers to compare; all of them at the first time. `read_nano`: when each was read, else `now_nano`.
        `is_everything`: the whole Engine was read.
        """
        moves = Moves(watch=self._watch)
        if self._is_compared:
            containers = set(changed)
        else:
            containers = self._held.keys() | after.containers.keys()
            self._is_compared, self._watch = True, None
        names = after.network_names() if containers else {}
        for container_id in containers:
            at = read_nano.get(container_id, now_nano)
            self._compare_one(container_id, after, names, at, moves)
        for container_id in self._stirred | containers:
            self._fix(container_id, after.containers.get(container_id), moves)
        self._stirred.clear()
        if is_everything:
            self._known_nano = now_nano
        return moves

    def _compare_one(self, container_id: str, after: Memory, names: Mapping[str, str], at: int, moves: Moves) -> None:
        fact = after.containers.get(container_id)
        held = self._held.get(container_id, {})
        holds = {key: (address, endpoint) for key, address, endpoint in addresses_held(fact)}
        for key, one in list(held.items()):
            address, endpoint = holds.get(key, (None, None))
            if endpoint and str(address) == one.address and endpoint.endpoint_id == one.endpoint_id:
                if fact and fact.name != one.container_name:
                    one.container_name = fact.name
                    moves.fixed.append((one, {"container_name": fact.name}))
                del holds[key]
            else:
                moves.closed.append((one, self._close(one, fact, at)))
                del held[key]
        if fact is None:
            self._held.pop(container_id, None)
            self._last.pop(container_id, None)
            return
        for key, (address, endpoint) in holds.items():
            network_id = resolve(endpoint, after.networks, names) or endpoint.network_id
            one, row = self._open(fact, network_id, key, address, endpoint, at)
            moves.opened.append((one, row))
            self._held.setdefault(container_id, {})[key] = one
        if not self._held.get(container_id, True):
            del self._held[container_id]

    def _close(self, one: OpenAssignment, fact: ContainerFact | None, gone_nano: int) -> AssignmentEnd:
        after_nano = max(one.from_nano, one.seen_nano - SLACK_NS)
        told = self._times.end_of(one.container_id, one.network_id, after_nano=after_nano, gone_nano=gone_nano)
        seen_nano = min(max(one.seen_nano, self._known_nano), gone_nano)
        found = AssignmentEnd(told[0]) if told else self._bound_end(one, fact, seen_nano, gone_nano)
        if not (told and told[1]):
            self._loosen(Loose(one, False, seen_nano, gone_nano, told_end=found))
        last = self._last.setdefault(one.container_id, {})
        last.pop(one.key, None)
        last[one.key] = (one.address, to_moment(found.until_nano))
        if len(last) > MOST_LAST_OF_ONE:
            del last[next(iter(last))]
        return found

    def _bound_end(self, held: OpenAssignment, fact: ContainerFact | None, seen_nano: int, gone_nano: int) -> AssignmentEnd:
        """Return what is known of an end that no event tells of; before it came anew it had gone."""
        found = end_by_process(held, fact, seen_nano, gone_nano)
        again = self._times.next_begin(held.container_id, held.network_id, after_nano=max(seen_nano, held.from_nano + 1_000))
        is_before = again is not None and found.latest_nano is not None and again < found.latest_nano
        return AssignmentEnd(found.until_nano, again) if is_before else found

    def _open(
        self, fact: ContainerFact, network_id: str, key: HeldKey, address: IPAddress, endpoint: EndpointFact, seen_nano: int
    ) -> tuple[OpenAssignment, Row]:
        last = self._last.get(fact.docker_id, {}).get(key)
        after_nano = to_nano(last[1]) + 1_000 if last else 0  # moments are whole microseconds, rounded down
        begin = self._times.begin_of(fact.docker_id, network_id, after_nano=after_nano, seen_nano=seen_nano)
        from_nano = begin or seen_nano
        one = OpenAssignment(
            0, fact.docker_id, fact.name, network_id, *key, str(address), endpoint.endpoint_id, from_nano, seen_nano
        )
        # A list that was read while it started did not show it yet.
        bounds = [each - START_TAKES_NS for each in (self._known_nano, to_nano(fact.started_at)) if each]
        earliest_nano = max([after_nano, *bounds])
        if begin is None:
            self._loosen(Loose(one, True, after_nano, seen_nano, told_nano=earliest_nano))
        row = opened_row(one, engine_slug=self._slug, address=address, mac=endpoint.mac, begin=begin, earliest_nano=earliest_nano)
        return one, row

    def _loosen(self, loose: Loose) -> None:
        container_id = loose.held.container_id
        self._loose.put(container_id, [*(self._loose.get(container_id) or ())[-MOST_LOOSE_OF_ONE + 1 :], loose])

    def _fix(self, container_id: str, fact: ContainerFact | None, moves: Moves) -> None:
        """Look again whether events, or what an inspect said since, tell what wasn't known before."""
        kept = []
        for loose in self._loose.pop(container_id) or ():
            columns, is_exact = self._find_begin(loose, fact) if loose.is_begin else self._find_end(loose, fact)
            if columns:
                moves.fixed.append((loose.held, columns))
            # A later event may tell of a later begin; an end is the first.
            if loose.is_begin or not is_exact:
                kept.append(loose)
        if kept:
            self._loose.put(container_id, kept)

    def _find_begin(self, loose: Loose, fact: ContainerFact | None) -> tuple[Row, bool]:
        held = loose.held
        begin = self._times.begin_of(held.container_id, held.network_id, after_nano=loose.after_nano, seen_nano=loose.upto_nano)
        if begin is not None:
            if begin == held.from_nano:
                return {}, True
            held.from_nano = begin
            return {"from_at": to_moment(begin), "is_from_exact": True, "from_earliest_at": None}, True
        started = to_nano(fact.started_at) - START_TAKES_NS if fact and fact.started_at else 0
        if loose.told_nano < started < loose.upto_nano and held.from_nano == loose.upto_nano:
            loose.told_nano = started
            return {"from_earliest_at": to_moment(started)}, False
        return {}, False

    def _find_end(self, loose: Loose, fact: ContainerFact | None) -> tuple[Row, bool]:
        held, after_nano = loose.held, loose.after_nano
        since_nano = max(held.from_nano, after_nano - SLACK_NS)
        told = self._times.end_of(held.container_id, held.network_id, after_nano=since_nano, gone_nano=loose.upto_nano)
        found = AssignmentEnd(told[0]) if told else self._bound_end(held, fact, after_nano, loose.upto_nano)
        is_final = told is not None and told[1]
        if found == loose.told_end or (told is None and loose.told_end.latest_nano is None):
            return {}, is_final
        loose.told_end = found
        return found.columns(), is_final

    def write(self, moves: Moves) -> None:
        """Write them, within the caller's transaction."""
        if moves.watch:
            ended_at, began_at, engine_id = moves.watch
            spans = WatchedSpan.objects.filter(engine_slug=self._slug, until_at=None)
            spans.update(until_at=ended_at or began_at)
            WatchedSpan.objects.create(engine_slug=self._slug, from_at=began_at, docker_id=engine_id[:80])
        if moves.closed:
            _update((held.pk, end.columns()) for held, end in moves.closed)
        if moves.opened:
            self._write_opened(moves.opened)
        for held, columns in moves.fixed:
            AddressAssignment.objects.filter(pk=held.pk).update(**columns)

    def _write_opened(self, opened: list[tuple[OpenAssignment, Row]]) -> None:
        for held, row in opened:
            row["was_address"], row["was_until_at"] = self._was(held, is_one_of_many=len(opened) > FEW)
        if len(opened) <= FEW:
            keys = _ASSIGNMENTS.write_for_pks([row for _, row in opened])
            for (held, _), pk in zip(opened, keys, strict=True):
                held.pk = pk
            return
        _ASSIGNMENTS.write([row for _, row in opened])
        found = AddressAssignment.objects.filter(engine_slug=self._slug, until_at=None).order_by("pk")
        written = {tuple(where): pk for pk, *where in found.values_list("pk", "container_id", "network_name", "family")}
        for held, _ in opened:
            held.pk = written[held.container_id, held.network_name, held.family]

    def _was(self, held: OpenAssignment, *, is_one_of_many: bool) -> tuple[str, datetime | None]:
        """Return the address that the container had on this network before, with its end; "" for none and for the same.

        Many at once are asked of memory alone: a first reading has none, and an Engine that restarts has just ended them.
        """
        last: Any = self._last.get(held.container_id, {}).get(held.key)
        if last is None and not is_one_of_many:
            before = AddressAssignment.objects.filter(engine_slug=self._slug, container_id=held.container_id)
            before = before.filter(network_name=held.network_name, family=held.family, until_at__isnull=False)
            last = before.order_by("-from_at", "-id").values_list("address", "until_at").first()
        return ("", None) if last is None or last[0] == held.address else last

    def _all(self) -> list[OpenAssignment]:
        return [held for one in self._held.values() for held in one.values()]


def _update(changes: Iterable[tuple[int, Row]]) -> None:
    """Write equal columns of many rows by one statement: `update()` of each builds its own, 0.2 ms each time."""
    connection = connections[DEFAULT_DB_ALIAS]
    meta = AddressAssignment._meta
    fields = {field.name: field for field in meta.concrete_fields}
    by_columns: defaultdict[tuple[str, ...], list[list[Any]]] = defaultdict(list)
    for pk, row in changes:
        values = [fields[name].get_db_prep_save(value, connection) for name, value in row.items()]
        by_columns[tuple(row)].append([*values, pk])
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for columns, rows in by_columns.items():
            places = ", ".join(f"{quote(name)} = %s" for name in columns)
            statement = f"UPDATE {quote(meta.db_table)} SET {places} WHERE {quote('id')} = %s"  # noqa: S608 our own names
            cursor.executemany(statement, rows)


def prune_assignments(engine_slug: str, *, before: datetime) -> bool:
    """Remove watched spans that ended before this moment, and the first PRUNED_AT_ONCE assignments that did. Returns whether
    there may be more: whoever follows has other things to do in between, and so has whoever writes.
    """
    ended = {"engine_slug": engine_slug, "until_at__lt": before}
    WatchedSpan.objects.filter(**ended).delete()
    some = AddressAssignment.objects.filter(**ended).order_by("until_at").values("pk")[:PRUNED_AT_ONCE]
    removed: int = AddressAssignment.objects.filter(pk__in=some).delete()[0]
    return removed == PRUNED_AT_ONCE
