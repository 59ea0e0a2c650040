"""A second private Engine, which listens for TLS as well: for everything that takes several Engines."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from networks.engine.access.facts import EngineAccess, TlsMaterial
from networks.engine.access.parsing import parse_engine_url
from tests.certificates import Authority
from tests.private_engine import PrivateEngine
from tests.relay import relay_into

PORT = 2376


@dataclass(frozen=True, slots=True)
class AnotherEngine:
    """`engine`: the dockerd; `authority`: who signed its certificate (for localhost) and signs those that it lets in."""

    engine: PrivateEngine
    authority: Authority
    material: TlsMaterial
    port: int

    @property
    def url(self) -> str:
        """Its URL with TLS, from this machine's own namespace."""
        return f"tcp://localhost:{self.port}"

    @property
    def access(self) -> EngineAccess:
        """Its access with TLS."""
        return EngineAccess(parse_engine_url(self.url), tls=self.material)

    def typed(self) -> dict[str, str]:
        """What the form of an Engine takes."""
        tls = self.material
        return {"url": self.url, "ca": tls.ca, "certificate": tls.certificate, "tls_key": tls.key}


@contextlib.contextmanager
def start_another(folder: Path) -> Iterator[AnotherEngine]:
    """Start it, with its certificates in `folder`, and take it away again."""
    authority = Authority()
    certificate, key = authority.sign("another", hosts=("localhost", "127.0.0.1"))
    for name, text in (("ca.pem", authority.pem), ("cert.pem", certificate), ("key.pem", key)):
        (folder / name).write_text(text)
    tls = ["--tlsverify", f"--tlscacert={folder}/ca.pem", f"--tlscert={folder}/cert.pem", f"--tlskey={folder}/key.pem"]
    with PrivateEngine(options=[*tls, "-H", f"tcp://127.0.0.1:{PORT}"]) as started:
        started.import_image()
        with relay_into(started.netns, PORT) as port:
            yield AnotherEngine(started, authority, TlsMaterial(authority.pem, *authority.sign("netadmin")), port)
