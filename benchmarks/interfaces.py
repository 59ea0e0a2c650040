"""The Interfaces page of a machine with 1,000 links: drawn first, after a sample, after nothing; its weight, and its frames."""

from __future__ import annotations

import gzip
from pathlib import Path

from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from benchmarks.commands import run_alone
from benchmarks.database import make_tables
from benchmarks.figures import Report, percentile, summary, target, timed_ms
from networks.management.prepared import collect_static_if_needed
from networks.models import EngineStatus
from networks.partials.screen import ScreenKey
from networks.partials.screens import draw_screen
from networks.push.frames import encode_frames, outline_of, patches_between
from networks.sync.engines import ensure_local_engine
from tests.builders import make_network
from tests.host_pictures import Watched

LINKS, BRIDGES = 1_000, 20
# Samples of five minutes: what the line of a row is drawn from.
SAMPLES = 150
BUSY_EVERY = 10
KEY = ScreenKey("interface_list", "local", "", "", "en", "connect,grant,run,shape,view")


def measure(_folder: Path, is_brief: bool) -> Report:
    """Measure in this process: nobody follows, and the machine is one in memory."""
    make_tables()
    collect_static_if_needed()
    rounds = 3 if is_brief else 40
    watched = grow(120 if is_brief else LINKS)
    client = Client(headers={"host": "localhost:8000"})
    client.force_login(get_user_model()._default_manager.create_superuser("measuring"))
    client.get("/interfaces/?q=no-link-is-called-so")  # templates are loaded by whichever page comes first
    first = timed_ms(lambda: _get(client))
    busy = _rounds(watched, client, rounds, every=BUSY_EVERY)
    all_busy = _rounds(watched, client, rounds, every=1)
    page = _get(client)
    return {
        "links": len(watched.host.links),
        "first_page_ms": round(first, 1),
        "tenth_busy": {name: summary(times) for name, times in busy.items()},
        "all_busy": {name: summary(times) for name, times in all_busy.items()},
        "page_kb": round(len(page) / 1000, 1),
        "gzipped_kb": round(len(gzip.compress(page, 6)) / 1000, 1),
        "targets": [
            target("interfaces", "page, every row drawn for the first time", first, 600, unit="ms"),
            target("interfaces", "page after a sample, a tenth busy (median)", percentile(busy["page_ms"], 50), 100, unit="ms"),
            target("interfaces", "frame after a sample, a tenth busy (median)", percentile(busy["frame_ms"], 50), 60, unit="ms"),
            target("interfaces", "frame after a sample, all busy (median)", percentile(all_busy["frame_ms"], 50), 250, unit="ms"),
            target("interfaces", "page, nothing measured since (median)", percentile(busy["again_ms"], 50), 40, unit="ms"),
            target("interfaces", "weight of the page, all busy, gzipped", len(gzip.compress(page, 6)) / 1000, 250, unit="kB"),
        ],
    }


def grow(links: int) -> Watched:
    """Have a machine with this many links, all but a few of them veths, and five minutes of traffic."""
    engine = ensure_local_engine("unix:///nowhere")
    EngineStatus.objects.filter(engine=engine).update(epoch="grown", revision=1, state="live", as_of=timezone.now())
    watched = Watched(engine)
    bridges = []
    for number in range(BRIDGES):
        network = make_network(engine, f"net-{number}", f"10.{number}.0.0/16", gateway=f"10.{number}.0.1", hue=number % 10 + 1)
        bridges.append((network, watched.bridge(network, f"br-{number:012}", f"10.{number}.0.1/16")))
    for number in range(links - BRIDGES - 1):
        network, bridge = bridges[number % BRIDGES]
        watched.run(f"service-{number:04}", network, bridge, f"10.{number % BRIDGES}.1.{number // BRIDGES + 2}")
    for _ in range(SAMPLES):
        _move(watched, BUSY_EVERY)
    watched.look()
    return watched


def _move(watched: Watched, every: int) -> None:
    """Have traffic on every so many links, and sample."""
    for index in list(watched.host.links)[::every]:
        watched.host.count(index, rx_bytes=index * 7919 % 50_000, tx_bytes=index * 104_729 % 30_000, rx_packets=9, tx_packets=7)
    watched.sample()


def _rounds(watched: Watched, client: Client, rounds: int, *, every: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"page_ms": [], "again_ms": [], "frame_ms": [], "frame_kb": []}
    for _ in range(rounds):
        before = outline_of(draw_screen(KEY))
        _move(watched, every)
        frames: list[str] = []
        found["frame_ms"].append(timed_ms(lambda: frames.extend(_frames(before))))  # noqa: B023 called at once
        found["frame_kb"].append(sum(map(len, frames)) / 1000)
        _move(watched, every)
        found["page_ms"].append(timed_ms(lambda: _get(client)))
        found["again_ms"].append(timed_ms(lambda: _get(client)))
    return found


def _frames(before: object) -> tuple[str, ...]:
    screen = draw_screen(KEY)
    return encode_frames(patches_between(before, screen), epoch="e", revision=1, mark="m")  # type: ignore[arg-type]


def _get(client: Client) -> bytes:
    answer = client.get("/interfaces/")
    assert answer.status_code == 200, answer.status_code
    return bytes(answer.content)


if __name__ == "__main__":
    run_alone("interfaces", measure)
