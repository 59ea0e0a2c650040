"""What was found of plugins: frozen, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

NETWORK_DRIVER, IPAM_DRIVER = "NetworkDriver", "IpamDriver"


class PluginState(StrEnum):
    """ANSWERS: it said what it is for. DEAD: nobody listens at its socket. SILENT: somebody does, and says nothing of use.

    UNASKED: its address isn't one that is asked from here: over TCP, or closed to us.
    """

    ANSWERS = "answers"
    DEAD = "dead"
    SILENT = "silent"
    UNASKED = "unasked"


@dataclass(frozen=True, slots=True)
class PluginFact:
    """A plugin. `address`: its socket's path, or what a file names. `implements`: "NetworkDriver", "IpamDriver" and others."""

    name: str
    state: PluginState
    address: str = ""
    implements: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plugins:
    """The plugins of a machine by name. `is_complete`: there are no others, as the Engine sees its machine."""

    found: Mapping[str, PluginFact] = field(default_factory=dict)
    is_complete: bool = False

    def names_of(self, kind: str) -> frozenset[str]:
        """Return the names of those that are known to be for this."""
        return frozenset(name for name, plugin in self.found.items() if kind in plugin.implements)

    def trouble_of(self, name: str, *, kind: str = NETWORK_DRIVER) -> str:
        """Return why a plugin can't serve: "dead", "silent", "gone", "other" (it is for something else); "" for nothing known.

        One whose name has a ":" is managed by the Engine itself, which ends and starts it, and has its socket elsewhere.
        """
        plugin = self.found.get(name)
        if plugin is None:
            return "gone" if self.is_complete and ":" not in name else ""
        if plugin.state in (PluginState.DEAD, PluginState.SILENT):
            return str(plugin.state)
        return "other" if plugin.state is PluginState.ANSWERS and kind not in plugin.implements else ""
