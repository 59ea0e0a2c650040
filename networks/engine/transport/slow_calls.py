"""Calls that took an Engine longer than their budget, said in the log."""

from __future__ import annotations

import re

from networks.engine.allow_list import is_change, plain_path
from networks.engine.slow_log import SlowLog
from networks.engine.transport.deadline import Deadline

slow_engine_calls = SlowLog("engine_call_slow")

_ID = re.compile(r"[0-9a-f]{64}|(?<=/)[0-9a-z]{25}(?=/|$)")  # Docker's own, and a swarm's


def note_call(method: str, target: str, began_ms: float, deadline: Deadline, url: str) -> None:
    """Note a call whose whole answer has come. `began_ms`: on the deadline's clock.

    A change may wait for programs to end, and is given longer where it does: it is slow after half of its time.
    """
    took_ms = deadline.elapsed_ms() - began_ms
    if took_ms <= slow_engine_calls.budget_ms:
        return
    budget_ms = slow_engine_calls.budget_ms
    if is_change(method):
        budget_ms = max(budget_ms, deadline.seconds * 500)
    if took_ms > budget_ms:
        path = plain_path(target)
        slow_engine_calls.note(f"{method} {_ID.sub('{id}', path)}", took_ms, budget_ms, url=url, path=path)
