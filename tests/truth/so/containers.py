"""What is so of containers: state, mode, endpoints, names and who shares whose stack."""

from __future__ import annotations

import re
import shlex
from typing import Any

from tests.truth.claims import Subject, checks
from tests.truth.reality import Box, Reality
from tests.truth.records import asked_for
from tests.truth.so.either import AnyOf, Between

NEVER = "0001-01-01"
ORDERS = {
    "running": ("kill", "pause", "remove", "rename", "restart", "stop"),
    "paused": ("kill", "remove", "rename", "restart", "stop", "unpause"),
    "restarting": ("kill", "remove", "rename", "stop"),
    "created": ("remove", "rename", "start"),
    "exited": ("remove", "rename", "start"),
    "dead": ("remove",),
    "removing": (),
}


@checks("containers.listed")
def _listed(reality: Reality, _subject: Subject) -> Any:
    return tuple(sorted(reality.boxes))


@checks("container.name")
def _name(reality: Reality, subject: Subject) -> Any:
    return reality.boxes[subject[0]].name


@checks("container.image")
def _image(reality: Reality, subject: Subject) -> Any:
    return reality.boxes[subject[0]].row["Config"]["Image"]


class Command(list[str]):
    """Words of a command, however they are quoted, and cut where they are long."""

    def __eq__(self, other: object) -> bool:
        text = str(other)
        return shlex.join(self).startswith(text[:-1]) if text.endswith("…") else shlex.split(text) == list(self)

    __hash__ = None  # type: ignore[assignment]


@checks("container.command")
def _command(reality: Reality, subject: Subject) -> Any:
    row = reality.boxes[subject[0]].row
    return Command([row["Path"], *row["Args"]])


@checks("container.hostname")
def _hostname(reality: Reality, subject: Subject) -> Any:
    return reality.boxes[subject[0]].row["Config"]["Hostname"]


@checks("container.status")
def _status(reality: Reality, subject: Subject) -> Any:
    box = reality.boxes[subject[0]]
    words = f"{box.state} ({box.exit_code})"
    return words if box.state == "exited" else AnyOf([box.state, words]) if box.state == "restarting" else box.state


@checks("container.since")
def _since(reality: Reality, subject: Subject) -> Any:
    """One that is restarted again and again is another time by the next look."""
    state = reality.boxes[subject[0]].row["State"]
    if state["Status"] == "restarting":
        return AnyTime()
    return state["StartedAt" if state["Running"] else "FinishedAt"][:19]


class AnyTime(str):
    """Any time."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str)

    __hash__ = None  # type: ignore[assignment]


@checks("container.mode")
def _mode(reality: Reality, subject: Subject) -> Any:
    box = reality.boxes[subject[0]]
    short = box.donor[:12]
    return (
        AnyOf([f"container:{short}", f"shared {short}", f"shares {short}"])
        if short and box.donor not in reality.boxes
        else box.mode
    )


@checks("container.broken")
def _broken(reality: Reality, subject: Subject) -> Any:
    """Look where its process really is: in the stack that its donor has now, or in an old one."""
    box = reality.boxes[subject[0]]
    if not box.donor:
        return ""
    donor = reality.boxes.get(box.donor)
    if donor is None:
        return "its donor is gone"
    if donor.fails:  # it is another one at each look
        return AnyOf(["", "its donor is stopped", "its donor restarts", "old stack"])
    if not donor.is_running:
        return "its donor is stopped"
    if not box.is_running:
        return ""
    if reality.is_untold(box):
        return AnyOf(["", "perhaps an old stack", *([] if reality.shares(box) else ["old stack"])])
    return "" if reality.shares(box) else "old stack"


def _asking(reality: Reality, subject: Subject) -> list[Box]:
    return reality.guests_of(reality.boxes[subject[0]])


@checks("container.guests")
def _guests(reality: Reality, subject: Subject) -> Any:
    return tuple(sorted(one.key for one in _asking(reality, subject) if reality.shares(one)))


@checks("container.left_guests")
def _left_guests(reality: Reality, subject: Subject) -> Any:
    """Those that run, and not in its stack; where it doesn't run itself they are said, or not."""
    left = tuple(sorted(one.key for one in _asking(reality, subject) if one.is_running and not reality.shares(one)))
    return left if reality.boxes[subject[0]].is_running else AnyOf([left, ()])


@checks("container.idle_guests")
def _idle_guests(reality: Reality, subject: Subject) -> Any:
    """One that is restarted again and again is there one moment, and not the next."""
    idle = [one for one in _asking(reality, subject) if not one.is_running]
    sure = {one.key for one in idle if one.state != "restarting"}
    return Between((frozenset(sure), frozenset(one.key for one in idle)))


