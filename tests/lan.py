"""A LAN for a private Engine's machine: a router in a namespace of its own, a neighbour, and something outside."""

from __future__ import annotations

import json
import subprocess
from types import TracebackType
from typing import Any, Self

from networks.actions.sample_lab.image import find_static_busybox
from tests.leftovers import name_prefix
from tests.private_engine import PrivateEngine, wait_until

SUBNET = "192.168.77.0/24"
ROUTER, OWN, NEIGHBOUR, OUTSIDE = "192.168.77.1", "192.168.77.4", "192.168.77.9", "203.0.113.9"
METRIC = 100  # what NetworkManager and systemd-networkd give to the routes of a wired network; the kernel itself gives 0


class Lan:
    """A context manager; `link`: what the machine's own link is called."""

    link = "lan0"

    def __init__(self, engine: PrivateEngine, *, metric: int = METRIC) -> None:
        self.engine = engine
        self.metric = metric
        self.netns = f"{name_prefix()}lan"

    def __enter__(self) -> Self:
        self._ip("netns", "add", self.netns)
        pair = ("type", "veth", "peer", "name", self.link, "netns", self.netns)
        self.engine.check_inside("ip", "link", "add", self.link, *pair)
        for words in (f"link set {self.link} up", "link set lo up", f"address add {OUTSIDE}/32 dev lo"):
            self._ip("-n", self.netns, *words.split())
        for address in (ROUTER, NEIGHBOUR):
            self._ip("-n", self.netns, "address", "add", f"{address}/24", "dev", self.link)
        metric = ("metric", str(self.metric))
        self.engine.check_inside("ip", "address", "add", f"{OWN}/24", "dev", self.link, *metric)
        self.engine.check_inside("ip", "link", "set", self.link, "up")
        self.engine.check_inside("ip", "route", "add", "default", "via", ROUTER, *metric)
        wait_until(lambda: self.reaches(ROUTER), "the router's answer")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        # The namespace's end would only do so a little later; an Engine that was emptied before has it no more.
        subprocess.run([*self.engine.entering, "ip", "link", "delete", self.link], capture_output=True, check=False)
        self._ip("netns", "delete", self.netns)

    def reaches(self, address: str) -> bool:
        """Tell whether the machine gets an answer from this address out of the LAN, and not from itself or from another link."""
        [route] = self.look("route", "get", address)
        return route["dev"] == self.link and self.pings(address)

    def pings(self, address: str) -> bool:
        """Tell whether anything answers."""
        argv = [*self.engine.entering, str(find_static_busybox()), "ping", "-c", "1", "-W", "1", address]
        return subprocess.run(argv, capture_output=True, check=False).returncode == 0

    def look(self, *words: str) -> Any:
        """Return what `ip -json` says on the machine."""
        return json.loads(self.engine.check_inside("ip", "-json", *words))

    def _ip(self, *words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)
