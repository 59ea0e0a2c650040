"""What a verb promises of the Engine, and whose it is: compared with what the Engine shows before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.truth.pressing.engine_state import RUNNING, Key, State, changes


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was asked for. `verb`: as it is recorded ("stop_container"); names are of what may be gone by now."""

    verb: str
    container_id: str = ""
    network_id: str = ""
    network_name: str = ""
    new_name: str = ""


def _started(deed: Deed, before: State, after: State) -> bool:
    """A container that ends by itself at once has run all the same."""
    return after.began_at(deed.container_id) > before.began_at(deed.container_id)


def _ended(deed: Deed, before: State, after: State) -> bool:
    return after.state_of(deed.container_id) not in RUNNING


def _restarted(deed: Deed, before: State, after: State) -> bool:
    return _started(deed, before, after)


def _gone(deed: Deed, before: State, after: State) -> bool:
    return deed.container_id not in after.rows


def _is(state: str) -> Callable[[Deed, State, State], bool]:
    return lambda deed, _before, after: after.state_of(deed.container_id) == state


def _connected(deed: Deed, before: State, after: State) -> bool:
    return after.is_on(deed.container_id, deed.network_id, deed.network_name)


def _disconnected(deed: Deed, before: State, after: State) -> bool:
    return not _connected(deed, before, after)


PROMISES: dict[str, Callable[[Deed, State, State], bool]] = {
    "start_container": _started,
    "stop_container": _ended,
    "kill_container": _ended,
    "restart_container": _restarted,
    "pause_container": _is("paused"),
    "unpause_container": _is("running"),
    "rename_container": lambda deed, _before, after: after.name_of(deed.container_id) == deed.new_name,
    "remove_container": _gone,
    "connect_container": _connected,
    "disconnect_container": _disconnected,
    "remove_network": lambda deed, _before, after: deed.network_id not in after.networks,
    "create_network": lambda deed, _before, after: deed.new_name in {str(row["Name"]) for row in after.networks.values()},
    "run_container": lambda deed, before, after: bool(
        [key for key in after.rows.keys() - before.rows.keys() if not after.began_at(key).startswith("0001")]
    ),
}
# What these change of a container beside its places on networks.
_ON_NETWORKS = frozenset({"connect_container", "disconnect_container"})


def _touches(deed: Deed, key: Key, before: State, after: State) -> bool:
    """Tell whether what differs is this deed's to change."""
    if key[0] == "network":
        is_new = key[1] not in before.networks
        return key[1] == deed.network_id if deed.verb == "remove_network" else deed.verb == "create_network" and is_new
    if deed.verb == "run_container":
        return key[1] not in before.rows
    if key[1] != deed.container_id:
        return False
    if deed.verb in _ON_NETWORKS:
        known = before.networks.get(deed.network_id) or after.networks.get(deed.network_id)
        return key[0] == "endpoint" and key[2] == (str(known["Name"]) if known else deed.network_name)
    return key[0] == "container" or deed.verb == "remove_container"


def judge_deeds(deeds: Iterable[Deed], before: State, after: State) -> list[str]:
    """Return what is wrong: what was promised and isn't so, what differs and was nobody's to change."""
    asked = list(deeds)
    # Of several deeds about one thing the last one holds.
    last = {(deed.container_id, deed.network_id): deed for deed in asked}
    wrong = [f"not so: {deed}" for deed in last.values() if not PROMISES[deed.verb](deed, before, after)]
    for key, pair in changes(before, after).items():
        if not any(_touches(one, key, before, after) for one in asked):
            wrong.append(f"also changed: {key}: {pair}")
    return wrong
