"""The activity with a million actions: how soon its page answers, whatever is asked for, beside the same page with a thousand."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client

from benchmarks.commands import run_alone
from benchmarks.database import FOLDER, make_tables
from benchmarks.figures import Report, in_turn, percentile, summary, target
from networks.actions.actors import acting
from networks.management.prepared import collect_static_if_needed
from networks.models import Grant, Outcome, Role
from networks.sync.engines import ensure_local_engine

ACTIONS, BRIEF_ACTIONS, FEW = 1_000_000, 3_000, 1_000
LIMIT_MS = 150.0
PEOPLE = ("root", "olga", "mina", "boss", *(f"person-{number}" for number in range(96)))
PAGES = {
    "newest": "",
    "an older page": "before={half}",
    "one person": "who=person-7",
    "one verb": "verb=log_in",
    "one Engine": "on=local",
    "what was refused": "outcome=refused",
    "what went well": "outcome=ok",
    "what is unknown": "outcome=unknown",
    "a name": "q=net-77",
    "a name that isn't there": "q=nothing-is-called-so",
    "one day, long ago": "from=2026-02-01&to=2026-02-01",
    "all of these": "who=person-7&verb=create_network&on=local&outcome=refused&q=net&from=2026-01-01&to=2026-11-01",
}


def measure(_folder: Path, is_brief: bool) -> Report:
    """Fill the tables twice, and get every page as a superuser, as an admin of one Engine and as somebody without a role."""
    make_tables()
    collect_static_if_needed()
    with acting(lambda: None):  # nothing of this is anybody's deed
        ensure_local_engine("unix:///nowhere")
        browsers = _browsers()
    rounds = 1 if is_brief else 20
    _fill(FEW)
    small = _pages(browsers, FEW, rounds)
    count = BRIEF_ACTIONS if is_brief else ACTIONS
    began_at = time.monotonic()
    _fill(count - FEW, first=FEW)
    filled_s = time.monotonic() - began_at
    large = _pages(browsers, count, rounds)
    slowest = max(large, key=lambda name: percentile(large[name], 95))
    growth = statistics.median(large["superuser: newest"]) / statistics.median(small["superuser: newest"])
    return {
        "actions": count,
        "outcomes": Outcome.objects.count(),
        "filled_in_s": round(filled_s, 1),
        "database_mb": round((FOLDER / "netadmin.sqlite3").stat().st_size / 1e6, 1),
        "page_ms": {name: summary(times) for name, times in large.items()},
        "slowest": slowest,
        "targets": [
            target(
                "activity",
                f"slowest page at {count:,} actions, p95 ({slowest})",
                percentile(large[slowest], 95),
                LIMIT_MS,
                unit="ms",
            ),
            target("activity", f"newest page, {count:,} actions / {FEW:,}", growth, 1.5),
        ],
    }


def _browsers() -> dict[str, Client]:
    """Make the people who look. Their rights read the same rows by other indexes."""
    users: dict[str, Any] = {"superuser": get_user_model()._default_manager.create_superuser("root")}
    for name in PEOPLE[1:]:
        users[name] = get_user_model()._default_manager.create_user(name)
    Grant.objects.create(user=users["boss"], engine=ensure_local_engine("unix:///nowhere"), role=Role.ADMIN)
    browsers = {}
    for kind, name in (("superuser", "superuser"), ("admin", "boss"), ("own", "olga")):
        browsers[kind] = Client(headers={"host": "localhost:8000"})
        browsers[kind].force_login(users[name])
    return browsers


def _pages(browsers: dict[str, Client], count: int, rounds: int) -> dict[str, list[float]]:
    """Get each page in turn, so that all meet the same noise. Returns milliseconds by "who: page"."""

    def get(kind: str, query: str) -> None:
        answer = browsers[kind].get(f"/activity/?{query.format(half=count // 2)}")
        assert answer.status_code == 200, f"{query}: {answer.status_code}"

    works = {f"{kind}: {name}": (kind, query) for kind in browsers for name, query in PAGES.items()}
    for kind, query in works.values():
        get(kind, query)
    return in_turn(rounds, **{name: lambda kind=kind, query=query: get(kind, query) for name, (kind, query) in works.items()})  # type: ignore[misc]


def _fill(count: int, *, first: int = 0) -> None:
    """Write actions and outcomes as they come in a year, 28 s apart. By SQL: a million objects take Python minutes."""
    user_ids = dict(get_user_model()._default_manager.values_list("username", "pk"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS people (place integer PRIMARY KEY, name text, user_id integer)")
        people = [(place, name, user_ids.get(name)) for place, name in enumerate(PEOPLE)]
        cursor.executemany("INSERT OR REPLACE INTO people VALUES (%s, %s, %s)", people)
        cursor.execute(_ACTIONS, [first + 1, first + count, ACTIONS])
        cursor.execute(_OUTCOMES, [first])
        cursor.execute(_SETTLED, [first])
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# Numbers that look as if drawn by chance and are the same each time; a few people do most of it.
_ACTIONS = """
INSERT INTO networks_action (id, at, who, user_id, from_address, engine_slug, verb, what, docker_id, command, asked)
WITH RECURSIVE numbers (id) AS (SELECT %s UNION ALL SELECT id + 1 FROM numbers WHERE id < %s),
drawn AS (SELECT id, id * 2654435761 %% 1000003 AS one, id * 40503 %% 65521 AS two FROM numbers)
SELECT id, strftime('%%Y-%%m-%%d %%H:%%M:%%S', '2026-11-24 12:00:00', ((id - %s) * 28) || ' seconds'), name, user_id, '192.0.2.7',
    CASE WHEN one %% 5 = 4 THEN '' WHEN two %% 4 THEN 'local' ELSE 'other' END,
    CASE one %% 5 WHEN 0 THEN 'connect_container' WHEN 1 THEN 'disconnect_container' WHEN 2 THEN 'create_network'
        WHEN 3 THEN 'remove_network' ELSE 'log_in' END,
    'net-' || (one %% 100000), printf('%%064x', one * two),
    'docker network create --subnet 172.28.0.0/16 net-' || (one %% 100000),
    '{"driver": "bridge", "pools": [{"subnet": "172.28.0.0/16"}], "is_internal": false}'
FROM drawn JOIN people ON place = (one %% 100) * (two %% 100) / 100
"""
_WORDS = "Error response from daemon: Pool overlaps with other one on this address space"
# How often each end comes, in a hundred: what is rare lies far apart, and is asked for most.
_OUTCOMES = f"""
INSERT INTO networks_outcome (action_id, at, kind, status, sentence, duration_ms)
SELECT id, at, kind, 403 * (kind = 'refused'), CASE kind WHEN 'ok' THEN '' ELSE '{_WORDS}' END, 12.5
FROM (SELECT id, at, CASE WHEN id * 7919 %% 100 < 90 THEN 'ok' WHEN id * 7919 %% 100 < 96 THEN 'refused'
    WHEN id * 7919 %% 100 < 98 THEN 'denied' WHEN id * 7919 %% 100 < 99 THEN 'failed' ELSE 'unknown' END AS kind
    FROM networks_action WHERE id > %s)
"""  # noqa: S608 (nothing in it comes from outside)
_SETTLED = """
INSERT INTO networks_outcome (action_id, at, kind, status, sentence, duration_ms)
SELECT action_id, at, 'ok', 0, 'Confirmed by the next read of the Engine.', 0 FROM networks_outcome
WHERE kind = 'unknown' AND action_id > %s AND action_id %% 1000 > 99
"""


if __name__ == "__main__":
    run_alone("activity", measure)
