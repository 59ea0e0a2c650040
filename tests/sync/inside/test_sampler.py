"""One-shot statistics: asked only while somebody looks at the very container, and never so often."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Iterator

import pytest

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.facts import InterfaceStats
from networks.sync import attention
from networks.sync.attention import note_viewer
from networks.sync.host.stack_sampler import PAGE, Sampler
from networks.sync.signals import host_changed
from tests.fake_engine import FakeEngine
from tests.leftovers import name_prefix
from tests.private_engine import wait_until

WEB = "1" * 64


@pytest.fixture
def slug(request: pytest.FixtureRequest) -> str:
    """A slug of the test's own: who looks at what is remembered for a moment."""
    return str(request.node.name)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(stats={WEB: (InterfaceStats("eth0"),)})


@pytest.fixture
def sampler(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sampler]:
    monkeypatch.setattr(attention, "LOOKING_AT_PAGE_FOR_S", 0.3)
    monkeypatch.setattr("networks.sync.host.stack_sampler.FIRST_STRETCH_S", 0.05)
    sampler = Sampler(lambda _slug: engine, every_s=0.05, linger_s=0.1)
    yield sampler
    sampler.stop()


def count_calls(engine: FakeEngine) -> int:
    return engine.asked["read_stats"]


def test_it_asks_only_while_somebody_looks(engine: FakeEngine, sampler: Sampler, slug: str) -> None:
    note_viewer(slug, PAGE, WEB)
    sampler.watch(slug, "unix:///x", WEB, stack=1)
    wait_until(lambda: count_calls(engine) >= 2, "two questions")

    wait_until(lambda: not sampler.is_running(slug), "the end of the thread")
    asked = count_calls(engine)
    time.sleep(0.2)

    assert count_calls(engine) == asked


def test_it_asks_nothing_for_a_page_that_nobody_looks_at(engine: FakeEngine, sampler: Sampler, slug: str) -> None:
    note_viewer(slug, PAGE, "f" * 64)
    sampler.watch(slug, "unix:///x", WEB, stack=1)
    wait_until(lambda: not sampler.is_running(slug), "the end of the thread")

    assert count_calls(engine) == 0


def test_it_gives_rates_and_says_that_they_are_there(engine: FakeEngine, sampler: Sampler, slug: str) -> None:
    heard: list[str] = []

    def hear(engine_slug: str, **_more: object) -> None:
        engine.stats[WEB] = (InterfaceStats("eth0", rx_bytes=1000 * (len(heard) + 1)),)
        heard.append(engine_slug)

    host_changed.connect(hear)
    note_viewer(slug, PAGE, WEB)
    interfaces = sampler.watch(slug, "unix:///x", WEB, stack=1)
    wait_until(lambda: len(heard) >= 3, "three answers")
    host_changed.disconnect(hear)

    assert interfaces.names == ("eth0",)
    rate = interfaces.traffic.rate(interfaces.indexes["eth0"])
    assert rate is not None
    assert rate.rx_bytes > 0
    assert sampler.watch(slug, "unix:///x", WEB, stack=1) is interfaces


def test_it_forgets_what_another_stack_counted(sampler: Sampler, slug: str) -> None:
    before = sampler.watch(slug, "unix:///x", WEB, stack=1)
    after = sampler.watch(slug, "unix:///x", WEB, stack=2)

    assert after is not before
    assert after.names == ()


def test_it_keeps_the_engines_words_and_goes_on_asking(engine: FakeEngine, sampler: Sampler, slug: str) -> None:
    engine.is_down = True
    note_viewer(slug, PAGE, WEB)
    interfaces = sampler.watch(slug, "unix:///x", WEB, stack=1)
    wait_until(lambda: interfaces.trouble != "", "the trouble")
    assert interfaces.trouble == "Nobody answers"

    engine.is_down = False
    note_viewer(slug, PAGE, WEB)
    wait_until(lambda: interfaces.trouble == "", "its end")

    assert interfaces.names == ("eth0",)


def test_it_asks_other_engines_while_one_hangs(engine: FakeEngine, sampler: Sampler, slug: str) -> None:
    """The one that hangs takes the connection and never answers, as a stopped dockerd does."""
    with socket.socket(socket.AF_UNIX) as hung, tempfile.TemporaryDirectory(prefix=name_prefix()) as folder:
        hung.bind(f"{folder}/docker.sock")
        hung.listen()
        hung_url = f"unix://{folder}/docker.sock"
        clients = {
            slug: lambda: engine,
            f"{slug}-hung": lambda: EngineClient(hung_url, Profile.READ, timeout_s=5.0),
        }
        beside = Sampler(lambda asked: clients[asked](), every_s=0.05, linger_s=0.1)
        try:
            for each in (f"{slug}-hung", slug):
                note_viewer(each, PAGE, WEB)
            theirs = beside.watch(f"{slug}-hung", hung_url, WEB, stack=1)
            beside.watch(slug, "unix:///x", WEB, stack=1)

            wait_until(lambda: count_calls(engine) >= 3, "three answers of the other", deadline_s=4)
            assert theirs.trouble == "", "it is still being waited for"
            wait_until(lambda: theirs.trouble, "the end of that")
        finally:
            beside.stop()
        assert not [thread.name for thread in threading.enumerate() if thread.name.startswith(f"stats-{slug}")]
