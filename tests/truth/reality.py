"""What is so: asked of Docker, of the kernel in each namespace, and of the containers themselves; nothing of Netadmin's."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import ip_network
from typing import Any

from tests.private_engine import PrivateEngine
from tests.sync.truth import ask, containers_of
from tests.truth.boxes import Box, Link, read_ip, read_links
from tests.truth.records import ON_BRIDGE, asked_for, bridge_of, is_within, pools_of

BUILT_IN = ("bridge", "host", "none")
_ANSWER = re.compile(r"^Address(?: \d+)?: (\S+)$", re.MULTILINE)


@dataclass
class Reality:
    """An Engine and its machine, read once; what takes long is asked when it is needed, and remembered."""

    engine: PrivateEngine
    boxes: dict[str, Box] = field(default_factory=dict)
    nets: dict[str, dict[str, Any]] = field(default_factory=dict)
    _answers: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.nets = {row["Id"]: row for row in self._get("/networks")}
        self._note_bridges()
        joined = {end["EndpointID"] for key in self.nets for end in containers_of(self.engine.socket, key)}
        for listed in self._get("/containers/json?all=1"):
            status, row = ask(self.engine.socket, "GET", f"/containers/{listed['Id']}/json")
            if status == 200:
                box = self._box(row)
                ends = box.recorded.items() if box.is_running else ()
                left = {name for name, end in ends if end["EndpointID"] not in joined and self.net_of(box, name)}
                self.boxes[box.key] = replace(box, remnants=frozenset(left))

    def _note_bridges(self) -> None:
        """Note the gateways that Docker names only once it was started again: those of subnets that were typed without one."""
        pools = [(net, pool) for net in self.nets.values() if net["Driver"] == "bridge" for pool in pools_of(net)]
        for net, pool in pools:
            if not pool.get("Gateway"):
                link = next((one for one in self.host_links if one.name == bridge_of(net)), None)
                held = [address for address, _length in link.addresses if is_within(address, pool["Subnet"])] if link else []
                pool[ON_BRIDGE] = held[0] if held else ""
        # Of these it takes the first (26.1): starting a container tries that, which would get it otherwise.
        for net in self.nets.values():
            for pool in pools_of(net) if net["Driver"] in ("macvlan", "ipvlan") else ():
                pool[ON_BRIDGE] = str(ip_network(pool["Subnet"])[1])

    def _get(self, path: str) -> Any:
        status, answer = ask(self.engine.socket, "GET", path)
        assert status == 200, f"GET {path}: {status} {answer}"
        return answer

    def _box(self, row: dict[str, Any]) -> Box:
        pid = row["State"]["Pid"]
        if not pid:
            return Box(row)
        entering = ["nsenter", f"--net=/proc/{pid}/ns/net", "--"]
        try:
            netns = os.stat(f"/proc/{pid}/ns/net").st_ino
            routes, routes6 = (tuple(read_ip(entering, version, "route", "show", "table", "main")) for version in ("-4", "-6"))
            return Box(row, read_links(entering), routes, routes6, netns)
        except (OSError, subprocess.CalledProcessError):  # it ended just now
            return Box(row)

    @cached_property
    def host_links(self) -> tuple[Link, ...]:
        """The machine's own links."""
        return read_links(self.engine.entering)

    @cached_property
    def host_netns(self) -> int:
        """The machine's own namespace."""
        return os.stat(f"/run/netns/{self.engine.netns}").st_ino

    @cached_property
    def listed_ports(self) -> dict[str, list[Any]]:
        """The ports of each container that `docker ps -a` lists."""
        return {row["Id"]: row.get("Ports") or [] for row in self._get("/containers/json?all=1")}

    @cached_property
    def info(self) -> dict[str, Any]:
        """What `docker info` says."""
        return dict(self._get("/info"))

    def named(self, name: str) -> Box:
        """Return the container of this name. Raises LookupError."""
        for box in self.boxes.values():
            if box.name == name:
                return box
        raise LookupError(f"no container is called {name}")

    def donor_of(self, box: Box) -> Box | None:
        """Return the container whose stack it asks for; None where that is gone, or it asks for its own."""
        return self.boxes.get(box.donor)

    def owner_of(self, box: Box) -> Box | None:
        """Return whose stack it asks for at the end of a chain of guests; None where that breaks off, or it asks for its own."""
        donor = self.donor_of(box)
        while donor is not None and donor.donor:
            donor = self.donor_of(donor)
        return donor

    def guests_of(self, box: Box) -> list[Box]:
        """Return who was made to share its stack, or that of one of these."""
        found = [one for one in self.boxes.values() if one.donor == box.key]
        return [*found, *(further for one in found for further in self.guests_of(one))]

    def shares(self, box: Box) -> bool:
        """Whether it runs in the stack that it asks for: the one that its owner has now, or the machine's, which nobody ends."""
        if not (box.donor and box.is_running):
            return False
        owner = self.owner_of(box)
        return owner is not None and (box.netns == owner.netns if owner.is_running else box.netns == self.host_netns)

    def is_untold(self, box: Box) -> bool:
        """Whether Docker leaves open whose stack a guest is in: its chain breaks off, or one in the middle was started since."""
        return box.is_running and bool(box.donor) and (self.owner_of(box) is None or bool(self.boxes[box.donor].donor))

    def net_named(self, name: str) -> dict[str, Any] | None:
        """Return the network of this name, the one that Docker finds by it."""
        return next((row for row in self.nets.values() if row["Name"] == name), None)

    def net_of(self, box: Box, name: str) -> dict[str, Any] | None:
        """Return the network that a container's wish of this name leads to; None where there is none any more."""
        end = box.recorded[name]
        if found := self.nets.get(end["NetworkID"]):
            return found
        return self.net_named(name) if not end["NetworkID"] or name in BUILT_IN else None

    def is_mode_lost(self, box: Box) -> bool:
        """Whether the network that it was made with isn't there: Docker starts it on no other, and connects it to none."""
        if box.donor or box.mode in BUILT_IN:
            return False
        return not any(box.mode == row["Name"] or row["Id"].startswith(box.mode) for row in self.nets.values())

    def on(self, net: dict[str, Any]) -> list[Box]:
        """Return the containers that are on a network, or that will be when they start."""
        return [box for box in self.boxes.values() if any(self.net_of(box, name) is net for name in box.ends)]

    def holders(self, net: dict[str, Any]) -> dict[str, Box]:
        """Return who has which of its addresses now."""
        pairs = [(box, name) for box in self.on(net) for name in box.ends if self.net_of(box, name) is net]
        return {address: box for box, name in pairs for address, _length in box.addresses_on(name).values()}

    def wishes(self, net: dict[str, Any]) -> dict[str, list[Box]]:
        """Return which container that doesn't run asks for which of its addresses."""
        wished: dict[str, list[Box]] = {}
        for box in self.on(net):
            for name, end in box.ends.items():
                if self.net_of(box, name) is net and not box.is_running:
                    for address in asked_for(end):
                        wished.setdefault(address, []).append(box)
        return wished

    @cached_property
    def operational(self) -> dict[str, bool]:
        """Whether each of the machine's links is up, with a carrier."""
        rows = read_ip(self.engine.entering, "link", "show")
        return {row["ifname"]: row["operstate"] == "UP" or {"UP", "LOWER_UP"} <= set(row["flags"]) for row in rows}

    @cached_property
    def listening(self) -> frozenset[tuple[str, str]]:
        """The (protocol, port) that something listens on in the machine's namespace."""
        said = self.engine.check_inside("ss", "-Hltun").splitlines()
        return frozenset((words[0], words[4].rpartition(":")[2]) for words in map(str.split, said))

    def resolve(self, box: Box, name: str) -> frozenset[str]:
        """Ask the name server that a container's resolv.conf names, from inside; the addresses that it answers."""
        asked = (box.key, name)
        for _try in range(3):  # a busy machine's name server may answer too late
            if self._answers.get(asked):
                break
            said = self._run_inside(box, "nslookup", name)
            found = said.partition("\n\n")[2] if "Name:" in said else ""
            self._answers[asked] = frozenset(_ANSWER.findall(found))
        return self._answers[asked]

    def read_file(self, box: Box, path: str) -> str:
        """Return a file as the container sees it."""
        return self._run_inside(box, "cat", path)

    def _run_inside(self, box: Box, *command: str) -> str:
        argv = ["nsenter", "-t", str(box.row["State"]["Pid"]), "-n", "-m", "--", *command]
        return subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False).stdout
