"""Running a container by the form, until its row says "running" in another browser, against `docker run -d` of the same thing.

In turn on one Engine: the command, from its start to its end; the form, from the moment that it is sent to the running site to
the row in the DOM of a real Chromium that has `/containers/` open. Both on a network of the world, both followed by Netadmin.
"""

from __future__ import annotations

import itertools
import time

from playwright.sync_api import Page

from benchmarks.browsing import RUNNING_ROWS, open_page, row_ran_ms, wait_until_gone
from benchmarks.commands import Ground, run
from benchmarks.figures import Report, percentile, summary, target
from benchmarks.served import Served, Visitor
from tests.private_engine import IMAGE

QUIET_S = 0.3  # between two samples: what the last one left to be read and written has ended
FORM = "/containers/local/run/"
NETWORK = "net-0000"
_numbers = itertools.count()


def measure(ground: Ground) -> Report:
    """Run containers by the one way and the other, and remove each once its row says that it runs."""
    samples = ground.rounds(40, 3)
    command: list[float] = []
    seen_of_command: list[float] = []
    answered: list[float] = []
    form: list[float] = []
    with Served(ground.folder / "served", ground.engine.url) as served:
        cookies = served.cookies(2)
        served.wait_until_settled(len(ground.world.containers))
        visitor = served.visitor(cookies[0])
        token = visitor.token_of(FORM)
        with open_page(served, "/containers/", cookies[1]) as page:
            page.evaluate(RUNNING_ROWS, "container-rows")
            for number in range(samples + 2):
                for way in ("command", "form") if number % 2 else ("form", "command"):
                    if way == "command":
                        took, row = _by_command(ground, page)
                        command.append(took)
                        seen_of_command.append(row)
                    else:
                        took, row = _by_form(ground, page, visitor, token)
                        answered.append(took)
                        form.append(row)
    for each in (command, seen_of_command, answered, form):
        del each[:2]  # what is loaded at first use
    return {
        "docker_run_ms": summary(command),
        "docker_run_to_row_ms": summary(seen_of_command),
        "form_to_answer_ms": summary(answered),
        "form_to_row_ms": summary(form),
        "targets": [
            target("run", "form to running row elsewhere / docker run -d", percentile(form, 50) / percentile(command, 50), 1.3),
        ],
    }


def _by_command(ground: Ground, page: Page) -> tuple[float, float]:
    """Return milliseconds until the command ended, and until the row said that it runs."""
    began_ns = time.time_ns()
    docker_id = ground.engine.cli("run", "-d", "--name", _name(), "--network", NETWORK, IMAGE)
    ended_ns = time.time_ns()
    return (ended_ns - began_ns) / 1e6, _row_ms(ground, page, docker_id, began_ns)


def _by_form(ground: Ground, page: Page, visitor: Visitor, token: str) -> tuple[float, float]:
    """Return milliseconds until the answer that leads to the container's page, and until the row said that it runs."""
    name = _name()
    typed = {
        "csrfmiddlewaretoken": token,
        "image": IMAGE,
        "name": name,
        "mode": "network",
        "networks-count": "1",
        "networks-0-network_id": ground.world.networks[0],
        "do": "run",
    }
    began_ns = time.time_ns()
    answer = visitor.post(FORM, typed)
    ended_ns = time.time_ns()
    # On a machine that has too much to do, a start takes over 5 s: the page then says that it isn't known yet, and the row comes.
    assert answer.status == 302 or b"No answer within" in answer.body, answer.body.decode()
    docker_id = ground.raw.ask("GET", f"/containers/{name}/json")["Id"]
    return (ended_ns - began_ns) / 1e6, _row_ms(ground, page, docker_id, began_ns)


def _row_ms(ground: Ground, page: Page, docker_id: str, began_ns: int) -> float:
    """Wait for the row to run, and remove the container."""
    row = row_ran_ms(page, f"con-{docker_id}") - began_ns / 1e6
    time.sleep(QUIET_S)
    ground.raw.call("DELETE", f"/containers/{docker_id}?force=1&v=1")
    wait_until_gone(page, f"con-{docker_id}")
    time.sleep(QUIET_S)
    return row


def _name() -> str:
    return f"run-{next(_numbers):05}"


if __name__ == "__main__":
    run("run_container", measure)
