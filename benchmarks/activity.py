"""The activity with a million actions: how soon its page answers, whatever is asked for, beside the same page with a thousand."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from benchmarks.commands import run_alone
from benchmarks.database import FOLDER, make_tables
from benchmarks.figures import Report, in_turn, percentile, summary, target
from networks.actions.doing import acting
from networks.management.serving.prepare import collect_static_if_needed
from networks.models import Action, Grant, Outcome, Role
from networks.sync.engines import ensure_local_engine

ACTIONS, BRIEF_ACTIONS, FEW = 1_000_000, 3_000, 1_000
LIMIT_MS = 150.0
AT_ONCE = 5_000
NEWEST = datetime(2026, 11, 24, 12, tzinfo=UTC)
PEOPLE = ("root", "olga", "mina", "boss", *(f"person-{number}" for number in range(96)))
VERBS = ("connect_container", "disconnect_container", "create_network", "remove_network", "log_in")
# How often each end comes: what is rare lies far apart, and is asked for most.
ENDS = (("ok",),) * 90 + (("refused",),) * 6 + (("denied",),) * 2 + (("failed",),) + (("unknown", "ok"),)
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
    rounds = 3 if is_brief else 20
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
    """Write actions and outcomes as they come in a year, a minute or so apart."""
    chance = random.Random(first)  # noqa: S311 (the same each time)
    user_ids = dict(get_user_model()._default_manager.values_list("username", "pk"))
    rows = _actions(count, first, chance, user_ids)
    while made := list(islice(rows, AT_ONCE)):
        Action.objects.bulk_create(made)
        Outcome.objects.bulk_create(
            Outcome(
                action_id=action.pk,
                at=action.at,
                kind=kind,
                sentence=_words(kind),
                status=403 if kind == "refused" else 0,
                duration_ms=12.5,
            )
            for action in made
            for kind in chance.choice(ENDS)
        )
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _actions(count: int, first: int, chance: random.Random, user_ids: dict[str, int]) -> Iterator[Action]:
    step = timedelta(days=330) / ACTIONS
    for number in range(first, first + count):
        who = PEOPLE[int(chance.paretovariate(1)) % len(PEOPLE)]
        name = f"net-{chance.randrange(100_000)}"
        verb = chance.choice(VERBS)
        yield Action(
            id=number + 1,
            at=NEWEST - (ACTIONS - number) * step,
            who=who,
            user_id=user_ids.get(who),
            from_address="192.0.2.7",
            engine_slug="" if verb == "log_in" else "local" if number % 4 else "other",
            verb=verb,
            what=name,
            docker_id=f"{chance.getrandbits(256):064x}",
            command=f"docker network {verb.partition('_')[0]} --subnet 172.28.0.0/16 {name}",
            asked={"driver": "bridge", "pools": [{"subnet": "172.28.0.0/16"}], "is_internal": False},
        )


def _words(kind: str) -> str:
    return "" if kind == "ok" else "Error response from daemon: Pool overlaps with other one on this address space"


if __name__ == "__main__":
    run_alone("activity", measure)
