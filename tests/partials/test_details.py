"""One network and one container, drawn."""

from __future__ import annotations

import html
from typing import Any

import pytest

from networks.models import Container, EngineStatus, Tombstone
from networks.partials.screens import draw_screen
from tests.builders import MORNING, make_container, make_endpoint, make_engine, make_id, make_network, make_predefined
from tests.partials.looking import ids, key, words

pytestmark = pytest.mark.django_db


def test_it_draws_a_network_with_its_endpoints() -> None:
    engine = make_engine()
    network = make_network(engine, "my_custom_network", "172.72.0.0/16", ip_range="172.72.0.0/24", gateway="172.72.0.1")
    web = make_container(engine, "web")
    make_endpoint(web, network, "172.72.0.10", requested_ipv4="172.72.0.10", dns_names=["web"], aliases=["www", "web"])
    asleep = make_container(engine, "asleep", state="exited", exit_code=0)
    make_endpoint(asleep, network, requested_ipv4="172.72.0.20")

    screen = draw_screen(key("network_detail", network.docker_id))
    rows = {row.dom_id: row.html for row in screen.regions["endpoint-rows"]}

    assert list(rows) == [f"ep-{asleep.docker_id}", f"ep-{web.docker_id}"]
    assert "asks for 172.72. 0.20" in words(rows[f"ep-{asleep.docker_id}"])
    assert "static" in words(rows[f"ep-{web.docker_id}"])
    assert "web, www" in words(rows[f"ep-{web.docker_id}"])
    assert f"/networks/local/{network.docker_id}/disconnect/{web.docker_id}/" in rows[f"ep-{web.docker_id}"]
    assert words(screen.parts["endpoint-count"]) == "1 running, 1 stopped; 1 asks for an address"
    assert "1 of 254" in words(screen.parts["network-facts"])
    assert "public address space" in words(screen.parts["network-notes"])
    assert "--ip-range 172.72.0.0/24" in screen.parts["network-commands"]
    assert f"/networks/local/{network.docker_id}/connect/" in screen.parts["network-connect"]


@pytest.mark.parametrize(
    ("mode", "network", "why"),
    [
        ("host", "host", "It uses the host's own addresses. Docker assigns it none, so there is nothing to record."),
        ("none", "none", "It is on none, with loopback alone: Docker gives it no address until it is on another network."),
        (
            f"container:{make_id('container web')}",
            "",
            "It uses the addresses of the container whose network it shares; their history is on that container's page.",
        ),
        ("none", "bridge", "No address has been recorded yet."),
        ("bridge", "bridge", "No address has been recorded yet."),
    ],
)
def test_it_says_why_a_container_has_no_history_of_addresses(mode: str, network: str, why: str) -> None:
    engine = make_engine()
    networks = {each.name: each for each in make_predefined(engine)}
    container = make_container(engine, "app", network_mode=mode)
    if network:
        make_endpoint(container, networks[network], docker_id="e" * 64)

    history = draw_screen(key("container_detail", container.docker_id)).parts["container-history"]

    assert words(html.unescape(history)) == f"{why} All of its history"


@pytest.mark.parametrize(
    ("name", "fields", "why"),
    [
        ("host", {}, "Its containers use the host's own addresses; Docker gives them none."),
        ("none", {}, "Its containers have loopback alone; Docker gives them no address."),
        ("plan", {"is_config_only": True}, "It is only a configuration for other networks: no container can be on it."),
        ("front", {}, "No address has been recorded yet."),
    ],
)
def test_it_says_why_a_network_has_no_history_of_addresses(name: str, fields: dict[str, Any], why: str) -> None:
    network = make_network(make_engine(), name, **fields)

    history = draw_screen(key("network_detail", network.docker_id)).parts["network-history"]

    assert words(html.unescape(history)) == f"{why} All of its history"


def test_it_leaves_out_of_a_command_what_nobody_would_type() -> None:
    network = make_network(make_engine(), "front", labels={"long": "x" * 5_000})

    commands = draw_screen(key("network_detail", network.docker_id)).parts["network-commands"]

    assert "x" * 100 not in commands
    assert "too long" in words(commands)


@pytest.mark.parametrize(
    ("fields", "command"),
    [
        (
            {"driver": "null", "is_config_only": True, "labels": {"a": "b"}, "options": {"parent": "eth0"}},
            "--driver bridge \\ --subnet 10.9.0.0/24 \\ --config-only \\ --label a=b \\ --opt parent=eth0 \\ front",
        ),
        (
            {"config_from": "plan", "options": {"parent": "eth0"}},
            "docker network create \\ --driver bridge \\ --config-from plan \\ front",
        ),
        ({"ipam_driver": "weave", "ipam_options": {"a": "b"}}, "--ipam-driver weave \\ --ipam-opt a=b \\ front"),
        ({"scope": "swarm"}, "--scope swarm \\ front"),
    ],
)
def test_it_shows_what_few_networks_have_in_the_command(fields: dict[str, object], command: str) -> None:
    network = make_network(make_engine(), "front", "10.9.0.0/24", **fields)

    assert command in words(draw_screen(key("network_detail", network.docker_id)).parts["network-commands"])


