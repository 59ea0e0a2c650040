"""What an Engine has, read by plain HTTP, and what differs between two readings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.private_engine import PrivateEngine
from tests.sync.truth import ask

Key = tuple[str, ...]
LAB = "netadmin.lab"
RUNNING = frozenset({"running", "paused", "restarting"})


@dataclass(frozen=True)
class State:
    """`facts`: by ("container", id), ("endpoint", id, network's name) and ("network", id) what can be told of each.

    `restless`: ids of containers that end and begin by themselves, so that nothing of theirs is anybody's deed.
    """

    facts: dict[Key, tuple[Any, ...]]
    rows: dict[str, dict[str, Any]]
    networks: dict[str, dict[str, Any]]
    restless: frozenset[str]

    def state_of(self, container_id: str) -> str:
        """Return what Docker says of a container, "" where there is none."""
        return str(self.rows[container_id]["State"]["Status"]) if container_id in self.rows else ""

    def began_at(self, container_id: str) -> str:
        return str(self.rows[container_id]["State"]["StartedAt"]) if container_id in self.rows else ""

    def name_of(self, container_id: str) -> str:
        return str(self.rows[container_id]["Name"]).lstrip("/") if container_id in self.rows else ""

    def is_on(self, container_id: str, network_id: str, network_name: str = "") -> bool:
        """Tell whether a container is on a network, or asks to be."""
        name = self.networks[network_id]["Name"] if network_id in self.networks else network_name
        return ("endpoint", container_id, str(name)) in self.facts


def read_state(engine: PrivateEngine) -> State:
    """Inspect every container and every network."""
    facts: dict[Key, tuple[Any, ...]] = {}
    rows: dict[str, dict[str, Any]] = {}
    restless = set()
    networks = {row["Id"]: row for row in ask(engine.socket, "GET", "/networks")[1]}
    for listed in ask(engine.socket, "GET", "/containers/json?all=1")[1]:
        status, row = ask(engine.socket, "GET", f"/containers/{listed['Id']}/json")
        if status != 200:
            continue
        key = str(row["Id"])
        rows[key] = row
        if row["HostConfig"]["RestartPolicy"]["Name"] == "always" and "exit" in " ".join(row["Config"]["Cmd"] or []):
            restless.add(key)
        state = row["State"]
        facts["container", key] = (row["Name"], state["Status"], state["StartedAt"], row["HostConfig"]["NetworkMode"])
        for name, end in row["NetworkSettings"]["Networks"].items():
            wish = end["IPAMConfig"] or {}
            facts["endpoint", key, name] = (wish.get("IPv4Address", ""), wish.get("IPv6Address", ""), tuple(end["Aliases"] or ()))
    for key, row in networks.items():
        facts["network", key] = (row["Name"], row["Driver"], str(row["IPAM"]["Config"]), row["Internal"])
    return State(facts, rows, networks, frozenset(restless))


def changes(before: State, after: State) -> dict[Key, tuple[Any, Any]]:
    """Return what differs, by its key: what it was and what it is, None where there was, or is, nothing."""
    calm = before.restless | after.restless
    keys = dict.fromkeys((*before.facts, *after.facts))
    found = {key: (before.facts.get(key), after.facts.get(key)) for key in keys}
    return {key: pair for key, pair in found.items() if pair[0] != pair[1] and key[1] not in calm}


def lab_of(state: State) -> list[str]:
    """Return the names of what the sample lab has made."""
    things = (*state.rows.values(), *state.networks.values())
    return sorted(str(one["Name"]) for one in things if LAB in ((one.get("Config") or one).get("Labels") or {}))


def is_of_lab(key: Key, before: State, after: State) -> bool:
    """Tell whether what differs is the lab's: its own containers with their places, and its own networks."""
    found = [one for state in (before, after) for one in (state.rows | state.networks).values() if one["Id"] == key[1]]
    return any(LAB in ((one.get("Config") or one).get("Labels") or {}) for one in found)
