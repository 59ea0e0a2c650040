"""The history of addresses with a million rows: how soon each search answers, and how long a pruning holds up who writes."""

from __future__ import annotations

import sqlite3
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client

from benchmarks.commands import run_alone
from benchmarks.database import FOLDER, make_tables
from benchmarks.figures import Report, in_turn, percentile, summary, target
from networks.actions.actors import acting
from networks.addressing.reading import address_key
from networks.management.prepared import collect_static_if_needed
from networks.models import WatchedSpan
from networks.queries.addresses.history import search_history
from networks.queries.addresses.history_asked import read_history_asked
from networks.sync.engines import ensure_local_engine
from networks.sync.snapshot.address_history import PRUNED_AT_ONCE, prune_assignments

ROWS, BRIEF_ROWS = 1_000_000, 3_000
LIMIT_MS = 100.0
CONTAINERS, NETWORKS, HELD = 500, 200, 700
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAYS = 90
# One container that restarts all day long has a third of all rows, as has its network: the worst that a name may stand for.
BUSY = 3
MOST_TURNS = 100


def measure(_folder: Path, is_brief: bool) -> Report:
    """Fill the table, search by everything that can be searched by, then remove a half of it while somebody else writes."""
    make_tables()
    collect_static_if_needed()
    with acting(lambda: None):
        engine = ensure_local_engine("unix:///nowhere")
        browser = Client(headers={"host": "localhost:8000"})
        browser.force_login(get_user_model()._default_manager.create_superuser("root"))
    count, rounds = (BRIEF_ROWS, 1) if is_brief else (ROWS, 20)
    began_at = time.monotonic()
    _fill(engine.slug, count)
    filled_s = time.monotonic() - began_at
    searches = _searches(count)
    works = {name: (lambda query=query: _search(engine.slug, query)) for name, query in searches.items()}
    pages = {f"page: {name}": (lambda query=query: _get(browser, query)) for name, query in searches.items()}
    for work in (*works.values(), *pages.values()):
        work()
    times = in_turn(rounds, **works, **pages)  # type: ignore[arg-type]
    size_mb = (FOLDER / "netadmin.sqlite3").stat().st_size / 1e6
    pruned = _prune(engine.slug)
    return {
        "rows": count,
        "filled_in_s": round(filled_s, 1),
        "database_mb": round(size_mb, 1),
        "search_ms": {name: summary(each) for name, each in times.items()},
        "pruned": len(pruned.turns) * PRUNED_AT_ONCE,
        "prune_turn_ms": summary(pruned.turns),
        "writers_wait_ms": summary(pruned.waits),
        "targets": _targets(count, times, pruned),
    }


def _targets(count: int, times: dict[str, list[float]], pruned: _Pruned) -> list[Report]:
    pages = [name for name in times if name.startswith("page: ")]
    slowest = max(times.keys() - set(pages), key=lambda name: percentile(times[name], 95))
    slowest_page = max(pages, key=lambda name: percentile(times[name], 95))
    return [
        target(
            "history",
            f"slowest search of {count:,} rows, p95 ({slowest})",
            percentile(times[slowest], 95),
            LIMIT_MS,
            unit="ms",
        ),
        target(
            "history",
            f"slowest page of {count:,} rows, p95 ({slowest_page.removeprefix('page: ')})",
            percentile(times[slowest_page], 95),
            LIMIT_MS,
            unit="ms",
        ),
        target("history", f"longest turn of {len(pruned.turns):,} prunings, p95", percentile(pruned.turns, 95), 200.0, unit="ms"),
        target("history", "wait of another writer meanwhile, p95", percentile(pruned.waits, 95), LIMIT_MS, unit="ms"),
    ]


def _searches(count: int) -> dict[str, dict[str, str]]:
    half = int((NOW - timedelta(days=DAYS / 2)).timestamp()) * 1_000_000
    key = address_key(IPv4Address("172.18.0.0") + 30)
    return {
        "newest": {"q": ""},
        "an older page": {"q": "", "before": f"{half}.{count // 2}"},
        "an address": {"q": "172.18.0.8"},
        "the busiest address": {"q": "172.18.0.2"},
        "the busiest address, an older page": {"q": "172.18.0.2", "before": f"{half}.{count // 2}"},
        "an address that nobody had": {"q": "10.99.0.1"},
        "a part": {"q": "172.18.0.0/24"},
        "all of IPv4": {"q": "0.0.0.0/0"},
        "a part, an older page": {"q": "172.16.0.0/12", "before": f"{key}.{half}.{count // 2}"},
        "a container": {"q": "app-7"},
        "the busiest container": {"q": "busy"},
        "the busiest container, an older page": {"q": "busy", "before": f"{half}.{count // 2}"},
        "a container by its id": {"q": _id("c", 7)},
        "a container by the beginning of its id": {"q": _id("c", 7)[:12]},
        "a network": {"q": "net-3"},
        "the busiest network": {"q": "net-busy"},
        "a name that isn't there": {"q": "nothing-is-called-so"},
        "an id that isn't there": {"q": "abcdefabcdef"},
    }


