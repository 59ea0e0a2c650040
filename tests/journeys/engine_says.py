"""What the Engine and the insides of containers say, against which the pages are held."""

from __future__ import annotations

import json
from typing import Any

from tests.private_engine import PrivateEngine


def inspect_network(engine: PrivateEngine, name: str) -> dict[str, Any]:
    """Return `docker network inspect` of one network."""
    return dict(json.loads(engine.cli("network", "inspect", name))[0])


def inspect_container(engine: PrivateEngine, name: str) -> dict[str, Any]:
    """Return `docker inspect` of one container."""
    return dict(json.loads(engine.cli("container", "inspect", name))[0])


def list_json(engine: PrivateEngine, *command: str) -> list[dict[str, str]]:
    """Return what a `docker … ls` prints, as dicts by column."""
    lines = engine.cli(*command, "--no-trunc", "--format", "json").splitlines()
    return [json.loads(line) for line in lines]


def address_of(engine: PrivateEngine, container: str, network: str) -> str:
    """Return a container's IPv4 address on a network, as inspect has it; "" where it isn't on it."""
    endpoints = inspect_container(engine, container)["NetworkSettings"]["Networks"]
    return str(endpoints.get(network, {}).get("IPAddress", ""))


def interfaces_inside(engine: PrivateEngine, container: str) -> dict[str, str]:
    """Return the interfaces that a container sees, with their IPv4 addresses; loopback left out."""
    lines = engine.cli("exec", container, "ip", "-4", "-o", "addr", "show").splitlines()
    found = {words[1]: words[3].partition("/")[0] for words in (line.split() for line in lines)}
    return {name: address for name, address in found.items() if name != "lo"}


def network_names(engine: PrivateEngine) -> set[str]:
    """Return the names that `docker network ls` prints."""
    return set(engine.cli("network", "ls", "--format", "{{.Name}}").splitlines())
