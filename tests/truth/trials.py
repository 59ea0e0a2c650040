"""What only doing shows: the next address, what can start, what can be connected, what Docker refuses to remove.

Each trial asks the Engine itself, one after the other, and takes back what it did; removals come last, since they can't be.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

from networks.sync.requests import request_sync
from tests.lab_image import IMAGE
from tests.sync.truth import ask
from tests.truth.claims import Claim, Lie, Page
from tests.truth.reality import Box, Reality
from tests.truth.records import is_within
from tests.truth.sweep import Sweep

CAN_T = ("can't start", "can never start", "would be refused", "refuses", "will refuse")


def _is_on_both_families(reality: Reality, key: str) -> bool:
    names = reality.boxes[key].row["NetworkSettings"]["Networks"]
    return any(row["Name"] in names and row["EnableIPv6"] for row in reality.nets.values())


class Trials:
    """Tries what the pages of a sweep say. `most`: how many of each that there may be many of."""

    def __init__(self, sweep: Sweep, seed: int, most: int) -> None:
        self._sweep = sweep
        self._rng = random.Random(seed)  # noqa: S311 drawn to be repeatable
        self._most = most
        self.done = 0

    def run(self, claims: Iterable[Claim]) -> Iterator[Lie]:
        """Yield what turned out otherwise. `claims`: about next addresses, as the sweep left them."""
        reality = Reality(self._sweep.engine)
        yield from self._try_next(reality, claims)
        yield from self._try_starts(reality)
        yield from self._try_connects(Reality(self._sweep.engine))
        yield from self._try_removals(Reality(self._sweep.engine))

    def _post(self, path: str, body: Any = None) -> tuple[int, Any]:
        return ask(self._sweep.engine.socket, "POST", path, body)

    def _drawn(self, keys: list[Any]) -> list[Any]:
        return self._rng.sample(keys, min(len(keys), self._most))

    def _lie(self, kind: str, page: Page | None, said: Any, so: Any, where: str = "") -> Iterator[Lie]:
        self.done += 1
        if said != so:
            yield Lie(Claim(kind, page.subject if page else (), said, page.url if page else where), so)

    def _try_next(self, reality: Reality, claims: Iterable[Claim]) -> Iterator[Lie]:
        """Start a container on each network that says which address is next; all that are said of one network have to agree."""
        said: dict[str, list[Claim]] = {}
        for claim in claims:
            if claim.kind == "pool.next" and claim.said:
                said.setdefault(claim.subject[0], []).append(claim)
        for key, here in said.items():
            if any(box.fails for box in reality.on(reality.nets[key])):  # has one at one moment, and none at the next
                continue
            got = self._start_on(reality.nets[key]["Name"])
            for claim in here if got else ():
                address = next((one for one in got if is_within(one, claim.subject[1])), "none")
                self.done += 1
                if address != claim.said:
                    yield Lie(claim, address)

    def _start_on(self, network: str) -> tuple[str, ...]:
        """Return the addresses that a new container gets on a network; none where this kernel can't run one there."""
        body = {"Image": IMAGE, "Cmd": ["sleep", "100"], "StopSignal": "SIGKILL", "HostConfig": {"NetworkMode": network}}
        status, answer = self._post("/containers/create", body)
        assert status == 201, answer
        try:
            status, words = self._post(f"/containers/{answer['Id']}/start")
            if status != 204:
                assert "not supported" in str(words), words
                return ()
            _, row = ask(self._sweep.engine.socket, "GET", f"/containers/{answer['Id']}/json")
            [end] = row["NetworkSettings"]["Networks"].values()
            return tuple(one for one in (end["IPAddress"], end["GlobalIPv6Address"]) if one)
        finally:
            ask(self._sweep.engine.socket, "DELETE", f"/containers/{answer['Id']}?force=1")

    def _try_starts(self, reality: Reality) -> Iterator[Lie]:
        """Start what doesn't run, and stop it again: whether that is so that can't start, and only that."""
        idle = [box.key for box in reality.boxes.values() if box.state in ("exited", "created")]
        for key in self._drawn(idle):
            request_sync(self._sweep.slug, [key], timeout_s=5)
            page = self._sweep.read((f"/containers/{self._sweep.slug}/{key}/start/", "order:start", (key,)))
            assert page is not None
            works = not any(words in page.main.text for words in CAN_T)
            status, words = self._post(f"/containers/{key}/start")
            if "not supported" in str(words):  # this kernel has no ipvlan
                continue
            # A start that IPv6 refused leaves its IPv4 address taken, and nothing shows it (docs/engine-behaviour.md).
            if "Address already in use" in str(words) and _is_on_both_families(reality, key):
                continue
            yield from self._lie("can start", page, works, status == 204, "")
            if status == 204:
                self._post(f"/containers/{key}/stop")
                request_sync(self._sweep.slug, [key], timeout_s=5)  # the next one may share its network
            elif works:
                print(f"{page.url}: {page.main.text}: {words}")

    def _try_connects(self, reality: Reality) -> Iterator[Lie]:
        """Connect what the form takes, and disconnect it again; what it takes not, Docker doesn't either."""
        pairs = [
            (net, box)
            for net in reality.nets.values()
            for box in reality.boxes.values()
            if net["Name"] not in ("host", "none")
            and not box.donor
            and box.state not in ("dead", "removing")
            and box not in reality.on(net)
        ]
        for net, box in self._drawn(pairs):
            request_sync(self._sweep.slug, [box.key, net["Id"]], timeout_s=5)
            url = f"/networks/{self._sweep.slug}/{net['Id']}/connect/?container={box.key}"
            page = self._sweep.read((url, "connect:network", (net["Id"],)))
            assert page is not None
            button = page.main.by_id("connect-button")
            takes = button is not None and not button.is_disabled and not page.main.all(css="v-bad")
            status, words = self._post(f"/networks/{net['Id']}/connect", {"Container": box.key})
            if "not supported" in str(words):
                continue
            where = f"{url} with {box.name}, {box.state}: {words}"
            # One made with the host's stack starts in it: Docker connects it while it is stopped, and that is of no use.
            works = status == 200 and not (box.mode == "host" and self._starts_in_host(net, box))
            yield from self._lie("can connect", None, takes, works, where)
            if status == 200:
                self._post(f"/networks/{net['Id']}/disconnect", {"Container": box.key, "Force": True})

    def _starts_in_host(self, net: dict[str, Any], box: Box) -> bool:
        """Tell whether a container either doesn't start on a bridge or, on another network, has no stack of its own there."""
        if net["Driver"] != "bridge":
            return True  # its link would be the machine's: measured once, docs/engine-behaviour.md
        status, words = self._post(f"/containers/{box.key}/start")
        if status == 204:
            self._post(f"/containers/{box.key}/stop")
        return status == 500 and "conflicts with existing route" in str(words)

    def _try_removals(self, reality: Reality) -> Iterator[Lie]:
        """Remove every network: Docker refuses where that was said, and nowhere else."""
        for key, net in reality.nets.items():
            if net["Name"] in ("bridge", "host", "none"):
                continue
            request_sync(self._sweep.slug, [key], timeout_s=5)
            page = self._sweep.read((f"/networks/{self._sweep.slug}/{key}/remove/", "remove:network", (key,)))
            assert page is not None
            status, _words = ask(self._sweep.engine.socket, "DELETE", f"/networks/{key}")
            if not any(box.fails or box.state == "restarting" for box in reality.on(net)):  # between two tries, or in one
                yield from self._lie("can remove", page, "Docker will refuse" not in page.main.text, status == 204)
