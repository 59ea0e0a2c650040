"""What a refusal means here: who stands in the way is named, with what would do instead."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from networks.addressing.pool_checks import Pool
from networks.engine.specs import ConnectSpec, NetworkSpec
from networks.hostnet.listeners import find_port_owner
from networks.models import Container, Engine
from networks.preflight.findings import Fix
from networks.queries.choices import container_choices, network_choices
from networks.refusals.catalogue import explain_each
from networks.refusals.fixes import work_out
from networks.refusals.meaning import Explanation, Opening, RefusalContext
from tests.builders import make_container, make_endpoint, make_engine, make_id, make_network, make_pool, make_predefined

pytestmark = pytest.mark.django_db
WEB = make_id("container web")


@pytest.fixture
def local() -> Engine:
    engine = make_engine(api_version="1.45", network_drivers=["bridge", "host", "macvlan", "null"])
    make_predefined(engine)
    front = make_network(engine, "front", "172.72.0.0/16", gateway="172.72.0.1")
    make_endpoint(make_container(engine, "shop"), front, "172.72.0.2")
    make_container(engine, "web", ports=[{"private_port": 80, "protocol": "tcp", "public_port": 8080, "address": ""}])
    return engine


def connecting(sentence: str, ipv4: str = "", name: str = "front", container: str = "web", ipv6: str = "") -> Explanation:
    [network] = [choice for choice in network_choices("local") if choice.name == name]
    [chosen] = [choice for choice in container_choices("local") if choice.name == container]
    addresses = [ip_address(typed) if typed else None for typed in (ipv4, ipv6)]
    spec = ConnectSpec(network.docker_id, chosen.docker_id, **dict(zip(("ipv4", "ipv6"), addresses, strict=False)))  # type: ignore[arg-type]
    found = work_out(explain_each(sentence), sentence, RefusalContext("local", network, chosen, spec))
    assert found is not None
    return found


def creating(sentence: str, *subnets: str, name: str = "new", driver: str = "bridge", **options: str) -> Explanation:
    pools = [Pool(ip_network(subnet) if subnet else None) for subnet in subnets]
    specs = tuple(Pool(pool.subnet) for pool in pools if pool.subnet)
    spec = NetworkSpec(name, driver, specs, options={key.replace("_", "."): text for key, text in options.items()})
    found = work_out(explain_each(sentence), sentence, RefusalContext("local", spec=spec, pools=pools))
    assert found is not None
    return found


def test_it_names_who_holds_the_address_and_the_next_free_one(local: Engine) -> None:
    found = connecting("Address already in use", "172.72.0.2")

    assert found.text == "shop has 172.72.0.2 on this network. Only one endpoint at a time can use an address."
    assert found.fixes == (
        Fix("Use 172.72.0.3, the next free one", "ipv4=172.72.0.3", is_primary=True),
        Fix("Let Docker choose", "ipv4="),
    )
    assert found.opens == (Opening("container", make_id("container shop"), "shop"),)


def test_it_says_when_nobody_here_holds_the_address(local: Engine) -> None:
    found = connecting("Address already in use", "172.72.0.9")

    assert found.text.startswith("The Engine counts 172.72.0.9 as taken, and no container here has it")


@pytest.mark.parametrize("ipv6", ["", "fd00::9"])
def test_it_says_that_docker_keeps_an_address_whose_connect_was_refused_over_ipv6(local: Engine, ipv6: str) -> None:
    both = make_network(local, "both", "172.73.0.0/16", gateway="172.73.0.1")
    make_pool(both, "fd00::/64", gateway="fd00::1")

    found = connecting("Address already in use", "172.73.0.9", name="both", ipv6=ipv6)

    assert found.field == "ipv4"
    assert found.text == (
        "The Engine counts 172.73.0.9 as taken, and no container here has it. Docker keeps an IPv4 address when it refuses the "
        "same connect for its IPv6 address."
    )
    assert found.advice == "Use another one. 172.73.0.9 is free again after the Engine (dockerd) is restarted."
    assert found.fixes[0] == Fix("Use 172.73.0.2, the next free one", "ipv4=172.73.0.2", is_primary=True)


def test_it_names_the_holder_of_either_address(local: Engine) -> None:
    both = make_network(local, "both", "172.73.0.0/16", gateway="172.73.0.1")
    make_pool(both, "fd00::/64", gateway="fd00::1")
    container = Container.objects.get(name="shop")
    make_endpoint(container, both, "172.73.0.2", ipv6="fd00::2", ipv6_prefix_length=64)

    found = connecting("Address already in use", "172.73.0.9", name="both", ipv6="fd00::2")

    assert (found.field, found.fixes[0].value) == ("ipv6", "ipv6=fd00::3")
    assert found.text.startswith("shop has fd00::2 on this network.")


def test_it_names_the_subnets_that_an_address_is_outside_of(local: Engine) -> None:
    found = connecting("invalid endpoint settings:\nno configured subnet contains IP address 10.0.0.9", "10.0.0.9")

    assert (found.field, found.text) == ("ipv4", "10.0.0.9 is not inside 172.72.0.0/16.")
    assert found.fixes[0].value == "ipv4=172.72.0.3"


def test_it_names_the_network_that_overlaps_and_a_subnet_that_is_free(local: Engine) -> None:
    found = creating("invalid pool request: Pool overlaps with other one on this address space", "", "172.72.5.0/24")

    assert found.text == "172.72.5.0/24 overlaps 172.72.0.0/16, which the network front has."
    assert found.fixes == (Fix("Use 10.128.0.0/24, which is free", "pools-1-subnet=10.128.0.0/24", is_primary=True),)
    assert found.opens == (Opening("network", make_id("network front"), "front"),)


def test_it_says_when_the_machine_itself_has_the_addresses(local: Engine) -> None:
    found = creating("conflicts with network 0a (br-0a): networks have overlapping IPv4", "192.168.7.0/24")

    assert found.text.startswith("No other network overlaps 192.168.7.0/24: the Engine's machine itself")
    assert found.fixes[0].value == "pools-0-subnet=10.128.0.0/24"


def test_it_names_networks_that_nothing_uses_where_all_subnets_are_taken(local: Engine) -> None:
    make_network(local, "idle", "10.9.0.0/24")

    found = creating("all predefined address pools have been fully subnetted", "")

    assert found.advice == "Name a subnet yourself, or remove networks without containers: idle."
    assert found.fixes == (Fix("Use 10.128.0.0/16, which is free", "pools-0-subnet=10.128.0.0/16", is_primary=True),)
    assert found.opens == (Opening("network", make_id("network idle"), "idle"),)


def test_it_names_the_plugin_that_is_missing_and_what_is_there(local: Engine) -> None:
    found = creating('plugin "weave" not found', driver="weave")

    assert found.text == "This Engine has no driver “weave”. It has bridge, macvlan."
    assert found.fixes == (Fix("Use the driver bridge", "driver=bridge", is_primary=True),)


def test_it_offers_a_name_that_is_free(local: Engine) -> None:
    found = creating("network with name front already exists", name="front")

    assert found.fixes == (Fix("Did you mean front-2?", "name=front-2", is_primary=True),)
    assert found.opens == (Opening("network", make_id("network front"), "front"),)


def test_it_names_the_network_that_has_the_bridge(local: Engine) -> None:
    make_network(local, "lan", options={"com.docker.network.bridge.name": "br0"})

    found = creating("networks have same bridge name", com_docker_network_bridge_name="br0")

    assert found.text == "The network lan already uses the bridge br0."
    assert found.opens == (Opening("network", make_id("network lan"), "lan"),)


@pytest.mark.parametrize(
    "sentence",
    [
        "driver failed programming external connectivity: Bind for 0.0.0.0:8080 failed: port is already allocated",
        "Bind for [fd00::1]:8080 failed: port is already allocated",
        "Bind for :::8080 failed: port is already allocated",
    ],
)
def test_it_names_the_container_that_has_the_port(local: Engine, sentence: str) -> None:
    found = connecting(sentence, container="shop")

    assert found.text == "The container web publishes port 8080."
    assert found.opens == (Opening("container", WEB, "web"),)


def test_it_says_how_to_find_the_process_that_has_the_port_where_it_cannot_be_seen(local: Engine) -> None:
    found = connecting("Error starting userland proxy: listen tcp4 0.0.0.0:8099: bind: address already in use")

    assert "uses port 8099" in found.text
    assert "ss -lnp 'sport = :8099'" in found.text


@pytest.mark.parametrize(
    "url", ["tcp://127.0.0.1:2375", "ssh://root@elsewhere", "unix:///nonexistent/docker.sock", "", "unix://"]
)
def test_it_looks_for_no_process_on_another_machine(url: str) -> None:
    assert find_port_owner(url, 22) is None


def test_it_names_who_keeps_a_network_from_being_removed(local: Engine) -> None:
    [network] = [choice for choice in network_choices("local") if choice.name == "front"]
    sentence = "error while removing network: network front id 0a has active endpoints"

    found = work_out(explain_each(sentence), sentence, RefusalContext("local", network))

    assert found is not None
    assert found.text == "Running containers are on this network: shop."
    assert found.opens == (Opening("container", make_id("container shop"), "shop"),)


def test_it_takes_the_engine_s_word_where_the_snapshot_knows_nobody(local: Engine) -> None:
    [network] = [choice for choice in network_choices("local") if choice.name == "bridge"]
    sentence = 'network bridge has active endpoints (name:"c2" id:"0a1b2c3d4e5f", name:"c3" id:"1a1b2c3d4e5f")'

    found = work_out(explain_each(sentence), sentence, RefusalContext("local", network))

    assert found is not None
    assert found.text == "Running containers are on this network: c2, c3."


def test_it_says_what_each_of_several_faults_means(local: Engine) -> None:
    found = creating(
        "invalid network config:\n* invalid subnet 10.20.0.5/24: it should be 10.20.0.0/24\n"
        "* invalid gateway 10.21.0.1: parent subnet 10.20.0.0/24 doesn't contain this address"
    )

    assert found.text == (
        "This is an address in a subnet; the Engine's message gives the subnet. The gateway is outside its subnet."
    )


def test_it_explains_nothing_that_it_does_not_know() -> None:
    assert work_out((), "the moon is in the wrong house", RefusalContext("local")) is None


@pytest.mark.parametrize("sentence", ["Address already in use", "Pool overlaps with x", 'plugin "', "port is already allocated"])
def test_it_says_the_general_where_nothing_is_known_of_the_request(sentence: str) -> None:
    found = work_out(explain_each(sentence), sentence, RefusalContext(""))

    assert found is None or (found.text and found.opens == ())
