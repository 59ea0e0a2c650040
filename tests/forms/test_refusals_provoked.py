"""Whatever a real Engine refuses is explained as catalogued: what it is about, and who stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import ip_address, ip_interface, ip_network

import pytest

from networks.actions.recording import ActionResult
from networks.addressing.pool_checks import Pool
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import Refused
from networks.engine.specs import ConnectSpec, DisconnectSpec, NetworkSpec
from networks.hostnet.listeners import PortOwner, find_port_owner
from networks.models import OutcomeKind
from networks.refusals.catalogue import explain
from networks.views.acting import explain_refusal
from tests.conftest import IS_FULL
from tests.forms.typed_networks import ask
from tests.private_engine import PrivateEngine

pytestmark = pytest.mark.django_db  # what stands in the way is looked for in the snapshot, which is empty here
OPTION = "com.docker.network."
BRIDGE_NAME = f"{OPTION}bridge.name"
LOCAL_IP = ip_address("10.0.0.1")


def pool(subnet: str, ip_range: str = "", gateway: str = "", **reserved: str) -> Pool:
    aux = {name: ip_address(text) for name, text in reserved.items()}
    return Pool(ip_network(subnet), ip_network(ip_range) if ip_range else None, ip_address(gateway) if gateway else None, aux)


def refusal(act: Callable[[], object]) -> tuple[str, str, int]:
    """Return (key, field, status) of what the Engine refuses with; its own sentence where we don't know it."""
    with pytest.raises(Refused) as caught:
        act()
    sentence, status = caught.value.sentence, caught.value.status
    meaning = explain(sentence)
    if meaning is None:
        return sentence, "", status
    shown = explain_refusal(ActionResult(OutcomeKind.REFUSED, 1, sentence=sentence, status=status))
    assert shown.meaning
    assert shown.advice
    return meaning.key, meaning.field, status


@pytest.fixture
def client(engine: PrivateEngine) -> Iterator[EngineClient]:
    opened = EngineClient(engine.url, Profile.NETWORK)
    yield opened
    opened.close()


CREATIONS: tuple[tuple[NetworkSpec, tuple[str, str, int]], ...] = (
    (NetworkSpec("taken"), ("name_taken", "name", 409)),
    (NetworkSpec("new", pools=(pool("172.30.0.0/16"),)), ("pool_overlaps", "subnet", 403)),
    (NetworkSpec("new", pools=(Pool(ip_interface("10.9.0.5/24")),)), ("host_bits", "subnet", 400)),  # type: ignore[arg-type]
    (NetworkSpec("new", pools=(pool("10.9.0.0/24", gateway="10.8.0.1"),)), ("gateway_outside", "gateway", 400)),
    (NetworkSpec("new", pools=(pool("10.9.0.0/24", gateway="10.9.0.255"),)), ("gateway_reserved", "gateway", 500)),
    (NetworkSpec("new", pools=(pool("10.9.0.0/24", r="10.8.0.9"),)), ("reserved_outside", "aux_addresses", 400)),
    (NetworkSpec("new", pools=(pool("10.9.0.0/24", r="10.9.0.0"),)), ("reserved_taken", "aux_addresses", 500)),
    (NetworkSpec("new", pools=(pool("10.9.0.0/24", "10.8.0.0/25"),)), ("range_outside", "ip_range", 400)),
    (NetworkSpec("new", pools=(pool("10.9.0.0/24", "10.0.0.0/8"),)), ("range_bigger", "ip_range", 400)),
    (NetworkSpec("new", pools=(pool("10.9.0.0/24"), pool("10.8.0.0/24"))), ("two_pools", "subnet", 403)),
    (NetworkSpec("bridge"), ("name_predefined", "name", 403)),
    (NetworkSpec("new", driver="host"), ("driver_single", "driver", 403)),
    (NetworkSpec("new", driver="overlay"), ("not_swarm_manager", "driver", 403)),
    (NetworkSpec("new", scope="swarm"), ("not_swarm_manager", "scope", 403)),
    (NetworkSpec("new", is_ingress=True), ("ingress_scope", "is_ingress", 403)),
    (NetworkSpec("new", options={BRIDGE_NAME: "br-taken"}), ("bridge_name_taken", "options", 403)),
    (NetworkSpec("new", options={BRIDGE_NAME: "br-far-too-long-a-name"}), ("bridge_name_long", "bridge_name", 500)),
    (NetworkSpec("new", options={f"{OPTION}bridge.enable_icc": "maybe"}), ("option_syntax", "options", 400)),
    (NetworkSpec("new", options={f"{OPTION}driver.mtu": "-1"}), ("mtu", "options", 400)),
    (NetworkSpec("new", options={f"{OPTION}driver.mtu": "999999999"}), ("mtu", "options", 500)),
    (NetworkSpec("new", driver="macvlan", options={"macvlan_mode": "x"}), ("mode_unknown", "options", 500)),
    (NetworkSpec("new", driver="macvlan", options={"parent": "foo"}), ("parent_missing", "options", 500)),
    (NetworkSpec("new", driver="macvlan", options={"parent": "foo.10"}), ("parent_missing", "options", 500)),
    (NetworkSpec("new", driver="macvlan", options={"parent": "ifb7"}), ("parent_taken", "options", 500)),
    (NetworkSpec("new", enable_ipv6=True), ("ipv6_not_chosen", "pools", 404)),
    (NetworkSpec("new", config_from="nobody"), ("config_from", "config_from", 404)),
    (NetworkSpec("new", config_from="plan", pools=(pool("10.9.0.0/24"),)), ("config_from", "config_from", 403)),
    (NetworkSpec("new", is_config_only=True, is_internal=True), ("config_only", "is_config_only", 403)),
)


