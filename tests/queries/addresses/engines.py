"""A real Engine's pools as our pages see them: read once, as `manage.py sync` does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from networks.models import Engine
from networks.queries.addresses.pools import PoolView, pool_views
from networks.queries.engines import read_engine
from networks.sync.once import sync_once
from tests.sync.truth import ask


def read_pools(engine: Engine, folder: Path) -> dict[str, list[PoolView]]:
    """Read the Engine, and return its pools by the name of their network, in the Engine's order."""
    assert sync_once(engine, folder) is not None
    row = read_engine(engine.slug)
    assert row is not None
    found: dict[str, list[PoolView]] = {}
    for view in pool_views(row):
        found.setdefault(view.network.name, []).append(view)
    return found


def create(socket_path: str, name: str, *pools: dict[str, Any], **fields: Any) -> str:
    """Create a network with these IPAM pools, and return its id."""
    body = {"Name": name, "EnableIPv6": any(":" in pool["Subnet"] for pool in pools), "IPAM": {"Config": list(pools)}, **fields}
    status, answer = ask(socket_path, "POST", "/networks/create", body)
    assert status == 201, answer
    return str(answer["Id"])


def connect(socket_path: str, network: str, container: str, *, ipv4: str = "", ipv6: str = "") -> bool:
    """Connect a container; tell whether the Engine did it. Raises AssertionError for a refusal that isn't about addresses."""
    wish = {key: value for key, value in (("IPv4Address", ipv4), ("IPv6Address", ipv6)) if value}
    body = {"Container": container, "EndpointConfig": {"IPAMConfig": wish} if wish else {}}
    status, answer = ask(socket_path, "POST", f"/networks/{network}/connect", body)
    words = json.dumps(answer) if status >= 400 else ""
    assert status == 200 or "no available" in words or "already in use" in words, words
    return status == 200


def assigned(socket_path: str, container: str, network_name: str) -> tuple[str, str]:
    """Return the addresses of both families that a container has on a network, "" for none."""
    endpoint = ask(socket_path, "GET", f"/containers/{container}/json")[1]["NetworkSettings"]["Networks"][network_name]
    return endpoint["IPAddress"], endpoint["GlobalIPv6Address"]
