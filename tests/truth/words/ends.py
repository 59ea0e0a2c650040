"""Sentences of ends and pauses: what ended a container, what stands still with it, and what Compose would do about it."""

from __future__ import annotations

import signal
from typing import Any

from tests.truth.claims import Page, sentence
from tests.truth.reality import Box, Reality
from tests.truth.words.containers import box_of, so
from tests.truth.words.orders import held_by


def is_oneoff(box: Box) -> bool:
    """Whether `docker compose run` made it, which `docker compose up` leaves alone."""
    return (box.row["Config"]["Labels"] or {}).get("com.docker.compose.oneoff", "") == "True"


@sentence("{name} was sent to it through Docker, and its exit code is the one of that signal.", "container")
@sentence("Its exit code is the one of {name}, which wasn't sent through Docker.", "container")
@sentence("Its exit code is the one of {name}. Whether anybody sent that isn't known:", "container")
def _signal(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    return so(
        not box.is_running and box.exit_code == 128 + signal.Signals[name.split()[-1]], box, f"; ended with {box.exit_code}"
    )


@sentence("It ran out of memory: the kernel killed a process in it, and its exit code is the one of SIGKILL.", "container")
def _hungry(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(box.row["State"]["OOMKilled"] and box.exit_code == 137, box, f"; ended with {box.exit_code}")


@sentence("It keeps its addresses, and its processes answer nothing until it is resumed", "order:pause")
@sentence("The kernel still answers pings for it and accepts TCP connections on ports on which it listens:", "order:pause")
def _keeps(reality: Reality, page: Page) -> Any:
    """It has addresses of its own, but for one that fails. What a pause leaves: tests/views/test_orders_said.py."""
    box = box_of(reality, page)
    return so((box.state == "running" and bool(held_by(box))) or box.fails, box, f"; has {held_by(box)}")


@sentence("Its processes answer nothing until it is resumed", "order:pause")
@sentence("The kernel still accepts TCP connections on ports on which it listens:", "order:pause")
def _keeps_none(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so((box.state == "running" and not held_by(box)) or box.fails, box, f"; has {held_by(box)}")


@sentence("The network stays, but no container's processes answer on it until it is resumed.", "order:pause")
@sentence("The network stays, but no container on it answers until it has started again.", "order:restart")
@sentence("The network stays, but no container on it answers any more.", "order:stop", "order:kill", "order:remove")
def _silent(reality: Reality, page: Page) -> Any:
    """Somebody's processes are there now to fall silent."""
    box = box_of(reality, page)
    return so(box.is_running or box.fails, box)


@sentence("“docker compose run” made it", "order:stop", "order:kill", "order:remove")
def _oneoff(reality: Reality, page: Page) -> Any:
    return so(is_oneoff(box_of(reality, page)), box_of(reality, page))


@sentence("“docker compose up” starts it again.", "order:stop", "order:kill")
def _by_up(reality: Reality, page: Page) -> Any:
    return so(not is_oneoff(box_of(reality, page)), box_of(reality, page))