def test_it_knows_why_a_network_was_not_created(engine: PrivateEngine, client: EngineClient) -> None:
    engine.cli("network", "create", "--subnet", "172.30.0.0/24", "--opt", f"{BRIDGE_NAME}=br-taken", "taken")
    engine.cli("network", "create", "--config-only", "plan")
    engine.check_inside("sh", "-c", "ip link show ifb7 >/dev/null 2>&1 || ip link add ifb7 type ifb")
    engine.cli("network", "create", "-d", "macvlan", "-o", "parent=ifb7", "first")

    refused = [refusal(lambda asked=spec: client.create_network(asked)) for spec, _ in CREATIONS]  # type: ignore[misc]

    assert refused == [expected for _, expected in CREATIONS]


@pytest.mark.skipif(not IS_FULL, reason="the Engine searches for 15 s; runs in ./bin/test full")
def test_it_knows_that_a_plugin_is_missing(client: EngineClient) -> None:
    assert refusal(lambda: client.create_network(NetworkSpec("new", driver="weave"))) == ("plugin_missing", "driver", 404)


def test_it_knows_the_address_that_docker_keeps_of_a_refused_connect(engine: PrivateEngine, client: EngineClient) -> None:
    """If Docker gives it back one day, the advice to restart dockerd has to go."""
    both = engine.cli("network", "create", "--ipv6", "--subnet", "172.30.0.0/29", "--subnet", "fd00:30::/64", "both")
    web, _other = engine.run("web"), engine.run("other", "--network", "both", "--ip6", "fd00:30::3")
    kept, held = ip_address("172.30.0.5"), ip_address("fd00:30::3")

    first = refusal(lambda: client.connect_container(ConnectSpec(both, web, ipv4=kept, ipv6=held)))  # type: ignore[arg-type]
    second = refusal(lambda: client.connect_container(ConnectSpec(both, web, ipv4=kept)))  # type: ignore[arg-type]

    assert first == second == ("address_held", "ipv4", 403)
    assert "172.30.0.5" not in engine.cli("network", "inspect", "both")
    known = explain("Address already in use")
    assert known is not None
    assert "until dockerd is restarted" in str(known.advice)


def test_it_knows_why_a_container_was_not_connected(engine: PrivateEngine, client: EngineClient) -> None:
    mine = engine.cli("network", "create", "--subnet", "172.30.0.0/29", "mine")
    automatic, plan = engine.cli("network", "create", "automatic"), engine.cli("network", "create", "--config-only", "plan")
    host, bridge = (engine.cli("network", "inspect", "-f", "{{.Id}}", name) for name in ("host", "bridge"))
    web, other = engine.run("web"), engine.run("other", "--network", "mine", "--ip", "172.30.0.3")
    hosted, lonely = engine.run("hosted", "--network", "host"), engine.run("lonely", "--network", "none")
    inside, key = ip_address("172.30.0.3"), f"{OPTION}endpoint.macaddress"

    def connect(network: str, container: str, address: object = None, **wishes: object) -> tuple[str, str, int]:
        spec = ConnectSpec(network, container, ipv4=address, **wishes)  # type: ignore[arg-type]
        return refusal(lambda: client.connect_container(spec))

    assert [
        connect(mine, web, inside),
        connect(mine, web, ip_address("172.31.0.3")),
        connect(automatic, web, inside),
        connect(bridge, other, ip_address("172.17.0.77")),
        connect(bridge, other, aliases=("blog",)),
        connect(mine, other),
        connect(host, web),
        connect(mine, hosted),
        connect(mine, lonely),
        connect(plan, web),
        connect(mine, web, link_local_ips=(LOCAL_IP,)),
        connect(mine, web, link_local_ips=(ip_address("fe80::7"),)),
        connect(mine, web, links=("a:b:c",)),
        connect(mine, web, driver_options={key: "02:42:ac:1e:00:09"}),
        connect(mine, "0" * 64),
    ] == [
        ("address_held", "ipv4", 403),
        ("address_outside", "ipv4", 400),
        ("static_on_automatic", "ipv4", 400),
        ("static_on_default_bridge", "ipv4", 400),
        ("alias_on_default_bridge", "aliases", 400),
        ("already_connected", "container_id", 403),
        ("host_network", "network_id", 400),
        ("shared_stack", "container_id", 400),
        ("on_none", "container_id", 400),
        ("config_only_network", "network_id", 403),
        ("link_local", "link_local_ips", 400),
        ("link_local_set", "link_local_ips", 500),
        ("link_format", "links", 500),
        ("option_type", "driver_options", 500),
        ("container_gone", "container_id", 404),
    ]
    *meaning, status = connect("0" * 64, web)
    assert (meaning, status in (404, 500)) == (["network_gone", "network_id"], True)  # 500 once it has been in a swarm


