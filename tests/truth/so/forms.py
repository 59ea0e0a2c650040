"""What is so of the choices that forms offer: what Docker would take."""

from __future__ import annotations

from typing import Any

from tests.truth.claims import Subject, checks
from tests.truth.reality import Box, Reality
from tests.truth.records import pools_of
from tests.truth.so.either import AnyOf, Between


def place(reality: Reality, box: Box) -> str:
    """Say where a container is, as forms do."""
    if box.donor:
        return "in another container's network"
    return f"on {', '.join(sorted(box.ends))}" if box.ends else "on no network"


@checks("choice.container")
def _container(reality: Reality, subject: Subject) -> Any:
    box = reality.boxes[subject[0]]
    return (box.name, box.state, place(reality, box))


@checks("choice.network")
def _network(reality: Reality, subject: Subject) -> Any:
    net = reality.nets[subject[0]]
    subnets = ", ".join(pool["Subnet"] for pool in pools_of(net))
    return AnyOf([(net["Name"], net["Driver"], subnets) if subnets else (net["Name"], net["Driver"])])


@checks("offered.container_id")
def _containers(reality: Reality, subject: Subject) -> Any:
    """All that can be connected have to be offered. Some that can't are, and the form then says why."""
    net = reality.nets[subject[1]]
    there = {box.key for box in reality.on(net)}
    able = {box.key for box in reality.boxes.values() if not box.donor and box.mode != "host" and "none" not in box.ends}
    dying = {box.key for box in reality.boxes.values() if box.state in ("dead", "removing")}
    dying |= {box.key for box in reality.boxes.values() if box.is_running and reality.is_mode_lost(box)}
    return Between((frozenset(able - there - dying), frozenset(set(reality.boxes) - there)))


@checks("offered.network_id")
def _networks(reality: Reality, subject: Subject) -> Any:
    """All that a container could join have to be offered, and none that it is on."""
    there = set()
    if subject[0] != "run":
        box = reality.boxes[subject[1]]
        there = {net["Id"] for name in box.ends if (net := reality.net_of(box, name))}
    own = {key for key, net in reality.nets.items() if net["Name"] not in ("host", "none")}
    return Between((frozenset(own - there), frozenset(set(reality.nets) - there)))


@checks("offered.donor_id")
def _donors(reality: Reality, _subject: Subject) -> Any:
    """All that run have to be offered."""
    running = frozenset(box.key for box in reality.boxes.values() if box.state == "running")
    return Between((running, frozenset(reality.boxes)))


@checks("prune.listed")
def _prunable(reality: Reality, _subject: Subject) -> Any:
    """What docker network prune would remove: all that no running container is on."""
    own = {key: net for key, net in reality.nets.items() if net["Name"] not in ("bridge", "host", "none")}
    return tuple(
        sorted(
            key
            for key, net in own.items()
            if not any(box.state in ("running", "paused", "restarting") for box in reality.on(net))
        )
    )
