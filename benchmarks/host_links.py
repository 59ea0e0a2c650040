"""Counters and the map of a thousand links, beside the same dumps read and thrown away."""

from __future__ import annotations

import os
import socket
import statistics
import struct
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from benchmarks.commands import enter_namespace, run_alone
from benchmarks.figures import Report, in_turn, percentile, summary, target
from networks.hostnet.linux.opening import open_host
from networks.hostnet.linux.reader import HostReader
from tests.leftovers import name_prefix, reap_leftovers, take_away

# For 15 s after a port came up the kernel counts down what it waits for, and says something else of it each time.
SETTLE_S = 20
LINKS, BRIEF_LINKS = 1_000, 50
ROUNDS, BRIEF_ROUNDS = 200, 3
MOST_MS, COUNTERS_RATIO, MAP_RATIO = 5.0, 5.0, 3.0
RTM_GETLINK, RTM_GETADDR, RTM_GETSTATS = 18, 22, 94
DUMP = 0x301
ROOM = 65_536


def measure(_folder: Path, is_brief: bool) -> Report:
    """Make the links in a namespace of their own, and read them in turn: raw, by the reader, raw, by the reader."""
    reap_leftovers()
    count = BRIEF_LINKS if is_brief else LINKS
    name = f"{name_prefix()}links"
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        grow(name, count)
        enter_namespace(name)
        with closing(open_host()) as reader, socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as raw:
            assert len(reader.links()) == len(reader.counters()) == count + 1
            rounds = BRIEF_ROUNDS if is_brief else ROUNDS
            found = in_turn(rounds // 3, first_links=read_first)
            time.sleep(0 if is_brief else SETTLE_S)
            for pair in works(reader, raw):
                found |= in_turn(rounds, **pair)
            found |= in_turn(rounds, sent=send_to_all, links_that_counted=reader.links)
    finally:
        take_away(name, Path(f"/nonexistent/{name}"))
    return report(found, count)


def grow(netns: str, count: int) -> None:
    """Make a bridge with an address and pairs whose ends stand beside each other, all up: `count` links beside the loopback."""
    pairs = (count - 1) // 2
    lines = ["link add br0 type bridge", "address add 10.77.0.1/16 dev br0", "link set br0 up"]
    for number in range(pairs):
        lines += [
            f"link add veth{number:07x} type veth peer name peer{number:07x}",
            f"link set veth{number:07x} master br0 up",
            f"link set peer{number:07x} up",
        ]
    lines += ["link add rest type bridge"] * (count - 1 - 2 * pairs)
    command = ["ip", "-n", netns, "-batch", "-"]
    subprocess.run(command, input="\n".join(lines).encode(), check=True, capture_output=True)


def works(reader: HostReader, raw: socket.socket) -> tuple[dict[str, Callable[[], object]], ...]:
    """Return what is measured in turn: the reader's work, by name, beside the raw dumps that it asks for."""
    stats, links, addresses = struct.pack("=BxxxII", 0, 0, 1), bytes(16), bytes(8)
    bodies = ((RTM_GETLINK, links), (RTM_GETADDR, addresses), (RTM_GETSTATS, stats))
    buffer = bytearray(ROOM)
    return (
        {"raw_counters": lambda: dump(raw, RTM_GETSTATS, stats, buffer), "counters": reader.counters},
        {"raw_links": lambda: [dump(raw, kind, body, buffer) for kind, body in bodies], "links": reader.links},
    )


def read_first() -> None:
    """Read all links with a new reader, which remembers none."""
    with closing(open_host()) as reader:
        reader.links()


def send_to_all() -> None:
    """Send one packet through every port of the bridge, so that each link's counters are others."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sender.sendto(b"x", ("10.77.255.255", 9))


def dump(raw: socket.socket, kind: int, body: bytes, buffer: bytearray) -> int:
    """Have everything of a kind listed, and read it without looking at it. Returns how many bytes there were."""
    raw.send(struct.pack("=IHHII", 16 + len(body), kind, DUMP, 1, 0) + body)
    total = 0
    while True:
        size = raw.recv_into(buffer)
        total += size
        # The end is a message of 20 bytes, alone or the last of many.
        if size >= 20 and struct.unpack_from("=IH", buffer, size - 20) == (20, 3):
            return total
        assert struct.unpack_from("=H", buffer, 4)[0] != 2, "the kernel refused"


def report(found: dict[str, list[float]], count: int) -> Report:
    """Hold the medians against each other, each with the dumps that it asked for."""
    median = {name: statistics.median(times) for name, times in found.items()}
    return {
        "links": count,
        "kernel": os.uname().release,
        "ms": {name: summary(times, 3) for name, times in found.items()},
        "targets": [
            target("T9", f"counters of {count:,} links, p95", percentile(found["counters"], 95), MOST_MS, unit="ms"),
            target("T9", "the same / the dump of them, read raw", median["counters"] / median["raw_counters"], COUNTERS_RATIO),
            target("T9", "map of all links / the dumps of them, read raw", median["links"] / median["raw_links"], MAP_RATIO),
        ],
    }


if __name__ == "__main__":
    run_alone("host_links", measure)