def test_it_knows_why_nothing_was_taken_away(engine: PrivateEngine, client: EngineClient) -> None:
    mine, empty = engine.cli("network", "create", "mine"), engine.cli("network", "create", "empty")
    plan = engine.cli("network", "create", "--config-only", "plan")
    engine.cli("network", "create", "--config-from", "plan", "planned")
    host, bridge = (engine.cli("network", "inspect", "-f", "{{.Id}}", name) for name in ("host", "bridge"))
    web, hosted = engine.run("web", "--network", "mine"), engine.run("hosted", "--network", "host")

    assert [
        refusal(lambda: client.disconnect_container(DisconnectSpec(empty, web))),
        refusal(lambda: client.disconnect_container(DisconnectSpec(empty, web, is_forced=True))),
        refusal(lambda: client.disconnect_container(DisconnectSpec(host, hosted))),
        refusal(lambda: client.remove_network(mine)),
        refusal(lambda: client.remove_network("0" * 64)),
        refusal(lambda: client.remove_network(bridge)),
        refusal(lambda: client.remove_network(plan)),
    ] == [
        ("not_connected", "", 500),
        ("not_connected", "", 500),
        ("host_network", "network_id", 400),
        ("active_endpoints", "", 403),
        ("network_gone", "network_id", 404),
        ("predefined_stays", "", 403),
        ("config_in_use", "", 403),
    ]
    engine.cli("network", "rm", "planned")  # before what it depends on


def test_it_knows_when_a_network_is_full(engine: PrivateEngine, client: EngineClient) -> None:
    full = engine.cli("network", "create", "--subnet", "172.30.0.0/30", "full")
    engine.run("first", "--network", "full")

    assert refusal(lambda: client.connect_container(ConnectSpec(full, engine.run("second")))) == ("pool_full", "", 500)


def test_it_knows_who_has_a_port(engine: PrivateEngine, client: EngineClient) -> None:
    front, _inner = engine.cli("network", "create", "front"), engine.cli("network", "create", "--internal", "inner")
    engine.run("first", "-p", "127.0.0.1:18080:80")
    second = engine.run("second", "--network", "inner", "-p", "127.0.0.1:18080:80")
    third = engine.run("third", "--network", "inner", "-p", "127.0.0.1:18099:80")
    listening = engine.enter("busybox", "nc", "-l", "-p", "18099")
    try:
        assert refusal(lambda: client.connect_container(ConnectSpec(front, second))) == ("port_allocated", "ports", 500)
        assert refusal(lambda: client.connect_container(ConnectSpec(front, third))) == ("port_bound", "ports", 500)
        assert find_port_owner(engine.url, 18099) == PortOwner(listening.pid, "busybox")
        proxy = find_port_owner(engine.url, 18080)
        assert proxy is not None
        assert proxy.name == "docker-proxy"
        assert find_port_owner(engine.url, 18100) is None
    finally:
        listening.kill()
        listening.wait()


def test_it_knows_what_our_own_forms_never_ask(engine: PrivateEngine) -> None:
    engine.run("web")
    guest = {"NetworkMode": "container:web", "PortBindings": {"80/tcp": [{}]}}
    image = engine.import_image()

    for path, body, expected in (
        ("/containers/create?name=web", {"Image": image}, "container_name_taken"),
        ("/containers/create", {"Image": image, "HostConfig": guest}, "conflicting_options"),
        ("/networks/create", {"Name": "x", "IPAM": {"Config": [{"Subnet": "10.9.0.0"}]}}, "not_a_subnet"),
    ):
        status, said = ask(engine, "POST", path, body)

        assert status >= 400
        meaning = explain(said["message"])
        assert meaning is not None, said
        assert meaning.key == expected
