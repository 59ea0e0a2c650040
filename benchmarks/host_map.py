"""T9: the map of a machine's links: of five hundred running stacks from cold, and of one more after its container started.

The five hundred are processes in namespaces of their own, with a veth pair each, on the real kernel, and the snapshot has them as
containers: as many real ones would need a gigabyte or five of shims. What starts afterwards are containers of a real Engine.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.browsing import open_page
from benchmarks.commands import Ground, run
from benchmarks.database import FOLDER, make_tables
from benchmarks.figures import Report, percentile, summary, target, timed_ms
from benchmarks.raw import RawEvents
from benchmarks.served import Served
from benchmarks.stacks import Stacks
from benchmarks.worlds import make_container
from networks.hostnet.facts import Counters
from networks.hostnet.linux.opening import open_host
from networks.hostnet.linux.reader import HostReader
from networks.models import Engine, EngineStatus
from networks.sync.attention import note_viewer
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.follower import Follower
from networks.sync.host.board import picture_of
from networks.sync.host.watcher import GATHER_S, HostWatcher
from networks.sync.once import look_once
from networks.sync.signals import host_changed
from tests.private_engine import wait_until

STACKS, BRIEF_STACKS = 500, 20
CGROUPS = Path("/sys/fs/cgroup")
IDLE_S, BRIEF_IDLE_S = 20.0, 1.0
NAMED_WITHIN_MS, MAPPED_WITHIN_MS = 100, 1000
QUIET_S = 0.5  # between two starts
# Asking Chromium costs processor time of all its processes: not while the row is on its way.
UNASKED_S = 0.15
LINKED = "#interface-rows td a"

# Notes when what a selector finds first stood in the table. performance.timeOrigin and Docker's stamps are of one clock.
WATCH = """(selector) => {
  window.cameAt = 0;
  window.watching?.disconnect();
  window.watching = new MutationObserver(() => {
    if (!window.cameAt && document.querySelector(selector)) window.cameAt = performance.timeOrigin + performance.now();
  });
  window.watching.observe(document.getElementById("interface-rows"), {childList: true, subtree: true, attributes: true});
}"""


class Sampled:
    """Opens the machine, and counts how often its counters are asked for."""

    def __init__(self) -> None:
        self.samples = 0

    def open(self, netns: str, url: str) -> HostReader:
        """Open it, as `open_host` does."""
        reader = open_host(netns, url)
        assert isinstance(reader, HostReader)
        counters = reader.counters

        def counted() -> Mapping[int, Counters]:
            self.samples += 1
            return counters()

        reader.counters = counted  # type: ignore[method-assign]
        return reader


class Named:
    """Notes when each container's link was first put up by name, in nanoseconds since the epoch."""

    def __init__(self, slug: str) -> None:
        self._slug = slug
        self.at_ns: dict[str, int] = {}
        host_changed.connect(self._note)

    def _note(self, engine_slug: str, **_more: object) -> None:
        now_ns = time.time_ns()
        if engine_slug == self._slug:
            for link in picture_of(self._slug).links:
                if link.peer and link.peer.network_id:
                    self.at_ns.setdefault(link.peer.container_id, now_ns)


