"""A registry of the tests' own: one image of three layers, on the loopback link of an Engine's namespace.

Docker speaks plain HTTP with registries on 127.0.0.0/8. Run as a program it serves on the port named, slowly: its layers come in
pieces, so that Docker reports how far they are. Source: OCI distribution specification; image manifest version 2, schema 2.
"""

from __future__ import annotations

import gzip
import hashlib
import http.server
import io
import json
import os
import sys
import tarfile
import time
from dataclasses import dataclass, field
from typing import Any

NAME, TAG, LAYERS = "tiny", "1", 3
LAYER_BYTES, PIECES, BETWEEN_S = 600_000, 6, 0.15
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@dataclass
class Store:
    """What the registry holds: blobs by digest, and the manifest."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    manifest: bytes = b""

    def keep(self, content: bytes) -> dict[str, Any]:
        """Keep a blob; return what a manifest says of it."""
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.blobs[digest] = content
        return {"digest": digest, "size": len(content)}


def fill() -> Store:
    """Return a registry with the image; its layers don't compress."""
    store, layers, plain_digests = Store(), [], []
    for number in range(LAYERS):
        plain = io.BytesIO()
        with tarfile.open(fileobj=plain, mode="w") as archive:
            entry = tarfile.TarInfo(f"file{number}")
            entry.size = LAYER_BYTES
            archive.addfile(entry, io.BytesIO(os.urandom(LAYER_BYTES)))
        plain_digests.append(f"sha256:{hashlib.sha256(plain.getvalue()).hexdigest()}")
        kind = "application/vnd.docker.image.rootfs.diff.tar.gzip"
        layers.append({"mediaType": kind, **store.keep(gzip.compress(plain.getvalue(), 1))})
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Cmd": ["true"]},
        "rootfs": {"type": "layers", "diff_ids": plain_digests},
        "history": [{"created_by": f"layer {number}"} for number in range(LAYERS)],
    }
    of_config = {"mediaType": "application/vnd.docker.container.image.v1+json", **store.keep(json.dumps(config).encode())}
    document = {"schemaVersion": 2, "mediaType": MANIFEST, "config": of_config, "layers": layers}
    store.manifest = json.dumps(document).encode()
    return store


class Registry(http.server.BaseHTTPRequestHandler):
    """Answers what a pull asks for."""

    store = Store()

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        digest = self.path.rpartition("/")[2]
        of_manifest = f"sha256:{hashlib.sha256(self.store.manifest).hexdigest()}"
        if self.path == "/v2/":
            self._answer(b"{}", "application/json")
        elif self.path in (f"/v2/{NAME}/manifests/{TAG}", f"/v2/{NAME}/manifests/{of_manifest}"):
            self._answer(self.store.manifest, MANIFEST, of_manifest)
        elif digest in self.store.blobs:
            self._answer(self.store.blobs[digest], "application/octet-stream", digest)
        else:
            self.send_error(404)

    def _answer(self, content: bytes, kind: str, digest: str = "") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if digest:
            self.send_header("Docker-Content-Digest", digest)
        self.end_headers()
        if self.command == "HEAD":
            return
        pieces = PIECES if len(content) > LAYER_BYTES // 2 else 1
        for number in range(pieces):
            self.wfile.write(content[len(content) * number // pieces : len(content) * (number + 1) // pieces])
            time.sleep(BETWEEN_S if pieces > 1 else 0)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


if __name__ == "__main__":
    Registry.store = fill()
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Registry).serve_forever()
