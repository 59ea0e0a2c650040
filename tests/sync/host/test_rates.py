"""Rates are those of a transfer whose size is known, as a real kernel counts it between two containers."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from networks.sync.attention import note_viewer
from networks.sync.host.board import traffic_of
from networks.sync.host.traffic import Point
from tests.private_engine import PrivateEngine, wait_until
from tests.sync.host.watching import Watching

pytestmark = pytest.mark.django_db(transaction=True)

# UDP: the kernel counts each datagram with its headers, whose size is known, and sends nothing besides.
DATAGRAMS, PAYLOAD, HEADERS = 2000, 1400, 14 + 20 + 8
SIZE = DATAGRAMS * (PAYLOAD + HEADERS)
WITHIN = 0.02

# Started where it is received, so that somebody has the port; then goes over to the sender's namespace.
SEND = f"""
import ctypes, socket, sys, time
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("10.61.0.2", 9000))
with open(sys.argv[1]) as there:
    assert ctypes.CDLL(None).setns(there.fileno(), 0) == 0
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range({DATAGRAMS}):
    sender.sendto(bytes({PAYLOAD}), ("10.61.0.2", 9000))
    time.sleep(0.001)
"""


def netns_of(engine: PrivateEngine, name: str) -> str:
    return f"/proc/{engine.cli('inspect', '--format', '{{.State.Pid}}', name)}/ns/net"


def test_it_tells_the_rates_of_a_known_transfer(engine: PrivateEngine, tmp_path: Path) -> None:
    engine.cli("network", "create", "--subnet", "10.61.0.0/24", "front")
    engine.run("receiver", "--network", "front", "--ip", "10.61.0.2")
    engine.run("sender", "--network", "front", "--ip", "10.61.0.3")
    command = [sys.executable, "-c", SEND, netns_of(engine, "sender")]
    with Watching(engine, tmp_path) as watching:
        receiver, sender = (watching.link_to(name).fact.index for name in ("receiver", "sender"))
        traffic = traffic_of(watching.slug)

        def has_measured(more: int) -> bool:
            note_viewer(watching.slug, "container_detail")
            return traffic.sequence() >= more

        wait_until(lambda: has_measured(2), "the first stretch")
        subprocess.run(["nsenter", f"--net={netns_of(engine, 'receiver')}", "--", *command], check=True, timeout=30)
        ended_at = traffic.sequence()
        wait_until(lambda: has_measured(ended_at + 1), "the last stretch")
        sent, received = traffic.points(sender), traffic.points(receiver)

    assert amount(sent, "rx_packets") == pytest.approx(DATAGRAMS, rel=WITHIN)
    assert amount(sent, "rx_bytes") == pytest.approx(SIZE, rel=WITHIN)
    assert amount(received, "tx_bytes") == pytest.approx(SIZE, rel=WITHIN)
    assert amount(sent, "tx_bytes") < SIZE * WITHIN
    assert amount(sent, "dropped") == amount(sent, "errors") == 0


def amount(points: tuple[Point, ...], name: str) -> float:
    """Return what a rate was in all, from the second stretch on: before the first nobody knows how long it was."""
    stretches = [(after.at - before.at, after.rate) for before, after in pairwise(points)]
    assert all(rate is not None for _, rate in stretches)
    return sum(seconds * getattr(rate, name) for seconds, rate in stretches)
