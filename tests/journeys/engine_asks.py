"""What a test asks the Engine that the docker command wouldn't: hostile names, many containers at once."""

from __future__ import annotations

import http.client
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from tests.lab_image import IMAGE
from tests.private_engine import PrivateEngine


def ask(engine: PrivateEngine, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST to the Engine and return its answer."""
    connection = http.client.HTTPConnection("localhost", timeout=60)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(engine.socket)
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    told = json.loads(answer.read() or b"{}")
    connection.close()
    assert answer.status < 300, told
    return dict(told)


def create_network(engine: PrivateEngine, name: str) -> str:
    """Create a network of any name, and return its id."""
    return str(ask(engine, "/networks/create", {"Name": name})["Id"])


def create_containers(engine: PrivateEngine, project: str, number: int, *, network: str) -> list[str]:
    """Create the containers of a compose project, several at a time; return their ids."""

    def create(index: int) -> str:
        name = f"{project}-service{index:02}-1"
        labels = {"com.docker.compose.project": project, "com.docker.compose.service": f"service{index:02}"}
        body = {"Image": IMAGE, "Labels": labels, "HostConfig": {"NetworkMode": network}}
        return str(ask(engine, f"/containers/create?name={quote(name)}", body)["Id"])

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(create, range(number)))
