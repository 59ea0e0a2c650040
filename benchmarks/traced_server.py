"""`manage.py serve` that notes when each stage between an event and the sockets began and ended; written at its end.

`python -m benchmarks.traced_server FILE`. FILE gets a JSON list of [stage, began, ended], nanoseconds since the epoch.
"""

from __future__ import annotations

import atexit
import functools
import inspect
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "netadmin.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  commands and models need django.setup()

from networks.engine.client import EngineClient  # noqa: E402
from networks.push import drawer  # noqa: E402
from networks.push.delivery import Socket  # noqa: E402
from networks.push.registry import Hub  # noqa: E402
from networks.push.routing import hub  # noqa: E402
from networks.sync.follow.inbox import Inbox  # noqa: E402
from networks.sync.follow.reconciler import Reconciler  # noqa: E402
from networks.sync.snapshot.writer import Snapshot  # noqa: E402

marks: list[tuple[str, int, int]] = []


def traced(stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same function, with a note of each call."""
    if inspect.iscoroutinefunction(work):

        @functools.wraps(work)
        async def later(*args: Any, **kwargs: Any) -> Any:
            began = time.time_ns()
            try:
                return await work(*args, **kwargs)
            finally:
                marks.append((stage, began, time.time_ns()))

        return later

    @functools.wraps(work)
    def now(*args: Any, **kwargs: Any) -> Any:
        began = time.time_ns()
        try:
            return work(*args, **kwargs)
        finally:
            marks.append((stage, began, time.time_ns()))

    return now


STAGES: tuple[tuple[str, Any, str], ...] = (
    ("event put", Inbox, "put_event"),
    ("absorb", Reconciler, "absorb"),
    ("inspect network", EngineClient, "inspect_network"),
    ("write", Snapshot, "write"),
    ("note change", Hub, "note_change"),
    ("draw", hub.drawer, "_draw_screen"),
    ("diff and encode", drawer, "step_to"),
    ("deliver", Hub, "_deliver_step"),
    ("socket send", Socket, "_send"),
)


if __name__ == "__main__":
    for name, owner, attribute in STAGES:
        setattr(owner, attribute, traced(name, getattr(owner, attribute)))
    atexit.register(lambda: Path(sys.argv[1]).write_text(json.dumps(marks)))
    call_command("serve")
