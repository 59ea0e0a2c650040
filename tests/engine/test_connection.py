"""One connection: kept, found dead, opened anew with a version chosen anew, and ended from another thread."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError, Incompatible, NotAllowed, ProtocolFault, TimedOut, Unreachable
from networks.engine.specs import ConnectSpec, NetworkSpec
from tests.engine.scripted_engine import VERSION, Behaviour, Peer, ScriptedEngine
from tests.patience import within
from tests.private_engine import wait_until

ID = "a" * 64


def _container(peer: Peer) -> None:
    peer.answer_json({"Id": ID, "Name": "/c"})


@pytest.fixture
def healthy(tmp_path: Path) -> Iterator[ScriptedEngine]:
    with ScriptedEngine(tmp_path, _container) as engine:
        yield engine


def test_it_sends_nothing_before_the_first_call(healthy: ScriptedEngine) -> None:
    with closing(EngineClient(healthy.url, Profile.READ)):
        pass

    assert healthy.requests == []


def test_it_negotiates_once_and_keeps_the_connection(healthy: ScriptedEngine) -> None:
    with closing(EngineClient(healthy.url, Profile.READ)) as client:
        client.inspect_container(ID)
        client.inspect_container(ID)

    inspect = ("GET", f"/v1.45/containers/{ID}/json")
    assert healthy.requests == [("GET", "/version"), inspect, inspect]


def test_it_asks_for_the_version_once_a_connection(healthy: ScriptedEngine) -> None:
    with closing(EngineClient(healthy.url, Profile.READ)) as client:
        first = client.negotiate()
        client.inspect_container(ID)
        again = client.negotiate()
        healthy.version = lambda peer: peer.answer_json(VERSION | {"ApiVersion": "1.52", "MinAPIVersion": "1.44"})
        healthy.drop_connections()
        upgraded = client.negotiate()

    assert (first, again, upgraded) == ("1.45", "1.45", "1.52")
    assert [target for _, target in healthy.requests if target == "/version"] == ["/version"] * 2


def test_it_connects_and_negotiates_anew_after_a_restart(healthy: ScriptedEngine) -> None:
    with closing(EngineClient(healthy.url, Profile.READ)) as client:
        client.inspect_container(ID)
        healthy.version = lambda peer: peer.answer_json(VERSION | {"ApiVersion": "1.52", "MinAPIVersion": "1.44"})
        healthy.drop_connections()
        client.inspect_container(ID)

    assert healthy.requests[-2:] == [("GET", "/version"), ("GET", f"/v1.52/containers/{ID}/json")]


def test_it_negotiates_after_a_ping_that_opened_the_connection(healthy: ScriptedEngine) -> None:
    behaviour = healthy.behaviour
    healthy.behaviour = lambda peer: peer.answer(200, b"OK") if peer.target == "/_ping" else behaviour(peer)

    with closing(EngineClient(healthy.url, Profile.READ)) as client:
        client.inspect_container(ID)
        healthy.drop_connections()
        client.ping()
        client.inspect_container(ID)

    assert [target for _, target in healthy.requests][2:4] == ["/_ping", "/version"]


def test_it_repeats_a_read_once_when_the_kept_connection_ends_under_it(tmp_path: Path) -> None:
    answers = iter([_container, Peer.hang_up, _container])

    with (
        ScriptedEngine(tmp_path, lambda peer: next(answers)(peer)) as engine,
        closing(EngineClient(engine.url, Profile.READ)) as client,
    ):
        client.inspect_container(ID)
        assert client.inspect_container(ID).name == "c"


def test_it_never_repeats_a_change(tmp_path: Path) -> None:
    with ScriptedEngine(tmp_path, Peer.hang_up) as engine:
        with (
            closing(EngineClient(engine.url, Profile.NETWORK)) as client,
            pytest.raises(ProtocolFault, match="may have happened"),
        ):
            client.create_network(NetworkSpec("n"))

        assert [method for method, _ in engine.requests].count("POST") == 1


def test_it_follows_no_redirect(tmp_path: Path) -> None:
    def redirect(peer: Peer) -> None:
        peer.answer(307, b"", "text/plain", f"Location: /v1.45/containers/{ID}")

    with ScriptedEngine(tmp_path, redirect) as engine:
        with closing(EngineClient(engine.url, Profile.NETWORK)) as client, pytest.raises(ProtocolFault):
            client.remove_network(ID)

        assert engine.requests == [("GET", "/version"), ("DELETE", f"/v1.45/networks/{ID}")]


@pytest.mark.parametrize(
    ("newest", "oldest", "chosen"),
    [("1.45", "1.24", "1.45"), ("1.56", "1.44", "1.55"), ("1.24", "1.12", "1.24"), ("1.60", "1.55", "1.55")],
)
def test_it_chooses_the_newest_version_that_both_speak(healthy: ScriptedEngine, newest: str, oldest: str, chosen: str) -> None:
    healthy.version = lambda peer: peer.answer_json({"ApiVersion": newest, "MinAPIVersion": oldest})

    with closing(EngineClient(healthy.url, Profile.READ)) as client:
        assert client.negotiate() == chosen


@pytest.mark.parametrize(("newest", "oldest"), [("1.23", "1.12"), ("1.99", "1.60")])
def test_it_says_which_versions_do_not_meet(healthy: ScriptedEngine, newest: str, oldest: str) -> None:
    healthy.version = lambda peer: peer.answer_json({"ApiVersion": newest, "MinAPIVersion": oldest})

    with (
        closing(EngineClient(healthy.url, Profile.READ)) as client,
        pytest.raises(Incompatible, match=f"{oldest} to {newest}") as raised,
    ):
        client.picture()

    assert raised.value.request == "GET /version"


def answer_without_end(peer: Peer) -> None:
    """Give no length: the answer ends with the connection, which http.client then lets go of while it reads."""
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    peer.hang()


@pytest.mark.parametrize("behaviour", [Peer.hang, answer_without_end])
def test_it_wakes_a_waiting_call_when_it_is_closed(tmp_path: Path, behaviour: Behaviour) -> None:
    with ScriptedEngine(tmp_path, behaviour) as engine, closing(EngineClient(engine.url, Profile.READ)) as client:
        errors: list[EngineError] = []

        def wait() -> None:
            try:
                client.inspect_container(ID)
            except EngineError as error:
                errors.append(error)

        waiting = threading.Thread(target=wait)
        waiting.start()
        wait_until(lambda: len(engine.requests) == 2, "the request")
        time.sleep(0.05)  # it reads by now
        started = time.monotonic()
        client.close()
        waiting.join(60)

        assert time.monotonic() - started < within(1)
        assert isinstance(errors[0], Unreachable | ProtocolFault)
        assert len(engine.requests) == 2


def test_it_connects_again_after_it_was_closed(healthy: ScriptedEngine) -> None:
    with closing(EngineClient(healthy.url, Profile.READ)) as client:
        client.inspect_container(ID)
        client.close()
        assert client.inspect_container(ID).name == "c"


def test_it_gives_a_second_thread_its_deadline_too(tmp_path: Path) -> None:
    with (
        ScriptedEngine(tmp_path, Peer.hang) as engine,
        closing(EngineClient(engine.url, Profile.NETWORK, timeout_s=0.2)) as client,
    ):

        def change_something() -> None:
            with pytest.raises(TimedOut):
                client.remove_network(ID)

        change = threading.Thread(target=change_something)
        change.start()
        wait_until(lambda: len(engine.requests) == 2, "the request")
        with pytest.raises(TimedOut, match="under way") as raised:
            client.inspect_container(ID)
        change.join(5)

    assert not raised.value.was_sent


def test_it_leaves_no_descriptor_behind(healthy: ScriptedEngine) -> None:
    before = len(os.listdir("/proc/self/fd"))

    for _ in range(20):
        with closing(EngineClient(healthy.url, Profile.READ)) as client:
            client.inspect_container(ID)
            healthy.drop_connections()
            client.inspect_container(ID)
            stream = client.events()
            assert stream is not None
    healthy.drop_connections()

    wait_until(lambda: len(os.listdir("/proc/self/fd")) <= before + 1, "the descriptors to be closed")


def test_it_sends_nothing_of_the_users_docker_configuration(
    healthy: ScriptedEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.json").write_text('{"HttpHeaders": {"X-Secret": "s3cret"}, "auths": {"r": {"auth": "dTpw"}}}')
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    heads: list[bytes] = []

    def remember(peer: Peer) -> None:
        heads.append(peer.head)
        peer.answer_json({"Id": ID})

    healthy.behaviour = remember
    with closing(EngineClient(healthy.url, Profile.RUN)) as client:
        client.inspect_container(ID)

    names = [line.partition(b":")[0] for line in heads[0].split(b"\r\n")[1:]]
    assert names == [b"Host", b"User-Agent"]


@pytest.mark.parametrize("url", ["http://h", "npipe://x", "unix://relative", "unix://", "", "/var/run/x", "file:///x"])
def test_it_refuses_urls_that_it_has_no_way_to(url: str) -> None:
    with pytest.raises(EngineError, match="unix:///"):
        EngineClient(url, Profile.READ)


def test_it_refuses_a_change_in_read_only_mode_whatever_the_profile(healthy: ScriptedEngine) -> None:
    with closing(EngineClient(healthy.url, Profile.NETWORK, is_read_only=True)) as client:
        client.inspect_container(ID)
        for change in (
            lambda: client.create_network(NetworkSpec("n")),
            lambda: client.remove_network(ID),
            lambda: client.connect_container(ConnectSpec(ID, ID)),
        ):
            with pytest.raises(NotAllowed, match="read-only"):
                change()

    assert {method for method, _ in healthy.requests} == {"GET"}


def test_it_leaves_no_answer_for_the_next_call_when_the_first_of_two_is_garbage(tmp_path: Path) -> None:
    lists = iter([[3], []])

    def answer(peer: Peer) -> None:
        peer.answer_json(next(lists) if peer.target.endswith("/networks") else [{"Id": ID}])

    with ScriptedEngine(tmp_path, answer) as engine, closing(EngineClient(engine.url, Profile.READ)) as client:
        with pytest.raises(ProtocolFault) as raised:
            client.picture()
        picture = client.picture()

    assert raised.value.request == "GET /networks"
    assert picture.networks == ()
    assert [container.docker_id for container in picture.containers] == [ID]
