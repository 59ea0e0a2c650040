"""Which network stack a container has, and where that is: from its endpoints and its donor, never from the mode it was made with.

Pages, rows, filters and sums take it from here, so that all of them say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from networks.engine.docker_names import DEFAULT_BRIDGE, PARENTED, SINGLE_DRIVERS
from networks.engine.states import WITH_STACK
from networks.queries.containers import mode_kind
from networks.queries.donors import SharedStack
from networks.queries.rows import AddressRow, ContainerRow

# Networks that are none: nobody has an interface there.
_BEHIND_BRIDGES = frozenset({"bridge", "overlay"})
_SHORTEST_ID = 12


class Whose(StrEnum):
    """Whose stack it is. LEFT: what is left of one that was shared, which is loopback alone (measured: 26.1). GONE: nobody's, and
    no start gives it one, since the container whose stack it was to share was removed. UNKNOWN: see donors.SharedStack.
    """

    OWN = "own"
    HOST = "host"
    SHARED = "shared"
    LEFT = "left"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Stack:
    """A container's network stack: as it is where `is_alive`, else as its next start would give it.

    `joined`: the networks that it has an interface on. `is_on_none`: Docker's none holds it, and has to be left first.
    `made_with`: the network mode that it was made with, where that isn't how it is any more; "" where it is. `is_guests`: it was
    made to share another container's. `is_mode_lost`: the network that it was made with isn't there. `lacks_network`: it doesn't
    run, and one that it asks for isn't there.
    """

    whose: Whose
    is_alive: bool
    joined: tuple[AddressRow, ...] = ()
    is_on_none: bool = False
    made_with: str = ""
    is_guests: bool = False
    is_mode_lost: bool = False
    lacks_network: bool = False

    @property
    def named(self) -> tuple[AddressRow, ...]:
        """The networks on which containers find each other by name: all but the default bridge."""
        return tuple(place for place in self.joined if place.network_name != DEFAULT_BRIDGE)

    @property
    def is_on_bridge(self) -> bool:
        """Tell whether it is on Docker's default bridge, where nobody has a name."""
        return len(self.named) < len(self.joined)

    @property
    def is_bare(self) -> bool:
        """Tell whether it has loopback and nothing else."""
        return self.whose is Whose.LEFT or (self.whose is Whose.OWN and not self.joined)

    @property
    def is_shut_in(self) -> bool:
        """Tell whether nothing leads out of the networks that it is on: all of them are internal."""
        return bool(self.joined) and all(place.is_internal for place in self.joined)

    @property
    def is_on_parents(self) -> bool:
        """Tell whether it has a link that may stand on one of the machine's, whose neighbours it has whatever is internal."""
        return any(place.driver in PARENTED for place in self.joined)

    @property
    def is_behind_bridges(self) -> bool:
        """Tell whether all of its links lead to bridges of Docker's, which is where Docker's firewall rules are."""
        return bool(self.joined) and all(place.driver in _BEHIND_BRIDGES for place in self.joined)

    @property
    def leads_out_by_ipv6(self) -> bool:
        """Tell whether it is on a network with IPv6 that isn't internal."""
        return any(place.has_ipv6 and not place.is_internal for place in self.joined)

    @property
    def kind(self) -> str:
        """Return where it is in one word, as the filters and totals have it: bridge, network, host, none or container."""
        if self.whose is Whose.HOST:
            return "host"
        if self.whose in (Whose.SHARED, Whose.GONE, Whose.UNKNOWN):
            return "container"
        return "network" if self.named else "bridge" if self.joined else "none"


def stack_of(row: ContainerRow) -> Stack:
    """Return the stack of a container. Pure."""
    is_alive, born = row.state in WITH_STACK, mode_kind(row.network_mode)
    if born == "host":
        return Stack(Whose.HOST, is_alive)
    if born == "container":
        return Stack(_whose_shared(row, is_alive=is_alive), is_alive, is_guests=True)
    held = tuple(place for place in row.addresses if place.is_joined or not is_alive)
    joined = tuple(place for place in held if place.driver not in SINGLE_DRIVERS)
    is_on_none = any(place.driver == "null" for place in row.addresses)
    made_with = "" if _is_as_made(row, born, joined) else row.network_mode or born
    lacks = not is_alive and (bool(row.held_by) or not all(place.network_id for place in joined))
    return Stack(
        Whose.OWN, is_alive, joined, is_on_none, made_with, is_mode_lost=bool(row.lost_mode and made_with), lacks_network=lacks
    )


def _whose_shared(row: ContainerRow, *, is_alive: bool) -> Whose:
    if is_alive:
        return _WHOSE[SharedStack(row.held)]
    return Whose.GONE if row.stack == "gone" else Whose.SHARED


_WHOSE = {
    SharedStack.DONORS: Whose.SHARED,
    SharedStack.HOSTS: Whose.HOST,
    SharedStack.LEFT: Whose.LEFT,
    SharedStack.UNKNOWN: Whose.UNKNOWN,
}


def _is_as_made(row: ContainerRow, born: str, joined: tuple[AddressRow, ...]) -> bool:
    if born == "none":
        return not joined
    if born == "bridge":
        return any(place.network_name == DEFAULT_BRIDGE for place in joined)
    mode = row.network_mode
    return any(
        place.network_name == mode or (len(mode) >= _SHORTEST_ID and place.network_id.startswith(mode)) for place in joined
    )
