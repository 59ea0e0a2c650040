"""Killed with -9 while an address is kept: the container is on its network again in the end, with that address and its names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import IS_FULL
from tests.faults.test_jobs_killed import LOOK_EVERY_S, Runner, assert_settled
from tests.job_rows import Wish
from tests.private_engine import PrivateEngine, wait_until

pytestmark = pytest.mark.engine
ROUNDS = 10 if IS_FULL else 1


@pytest.fixture
def runner(engine: PrivateEngine, tmp_path: Path) -> Iterator[Runner]:
    made = Runner(tmp_path, engine.url)
    made.start_first()
    yield made
    made.kill()


def end_of(engine: PrivateEngine, name: str) -> dict[str, Any]:
    networks: dict[str, Any] = json.loads(engine.cli("inspect", "-f", "{{json .NetworkSettings.Networks}}", name))
    return dict(networks.get("net", {}))


def test_nobody_is_left_off_when_netadmin_is_killed_at_every_step(engine: PrivateEngine, runner: Runner) -> None:
    network = (engine.cli("network", "create", "--subnet", "172.30.7.0/24", "net"), "net")
    for turn in range(ROUNDS):
        name = f"web-{turn}"
        web = (engine.run(name, "--network", "net", "--network-alias", "alias"), name)
        before = end_of(engine, name)
        wishes = [
            Wish("disconnect_container", network, web),
            Wish("connect_container", network, web, json.dumps({"kept": before["IPAddress"], "ipv4": before["IPAddress"]})),
        ]
        number = runner.rows.write(wishes, verb="keep_address")

        for position in range(len(wishes)):
            wait_until(
                lambda position=position, number=number: runner.rows.states(number)[position] != "waiting",  # type: ignore[misc]
                f"step {position + 1}",
                deadline_s=30,
                interval_s=LOOK_EVERY_S,
            )
            runner.kill()
            runner.start()
        wait_until(lambda number=number: runner.rows.has_ended(number), "the job to end", deadline_s=30)  # type: ignore[misc]

        assert (runner.rows.state(number), runner.rows.states(number)) == ("done", ["done", "done"])
        after = end_of(engine, name)
        assert after["IPAMConfig"] == {"IPv4Address": before["IPAddress"]}
        assert (after["IPAddress"], after["Aliases"]) == (before["IPAddress"], ["alias"])
        assert_settled(runner.rows)
