"""The real client while a real Engine is killed, suspended and restarted."""

from __future__ import annotations

import threading
import time
from contextlib import closing

import pytest

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import TimedOut, Unreachable
from networks.engine.specs import NetworkSpec
from networks.engine.transport.stream import EventStream
from tests.patience import within
from tests.private_engine import IMAGE, PrivateEngine, wait_until


def test_it_notices_a_kill_and_comes_back_by_itself(fresh_engine: PrivateEngine) -> None:
    with closing(EngineClient(fresh_engine.url, Profile.NETWORK)) as client:
        network_id = client.create_network(NetworkSpec("kept"))
        stream = client.events()
        ended = threading.Event()
        threading.Thread(target=_read_out, args=(stream, ended)).start()

        fresh_engine.kill9()
        assert ended.wait(60)
        with pytest.raises(Unreachable):
            client.ping()
        with pytest.raises(Unreachable):
            client.create_network(NetworkSpec("n2"))
        fresh_engine.restart()

        client.ping()
        assert client.inspect_network(network_id).name == "kept"
        assert client.create_network(NetworkSpec("n2"))


def test_it_waits_no_longer_than_its_deadline_for_a_suspended_engine(fresh_engine: PrivateEngine) -> None:
    with closing(EngineClient(fresh_engine.url, Profile.NETWORK, timeout_s=0.3)) as client:
        client.ping()
        stream = client.events()
        ended = threading.Event()
        reader = threading.Thread(target=_read_out, args=(stream, ended))
        reader.start()
        fresh_engine.stop()
        try:
            started = time.monotonic()
            with pytest.raises(TimedOut):
                client.ping()
            with pytest.raises(TimedOut):
                client.picture()
            with pytest.raises(TimedOut) as raised:
                client.create_network(NetworkSpec("late"))
            assert time.monotonic() - started < within(3)
            assert not ended.is_set()  # a suspended Engine keeps its streams open and silent
            stream.close()
            reader.join(2)
            assert ended.is_set()
        finally:
            fresh_engine.cont()

        assert raised.value.was_sent
        # What was asked in time may have happened all the same: the next reading settles it.
        wait_until(lambda: _names(client) >= {"bridge", "host", "none"}, "the Engine's answer")


def _read_out(stream: EventStream, ended: threading.Event) -> None:
    for _ in stream:
        continue
    ended.set()


def _names(client: EngineClient) -> set[str]:
    try:
        return {network.name for network in client.picture().networks}
    except TimedOut:
        return set()


def test_it_leaves_a_container_alone_that_a_network_is_named_after(engine: PrivateEngine) -> None:
    """The attack: with a name in the URL, removing this network would remove the container."""
    engine.run("victim")
    engine.cli("network", "create", "../containers/victim")

    with closing(EngineClient(engine.url, Profile.NETWORK)) as client:
        attack = next(n for n in client.picture().networks if n.name == "../containers/victim")
        client.remove_network(attack.docker_id)

    assert engine.cli("ps", "--format", "{{.Names}} {{.Image}}") == f"victim {IMAGE}"
    assert "victim" not in engine.cli("network", "ls")
