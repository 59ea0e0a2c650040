"""The `docker` commands that give containers an order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from networks.engine.cli import order_command
from networks.engine.containers.specs import STOP_WAIT_S


def command_of_order(verb: str, name: str, container_id: str, asked: Mapping[str, Any] | None = None) -> str:
    """Return the docker command that does what an action does.

    `verb`: its name, such as "stop_container"; `asked`: {"wait_s": 10} or {"new_name": "web"}.
    """
    order, held = verb.removesuffix("_container"), asked or {}
    if order == "remove":
        return order_command("rm", name, container_id, flags="-f -v")
    flags = f"-t {held.get('wait_s', STOP_WAIT_S)}" if order in ("stop", "restart") else ""
    return order_command(order, name, container_id, flags=flags, further=str(held.get("new_name", "")))
