"""The random world has what it is for: every mode and state, and the same of the same seed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.private_engine import PrivateEngine, wait_until
from tests.sync.truth import ask
from tests.truth.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def rows_of(engine: PrivateEngine) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ask(engine.socket, "GET", "/containers/json?all=1")[1]
    return rows


def test_it_makes_every_mode_and_state(fresh_engine: PrivateEngine) -> None:
    with World(fresh_engine, seed=1) as world:
        world.build(containers=30)
        states = {"running", "exited", "created", "restarting", "removing"}
        wait_until(lambda: states <= {row["State"] for row in rows_of(fresh_engine)}, "every state", deadline_s=30)
        rows = rows_of(fresh_engine)
        drivers = {row["Name"]: row["Driver"] for row in ask(fresh_engine.socket, "GET", "/networks")[1]}

    modes = {row["HostConfig"]["NetworkMode"].partition(":")[0] for row in rows}
    assert {"bridge", "host", "none", "container"} <= modes
    assert {"bridge", "macvlan", "ipvlan"} <= {drivers.get(mode) for mode in modes}
    assert any(len(row["NetworkSettings"]["Networks"]) > 1 for row in rows)
    assert any(port.get("PublicPort") for row in rows for port in row["Ports"])
    wishes = [end["IPAMConfig"] for row in rows for end in row["NetworkSettings"]["Networks"].values() if end["IPAMConfig"]]
    assert any("IPv4Address" in wish for wish in wishes)


def test_it_draws_the_same_world_from_the_same_seed(engine: PrivateEngine) -> None:
    drawn = []
    for _ in range(2):
        engine.empty()
        with World(engine, seed=5) as world:
            world.build(containers=5)
            world.operate(8, crashes=0, restarts=0)
            drawn.append(world.diary)

    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 8
