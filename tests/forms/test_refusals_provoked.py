"""Each sentence that a real Engine refuses with is known: what it is about, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import ip_address, ip_network

import pytest

from networks.engine.calls import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import Refused
from networks.engine.registry import connect_engine
from networks.engine.specs import ConnectSpec, DisconnectSpec, NetworkSpec, PoolSpec
from networks.forms.refusals import explain
from tests.private_engine import PrivateEngine

BRIDGE_NAME = "com.docker.network.bridge.name"


def pool(subnet: str, ip_range: str = "", gateway: str = "") -> PoolSpec:
    return PoolSpec(ip_network(subnet), ip_network(ip_range) if ip_range else None, ip_address(gateway) if gateway else None)


def refusal(ask: Callable[[], object]) -> tuple[str, int]:
    """Return (field, status) of what the Engine refuses with; its own sentence where we don't know it."""
    with pytest.raises(Refused) as caught:
        ask()
    meaning = explain(caught.value.sentence)
    return (meaning.field if meaning else caught.value.sentence, caught.value.status)


@pytest.fixture
def client(engine: PrivateEngine) -> Iterator[EngineClient]:
    opened = connect_engine(engine.url, Profile.NETWORK)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (NetworkSpec("taken"), ("name", 409)),
        (NetworkSpec("new", pools=(pool("172.30.0.0/16"),)), ("subnet", 403)),
        (NetworkSpec("new", pools=(pool("10.9.0.0/24", gateway="10.8.0.1"),)), ("gateway", 400)),
        (NetworkSpec("new", pools=(pool("10.9.0.0/24", gateway="10.9.0.255"),)), ("gateway", 500)),
        (NetworkSpec("new", pools=(pool("10.9.0.0/24", "10.8.0.0/25"),)), ("ip_range", 400)),
        (NetworkSpec("new", pools=(pool("10.9.0.0/24", "10.0.0.0/8"),)), ("ip_range", 400)),
        (NetworkSpec("new", pools=(pool("10.9.0.0/24"), pool("10.8.0.0/24"))), ("subnet", 403)),
        (NetworkSpec("bridge"), ("name", 403)),
        (NetworkSpec("new", driver="host"), ("driver", 403)),
        (NetworkSpec("new", driver="overlay"), ("driver", 403)),
        (NetworkSpec("new", options={BRIDGE_NAME: "br-taken"}), ("options", 403)),
        (NetworkSpec("new", options={BRIDGE_NAME: "br-far-too-long-a-name"}), ("options", 500)),
        (NetworkSpec("new", driver="macvlan", options={"parent": "foo"}), ("options", 500)),
        (NetworkSpec("new", driver="macvlan", options={"parent": "foo.10"}), ("options", 500)),
        (NetworkSpec("new", enable_ipv6=True), ("pools", 404)),
    ],
)
def test_it_knows_why_a_network_was_not_created(
    engine: PrivateEngine, client: EngineClient, spec: NetworkSpec, expected: tuple[str, int]
) -> None:
    engine.cli("network", "create", "--subnet", "172.30.0.0/24", "--opt", f"{BRIDGE_NAME}=br-taken", "taken")

    assert refusal(lambda: client.create_network(spec)) == expected


def test_it_knows_why_a_container_was_not_connected(engine: PrivateEngine, client: EngineClient) -> None:
    mine = engine.cli("network", "create", "--subnet", "172.30.0.0/29", "mine")
    automatic = engine.cli("network", "create", "automatic")
    host, bridge = (engine.cli("network", "inspect", "-f", "{{.Id}}", name) for name in ("host", "bridge"))
    web, other = engine.run("web"), engine.run("other", "--network", "mine", "--ip", "172.30.0.3")
    hosted, lonely = engine.run("hosted", "--network", "host"), engine.run("lonely", "--network", "none")
    inside = ip_address("172.30.0.3")

    def connect(network: str, container: str, address: object = None) -> tuple[str, int]:
        return refusal(lambda: client.connect_container(ConnectSpec(network, container, address)))  # type: ignore[arg-type]

    assert {
        "held": connect(mine, web, inside),
        "outside": connect(mine, web, ip_address("172.31.0.3")),
        "automatic": connect(automatic, web, inside),
        "default": connect(bridge, other, ip_address("172.17.0.77")),
        "twice": connect(mine, other),
        "host": connect(host, web),
        "hosted": connect(mine, hosted),
        "lonely": connect(mine, lonely),
        "not there": refusal(lambda: client.disconnect_container(DisconnectSpec(automatic, web))),
        "active": refusal(lambda: client.remove_network(mine)),
        "gone": refusal(lambda: client.remove_network("0" * 64)),
        "predefined": refusal(lambda: client.remove_network(bridge)),
    } == {
        "held": ("ipv4", 403),
        "outside": ("ipv4", 400),
        "automatic": ("ipv4", 400),
        "default": ("ipv4", 400),
        "twice": ("container_id", 403),
        "host": ("network_id", 400),
        "hosted": ("container_id", 400),
        "lonely": ("container_id", 400),
        "not there": ("", 500),
        "active": ("", 403),
        "gone": ("network_id", 404),
        "predefined": ("", 403),
    }


def test_it_knows_when_a_network_is_full(engine: PrivateEngine, client: EngineClient) -> None:
    full = engine.cli("network", "create", "--subnet", "172.30.0.0/30", "full")
    engine.run("first", "--network", "full")

    assert refusal(lambda: client.connect_container(ConnectSpec(full, engine.run("second")))) == ("", 500)
