"""What only a real server shows: many claims over the wire, and the answers that daphne writes by itself."""

from __future__ import annotations

import http.client
import re
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest

from tests.management.serving import Serving, free_port
from tests.prepared import prepare
from tests.push.websocket_client import Client, Refused
from tests.security.test_middleware import CSP, HEADERS

CLAIMS = 50
PASSWORD = "a long enough pass phrase"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Run Netadmin before its set-up; there is no Engine."""
    folder = tmp_path_factory.mktemp("served")
    prepare(folder / "data")
    with Serving(folder / "data", f"unix://{folder}/nobody.sock", free_port()) as running:
        yield running


class Answer:
    """What came: status, headers, body."""

    def __init__(self, server: Serving, method: str, path: str, fields: dict[str, str] | None = None, cookie: str = "") -> None:
        connection = http.client.HTTPConnection("localhost", server.port, timeout=60)
        headers = {"Cookie": cookie, "Origin": f"http://localhost:{server.port}"}
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(fields or {}), headers)
        answer = connection.getresponse()
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read().decode(errors="replace")
        connection.close()


def open_form(server: Serving, number: int, token: str) -> tuple[dict[str, str], str]:
    """Open the set-up page as a browser does; return what it would send, and its cookies."""
    page = Answer(server, "GET", "/setup/")
    cookies = SimpleCookie(page.headers["Set-Cookie"])
    csrf = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
    assert csrf is not None
    fields = {"csrfmiddlewaretoken": csrf[1], "token": token, "username": f"user{number}"}
    fields |= {"password1": PASSWORD, "password2": PASSWORD}
    return fields, "; ".join(f"{name}={one.value}" for name, one in cookies.items())


def test_it_makes_one_admin_of_fifty_claims_over_the_wire(server: Serving) -> None:
    token = server.token()
    forms = [open_form(server, number, token) for number in range(CLAIMS)]
    start, answers = threading.Barrier(CLAIMS), []

    def claim(fields: dict[str, str], cookies: str) -> None:
        start.wait()
        answers.append(Answer(server, "POST", "/setup/", fields, cookies))

    threads = [threading.Thread(target=claim, args=form) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(answers) == CLAIMS
    assert [answer.headers["Location"] for answer in answers if answer.status == 302].count("/") == 1
    assert {answer.status for answer in answers} <= {302, 422}
    with closing(sqlite3.connect(server.data_dir / "netadmin.sqlite3")) as database:
        assert database.execute("SELECT COUNT(*), SUM(is_superuser) FROM auth_user").fetchone() == (1, 1)
    assert token not in server.log().split("within an hour: ")[-1].partition("\n")[2]
    assert PASSWORD not in server.log()


@pytest.mark.parametrize(
    "path", ["/static/css/base.css", "/static/js/live.js", "/static/nowhere.js", "/ws/live/network_list/local/"]
)
def test_it_tells_the_browser_the_same_with_files_and_where_sockets_are(server: Serving, path: str) -> None:
    answer = Answer(server, "GET", path)

    assert set(answer.headers["Content-Security-Policy"].split("; ")) == CSP
    assert {name: answer.headers[name] for name in HEADERS if name != "Cache-Control"} == {
        name: value for name, value in HEADERS.items() if name != "Cache-Control"
    }


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {}, {"Origin": "http://localhost:1/<script>alert(1)</script>"}],
)
async def test_it_refuses_foreign_sockets_with_an_answer_that_says_nothing(server: Serving, headers: dict[str, str]) -> None:
    with pytest.raises(Refused, match="403"):
        await Client.open(server.port, "/ws/live/network_list/local/", headers)

    answer = raw(server, handshake(server, headers))
    assert b"evil" not in answer
    assert b"<script>" not in answer
    assert b"Set-Cookie" not in answer


async def test_it_lets_its_own_pages_shake_hands(server: Serving) -> None:
    """The control: the same with our own origin is let in, and told to log in."""
    client = await Client.open(server.port, "/ws/live/network_list/local/", {"Origin": f"http://localhost:{server.port}"})

    assert await client.hear() is None
    assert client.code == 4001
    await client.hang_up()


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: <script>alert(1)</script>\r\nConnection: close\r\n\r\n",
        b"GET /<script>alert(1)</script> HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"<script>alert(1)</script>\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nDaphne-Root-Path: /<script>\r\nConnection: close\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\nConnection: close\r\n\r\n",
    ],
)
def test_it_says_nothing_back_of_what_is_no_request(server: Serving, sent: bytes) -> None:
    answer = raw(server, sent)

    assert b"<script>" not in answer
    assert b"Traceback" not in answer
    assert answer.count(b"HTTP/1.1 ") <= 1  # none was smuggled in
    assert Answer(server, "GET", "/healthz").status == 200


def handshake(server: Serving, headers: dict[str, str]) -> bytes:
    lines = ["GET /ws/live/network_list/local/ HTTP/1.1", f"Host: localhost:{server.port}", "Connection: Upgrade"]
    lines += ["Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def raw(server: Serving, sent: bytes) -> bytes:
    """Send bytes as they are; return what comes until the server closes or is silent for a second."""
    received = b""
    with socket.create_connection(("127.0.0.1", server.port)) as plain, suppress(TimeoutError, ConnectionError):
        plain.settimeout(1)
        plain.sendall(sent)
        while piece := plain.recv(65536):
            received += piece
    return received
