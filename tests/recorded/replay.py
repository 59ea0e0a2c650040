"""An Engine that answers what a real one answered when it was recorded, to whoever asks at its socket."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs

from tests.engine.scripted_engine import Peer, ScriptedEngine
from tests.recorded.reading import Answered, events, recorded

_VERSION = re.compile(r"^/v1\.[0-9]+(?=/)")


class RecordedEngine(ScriptedEngine):
    """The lists, inspections and events of one version. `refusal`: what it answers to the next changes; else they are none."""

    def __init__(self, folder: Path, version: str) -> None:
        super().__init__(folder, self._answer, version=lambda peer: peer.answer_json(self._told["version"]))
        self.refusal: Answered | None = None
        self._told = recorded(version)
        self._events = events(version)
        self._inspected = {
            f"/{noun}/{each['inspect']['Id']}{end}": each["inspect"]
            for noun, end in (("networks", ""), ("containers", "/json"))
            for each in self._told[noun]
        }

    def _answer(self, peer: Peer) -> None:
        path, _, query = _VERSION.sub("", peer.target).partition("?")
        if peer.method != "GET":
            self._refuse(peer)
        elif path == "/_ping":
            peer.answer(200, b"OK", "text/plain")
        elif path == "/events":
            self._stream(peer)
        elif path in ("/info", "/version"):
            peer.answer_json(self._told[path[1:]])
        elif path == "/networks":
            peer.answer_json([each["list"] for each in self._told["networks"]])
        elif path == "/containers/json":
            wanted = json.loads(parse_qs(query).get("filters", ["{}"])[0]).get("id")
            listed = [each["list"] for each in self._told["containers"]]
            peer.answer_json([each for each in listed if wanted is None or each["Id"] in wanted])
        elif path in self._inspected:
            peer.answer_json(self._inspected[path])
        else:
            peer.answer_json({"message": f"page not found: {path}"}, 404)

    def _refuse(self, peer: Peer) -> None:
        said = self.refusal
        peer.answer_json({"message": said.message if said else "nothing was recorded of this"}, said.status if said else 500)

    def _stream(self, peer: Peer) -> None:
        """Tell of everything that happened, and then of nothing more."""
        body = b"\n".join([*self._events, b""])
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        peer.send(head + f"{len(body):x}\r\n".encode() + body + b"\r\n")
        peer.hang()
