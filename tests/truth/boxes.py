"""A container as it is: what inspect says of it, and the links and routes in its namespace."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

RUNNING = ("running", "paused")


@dataclass(frozen=True)
class Link:
    """An interface as `ip -d address` has it. `peer`: the index of a veth's far end, `pair`: its name where it is in the same
    namespace; `addresses`: ("10.0.0.2", 24).
    """

    name: str
    index: int
    mac: str
    kind: str
    is_up: bool
    mtu: int
    peer: int = 0
    pair: str = ""
    master: str = ""
    addresses: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Box:
    """A container. `row`: what inspect says; `links`: in its namespace now; `remnants`: networks that its record alone names."""

    row: dict[str, Any]
    links: tuple[Link, ...] = ()
    routes: tuple[dict[str, Any], ...] = ()
    routes6: tuple[dict[str, Any], ...] = ()
    netns: int = 0
    remnants: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        return str(self.row["Id"])

    @property
    def name(self) -> str:
        return str(self.row["Name"]).lstrip("/")

    @property
    def state(self) -> str:
        return str(self.row["State"]["Status"])

    @property
    def exit_code(self) -> int:
        return int(self.row["State"]["ExitCode"])

    @property
    def is_running(self) -> bool:
        """Whether it has a process, which may stand still."""
        return self.state in RUNNING

    @property
    def fails(self) -> bool:
        """Whether it ends again and again, and is restarted: it may run or not when the next one looks."""
        return bool(self.row["RestartCount"])

    @property
    def mode(self) -> str:
        mode = str(self.row["HostConfig"]["NetworkMode"])
        return "bridge" if mode == "default" else mode

    @property
    def donor(self) -> str:
        """The id of the container whose stack it asks for, "" where it asks for its own."""
        return self.mode.partition(":")[2] if self.mode.startswith("container:") else ""

    @property
    def has_only_loopback(self) -> bool:
        """Whether it runs, and there is nothing in its namespace that leads anywhere."""
        return self.is_running and {link.name for link in self.links} == {"lo"}

    @property
    def ends(self) -> dict[str, dict[str, Any]]:
        """Where it is, by the network's name; of what doesn't run, only the wishes hold."""
        return {name: end for name, end in self.recorded.items() if name not in self.remnants}

    @property
    def recorded(self) -> dict[str, dict[str, Any]]:
        """All that Docker has written down of its networks; nothing of a guest, of which it never looks at that."""
        return {} if self.donor else dict(self.row["NetworkSettings"]["Networks"])

    def link_of(self, name: str) -> Link | None:
        """Return the interface that is its endpoint on this network, by its address or its MAC address."""
        end = self.ends.get(name)
        if end is None or not self.is_running or self.donor:
            return None
        wanted = {end["MacAddress"], end["IPAddress"], end["GlobalIPv6Address"]} - {""}
        return next((one for one in self.links if {one.mac, *(address for address, _ in one.addresses)} & wanted), None)

    def addresses_on(self, name: str) -> dict[int, tuple[str, int]]:
        """Return (address, prefix length) by version, that Docker assigned and that the interface has."""
        end, link = self.ends.get(name, {}), self.link_of(name)
        if link is None:
            return {}
        assigned = {4: end["IPAddress"], 6: end["GlobalIPv6Address"]}
        held = dict(link.addresses)
        return {version: (address, held[address]) for version, address in assigned.items() if address in held}


def read_links(entering: Iterable[str]) -> tuple[Link, ...]:
    """Return the links of a namespace."""
    return tuple(_link(row) for row in read_ip(entering, "-d", "address", "show"))


def _link(row: dict[str, Any]) -> Link:
    return Link(
        row["ifname"],
        row["ifindex"],
        "" if row["link_type"] == "loopback" else row.get("address", ""),
        row.get("linkinfo", {}).get("info_kind", row["link_type"]),
        "UP" in row["flags"],
        row["mtu"],
        row.get("link_index", 0),
        row.get("link", "") or "",
        row.get("master", ""),
        tuple((one["local"], one["prefixlen"]) for one in row["addr_info"]),
    )


def read_ip(entering: Iterable[str], *words: str) -> list[dict[str, Any]]:
    """Return what `ip -json` says in a namespace. Raises CalledProcessError."""
    done = subprocess.run([*entering, "ip", "-json", *words], check=True, capture_output=True, text=True, timeout=30)
    rows: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    return rows
