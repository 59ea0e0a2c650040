"""Two servers on one PostgreSQL: one follows, both push every change, and the other takes over whatever becomes of the first."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import IS_FULL
from tests.installed.pairs import ServerPair, has_heard, listen, status_of
from tests.patience import within
from tests.postgres import PrivatePostgres, why_no_postgres
from tests.private_engine import PrivateEngine, wait_until

pytestmark = [pytest.mark.skipif(bool(why_no_postgres()), reason=why_no_postgres())]

CHANGES = 1_000 if IS_FULL else 20
TAKEN_OVER_WITHIN_S = within(20.0)


@pytest.fixture
def pair(engine: PrivateEngine, postgres: PrivatePostgres, tmp_path: Path) -> Iterator[ServerPair]:
    with ServerPair(tmp_path, engine.url, postgres.url()) as servers:
        servers.wait_until_live(postgres)
        yield servers


def test_both_push_every_change(pair: ServerPair, engine: PrivateEngine) -> None:
    cookies = [pair.first.cookies()[0], pair.second.cookies()[0]]
    crowds = [listen(served, cookie, "/networks/") for served, cookie in zip(pair.both, cookies, strict=True)]
    with crowds[0] as first, crowds[1] as second:
        for number in range(CHANGES):
            engine.cli("network", "create", f"seen-{number}") if number % 2 == 0 else engine.cli(
                "network", "rm", f"seen-{number - 1}"
            )
        last = engine.cli("network", "create", "the-last")
        for crowd in (first, second):
            wait_until(lambda crowd=crowd: has_heard(crowd, last), "the last change on both servers", deadline_s=within(5.0))

        for crowd in (first, second):
            texts = "".join(crowd.texts())
            missed = [number for number in range(0, CHANGES, 2) if f"seen-{number}" not in texts]
            assert missed == []


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGSTOP, marks=pytest.mark.full)])
def test_the_other_takes_over(pair: ServerPair, engine: PrivateEngine, postgres: PrivatePostgres, number: signal.Signals) -> None:
    _state, holder = status_of(postgres)
    followed, other = pair.both if holder.endswith(f":{pair.first.pid}") else pair.both[::-1]
    cookie = other.cookies()[0]
    with listen(other, cookie, "/networks/") as crowd:
        assert followed.process is not None
        followed.process.send_signal(number)
        began = time.monotonic()
        made = engine.cli("network", "create", "made-meanwhile")
        wait_until(lambda: has_heard(crowd, made), "the change behind the end of its follower", deadline_s=TAKEN_OVER_WITHIN_S)
        print(f"taken over after {time.monotonic() - began:.1f} s")

        assert status_of(postgres)[1].endswith(f":{other.pid}")
        if number == signal.SIGSTOP:
            fence = postgres.sql("SELECT fence FROM networks_lease WHERE name = 'follower-local'")
            followed.process.send_signal(signal.SIGCONT)
            gone = engine.cli("network", "create", "made-behind")
            wait_until(lambda: has_heard(crowd, gone), "a change behind the awakening", deadline_s=within(5.0))
            time.sleep(1.0)  # whatever the one that woke still writes
            assert postgres.sql("SELECT fence FROM networks_lease WHERE name = 'follower-local'") == fence
            assert status_of(postgres)[1].endswith(f":{other.pid}")


@pytest.mark.full
def test_one_asks_the_other_to_look(pair: ServerPair, engine: PrivateEngine) -> None:
    engine.import_image()
    network = engine.cli("network", "create", "mybridge")
    container = engine.run("web")
    for served in pair.both:
        with closing(served.visitor(served.cookies()[0])) as visitor:
            wait_until(lambda visitor=visitor: "web" in visitor.page("/containers/"), "the container", deadline_s=within(5.0))
            where = f"/networks/local/{network}/connect/"
            token = visitor.token_of(where)
            answer = visitor.post(where, {"csrfmiddlewaretoken": token, "container_id": container, "do": "connect"})
            assert answer.status == 302, answer.body.decode()[-3000:]
            assert f"/containers/local/{container}/" in visitor.page(f"/networks/local/{network}/")
        engine.cli("network", "disconnect", "mybridge", "web")
