"""A network driver outside of Docker: python -m tests.drivers.remote_driver SOCKET OVS_DATABASE. Plugs containers into a switch.

Source: github.com/moby/moby, libnetwork/docs/remote.md.
"""

from __future__ import annotations

import json
import socketserver
import subprocess
import sys
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any

_MOST_BYTES = 1 << 20
Body = Mapping[str, Any]


class OvsDriver:
    """Bridges for networks, ports for endpoints. Of a network with the option mac=unsaid Docker isn't told its MAC addresses."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.quiet: set[str] = set()

    def call(self, name: str, body: Body) -> Body:
        """Answer a call of the protocol."""
        answers: Mapping[str, Callable[[Body], Body]] = {
            "Plugin.Activate": lambda _: {"Implements": ["NetworkDriver"]},
            "NetworkDriver.GetCapabilities": lambda _: {"Scope": "local", "ConnectivityScope": "local"},
            "NetworkDriver.CreateNetwork": self.create_network,
            "NetworkDriver.DeleteNetwork": self.delete_network,
            "NetworkDriver.CreateEndpoint": self.create_endpoint,
            "NetworkDriver.DeleteEndpoint": self.delete_endpoint,
            "NetworkDriver.Join": self.join,
        }
        return answers.get(name, lambda _: {})(body)

    def create_network(self, body: Body) -> Body:
        options = body["Options"].get("com.docker.network.generic") or {}
        if colour := options.get("refuse"):
            raise ValueError(f"no network of the colour {colour}")
        if options.get("mac") == "unsaid":
            self.quiet.add(body["NetworkID"])
        name = bridge_of(body)
        self._switch("add-br", name, "--", "set", "bridge", name, "datapath_type=netdev")
        return {}

    def delete_network(self, body: Body) -> Body:
        self._switch("del-br", bridge_of(body))
        return {}

    def create_endpoint(self, body: Body) -> Body:
        outside, inside = ends_of(body)
        mac = "02:0e:" + ":".join(body["EndpointID"][at : at + 2] for at in range(0, 8, 2))
        _run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "address", mac)
        _run("ip", "link", "set", outside, "up")
        self._switch("add-port", bridge_of(body), outside)
        is_quiet = body["Interface"].get("MacAddress") or body["NetworkID"] in self.quiet
        return {"Interface": {} if is_quiet else {"MacAddress": mac}}

    def delete_endpoint(self, body: Body) -> Body:
        outside, _inside = ends_of(body)
        self._switch("--if-exists", "del-port", outside)
        subprocess.run(["ip", "link", "delete", outside], check=False, capture_output=True)
        return {}

    def join(self, body: Body) -> Body:
        return {"InterfaceName": {"SrcName": ends_of(body)[1], "DstPrefix": "eth"}, "DisableGatewayService": True}

    def _switch(self, *words: str) -> None:
        _run("ovs-vsctl", "--timeout=10", f"--db={self.database}", *words)


def bridge_of(body: Body) -> str:
    """Return what a network's bridge is called."""
    return f"ovs-{body['NetworkID'][:8]}"


def ends_of(body: Body) -> tuple[str, str]:
    """Return what an endpoint's two ends are called, the one that is plugged in and the one that goes into the container."""
    return f"vp{body['EndpointID'][:10]}", f"vc{body['EndpointID'][:10]}"


def _run(*argv: str) -> None:
    done = subprocess.run(argv, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(f"{argv[0]}: {done.stderr.strip()}")


def serve(path: str, driver: OvsDriver) -> None:
    """Answer at a socket until the process ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            text = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _MOST_BYTES))
            try:
                answer: Body = driver.call(self.path.strip("/"), json.loads(text or b"{}"))
                status = 200
            except (KeyError, ValueError) as error:
                answer, status = {"Err": str(error)}, 500
            said = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/vnd.docker.plugins.v1.2+json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def address_string(self) -> str:
            return "docker"

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True

    with Server(path, Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    serve(sys.argv[1], OvsDriver(sys.argv[2]))
