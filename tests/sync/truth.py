"""The Engine's own word on everything, read by plain HTTP and put into the form of `manage.py snapshot --json`."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("engine", timeout=30)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self._path)


def ask(socket_path: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Return status and parsed body of one request."""
    connection = _Connection(socket_path)
    try:
        payload = None if body is None else json.dumps(body)
        connection.request(method, path, payload, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        raw = answer.read()
        return answer.status, json.loads(raw) if raw and answer.headers.get_content_type() == "application/json" else raw
    finally:
        connection.close()


def truth(socket_path: str) -> dict[str, Any]:
    """Inspect every network and container, one by one."""
    networks = {row["Id"]: row for row in ask(socket_path, "GET", "/networks")[1]}
    names = {row["Name"]: key for key, row in sorted(networks.items(), reverse=True)}
    joined = {end["EndpointID"] for key in networks for end in containers_of(socket_path, key)}
    endpoints: dict[str, list[dict[str, Any]]] = {key: [] for key in networks}
    containers = []
    for listed in ask(socket_path, "GET", "/containers/json?all=1")[1]:
        status, row = ask(socket_path, "GET", f"/containers/{listed['Id']}/json")
        if status != 200:
            continue
        name = row["Name"].lstrip("/")
        containers.append(
            {
                "id": row["Id"],
                "name": name,
                "image": listed["Image"],
                "state": row["State"]["Status"],
                "network_mode": row["HostConfig"]["NetworkMode"],
            }
        )
        is_guest = row["HostConfig"]["NetworkMode"].startswith("container:")  # whatever stands in its record does nothing
        for network_name, end in () if is_guest else row["NetworkSettings"]["Networks"].items():
            is_by_name = not end["NetworkID"] or network_name in ("bridge", "host", "none")
            key = end["NetworkID"] if end["NetworkID"] in networks else names.get(network_name, "") if is_by_name else ""
            is_running = row["State"]["Status"] in ("running", "paused")
            # What a refused connect leaves in the record of one that runs, its network doesn't have.
            if key and (end["EndpointID"] in joined or not is_running):
                # After a crash the record of one that has ended names what it had, and nobody has that.
                is_so = is_running or not end["EndpointID"]
                endpoints[key].append(
                    {
                        "container_id": row["Id"],
                        "container_name": name,
                        "ipv4": (is_so and end["IPAddress"]) or None,
                        "ipv6": (is_so and end["GlobalIPv6Address"]) or None,
                        "mac": (is_so and end["MacAddress"]) or None,
                    }
                )
    return {
        "networks": sorted((_network(row, endpoints[key]) for key, row in networks.items()), key=lambda row: row["id"]),
        "containers": sorted(containers, key=lambda row: row["id"]),
    }


def containers_of(socket_path: str, network_id: str) -> list[dict[str, Any]]:
    """Return the endpoints that a network itself has: of containers that run."""
    status, row = ask(socket_path, "GET", f"/networks/{network_id}")
    return list((row["Containers"] or {}).values()) if status == 200 else []


def _network(row: dict[str, Any], endpoints: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row["Id"],
        "name": row["Name"],
        "driver": row["Driver"],
        "scope": row["Scope"],
        "internal": row["Internal"],
        "pools": [
            {"subnet": pool["Subnet"], "gateway": pool.get("Gateway") or None, "ip_range": pool.get("IPRange") or None}
            for pool in row["IPAM"]["Config"] or ()
        ],
        "endpoints": sorted(endpoints, key=lambda end: end["container_id"]),
    }


def remembered(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Return a snapshot without the Engine's part and in the same order, for comparing."""
    networks = [
        {**row, "endpoints": sorted(row["endpoints"], key=lambda end: end["container_id"])} for row in snapshot["networks"]
    ]
    return {
        "networks": sorted(networks, key=lambda row: row["id"]),
        "containers": sorted(snapshot["containers"], key=lambda row: row["id"]),
    }