@checks("container.orders")
def _orders(reality: Reality, subject: Subject) -> Any:
    """One that can't start is offered no start, and no restart: its network is gone, or the container whose stack it asks for."""
    box = reality.boxes[subject[0]]
    donor = reality.donor_of(box)
    is_held = any(reality.net_of(box, name) is None for name in box.ends) or bool(box.donor and not (donor and donor.is_running))
    usual = ORDERS[box.state]
    bridges = [name for name in box.ends if (net := reality.net_of(box, name)) and net["Driver"] == "bridge"]
    is_barred = box.mode == "host" and not box.is_running and bridges
    if is_barred or (box.ends and reality.is_mode_lost(box)):
        return tuple(order for order in usual if order not in ("start", "restart"))
    return AnyOf([usual, tuple(order for order in usual if order not in ("start", "restart"))]) if is_held else usual


@checks("order.taken")
def _order(reality: Reality, subject: Subject) -> Any:
    return subject[1] in ORDERS[reality.boxes[subject[0]].state]


@checks("container.networks")
def _networks(reality: Reality, subject: Subject) -> Any:
    return tuple(sorted(reality.boxes[subject[0]].recorded))


@checks("container.connectable")
def _connectable(reality: Reality, subject: Subject) -> Any:
    box = reality.boxes[subject[0]]
    is_adrift = (box.is_running and reality.is_mode_lost(box)) or box.state in ("dead", "removing")
    return box.mode != "host" and not box.donor and "none" not in box.ends and not is_adrift


@checks("container.movable")
def _movable(reality: Reality, subject: Subject) -> Any:
    return "none" in reality.boxes[subject[0]].ends


@checks("container.places")
def _places(reality: Reality, subject: Subject) -> Any:
    box = reality.boxes[subject[0]]
    found = []
    for name, end in box.ends.items():
        here = box.addresses_on(name)
        wished = [] if box.is_running else asked_for(end)
        address, asks = (here.get(4) or here.get(6) or ("",))[0], ""
        if not address and wished:
            address, asks = wished[0], "asks for"
        found.append((address, asks, name if reality.net_of(box, name) else f"no {name}"))
    return tuple(sorted(found))


_PORT = re.compile(
    r"^(?:(?:\[?(?P<address>[0-9a-f.:]*?)\]?:)?(?P<out>\d+)(?:-(?P<out_last>\d+))?->)?(?P<first>\d+)(?:-(?P<last>\d+))?/(?P<proto>\w+)$"
)


class Ports(frozenset[tuple[str, str, str]]):
    """Ports as (address:port outside or "", port inside, protocol), however runs of them are written."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple) and expand_ports(other) == frozenset(self)

    __hash__ = None  # type: ignore[assignment]


def expand_ports(written: tuple[str, ...]) -> frozenset[tuple[str, str, str]]:
    """Return each single port of what is written like "0.0.0.0:8000-8002->80-82/tcp"."""
    found = set()
    for text in written:
        match = _PORT.match(text)
        assert match is not None, text
        for step in range(int(match["last"] or match["first"]) - int(match["first"]) + 1):
            outside = f"{match['address']}:{int(match['out']) + step}" if match["out"] else ""
            found.add((outside, str(int(match["first"]) + step), match["proto"]))
    return frozenset(found)


@checks("container.ports")
def _ports(reality: Reality, subject: Subject) -> Any:
    """What runs has the ports that the machine listens on for it, or for whose stack it shares; what doesn't run has none."""
    box = reality.boxes[subject[0]]
    if reality.shares(box):
        box = reality.owner_of(box) or box
    found = set()
    if box.is_running and not reality.is_untold(box):  # nothing tells whose ports those are
        for inside, bound in (box.row["NetworkSettings"]["Ports"] or {}).items():
            number, _, protocol = inside.partition("/")
            found |= {(f"{one['HostIp']}:{one['HostPort']}", number, protocol) for one in bound or ()}
            found |= set() if bound else {("", number, protocol)}
    listening = reality.listening
    return Ports(one for one in found if not one[0] or (one[2], one[0].rpartition(":")[2]) in listening)


@checks("container.ports_of")
def _ports_of(reality: Reality, subject: Subject) -> Any:
    """Who runs in another's stack has that one's ports."""
    box = reality.boxes[subject[0]]
    return reality.boxes[box.donor].name if reality.shares(box) else None


class SomePorts(frozenset[tuple[str, str, str]]):
    """What is shown is among these."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple) and expand_ports(other) < frozenset(self)

    __hash__ = None  # type: ignore[assignment]


@checks("container.some_ports")
def _some_ports(reality: Reality, subject: Subject) -> Any:
    return SomePorts(_ports(reality, subject))
