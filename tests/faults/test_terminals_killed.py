"""Netadmin ended with terminals open, by -9 and by SIGTERM: what goes on in containers and here, and what is written down."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.management.serving import ROOT, Serving, free_port
from tests.prepared import prepare
from tests.private_engine import PrivateEngine, wait_until
from tests.push.websocket_client import Client
from tests.ssh_server import SshServer, unavailable_reason

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(unavailable_reason() is not None, reason=str(unavailable_reason())),
]

PREPARE = """
from importlib import import_module
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from networks.engine.access.facts import EngineAccess, SshMaterial
from networks.engine.access.parsing import parse_engine_url
from networks.models import Engine, Grant
from networks.models.access import keep_credentials
url, key, host_key = {ssh!r}
tina = User.objects.create_user("tina", password="x")
far = Engine.objects.create(slug="far", name="far", url=url)
keep_credentials(far, EngineAccess(parse_engine_url(url), ssh=SshMaterial(key, host_key)))
Engine.objects.update(is_terminal_on=True)
for engine in Engine.objects.all():
    Grant.objects.create(user=tina, engine=engine, role="viewer", has_terminal=True)
store = import_module(settings.SESSION_ENGINE).SessionStore()
store["_auth_user_id"], store["_auth_user_backend"] = str(tina.pk), settings.AUTHENTICATION_BACKENDS[0]
store["_auth_user_hash"] = tina.get_session_auth_hash()
request = HttpRequest()
request.session = store
record_authentication(request, tina, "password", reauthenticated=True)
store.create()
print(store.session_key)
"""
SENTINEL = "read -r line"  # how one begins
OPEN = {"open": {"shell": "/bin/sh", "command": "", "user": "", "columns": 80, "rows": 24}}


class Server:
    """Netadmin with one Engine by two ways: "local" by its socket, "far" by ssh. `web`: a container there."""

    def __init__(self, engine: PrivateEngine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        for name in ("sshd", "temporary"):
            (folder / name).mkdir()
        self.ssh_server = SshServer(folder / "sshd")
        prepare(folder / "data")
        extra = (("TMPDIR", str(folder / "temporary")),)
        self.serving = Serving(folder / "data", engine.url, free_port(), extra=extra)
        self.cookie = self.web = ""
        self.loop = asyncio.new_event_loop()
        self.clients: list[Client] = []

    def start(self) -> None:
        ready = self.serving.log().count("Ctrl-C ends it")
        self.serving.start()
        wait_until(lambda: self.serving.log().count("Ctrl-C ends it") > ready, "it to serve", deadline_s=60)

    def prepare(self) -> None:
        ssh = (self.ssh_server.url(self.engine.socket), self.ssh_server.key, self.ssh_server.host_key)
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", PREPARE.format(ssh=ssh)]
        ours = ("NETADMIN_", "DJANGO_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        environment |= {"NETADMIN_DATA_DIR": str(self.folder / "data"), "DOCKER_HOST": self.engine.url}
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True, timeout=60)
        self.cookie = f"netadmin_session_{self.serving.port}={done.stdout.strip()}"

    def wait_until_seen(self) -> None:
        seen = "SELECT count(*) FROM networks_container WHERE docker_id = ?"
        wait_until(
            lambda: self.query(seen, self.web) == [(2,)],
            f"the container to be seen both ways: {self.serving.log()[-3000:]}",
            deadline_s=30,
        )

    def query(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(f"file:{self.folder}/data/netadmin.sqlite3?mode=ro", uri=True)) as database:
            return list(database.execute(statement, values))

    async def open(self, slug: str, seconds: int) -> Client:
        """Open a terminal, and have it sleep so long."""
        headers = {"Cookie": self.cookie, "Origin": f"http://localhost:{self.serving.port}"}
        client = await Client.open(self.serving.port, f"/ws/terminal/{slug}/{self.web}/", headers)
        client.say(json.dumps(OPEN))
        told = await client.hear()
        assert told is not None, client.code
        assert "opened" in told
        client.give(f"sleep {seconds}\n".encode())
        return client

    def open_all(self, *wanted: tuple[str, int]) -> None:
        """Open a terminal for each; they stay open when their sockets are left alone."""

        async def open_them() -> None:
            for one in wanted:
                self.clients.append(await self.open(*one))

        self.loop.run_until_complete(open_them())
        for _slug, seconds in wanted:
            wait_until(lambda seconds=seconds: self.pids(f"sleep {seconds}"), f"sleep {seconds}")
        wait_until(lambda: len(self.pids(SENTINEL)) == len(wanted), f"a sentinel for each among {self.others()}")

    def hang_up(self) -> None:
        async def hang_up_all() -> None:
            await asyncio.gather(*(client.hang_up() for client in self.clients))

        self.loop.run_until_complete(hang_up_all())
        self.clients.clear()

    def pids(self, word: str) -> list[int]:
        rows = self.engine.cli("top", "web", "-o", "pid,args").splitlines()[1:]
        return [int(row.split()[0]) for row in rows if word in row]

    def others(self) -> list[str]:
        """Return what runs in the container but for its own two processes."""
        rows = self.engine.cli("top", "web", "-o", "pid,args").splitlines()[1:]
        return [row for row in rows if "sleep 1000000" not in row and "docker-init" not in row]

    def ssh_pids(self) -> list[int]:
        """Return the processes of ssh that this server has started."""
        assert self.serving.process is not None
        found = []
        for task in Path(f"/proc/{self.serving.process.pid}/task").iterdir():
            for pid in (task / "children").read_text().split():
                if Path(f"/proc/{pid}/comm").read_text().strip() == "ssh":
                    found.append(int(pid))
        return found

    def tunnels(self) -> list[Path]:
        return sorted((self.folder / "temporary").glob("netadmin-*"))

    def closes(self) -> list[dict[str, object]]:
        rows = self.query("SELECT asked FROM networks_action WHERE verb = 'close_terminal' ORDER BY id")
        return [json.loads(str(row[0])) for row in rows]

    def outcomes(self) -> list[tuple[object, ...]]:
        return self.query(
            "SELECT kind, sentence FROM networks_outcome JOIN networks_action ON action_id = networks_action.id"
            " WHERE verb = 'close_terminal' ORDER BY action_id"
        )

    def ledgers(self) -> list[str]:
        return os.listdir(self.folder / "data" / "terminals")


@pytest.fixture(scope="module")
def kept_server(shared_engine: PrivateEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(shared_engine, tmp_path_factory.mktemp("terminals"))
    try:
        made.ssh_server.start()
        made.start()
        made.prepare()
        yield made
    finally:
        made.loop.close()
        made.serving.end()
        made.ssh_server.stop()


@pytest.fixture
def server(engine: PrivateEngine, kept_server: Server) -> Iterator[Server]:
    kept_server.web = engine.run("web", "--init")
    if kept_server.serving.has_ended():
        kept_server.start()
    kept_server.wait_until_seen()
    yield kept_server
    kept_server.hang_up()


def test_it_leaves_nothing_behind_when_it_is_killed(server: Server) -> None:
    before = len(server.closes())
    server.open_all(("local", 1111), ("far", 2222), ("local", 3333))
    spared = server.pids("sleep 3333")[0]
    _stop_the_sentinel_of(spared, server.pids(SENTINEL))
    ssh, (tunnel,) = server.ssh_pids(), server.tunnels()
    assert len(ssh) == 1

    server.serving.signal(signal.SIGKILL)

    wait_until(lambda: not Path(f"/proc/{ssh[0]}").exists(), "ssh to end")
    wait_until(lambda: not server.pids("sleep 1111") and not server.pids("sleep 2222"), "the guarded two to end")
    assert server.pids("sleep 3333") == [spared]
    assert tunnel.exists()
    assert len(server.closes()) == before

    server.start()

    wait_until(lambda: len(server.closes()) == before + 3, "the rows of the closes")
    rows = server.closes()[before:]
    assert {row["why"] for row in rows} == {"killed"}
    assert [row["process"] for row in sorted(rows, key=lambda row: int(str(row["opened_by"])))] == [
        "by itself",
        "by itself",
        "from the host",
    ]
    assert {kind for kind, _words in server.outcomes()[before:]} == {"ok"}
    assert all("Netadmin was killed" in str(words) for _kind, words in server.outcomes()[before:])
    assert server.others() == []
    wait_until(lambda: not server.ledgers(), "the ledger to be closed")
    wait_until(lambda: not tunnel.exists(), "the tunnel's folder to be cleared")


def _stop_the_sentinel_of(spared: int, sentinels: list[int]) -> None:
    """Kill the sentinel that looks after this process: the one that has its shell's mark among its words."""
    environment = Path(f"/proc/{spared}/environ").read_text().split("\0")
    mark = next(word for word in environment if word.startswith("TERMINAL_MARK="))
    for pid in sentinels:
        if mark in Path(f"/proc/{pid}/cmdline").read_text():
            os.kill(pid, signal.SIGKILL)
            return
    raise AssertionError(f"no sentinel looks after {mark}")


def test_it_ends_everything_when_it_is_told_to_end(server: Server) -> None:
    before = len(server.closes())
    server.open_all(("local", 1111), ("far", 2222))
    ssh = server.ssh_pids()

    status = server.serving.signal(signal.SIGTERM)

    assert status == 0
    assert server.others() == []
    assert [(row["why"], row["process"]) for row in server.closes()[before:]] == [("stopping", "from the host")] * 2
    assert [kind for kind, _words in server.outcomes()[before:]] == ["ok"] * 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in ssh)
    assert (server.ledgers(), server.tunnels()) == ([], [])
