"""The history of addresses is what the Engine's own events say, also where nobody watched."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from networks.models import AddressAssignment, Engine, EngineStatus, Event, WatchedSpan
from networks.sync.snapshot.assignments import to_nano
from tests.conftest import IS_FULL
from tests.private_engine import PrivateEngine, wait_until
from tests.sync.comings_and_goings import Bridges, Following, Witness, in_microseconds
from tests.sync.truth import ask

pytestmark = pytest.mark.django_db(transaction=True)

OPERATIONS = 1_000 if IS_FULL else 60
AT_LEAST_NS = 1_000_000_000


@pytest.fixture
def following(engine: PrivateEngine, tmp_path: Path) -> Iterator[Following]:
    made = Following(engine.url, tmp_path)
    made.begin()
    yield made
    made.end()
    connections.close_all()


def rows(**wanted: Any) -> list[AddressAssignment]:
    return list(AddressAssignment.objects.filter(**wanted).order_by("from_at", "pk"))


def wait_for_address(name: str, address: str = "") -> AddressAssignment:
    found = AddressAssignment.objects.filter(container_name=name, until_at=None)
    if address:
        found = found.filter(address=address)
    return wait_until(found.first, f"the address of {name}")


def test_it_holds_every_assignment_with_the_engines_own_times(engine: PrivateEngine, following: Following) -> None:
    world = Bridges(engine.socket, random.Random(4))  # noqa: S311 drawn to be repeatable
    with Witness(engine.url) as witness:
        for _ in range(OPERATIONS):
            world.step()
        wait_until(lambda: _open_pairs() == _truth(engine), "the open assignments to be the Engine's", deadline_s=15)
        stays = witness.stays()

    missing, long_ones, short_ones, short_missing = [], 0, 0, 0
    without = {row["Id"] for row in ask(engine.socket, "GET", "/networks")[1] if row["Name"] in ("host", "none")}
    for (container_id, network_id), times in stays.items():
        if network_id in without:  # no addresses there
            continue
        known = {
            (to_nano(row.from_at), to_nano(row.until_at) or None)
            for row in rows(container_id=container_id, network_id=network_id, is_from_exact=True)
        }
        for (from_nano, until_nano), again in zip_longest(times, times[1:]):
            stay = (in_microseconds(from_nano), until_nano and in_microseconds(until_nano))
            over_nano = until_nano or (again and again[0])  # whoever comes anew had gone, also where Docker doesn't tell when
            is_long = over_nano is None or over_nano - from_nano >= AT_LEAST_NS
            long_ones, short_ones = long_ones + is_long, short_ones + (not is_long)
            # Of one that dies while it starts Docker stamps the end before the begin, or tells of none: whether it is over was
            # compared with the Engine above.
            is_begun = until_nano is None and stay[0] in {begin for begin, _end in known}
            if stay not in known and not is_begun:
                short_missing += not is_long
                missing += [(container_id[:8], network_id[:8], stay, known)] if is_long else []
    print(f"{world.done} of {world.count} operations: {long_ones} assignments of 1 s and more")
    print(f"of {short_ones} shorter ones {short_missing} are missing")
    assert missing == []
    untold = {
        (*pair, in_microseconds(began)) for pair, times in stays.items() for began, until_nano in times if until_nano is None
    }
    inexact = AddressAssignment.objects.filter(until_at__isnull=False, is_until_exact=False, is_from_exact=True)
    ends = [(row.container_id, row.network_id, to_nano(row.from_at)) for row in inexact]
    assert [end for end in ends if end not in untold] == []


def _open_pairs() -> set[tuple[str, str, str]]:
    return set(AddressAssignment.objects.filter(until_at=None).values_list("container_id", "network_id", "address"))


def _truth(engine: PrivateEngine) -> set[tuple[str, str, str]]:
    found = set()
    for listed in ask(engine.socket, "GET", "/containers/json?all=1")[1]:
        status, row = ask(engine.socket, "GET", f"/containers/{listed['Id']}/json")
        is_there = status == 200 and row["State"]["Running"]
        for end in row["NetworkSettings"]["Networks"].values() if is_there else ():
            found |= {(row["Id"], end["NetworkID"], end[key]) for key in ("IPAddress", "GlobalIPv6Address") if end[key]}
    return found


def test_it_says_what_an_address_was_before_a_restart_moved_it(engine: PrivateEngine, following: Following) -> None:
    engine.run("first")
    engine.run("second")
    before = wait_for_address("second")
    engine.cli("stop", "first", "second")
    engine.cli("start", "second")

    after = wait_for_address("second")

    before.refresh_from_db()
    assert before.until_at is not None
    assert (before.is_from_exact, before.is_until_exact, after.is_from_exact) == (True, True, True)
    assert after.address == wait_until(lambda: rows(container_name="first")[0].address, "the first's")
    assert (after.was_address, after.was_until_at) == (before.address, before.until_at)


def test_it_finds_out_what_happened_while_nobody_followed(engine: PrivateEngine, following: Following) -> None:
    for name in ("stays", "ends", "moves"):
        engine.run(name)
        wait_for_address(name)
    following.end()
    with Witness(engine.url) as witness:
        engine.cli("kill", "ends")
        engine.cli("restart", "moves")
        engine.run("new")
        wait_until(lambda: len(witness.stays()) == 3, "the events")
        stays = {container: times for (container, _network), times in witness.stays().items()}

    following.begin()
    wait_for_address("new")
    wait_until(lambda: not AddressAssignment.objects.filter(until_at__isnull=False, is_until_exact=False).exists(), "all exact")
    wait_until(lambda: not AddressAssignment.objects.filter(is_from_exact=False).exists(), "all exact")

    assert len(rows(container_name="stays")) == 1
    assert rows(container_name="ends")[0].until_at is not None
    moved = rows(container_name="moves")
    assert [row.until_at is None for row in moved] == [False, True]
    assert moved[0].until_at < moved[1].from_at
    [new] = rows(container_name="new")
    assert to_nano(new.from_at) == in_microseconds(stays[new.container_id][0][0])


def test_it_follows_a_container_that_is_renamed(engine: PrivateEngine, following: Following) -> None:
    engine.run("old")
    wait_for_address("old")

    engine.cli("rename", "old", "new")

    assert wait_for_address("new").is_from_exact
    assert len(rows()) == 1


@pytest.fixture
def following_fresh(fresh_engine: PrivateEngine, tmp_path: Path) -> Iterator[Following]:
    made = Following(fresh_engine.url, tmp_path)
    made.begin()
    yield made
    made.end()
    connections.close_all()


@pytest.mark.parametrize("is_killed", [False, True])
def test_it_ends_what_a_restart_of_docker_ended(fresh_engine: PrivateEngine, following_fresh: Following, is_killed: bool) -> None:
    fresh_engine.cli("network", "create", "front")
    fresh_engine.run("again", "--restart", "always", "--network", "front")
    fresh_engine.run("ended", "--network", "front")
    before = {name: wait_for_address(name) for name in ("again", "ended")}
    began_at = time.time_ns()

    if is_killed:
        fresh_engine.kill9()
    fresh_engine.restart()

    following_fresh.wait_live()
    wait_until(lambda: len(rows(container_name="again")) == 2, "the new one", deadline_s=30)
    wait_until(lambda: len(rows(is_from_exact=True)) == 3, "when it began")
    wait_until(lambda: rows(container_name="ended", until_at__isnull=False), "the end of the other")
    [ended] = rows(container_name="ended")
    again = rows(container_name="again")
    assert len(again) == 2
    wait_until(lambda: rows(container_name="ended", is_until_exact=True), "its end, by when its process ended")
    for row in (ended, again[0]):
        row.refresh_from_db()
        assert row.until_at is not None
        latest = row.until_at if row.is_until_exact else row.until_latest_at
        assert latest is not None
        # The last sign of life is up to one pulse old.
        assert began_at - 6_000_000_000 < to_nano(row.until_at) <= to_nano(latest) <= to_nano(again[1].from_at)
    assert before["again"].endpoint_id != again[1].endpoint_id
    assert WatchedSpan.objects.filter(until_at=None).count() == 1
    assert WatchedSpan.objects.count() == 2


def test_it_leaves_open_until_when_another_engines_went_on(
    engine: PrivateEngine, fresh_engine: PrivateEngine, following: Following
) -> None:
    engine.run("mine")
    wait_for_address("mine")
    fresh_engine.run("theirs")
    following.end()
    Engine.objects.update(url=fresh_engine.url)
    following.row.refresh_from_db()
    following.begin()

    theirs = wait_for_address("theirs")

    [mine] = rows(container_name="mine")
    assert mine.until_at is not None
    assert (mine.is_until_exact, mine.until_latest_at) == (False, None)
    assert mine.until_at <= theirs.from_at
    assert len(set(WatchedSpan.objects.values_list("docker_id", flat=True))) == 2


def test_it_begins_at_the_start_of_the_process_at_the_earliest(
    engine: PrivateEngine, tmp_path: Path, following: Following
) -> None:
    following.end()
    AddressAssignment.objects.all().delete()
    WatchedSpan.objects.all().delete()
    Event.objects.all().delete()
    EngineStatus.objects.update(as_of=None)
    early_id = engine.run("early")
    for number in range(260):  # the Engine keeps 256 events
        assert ask(engine.socket, "POST", f"/containers/{early_id}/rename?name=early{number % 2}")[0] == 204
    ask(engine.socket, "POST", f"/containers/{early_id}/rename?name=early")
    following.begin()

    wait_until(lambda: rows(container_name="early", from_earliest_at__isnull=False), "when its process began")

    [early] = rows()
    assert not early.is_from_exact
    assert early.from_earliest_at < early.from_at