def test_it_shows_the_beginning_of_very_many_and_very_long_labels() -> None:
    labels = {f"key-{number:05}": "v" for number in range(20_000)} | {"a-long-one": "x" * 2_000_000}
    network = make_network(make_engine(), "front", labels=labels)

    parts = draw_screen(key("network_detail", network.docker_id)).parts

    assert "key-00100" in parts["network-options"]
    assert "The first 200 of 20,001" in words(parts["network-options"])
    assert "cut off here" in words(parts["network-options"])
    assert len(parts["network-options"]) < 200_000
    assert len(parts["network-commands"]) < 20_000


def test_it_shows_all_that_an_endpoint_was_asked_for_in_its_command() -> None:
    engine = make_engine()
    network = make_network(engine, "front", "10.9.0.0/24")
    web = make_container(engine, "web")
    make_endpoint(
        web,
        network,
        "10.9.0.9",
        requested_ipv4="10.9.0.9",
        aliases=["www"],
        link_local_ips=["169.254.9.9"],
        links=["db:database"],
        driver_options={"com.docker.network.endpoint.ifname": "lan0", "api-token": "hush"},
        gateway_priority=5,
    )
    options = "--driver-opt api-token=hush --driver-opt com.docker.network.endpoint.ifname=lan0 --gw-priority 5"
    command = f"connect --ip 10.9.0.9 --alias www --link-local-ip 169.254.9.9 --link db:database {options} front web"

    of_network = draw_screen(key("network_detail", network.docker_id)).parts["network-commands"]
    of_container = draw_screen(key("container_detail", web.docker_id)).parts["container-commands"]

    assert command in html.unescape(of_network)
    assert command in html.unescape(of_container)


def test_it_says_why_nothing_joins_host_and_none() -> None:
    engine = make_engine()
    _, host, none = make_predefined(engine)
    sniffer = make_container(engine, "sniffer", network_mode="host")
    make_endpoint(sniffer, host)

    screen = draw_screen(key("network_detail", host.docker_id))

    assert "/connect/" not in screen.parts["network-connect"]
    assert "only from its creation on" in words(screen.parts["network-connect"])
    assert "/disconnect/" not in screen.regions["endpoint-rows"][0].html
    assert "absence of a network" in words(draw_screen(key("network_detail", none.docker_id)).parts["network-connect"])


def test_it_notes_that_a_network_went_while_somebody_looked() -> None:
    engine = make_engine()
    docker_id = make_id("network old")
    Tombstone.objects.create(engine=engine, kind="network", docker_id=docker_id, name="old", revision=2, gone_at=MORNING)

    screen = draw_screen(key("network_detail", docker_id))

    assert screen.regions == {"endpoint-rows": ()}
    assert "was removed at" in words(screen.parts["network-notes"])
    assert words(screen.parts["network-connect"]) == "This network is not there any more."
    assert "network-facts" not in screen.parts


def test_it_draws_a_container_with_its_mode_in_words() -> None:
    engine = make_engine()
    front = make_network(engine, "front", "172.20.0.0/16")
    donor = make_container(engine, "vpn", network_mode="front")
    make_endpoint(donor, front, "172.20.0.2", ipv4_gateway="172.20.0.1", aliases=["v"])
    guest = make_container(engine, "app", network_mode=f"container:{donor.docker_id}", donor_id=donor.docker_id)

    of_donor = draw_screen(key("container_detail", donor.docker_id))
    of_guest = draw_screen(key("container_detail", guest.docker_id))

    assert ids(of_donor, "endpoint-rows") == [f"ep-{front.docker_id}"]
    assert "docker network connect --alias v front vpn" in of_donor.parts["container-commands"]
    assert "app" in words(of_donor.parts["container-mode"])
    assert "/connect/" in of_donor.parts["container-connect"]
    assert "vpn" in words(of_guest.parts["container-mode"])
    assert "/connect/" not in of_guest.parts["container-connect"]
    assert "no endpoints of its own" in words(of_guest.parts["endpoint-empty"])


def test_it_tells_of_a_network_that_is_missing() -> None:
    engine = make_engine()
    lost = make_container(engine, "lost", state="exited", exit_code=1)
    make_endpoint(lost, None, network_name="gone_a")
    make_endpoint(lost, None, network_name="gone_b")

    screen = draw_screen(key("container_detail", lost.docker_id))

    assert len(set(ids(screen, "endpoint-rows"))) == 2
    assert "can't start" in words(screen.parts["container-notes"])
    assert "not listed here" in words(draw_screen(key("container_list")).regions["container-rows"][0].html)


def test_it_follows_a_container_that_is_renamed() -> None:
    engine = make_engine()
    web = make_container(engine, "web")
    draw_screen(key("container_detail", web.docker_id))

    Container.objects.filter(pk=web.pk).update(name="www", revision=2)
    EngineStatus.objects.update(revision=2)

    assert words(draw_screen(key("container_detail", web.docker_id)).parts["container-name"]) == "www"
