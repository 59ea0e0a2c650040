"""Processes in containers out of the answers about an exec."""

from __future__ import annotations

import re
from typing import Any

from networks.engine.calls import CONTAINER_ID, EXEC_ID
from networks.engine.parsing.values import child, flag, identity, integer
from networks.engine.terminal.facts import ExecFact

_EXEC, _CONTAINER = re.compile(EXEC_ID), re.compile(CONTAINER_ID)


def parse_exec(answer: Any) -> ExecFact:
    """Return one exec of `GET /exec/{id}/json`. Raises ProtocolFault for one without ids."""
    return ExecFact(
        exec_id=identity(child(answer, "ID"), _EXEC, "process"),
        container_id=identity(child(answer, "ContainerID"), _CONTAINER, "container"),
        is_running=flag(child(answer, "Running")),
        exit_code=integer(child(answer, "ExitCode")),
        pid=max(0, integer(child(answer, "Pid")) or 0),
    )
