"""Whose network stack a container shares, who shares its own, and how deep that goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet

from networks.engine.states import WITH_STACK
from networks.models import Container
from networks.queries.rows import ContainerRow

# What keeps a container from starting, of the stacks that `stack_state` names: its donor has none now.
AWAY = frozenset({"away", "restarting"})
# By what a donor is judged, and a guest; `donor` is added: the record of whose stack it was to share, None where that is gone.
LENDING = ("docker_id", "name", "state", "started_at", "network_mode", "donor_id", "hostname", "ports")
_SHORT_ID = 12  # of the hostname that Docker gives

Record = Mapping[str, Any]


class SharedStack(StrEnum):
    """What a running container that was to share another's stack is in. DONORS: the one that its donor has now. HOSTS: the
    machine's, whatever becomes of its donor. LEFT: loopback alone. UNKNOWN: what Docker tells leaves it open.
    """

    DONORS = "donors"
    HOSTS = "hosts"
    LEFT = "left"
    UNKNOWN = "unknown"


def read_donors(engine_slug: str, donor_ids: Iterable[str]) -> dict[str, Record]:
    """Return the containers that share their network with others, by id. One query; three more where one is a guest itself."""
    containers = Container.objects.filter(engine__slug=engine_slug)
    wanted = {donor_id for donor_id in donor_ids if donor_id}
    found = _read(containers.filter(docker_id__in=wanted)) if wanted else {}
    above = _read(containers.filter(docker_id__in=missing)) if (missing := _above(found)) else {}
    found |= above
    if _above(above) - found.keys():  # a chain of any length: all guests at once, then whose stacks those are
        found |= _read(containers.exclude(donor_id=""))
        found |= _read(containers.filter(docker_id__in=_above(found)))
    for donor in found.values():
        donor["donor"] = found.get(donor["donor_id"])
    for donor in found.values():
        _break_circle(donor)
    return dict(found)


def _read(containers: QuerySet[Container]) -> dict[str, dict[str, Any]]:
    return {donor["docker_id"]: donor for donor in containers.values(*LENDING)}


def _above(found: Mapping[str, Record]) -> set[str]:
    """Return the ids of the donors of these that aren't among them."""
    return {donor["donor_id"] for donor in found.values()} - {""} - found.keys()


def _break_circle(donor: dict[str, Any]) -> None:
    """Docker makes no circle; what an Engine may claim ends here."""
    passed = {donor["docker_id"]}
    while (following := donor["donor"]) is not None:
        if following["docker_id"] in passed:
            donor["donor"] = None
            return
        passed.add(following["docker_id"])
        donor = following


def read_guests(containers: QuerySet[Container]) -> defaultdict[str, list[dict[str, Any]]]:
    """Return the guests among these containers by their donor's id, in the order of their names. One query."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for guest in containers.exclude(donor_id="").order_by("name").values(*LENDING):
        found[guest["donor_id"]].append(guest)
    return found


def guests_below(lender: Record, guests: Mapping[str, list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """Yield the guests of a container that was read with its donor, then theirs, each with its own."""
    passed, lenders = {lender["docker_id"]}, [lender]
    for one in lenders:
        for guest in guests.get(one["docker_id"], ()):
            if guest["docker_id"] not in passed:
                passed.add(guest["docker_id"])
                guest["donor"] = one
                lenders.append(guest)
                yield guest


def owner_of(donor: Record | None) -> Record | None:
    """Return whose stack it is at the end of the chain that begins with this donor, None where it breaks off."""
    while donor is not None and donor["donor_id"]:
        donor = donor["donor"]
    return donor


def keeps_guests(lender: Record) -> bool:
    """Tell whether guests lose nothing when it ends: the stack that they are in is the machine's, or another container's."""
    return bool(lender["donor_id"]) or lender["network_mode"] == "host"


def held_now(record: Record, donor: Record | None) -> SharedStack:
    """Return what a container is in now; of one that doesn't run, or shares no other's, SharedStack.DONORS."""
    return held_stack(record, donor) if record["donor_id"] and record["state"] in WITH_STACK else SharedStack.DONORS


def is_in_stack(guest: Record) -> bool:
    """Tell whether a guest, read with its donor, is in the stack that this one has; between two tries, whether the next is."""
    if guest["state"] not in WITH_STACK:
        return not stack_state(guest, guest["donor"])
    return held_stack(guest, guest["donor"]) in (SharedStack.DONORS, SharedStack.HOSTS)


def held_stack(record: Record, donor: Record | None) -> SharedStack:
    """Return what a container that runs, and was made to share this donor's stack, is in now."""
    owner = owner_of(donor)
    if owner is not None and owner["network_mode"] == "host":
        return SharedStack.HOSTS
    # What a donor joined at its last start it keeps, and whoever joined it after that has it, whether the donor runs or not.
    while donor is not None and donor["donor_id"] and not _began_after(donor, record):
        record, donor = donor, donor["donor"]
    if donor is None:
        return _held_of_gone(record, record["donor_id"])
    if not donor["donor_id"]:
        return SharedStack.LEFT if _has_ended_since(donor, record) else SharedStack.DONORS
    if owner is None:
        return _held_of_gone(record, _last_id(donor))
    return SharedStack.LEFT if _has_ended_since(owner, record) else SharedStack.UNKNOWN


