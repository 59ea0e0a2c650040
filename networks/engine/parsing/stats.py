"""A container's statistics: of all that Docker measures, what its interfaces have counted."""

from __future__ import annotations

from dataclasses import fields

from networks.engine.errors import ProtocolFault
from networks.engine.facts import InterfaceStats
from networks.engine.parsing.values import child

_COUNTERS = tuple(field.name for field in fields(InterfaceStats) if field.name != "name")


def parse_stats(answer: object) -> tuple[InterfaceStats, ...]:
    """Return the interfaces by name, none where there are none; one without whole counters is left out, never taken for 0.

    Raises ProtocolFault for what isn't an object.
    """
    if not isinstance(answer, dict):
        raise ProtocolFault("The answer isn't a container's statistics.")
    interfaces = child(answer, "networks")
    found = []
    for name, counted in sorted(interfaces.items()) if type(interfaces) is dict else ():
        values = {counter: child(counted, counter) for counter in _COUNTERS}
        if name and all(type(value) is int and value >= 0 for value in values.values()):
            found.append(InterfaceStats(name, **values))
    return tuple(found)
