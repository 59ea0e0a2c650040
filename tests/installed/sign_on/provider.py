"""A real OpenID Connect provider on loopback, which can be told to lie: `python -m tests.installed.sign_on.provider PORT FOLDER`.

It is the package oidc-provider-mock, untouched as long as `FOLDER/lies.json` is empty. With a lie in it the answers that the lie
is about are other ones, and ID tokens are signed anew, by the key that it then publishes or by one that nobody knows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from oidc_provider_mock import app
from werkzeug.serving import make_server
from werkzeug.test import Client
from werkzeug.wrappers import Response

from tests.certificates import Authority
from tests.management.serving import ROOT
from tests.private_engine import wait_until

CLIENT_ID = "netadmin"
SECRET = "a secret of forty signs, which nobody guesses"
Start = Callable[..., Any]


class LyingProvider:
    """The provider's WSGI application. `folder`: holds who is there (people.json) and what is a lie (lies.json)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._honest = app()
        self._own, self._unknown = (generate_private_key(65537, 2048) for _ in range(2))

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        path, lies = environ["PATH_INFO"], self._read("lies.json")
        if path == "/oauth2/authorize":
            for subject, claims in self._read("people.json").items():
                Client(self._honest).put(f"/users/{subject}", json=claims)
        if not lies:
            return self._honest(environ, start_response)
        answer = self._lie(path, lies, Response.from_app(self._honest, environ, buffered=True))
        return answer(environ, start_response)

    def _lie(self, path: str, lies: dict[str, Any], answer: Response) -> Response:
        if path in lies.get("broken", []):
            return Response("<h1>Out of order</h1>", 500, content_type="text/html")
        if path in lies.get("elsewhere", {}):
            return Response("", 307, headers={"Location": lies["elsewhere"][path]})
        if path in lies.get("answers", {}):
            return Response(json.dumps(lies["answers"][path]), content_type="application/json")
        if path == "/jwks":
            return Response(json.dumps({"keys": [_public(self._own)]}), content_type="application/json")
        told = json.loads(answer.get_data()) if answer.is_json else None
        if told is None or answer.status_code != 200:
            return answer
        if path.endswith("/openid-configuration"):
            told |= lies.get("document", {})
        elif path == "/userinfo":
            told |= lies.get("userinfo", {})
        elif path == "/oauth2/token":
            told["id_token"] = self._forge(told["id_token"], lies)
        return Response(json.dumps(told), content_type="application/json")

    def _forge(self, honest: str, lies: dict[str, Any]) -> str:
        claims = jwt.decode(honest, options={"verify_signature": False}) | lies.get("claims", {})
        kept = {name: value for name, value in claims.items() if name not in lies.get("without", [])}
        match lies.get("signed", "by its own key"):
            case "by nobody":
                return jwt.encode(kept, None, "none", headers={"kid": "own"})
            case "by the client's secret":
                return jwt.encode(kept, SECRET, "HS256", headers={"kid": "own"})
            case "by an unknown key":
                return jwt.encode(kept, self._unknown, "RS256", headers={"kid": "own"})
        return jwt.encode(kept, self._own, "RS256", headers={"kid": "own"})

    def _read(self, name: str) -> dict[str, Any]:
        path = self._folder / name
        return dict(json.loads(path.read_text())) if path.exists() else {}


def _public(key: RSAPrivateKey) -> dict[str, Any]:
    return {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "own", "use": "sig", "alg": "RS256"}


class ProviderProcess:
    """It in a process of its own; a context manager. `launch`: the words before it, which put it into a namespace.

    `authority`: who signs its certificate, None for plain http.
    """

    def __init__(self, folder: Path, port: int, launch: tuple[str, ...] = (), authority: Authority | None = None) -> None:
        self.folder, self.url = folder, f"{'https' if authority else 'http'}://127.0.0.1:{port}"
        folder.mkdir()
        if authority is not None:
            for name, text in zip(("certificate", "key"), authority.sign("provider", hosts=("127.0.0.1",)), strict=True):
                (folder / f"{name}.pem").write_text(text)
        self._command = [*launch, sys.executable, "-m", "tests.installed.sign_on.provider", str(port), str(folder)]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.end()

    def start(self) -> Self:
        """Start it, and wait until it listens."""
        environment = os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"}
        ready = self.folder / "ready"
        ready.unlink(missing_ok=True)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        wait_until(ready.exists, "the provider to listen", deadline_s=60)
        return self

    def end(self) -> None:
        """End it: nobody answers then."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def tell(self, **people: dict[str, Any]) -> None:
        """Say who is there, by subject, with which claims."""
        self._write("people.json", people)

    def lie(self, **lies: Any) -> None:
        """Let it lie so from now on; without any it is honest again."""
        self._write("lies.json", lies)

    def _write(self, name: str, told: dict[str, Any]) -> None:
        scratch = self.folder / f"{name}.new"
        scratch.write_text(json.dumps(told))
        scratch.replace(self.folder / name)


def settings_for(provider: ProviderProcess, **more: str) -> tuple[tuple[str, str], ...]:
    """Return the variables of a server whose people sign on at this provider. `more`: without NETADMIN_OIDC_."""
    (provider.folder / "secret").write_text(SECRET)
    wanted = {
        "ISSUER": provider.url,
        "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET_FILE": str(provider.folder / "secret"),
        "NAME": "Acme",
        "ADMIT": "staff",
        "ROLES": "ops=admin@*,dev=operator@local,roots=superuser,guests=viewer@elsewhere",
        **more,
    }
    return tuple((f"NETADMIN_OIDC_{name}", value) for name, value in wanted.items())


if __name__ == "__main__":
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    pair = (str(folder / "certificate.pem"), str(folder / "key.pem"))
    tls = pair if Path(pair[0]).exists() else None
    server = make_server("127.0.0.1", port, LyingProvider(folder), threaded=True, ssl_context=tls)
    (folder / "ready").touch()
    server.serve_forever()
