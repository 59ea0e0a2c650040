"""Terminals on Engines that are reached by TLS and by ssh, as on another machine: typed into, resized, ended, cut off."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from networks.actions.terminals import session
from networks.actions.terminals.asked import EndReason
from networks.actions.terminals.registry import Terminals
from networks.engine.access.facts import EngineAccess, SshMaterial
from networks.engine.access.parsing import parse_engine_url
from networks.engine.access.tunnel import end_tunnel, tunnel_of
from networks.engine.specs import ScreenSize
from networks.models import Action, Engine
from networks.models.access import keep_credentials
from tests.actions.terminals.hearing import Hearing, ask
from tests.another_engine import AnotherEngine
from tests.private_engine import PrivateEngine, wait_until
from tests.ssh_server import SshServer, unavailable_reason

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to an Engine: `engine` there, `row` here."""

    engine: PrivateEngine
    row: Engine
    access: EngineAccess
    web: str

    def processes(self) -> list[str]:
        """Return what runs in "web" but for its own two processes."""
        rows = self.engine.cli("top", "web", "-o", "pid,args").splitlines()[1:]
        return [row for row in rows if "sleep 1000000" not in row and "docker-init" not in row]

    @classmethod
    def make(cls, engine: PrivateEngine, access: EngineAccess, url: str) -> Way:
        row = Engine.objects.create(slug="far", name="far", url=url)
        keep_credentials(row, access)
        return cls(engine, row, access, engine.run("web", "--init"))


@pytest.fixture
def by_tls(another_engine: AnotherEngine) -> Way:
    return Way.make(another_engine.engine, another_engine.access, another_engine.url)


@pytest.fixture
def by_ssh(engine: PrivateEngine, tmp_path: Path) -> Iterator[Way]:
    if reason := unavailable_reason():
        pytest.skip(reason)
    server = SshServer(tmp_path)
    server.start()
    url = server.url(engine.socket)
    way = Way.make(engine, EngineAccess(parse_engine_url(url), ssh=SshMaterial(server.key, server.host_key)), url)
    yield way
    end_tunnel(way.access)
    server.stop()


@pytest.fixture(params=["by_tls", "by_ssh"])
def way(request: pytest.FixtureRequest) -> Way:
    found: Way = request.getfixturevalue(request.param)
    return found


@pytest.fixture(autouse=True)
def _is_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "prove", lambda *_: None)  # its processes can't be seen from here


@pytest.fixture
def terminals() -> Iterator[Terminals]:
    made = Terminals(look_every_s=0.1)
    yield made
    made.stop(10)


def open_one(terminals: Terminals, way: Way) -> tuple[session.TerminalSession, Hearing]:
    hearing = Hearing()
    opened = terminals.open(ask(way.row, way.web), hearing)
    hearing.credit = opened.credit
    return opened, hearing


def descriptors() -> list[str]:
    """Return what this process has open but for files: SQLite keeps one or two of those for later."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found.append(os.readlink(f"/proc/self/fd/{name}"))
    return sorted(one.partition(":")[0] for one in found if one.startswith(("socket:", "pipe:", "anon_inode:")))


def threads() -> set[str]:
    names = (thread.name for thread in threading.enumerate())
    return {name for name in names if name.startswith(("terminal", "ssh"))}


def test_it_types_resizes_and_leaves_nothing(way: Way, terminals: Terminals) -> None:
    open_one(terminals, way)[0].end(EndReason.GONE)  # what is made once for all
    wait_until(lambda: not terminals.all(), "the first to end")
    end_tunnel(way.access)
    wait_until(lambda: not threads(), "its threads to end")
    before = descriptors()

    opened, hearing = open_one(terminals, way)
    opened.give("echo $((6*7)) 한국어; stty size\n".encode())
    hearing.until("42 한국어\r\n30 100")
    opened.resize(ScreenSize(77, 11))
    wait_until(lambda: opened._size is None, "the size to be told")
    opened.give(b"stty size; head -c 300000 /dev/zero | tr '\\0' x; echo; echo th''ere; sleep 1234\n")
    hearing.until("there")
    assert b"11 77" in hearing.output
    assert hearing.output.count(b"x") >= 300_000
    ssh = {str(tunnel_of(way.access).pid)} if way.access.ssh else set()
    opened.end(EndReason.GONE)

    assert hearing.over().why is EndReason.GONE
    wait_until(lambda: not terminals.all(), "it to end")
    assert way.processes() == []
    assert Action.objects.filter(verb="close_terminal").latest("pk").asked["process"] == "from within the container"
    end_tunnel(way.access)
    wait_until(lambda: not threads(), f"its threads to end, {threads()}")
    # What the first one left may end meanwhile, too.
    wait_until(lambda: Counter(descriptors()) <= Counter(before), f"descriptors to be closed: {descriptors()}, not {before}")
    assert not any(Path(f"/proc/{pid}").exists() for pid in ssh)


def test_it_ends_the_process_when_the_tunnel_is_killed(by_ssh: Way, terminals: Terminals) -> None:
    opened, hearing = open_one(terminals, by_ssh)
    opened.give(b"sleep 1234\n")
    wait_until(lambda: any("sleep 1234" in row for row in by_ssh.processes()), "the sleep")

    os.kill(tunnel_of(by_ssh.access).pid, signal.SIGKILL)

    assert hearing.over().why in (EndReason.LOST, EndReason.EXITED)
    wait_until(lambda: by_ssh.processes() == [], "nothing to run")
    wait_until(lambda: Action.objects.filter(verb="close_terminal").exists(), "the row of the close")
