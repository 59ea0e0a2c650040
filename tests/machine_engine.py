"""Whether a test run left a trace on the Engine of this machine: `python -m tests.machine_engine SECONDS_SINCE_1970`, at its end.

Other people may use that Engine meanwhile. An event is ours if it is about the tests' image, or about something of a name
that stands in a test.
"""

from __future__ import annotations

import ast
import contextlib
import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.guarded.sitecustomize import MACHINES_OWN
from tests.lab_image import IMAGE

ANSWERS_S = 10
TESTS = Path(__file__).parent


def socket_of_machine() -> str:
    """Return the path of this machine's Engine: DOCKER_HOST's, else Docker's own."""
    url = os.environ.get("DOCKER_HOST", "")
    return url.removeprefix("unix://") if url.startswith("unix://") else MACHINES_OWN


def read_events(path: str, since: int) -> list[dict[str, Any]] | None:
    """Return what happened on an Engine since then, None where none answers."""
    connection = http.client.HTTPConnection("localhost", timeout=ANSWERS_S)
    with contextlib.closing(connection):
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(ANSWERS_S)
        try:
            connection.sock.connect(path)
            connection.request("GET", f"/events?since={since}&until={int(time.time()) + 1}")
            answer = connection.getresponse()
            lines = answer.read().decode(errors="replace").splitlines() if answer.status == http.HTTPStatus.OK else None
        except (OSError, http.client.HTTPException):
            return None
    return None if lines is None else [json.loads(line) for line in lines if line.strip()]


def named_in_tests(names: set[str], folder: Path = TESTS) -> set[str]:
    """Return those of the names that stand in a test as a text of their own: what tests make is named so."""
    texts = (path.read_text() for path in folder.rglob("*.py"))
    trees = (ast.parse(text) for text in texts if any(name in text for name in names))  # parsing all of them takes 8 s
    return names & {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}


def names_of(event: dict[str, Any]) -> set[str]:
    """Return what an event is about: a name, an image."""
    attributes = event.get("Actor", {}).get("Attributes", {})
    return {attributes.get("name", ""), attributes.get("image", "")} - {""}


def ours_among(events: list[dict[str, Any]]) -> Iterator[str]:
    """Yield, in a line each, what a test must have done."""
    ours = named_in_tests(set().union(*map(names_of, events))) | {IMAGE}
    for event in events:
        about = names_of(event)
        if about & ours:
            yield f"{event.get('Type')} {event.get('Action')} {', '.join(sorted(about))}"


def main(since: int) -> int:
    """Say what was found. Returns 1 where something of ours happened there, else 0."""
    path = socket_of_machine()
    events = read_events(path, since)
    if events is None:
        print(f"No Engine answers at {path}: nothing of this machine's own could be touched.")
        return 0
    ours = list(ours_among(events))
    print(f"This machine's own Engine ({path}) had {len(events)} events meanwhile, {len(ours)} of them ours.")
    for line in ours[:20]:
        print(f"  {line}")
    if ours:
        print("The tests touched an Engine that isn't theirs; or somebody used a name of theirs there: then run them again.")
    return int(bool(ours))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
