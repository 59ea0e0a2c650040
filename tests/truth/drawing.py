"""What a random world is made of: networks and containers as an Engine is asked for them, drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from tests.lab_image import IMAGE

# The machine's link that macvlan and ipvlan networks are on; the world makes it.
PARENT = "lab0"
# Each kind of network once, so that a small world has most of them, then what the seed draws.
NETWORK_KINDS = ("typed", "plain", "ranged", "six", "internal", "tiny", "lan", "quiet", "deaf", "level")
# Who is in the world: each kind of container in this order of importance.
CAST = (
    *("static", "bridge", "user", "none", "guest", "several", "ports", "host", "alias", "lan", "fails", "created"),
    *("six", "guest", "kept", "ends", "tiny", "range", "none", "again", "mac", "user", "internal", "pair", "level", "doomed"),
    *("hosted", "chained", "open"),
)
# Whose network some of them share, by kind: a guest anybody's, one on the host that, a link of a chain another guest's.
DONORS = {"guest": (), "hosted": ("host", "hosted"), "chained": ("guest", "chained", "hosted")}
ODD_NAMES = ("two words", "이름", "dots.and-dashes", "a/b", "<b>", "100%")


@dataclass(frozen=True)
class Cell:
    """A network that the world made. `subnet`: its typed first two octets and a half ("10.77.3"), "" where Docker chose."""

    key: str
    name: str
    kind: str
    subnet: str = ""
    has_six: bool = False


@dataclass
class Draft:
    """A container to be created: its body, and further networks that it is connected to before it starts."""

    body: dict[str, Any]
    starts: bool = True
    further: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


class Drawing:
    """Draws bodies of requests. Everything comes from the seed, so that a world may be had again."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._number = 0

    def draw_network(self, kind: str = "") -> tuple[Cell, dict[str, Any]]:
        """Return a network without its key, and what the Engine is asked for."""
        self._number += 1
        number = self._number
        kind = kind or self.rng.choice(NETWORK_KINDS)
        odd = f" {self.rng.choice(ODD_NAMES)}" if self.rng.random() < 0.1 else ""
        base = f"10.77.{number % 250}"
        body: dict[str, Any] = {"Name": f"{kind}{number}{odd}", "Driver": "bridge", "CheckDuplicate": True}
        pool: dict[str, Any] = {"Subnet": f"{base}.0/24"}
        pools = [pool]
        if kind == "plain":
            base, pools = "", []
        elif kind == "ranged":
            pool |= {"IPRange": f"{base}.32/28", "Gateway": f"{base}.254", "AuxiliaryAddresses": {"printer": f"{base}.33"}}
        elif kind == "six":
            body["EnableIPv6"] = True
            pools.append({"Subnet": f"fd00:77:{number:x}::/64"})
        elif kind == "internal":
            body["Internal"] = True
        elif kind == "tiny":
            pool["Subnet"] = f"{base}.0/29"
        elif kind in ("lan", "level"):
            body |= {"Driver": "macvlan" if kind == "lan" else "ipvlan", "Options": {"parent": PARENT}}
        elif kind == "quiet":
            body["Options"] = {"com.docker.network.bridge.enable_icc": "false"}
        elif kind == "deaf":
            body["Options"] = {"com.docker.network.bridge.name": f"deaf{number}"}
            body["Labels"] = {"com.docker.compose.project": "shop", "com.docker.compose.network": "deaf"}
        if pools:
            body["IPAM"] = {"Driver": "default", "Config": pools}
        return Cell("", body["Name"], kind, base, kind == "six"), body

    def draw_wish(self, cell: Cell, *, at: float = 0.4) -> dict[str, Any]:
        """Return an endpoint's settings: with this chance an address where it may be asked for, and names."""
        wish: dict[str, Any] = {}
        if cell.subnet and self.rng.random() < at:
            last = 2 + self.rng.randrange(5) if cell.kind == "tiny" else 40 + self.rng.randrange(60)
            last = 34 + self.rng.randrange(12) if cell.kind == "ranged" and self.rng.random() < 0.5 else last
            wish["IPAMConfig"] = {"IPv4Address": f"{cell.subnet}.{last}"}
            if cell.has_six and self.rng.random() < 0.5:
                wish["IPAMConfig"]["IPv6Address"] = f"fd00:77:{int(cell.subnet.split('.')[2]):x}::{last:x}"
                if self.rng.random() < 0.5:  # of one family alone: Docker chooses the other
                    del wish["IPAMConfig"]["IPv4Address"]
        if self.rng.random() < at:
            wish["Aliases"] = self.rng.sample(["store", "cache", "front-door", "db"], self.rng.randint(1, 2))
        return wish

    def draw_container(self, kind: str, cells: list[Cell], others: list[str]) -> Draft:
        """Return a container of this kind; where the world has no network for it, it comes onto another one.

        `others`: the ids of those whose network one of this kind may share.
        """
        host: dict[str, Any] = {"NetworkMode": "bridge"}
        command = ["sleep", "1000000"]
        body: dict[str, Any] = {"Image": IMAGE, "StopSignal": "SIGKILL", "HostConfig": host}
        draft = Draft(body, starts=kind != "created")
        own = self._cells_for(kind, cells)
        if kind in ("none", "host"):
            host["NetworkMode"] = kind
        elif kind in DONORS and others:
            host["NetworkMode"] = f"container:{self.rng.choice(others)}"
        elif kind not in ("bridge", "ports", "ends") and own:
            wishes = {cell.name: self.draw_wish(cell, at=1.0 if kind in ("static", "alias") else 0.3) for cell in own}
            host["NetworkMode"] = own[0].name
            body["NetworkingConfig"] = {"EndpointsConfig": wishes}
        if kind in ("ports", "open"):
            self._publish(body)
        if kind == "mac":
            body["MacAddress"] = f"02:42:77:00:{self.rng.randrange(256):02x}:{self.rng.randrange(256):02x}"
        if kind in ("fails", "again", "ends"):
            command = [
                "sh",
                "-c",
                {"fails": self.rng.choice(["exit 1", "exit 130"]), "ends": "exit 0", "again": "sleep 0.2; exit 3"}[kind],
            ]
        if kind in ("kept", "again", "range"):
            host["RestartPolicy"] = {"Name": self.rng.choice(["always", "unless-stopped"]) if kind != "again" else "always"}
        if self.rng.random() < 0.1 and "MacAddress" not in body and not host["NetworkMode"].startswith(("container:", "host")):
            body["Hostname"] = f"named{self.rng.randrange(100)}"
        if self.rng.random() < 0.15:
            body["Labels"] = {"com.docker.compose.project": "shop", "com.docker.compose.service": self.rng.choice(["web", "db"])}
            body["Labels"]["com.docker.compose.oneoff"] = self.rng.choice(["True", "False"])  # made by `run`, or by `up`
        body["Cmd"] = command
        return draft

    def _cells_for(self, kind: str, cells: list[Cell]) -> list[Cell]:
        plain = [cell for cell in cells if cell.kind not in ("lan", "level")]
        wanted = {"static": "typed", "alias": "typed", "range": "ranged", "pair": "quiet", "open": "six"}.get(kind, kind)
        fitting = [cell for cell in cells if cell.kind == wanted] or plain or cells
        if not fitting:
            return []
        chosen = [self.rng.choice(fitting)]
        if kind == "several" and len(plain) > 1:
            chosen = self.rng.sample(plain, min(len(plain), self.rng.randint(2, 3)))
        return chosen

    def _publish(self, body: dict[str, Any]) -> None:
        base = 20_000 + self.rng.randrange(1_000) * 10
        bindings: dict[str, list[dict[str, str]]] = {
            "80/tcp": [{"HostPort": str(base)}, {"HostIp": "127.0.0.1", "HostPort": f"{base + 1}-{base + 4}"}],
            "53/udp": [{"HostIp": "127.0.0.1", "HostPort": str(base + 5)}],
            "443/tcp": [{"HostPort": ""}],
        }
        chosen = self.rng.sample(sorted(bindings), self.rng.randint(1, 3))
        body["ExposedPorts"] = {port: {} for port in (*chosen, "9000/tcp")}
        body["HostConfig"]["PortBindings"] = {port: bindings[port] for port in chosen}
