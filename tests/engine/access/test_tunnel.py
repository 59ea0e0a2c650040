"""The tunnel by ssh: a real sshd on loopback, a socket behind it that answers, and everything that may go wrong."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from networks.engine.access.facts import EngineAccess, SshMaterial
from networks.engine.access.parsing import parse_engine_url
from networks.engine.access.tunnel import Tunnel, end_tunnel, tunnel_of
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import Unreachable
from tests.private_engine import wait_until
from tests.ssh_server import SshServer, unavailable_reason

pytestmark = pytest.mark.skipif(unavailable_reason() is not None, reason=str(unavailable_reason()))

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    server = SshServer(tmp_path_factory.mktemp("sshd"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def socket_path(tmp_path: Path) -> Iterator[str]:
    """A socket that answers every request with OK."""
    path = str(tmp_path / "docker.sock")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        threading.Thread(target=_answer, args=(listening,), daemon=True).start()
        yield path
        listening.shutdown(socket.SHUT_RDWR)


def _answer(listening: socket.socket) -> None:
    while True:
        try:
            opened, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_answer_one, args=(opened,), daemon=True).start()


def _answer_one(opened: socket.socket) -> None:
    with contextlib.suppress(OSError), opened:
        while opened.recv(65_536):
            opened.sendall(OK)


@contextlib.contextmanager
def reaching(url: str, key: str, host_key: str) -> Iterator[EngineAccess]:
    access = EngineAccess(parse_engine_url(url), ssh=SshMaterial(key, host_key))
    try:
        yield access
    finally:
        end_tunnel(access)


def ping(access: EngineAccess) -> None:
    with contextlib.closing(EngineClient(access, Profile.READ)) as client:
        client.ping()


def folder_of(tunnel: Tunnel) -> Path:
    return Path(tunnel._path).parent


def test_it_reaches_a_socket_on_the_other_machine(server: SshServer, socket_path: str) -> None:
    with reaching(server.url(socket_path), server.key, server.host_key) as access:
        ping(access)
        tunnel, pid = tunnel_of(access), tunnel_of(access).pid
        folder = folder_of(tunnel)
        ping(access)

        assert tunnel.pid == pid
        assert folder.stat().st_mode & 0o777 == 0o700
        assert not (folder / "key").exists(), "the key lies about no longer than the login takes"

    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_it_comes_back_after_ssh_was_killed(server: SshServer, socket_path: str) -> None:
    with reaching(server.url(socket_path), server.key, server.host_key) as access:
        ping(access)
        first = tunnel_of(access).pid
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: tunnel_of(access).pid not in (0, first), "another ssh")

        ping(access)


def test_it_says_that_the_key_was_refused(server: SshServer, socket_path: str, tmp_path: Path) -> None:
    other = SshServer(tmp_path)
    with (
        reaching(server.url(socket_path), other.key, server.host_key) as access,
        pytest.raises(Unreachable, match=r"No tunnel to ssh://.*Permission denied"),
    ):
        ping(access)


def test_it_never_accepts_another_host_key(server: SshServer, socket_path: str, tmp_path: Path) -> None:
    other = SshServer(tmp_path)
    with (
        reaching(server.url(socket_path), server.key, other.host_key) as access,
        pytest.raises(Unreachable, match="Host key verification failed"),
    ):
        ping(access)


def test_it_says_that_nobody_listens(server: SshServer, socket_path: str) -> None:
    with (
        reaching(f"ssh://root@127.0.0.1:1{socket_path}", server.key, server.host_key) as access,
        pytest.raises(Unreachable, match="Connection refused"),
    ):
        ping(access)


def test_it_says_that_the_socket_is_not_there(server: SshServer, tmp_path: Path) -> None:
    with (
        reaching(server.url(str(tmp_path / "none.sock")), server.key, server.host_key) as access,
        pytest.raises(Unreachable, match="open failed"),
    ):
        ping(access)


def test_it_says_what_became_of_the_tunnel_and_tries_again(server: SshServer, socket_path: str) -> None:
    with reaching(server.url(socket_path), server.key, server.host_key) as access:
        ping(access)
        server.stop()
        with pytest.raises(Unreachable, match=r"No tunnel|ended before|Nobody answers"):
            ping(access)
        server.start()

        def answers() -> bool:
            with contextlib.suppress(Unreachable):
                ping(access)
                return True
            return False

        wait_until(answers, "the tunnel to be back")


def test_it_clears_what_a_killed_process_left(
    server: SshServer, socket_path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, held = tmp_path / "netadmin-ssh-left", tmp_path / "netadmin-ssh-held"
    for folder in (left, held):
        folder.mkdir()
        (folder / "key").write_text("a key")
    lock = os.open(held, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)  # as a process that lives does

    with reaching(server.url(socket_path), server.key, server.host_key) as access:
        ping(access)

        assert not left.exists()
        assert held.exists()
    os.close(lock)
    assert [path.name for path in tmp_path.glob("netadmin-*")] == ["netadmin-ssh-held"]