def _search(slug: str, query: dict[str, str]) -> None:
    search_history(slug, read_history_asked(query))


def _get(browser: Client, query: dict[str, str]) -> None:
    answer = browser.get("/addresses/history/", query)
    assert answer.status_code == 200, f"{query}: {answer.status_code}"


def _id(kind: str, number: int) -> str:
    return f"{ord(kind) * 7919 + number:08x}{number * 2654435761 % 2**32:08x}".ljust(64, "0")


def _fill(slug: str, count: int) -> None:
    """Write assignments as they come in 90 days: what ends begins again somewhere. By executemany: objects take minutes."""
    step_s = DAYS * 86_400 / count
    begin = NOW - timedelta(days=DAYS)
    addresses = [IPv4Address("172.18.0.2") + number * 3 for number in range(2_000)]
    keyed = [(str(address), address_key(address)) for address in addresses]

    def rows() -> object:
        for number in range(count):
            is_busy = number % BUSY == 0
            one, two = number * 2654435761 % 1_000_003, number * 40_503 % 65_521
            container, network = one % CONTAINERS, two % NETWORKS
            address, key = keyed[0 if is_busy else 1 + one * 7 % (len(keyed) - 1)]
            from_at = begin + timedelta(seconds=number * step_s)
            until_at = None if number >= count - HELD else from_at + timedelta(seconds=step_s * HELD)
            yield (
                slug,
                address,
                key,
                _id("b", 0) if is_busy else _id("c", container),
                "busy" if is_busy else f"app-{container}",
                _id("m", 0) if is_busy else _id("n", network),
                "net-busy" if is_busy else f"net-{network}",
                4,
                _id("e", number),
                "02:42:ac:12:00:02",
                _text(from_at),
                True,
                until_at and _text(until_at),
                until_at is not None,
                "",
            )

    columns = (
        "engine_slug, address, address_key, container_id, container_name, network_id, network_name, family, endpoint_id, mac,"
        " from_at, is_from_exact, until_at, is_until_exact, was_address"
    )
    places = ", ".join(["%s"] * len(columns.split(",")))
    with transaction.atomic(), connection.cursor() as cursor:
        statement = f"INSERT INTO networks_addressassignment ({columns}) VALUES ({places})"  # noqa: S608 (our own names)
        cursor.executemany(statement, rows())
    WatchedSpan.objects.create(engine_slug=slug, from_at=begin, until_at=NOW - timedelta(days=40))
    WatchedSpan.objects.create(engine_slug=slug, from_at=NOW - timedelta(days=39))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _text(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ")


@dataclass(slots=True)
class _Pruned:
    """Milliseconds: of each turn, and of each wait of another writer."""

    turns: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


def _prune(slug: str) -> _Pruned:
    """Remove the older part turn by turn, as the follower does between its events, while another connection writes."""
    pruned, is_over = _Pruned(), threading.Event()

    def write() -> None:
        other = sqlite3.connect(FOLDER / "netadmin.sqlite3", timeout=20, isolation_level=None)
        while not is_over.is_set():
            began_at = time.monotonic()
            other.execute("BEGIN IMMEDIATE")
            other.execute("COMMIT")
            pruned.waits.append((time.monotonic() - began_at) * 1000)
            time.sleep(0.005)
        other.close()

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    has_more = True
    while has_more and len(pruned.turns) < MOST_TURNS:
        began_at = time.monotonic()
        has_more = prune_assignments(slug, before=NOW - timedelta(days=DAYS / 2))
        pruned.turns.append((time.monotonic() - began_at) * 1000)
        time.sleep(0.1)
    is_over.set()
    writer.join()
    return pruned


if __name__ == "__main__":
    run_alone("address_history", measure)
