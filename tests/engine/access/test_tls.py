"""Mutual TLS: who is let in, who is not, and what is said of it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from networks.engine.access.facts import AccessFault, EngineAccess, Fault, TlsMaterial
from networks.engine.access.parsing import parse_engine_url
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError, Unreachable
from tests.certificates import Authority

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def material(authority: Authority) -> TlsMaterial:
    return TlsMaterial(authority.pem, *authority.sign("netadmin"))


def server_context(authority: Authority, folder: Path, *hosts: str, days: int = 2) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate, key = authority.sign("engine", hosts=hosts, days=days)
    (folder / "pair.pem").write_text(certificate + key)
    context.load_cert_chain(folder / "pair.pem")
    context.load_verify_locations(cadata=authority.pem)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@contextlib.contextmanager
def serve(authority: Authority, folder: Path, *hosts: str, days: int = 2) -> Iterator[int]:
    """Answer every request with OK, over TLS with a client's certificate asked for; give the port."""
    context = server_context(authority, folder, *hosts, days=days)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_answer, args=(context, listening), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(2)


def _answer(context: ssl.SSLContext, listening: socket.socket) -> None:
    while True:
        try:
            plain, _ = listening.accept()
        except OSError:
            return
        with contextlib.suppress(OSError), plain, context.wrap_socket(plain, server_side=True) as opened:
            while opened.recv(65_536):
                opened.sendall(OK)


def ping(port: int, material: TlsMaterial, host: str = "localhost") -> None:
    client = EngineClient(EngineAccess(parse_engine_url(f"tcp://{host}:{port}"), tls=material), Profile.READ)
    with contextlib.closing(client):
        client.ping()
        client.ping()


def test_it_talks_to_an_engine_that_it_can_verify(authority: Authority, material: TlsMaterial, tmp_path: Path) -> None:
    with serve(authority, tmp_path, "localhost", "127.0.0.1") as port:
        ping(port, material)
        ping(port, material, "127.0.0.1")


def test_it_refuses_another_name(authority: Authority, material: TlsMaterial, tmp_path: Path) -> None:
    with (
        serve(authority, tmp_path, "elsewhere.example") as port,
        pytest.raises(Unreachable, match=r"No TLS with tcp://localhost.*Hostname mismatch"),
    ):
        ping(port, material)


def test_it_refuses_another_authority(authority: Authority, material: TlsMaterial, tmp_path: Path) -> None:
    with (
        serve(Authority("another"), tmp_path, "localhost") as port,
        pytest.raises(Unreachable, match="certificate verify failed"),
    ):
        ping(port, material)


def test_it_refuses_what_has_expired(authority: Authority, material: TlsMaterial, tmp_path: Path) -> None:
    with serve(authority, tmp_path, "localhost", days=-1) as port, pytest.raises(Unreachable, match="certificate has expired"):
        ping(port, material)


def test_it_says_that_its_own_certificate_was_refused(authority: Authority, tmp_path: Path) -> None:
    stranger = TlsMaterial(authority.pem, *Authority("stranger").sign("netadmin"))

    with (
        serve(authority, tmp_path, "localhost") as port,
        pytest.raises(EngineError, match=r"refuse[sd] our certificate"),
    ):
        ping(port, stranger)


def test_it_says_so_where_the_refusal_itself_is_lost(authority: Authority, material: TlsMaterial, tmp_path: Path) -> None:
    context = server_context(authority, tmp_path, "localhost")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def cut() -> None:
            with contextlib.suppress(OSError), context.wrap_socket(listening.accept()[0], server_side=True) as opened:
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # its end is a reset

        threading.Thread(target=cut, daemon=True).start()
        with pytest.raises(Unreachable, match="as it does where the Engine refuses our certificate"):
            ping(listening.getsockname()[1], material)


def test_it_says_that_the_other_side_speaks_no_tls(material: TlsMaterial) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            with contextlib.suppress(OSError), listening.accept()[0] as opened:
                opened.recv(10)
                opened.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(Unreachable, match="No TLS with"):
            ping(listening.getsockname()[1], material)


@pytest.mark.parametrize(
    ("broken", "fault"),
    [("ca", Fault.CA), ("certificate", Fault.TLS_PAIR), ("key", Fault.TLS_PAIR)],
)
def test_it_says_which_material_is_of_no_use(material: TlsMaterial, broken: str, fault: Fault) -> None:
    parts = {"ca": material.ca, "certificate": material.certificate, "key": material.key} | {broken: "nonsense"}

    with pytest.raises(AccessFault) as caught:
        ping(1, TlsMaterial(**parts))

    assert caught.value.fault is fault
    assert material.key not in caught.value.sentence


def test_it_says_that_key_and_certificate_are_no_pair(authority: Authority, material: TlsMaterial) -> None:
    other = TlsMaterial(material.ca, material.certificate, authority.sign("other")[1])

    with pytest.raises(AccessFault) as caught:
        ping(1, other)

    assert caught.value.fault is Fault.TLS_PAIR