def _held_of_gone(record: Record, owner_id: str) -> SharedStack:
    """Docker gives a guest the hostname of its donor: where that is the lost one's id, it had a stack of its own."""
    return SharedStack.LEFT if record["hostname"] and record["hostname"] == owner_id[:_SHORT_ID] else SharedStack.UNKNOWN


def _last_id(donor: Record) -> str:
    while donor["donor"] is not None:
        donor = donor["donor"]
    return str(donor["donor_id"])


def _has_ended_since(lender: Record, guest: Record) -> bool:
    if lender["state"] not in WITH_STACK:
        return True
    since, started_at = guest["started_at"], lender["started_at"]
    return since is not None and started_at is not None and started_at > since


def _began_after(lender: Record, guest: Record) -> bool:
    """Tell whether a guest can't have joined what its lender joined at its last start, as far as is known."""
    since, started_at = guest["started_at"], lender["started_at"]
    return since is None or started_at is None or started_at > since


def stack_state(record: Record, donor: Record | None) -> str:
    """Return what became of the stack that a container shares: "" where it is whole, or shares none.

    "gone": its donor was removed; "away": its donor doesn't run; "restarting": its donor is between two tries, with no stack, and
    the next one gives it a new one. Of one that runs, while its donor does: "dead": the donor was started after it, and has
    a new stack, while this container runs in the old one, which nothing but loopback is left of; "cut": both are in such an old
    one; "unknown": the donor was started after it, and perhaps into the very stack that this container is in.
    """
    if not record["donor_id"]:
        return ""
    if donor is None:
        return "gone"
    if donor["state"] not in WITH_STACK:
        return "restarting" if donor["state"] == "restarting" else "away"
    if record["state"] not in WITH_STACK:
        return ""
    held = held_stack(record, donor)
    if held is SharedStack.LEFT:
        is_cut = donor["donor_id"] and held_stack(donor, donor["donor"]) is not SharedStack.DONORS
        return "cut" if is_cut else "dead"
    return "unknown" if held is SharedStack.UNKNOWN else ""


def nest_guests(rows: Iterable[ContainerRow]) -> list[ContainerRow]:
    """Return the rows in their order, but those that share another's network right after that one, where it is among them.

    A guest may lend what it shares: its own guests follow it.
    """
    ordered = list(rows)
    there = {row.docker_id for row in ordered}
    guests: defaultdict[str, list[ContainerRow]] = defaultdict(list)
    for row in ordered:
        if row.donor_id in there:
            guests[row.donor_id].append(row)
    if not guests:
        return ordered
    nested: dict[str, ContainerRow] = {}
    roots = [row for row in ordered if row.donor_id not in there]
    for root in (*roots, *ordered):  # Docker makes no circle; what an Engine may claim comes last
        following = [root]
        while following:
            row = following.pop()
            if row.docker_id not in nested:
                nested[row.docker_id] = row
                following += reversed(guests.get(row.docker_id, ()))
    return list(nested.values())