def measure(ground: Ground) -> Report:
    """Map what is made here from cold, and then follow the Engine and watch its machine."""
    make_tables()
    count = BRIEF_STACKS if ground.is_brief else STACKS
    cold = _map_from_cold(ground, count)
    sampled = Sampled()
    engine = ensure_local_engine(ground.engine.url, f"/run/netns/{ground.engine.netns}")
    watcher, follower = HostWatcher(engine, sampled.open, gather_unseen_s=GATHER_S), Follower(engine, FOLDER)
    watcher.start()
    follower.start()
    try:
        wait_until(lambda: len(_peers(engine)) >= len(ground.world.running), "the running containers' links", deadline_s=60)
        named = Named(engine.slug)
        to_picture = _start_containers(ground, lambda _id: None, lambda docker_id: named.at_ns.get(docker_id, 0) / 1e6)
        time.sleep(BRIEF_IDLE_S if ground.is_brief else IDLE_S)
        unwatched = sampled.samples
        note_viewer(engine.slug, "interface_list")
        wait_until(lambda: sampled.samples >= 2, "the samples of somebody who looks")
    finally:
        watcher.stop()
        follower.stop()
    to_dom = _show_on_a_page(ground)
    return {
        "stacks": count,
        "map_from_cold_ms": summary(cold),
        "start_event_to_picture_ms": summary(to_picture),
        "start_event_to_dom_ms": summary(to_dom),
        "targets": [
            target("T9", f"map of {count} running stacks from cold, slowest", max(cold), MAPPED_WITHIN_MS, unit="ms"),
            target("T9", "start event to the veth's name, p95", percentile(to_picture, 95), NAMED_WITHIN_MS, unit="ms"),
            target("T9", "start event to the name in the page, median", statistics.median(to_dom), NAMED_WITHIN_MS, unit="ms"),
            target("T9", "start event to the name in the page, p95", percentile(to_dom, 95), NAMED_WITHIN_MS, unit="ms"),
            target("T9", "samples while nobody looks", unwatched, 0),
        ],
    }


def _map_from_cold(ground: Ground, count: int) -> list[float]:
    """Open the machine, read snapshot and kernel, and name everything, again and again; each time as after a start."""
    grown = Engine.objects.create(slug="stacks", name="stacks", url="", netns=f"/run/netns/{ground.engine.netns}")
    EngineStatus.objects.create(engine=grown, state="live")
    cgroups = CGROUPS if (CGROUPS / "cgroup.procs").exists() else CGROUPS / "pids"
    with Stacks(grown, count, cgroups / ground.engine.netns / "stacks") as stacks:
        picture = look_once(grown, open_host)
        assert stacks.are_named_in(picture), "a veth isn't named, or wrongly"
        return [timed_ms(lambda: look_once(grown, open_host)) for _ in range(ground.rounds(20, 2))]


def _start_containers(ground: Ground, before: Callable[[str], object], came_ms: Callable[[str], float]) -> list[float]:
    """Start containers one by one; return how long after the Engine's own stamp of `start` each had come.

    `before` is called before a start; `came_ms` returns when a container's link had a name, milliseconds since the epoch, 0 for
    not yet.
    """
    delays = []
    network = str(ground.raw.ask("GET", f"/networks/{ground.world.networks[0]}")["Name"])
    with RawEvents(ground.engine.socket) as events:
        for number in range(ground.rounds(40, 3)):
            docker_id = make_container(ground.raw, f"fresh-{number:03}", [network])
            before(docker_id)
            time.sleep(QUIET_S)
            ground.raw.call("POST", f"/containers/{docker_id}/start")
            time.sleep(UNASKED_S)
            at_ms = wait_until(lambda docker_id=docker_id: came_ms(docker_id), "the name of its link", interval_s=0.05)
            event, _ = wait_until(lambda docker_id=docker_id: events.find("start", docker_id), "the event")
            delays.append(at_ms - event["timeNano"] / 1e6)
            ground.raw.call("DELETE", f"/containers/{docker_id}?force=1")
    return delays


def _show_on_a_page(ground: Ground) -> list[float]:
    """Do it with the server as people run it, and the Interfaces page in a real Chromium."""
    with Served(ground.folder / "served", ground.engine.url) as served:
        cookie = served.cookies()[0]
        served.wait_until_settled(len(ground.world.containers))
        with open_page(served, "/interfaces/", cookie) as page:
            wait_until(lambda: page.locator(LINKED).count() >= len(ground.world.running), "the running containers' links")
            return _start_containers(ground, lambda docker_id: _watch(page, docker_id), lambda _id: _came_ms(page))


def _watch(page: Page, docker_id: str) -> None:
    page.evaluate(WATCH, f'{LINKED}[href*="{docker_id}"]')


def _came_ms(page: Page) -> float:
    return float(page.evaluate("window.cameAt"))


def _peers(engine: Engine) -> set[str]:
    return {link.peer.container_id for link in picture_of(engine.slug).links if link.peer and link.peer.network_id}


if __name__ == "__main__":
    run("host_map", measure)
