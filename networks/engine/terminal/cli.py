"""The docker command that opens the same terminal."""

from __future__ import annotations

from collections.abc import Sequence

from networks.engine.cli import quoted, reference


def exec_command(name: str, docker_id: str, command: Sequence[str], user: str = "") -> str:
    """Return `docker exec -it …`."""
    options = ["--user", quoted(user)] if user else []
    return " ".join(["docker exec -it", *options, reference(name, docker_id), *map(quoted, command)])
