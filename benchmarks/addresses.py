"""The Addresses page with a /16 of which 2,000 addresses are in use: first byte, and how large the page is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.commands import run_alone
from benchmarks.figures import Report, percentile, summary, target
from benchmarks.served import Answer, Served, Visitor

SUBNET = "10.128.0.0/16"
IN_USE = 2_000
NETWORKS, CONTAINERS = 200, 500  # what else there is
FIRST_BYTE_MS, PAGE_KB = 100.0, 300.0
PICKED = "10.128.0.9"
PAGES = {
    "grid": f"/addresses/?pool={SUBNET}",
    "grid and one address": f"/addresses/?pool={SUBNET}&address={PICKED}",
    "another block": f"/addresses/?pool={SUBNET}&block=10.128.77.0",
}
_GROW = f"""
from networks.models import Engine, EngineStatus
from tests.worlds import grow_pool, grow_world
engine = Engine.objects.get(slug="local")
grow_world(engine, networks={NETWORKS}, containers={CONTAINERS})
grow_pool(engine, "{SUBNET}", in_use={IN_USE})
EngineStatus.objects.filter(engine=engine).update(revision=100)
"""


def measure(folder: Path, is_brief: bool) -> Report:
    """Get each page from the real server, after an endpoint of the pool has changed each time, and when nothing has.

    Nobody answers at the Engine's socket: what is measured is what the database remembers of it.
    """
    rounds = 3 if is_brief else 60
    with Served(folder / "served", f"unix://{folder}/nowhere.sock") as served:
        served.manage("shell", "-v", "0", "-c", _GROW)
        visitor = served.visitor()
        for path in PAGES.values():
            _get(visitor, path)
        changed, same = ([_round(served, visitor, touch=touch) for _ in range(rounds)] for touch in (True, False))
    after_change, unchanged = (_by_page(found) for found in (changed, same))
    slowest = max(after_change, key=lambda name: percentile(after_change[name], 95))
    largest_kb = max(len(answer.body) / 1000 for answer in changed[-1].values())
    return {
        "addresses_in_use": IN_USE,
        "networks_besides": NETWORKS,
        "first_byte_after_a_change_ms": {name: summary(times) for name, times in after_change.items()},
        "first_byte_unchanged_ms": {name: summary(times) for name, times in unchanged.items()},
        "page_kb": {name: round(len(answer.body) / 1000, 1) for name, answer in changed[-1].items()},
        "targets": [
            target(
                "addresses",
                f"a /16 with {IN_USE:,} in use: first byte after a change, p95 ({slowest})",
                percentile(after_change[slowest], 95),
                FIRST_BYTE_MS,
                unit="ms",
            ),
            target("addresses", "the largest of these pages, before compression", largest_kb, PAGE_KB, unit="kB"),
        ],
    }


def _round(served: Served, visitor: Visitor, *, touch: bool) -> dict[str, Answer]:
    found = {}
    for name, path in PAGES.items():
        if touch:
            _change_an_endpoint(served)
        found[name] = _get(visitor, path)
    return found


def _by_page(rounds: list[dict[str, Answer]]) -> dict[str, list[float]]:
    return {name: [answers[name].first_byte_ms for answers in rounds] for name in PAGES}


def _get(visitor: Visitor, path: str) -> Answer:
    answer = visitor.get(path)
    assert answer.status == 200, f"{path}: {answer.status}"
    assert answer.body.count(b' title="10.128.') > 256, f"{path}: no grid"
    return answer


def _change_an_endpoint(served: Served) -> None:
    """Give the pool's network, and one endpoint of it, the next revision, as a write of the follower does."""
    with closing(sqlite3.connect(served.folder / "data" / "netadmin.sqlite3", timeout=20)) as opened, opened:
        [[revision]] = opened.execute("UPDATE networks_enginestatus SET revision = revision + 1 RETURNING revision").fetchall()
        network = "(SELECT network_id FROM networks_pool WHERE subnet = ?)"
        opened.execute(f"UPDATE networks_network SET revision = ? WHERE id = {network}", (revision, SUBNET))  # noqa: S608 our own
        mac = f"02:42:0a:80:{revision >> 8 & 0xFF:02x}:{revision & 0xFF:02x}"
        opened.execute("UPDATE networks_endpoint SET mac = ? WHERE ipv4 = ?", (mac, PICKED))


if __name__ == "__main__":
    run_alone("addresses", measure)
