"""Which network a link's traffic is of, where no bridge tells: what is known is the same on every page, what isn't is said."""

from __future__ import annotations

import html

import pytest

from networks.models import Container, Endpoint, EngineStatus, Network
from networks.partials.screens import draw_screen
from networks.sync.host.board import HostPicture, put_up
from tests.builders import make_container, make_endpoint, make_engine, make_id, make_network
from tests.fake_host import EVERYTHING
from tests.host_pictures import Watched
from tests.partials.looking import key
from tests.partials.looking import words as words_of

pytestmark = pytest.mark.django_db


def words(part: str) -> str:
    """Return what a person reads of it."""
    return html.unescape(words_of(part))


def plugged_world(*addresses: str) -> tuple[str, str, Watched]:
    """Have a container on a macvlan and, with a link, on the network of a plugin that tells no MAC; return ids and machine."""
    engine = make_engine()
    plugged = make_network(engine, "plugged", "10.99.8.0/24", driver="ovs", hue=3)
    lan = make_network(engine, "lan", "192.168.7.0/24", driver="macvlan")
    watched = Watched(engine)
    watched.run("web", plugged, 0, "10.99.8.2", network_mode="plugged")
    web = Container.objects.get(name="web")
    make_endpoint(web, lan, "192.168.7.2")
    Endpoint.objects.update(mac="")
    index = watched.host.plug(web.docker_id, 0, "eth0", *addresses, name="vp1234")
    watched.host.count(index, tx_bytes=4_000)
    watched.look()
    watched.sample()
    return web.docker_id, plugged.docker_id, watched


def test_it_shows_a_link_without_a_mac_on_the_network_whose_address_it_has() -> None:
    web, plugged, _watched = plugged_world("10.99.8.2/24")

    container = words(draw_screen(key("container_detail", web)).parts["traffic-now"])
    network = words(draw_screen(key("network_detail", plugged)).parts["traffic-now"])

    assert "plugged eth0 vp1234" in container
    assert "web eth0 vp1234" in network
    assert "4.0 kB" in container
    assert "4.0 kB" in network
    assert "known" not in container + network


def test_it_says_what_is_not_known_of_a_link_and_claims_nothing_else() -> None:
    web, plugged, _watched = plugged_world()

    container = words(draw_screen(key("container_detail", web)).parts["traffic-now"])
    network = words(draw_screen(key("network_detail", plugged)).parts["traffic-now"])

    assert "network not known eth0 vp1234" in container
    assert "Which network eth0 is on isn't known" in container
    assert "no known container" not in container
    assert "moved into the container whole" not in container
    assert "Whether these are on this network isn't known, and they aren't counted: web eth0." in network
    assert "no links on the host that could be counted" not in network


def test_it_says_of_an_overlay_where_its_links_end_and_sends_nobody_to_figures_that_no_page_has() -> None:
    web, _plugged, watched = plugged_world("10.99.8.2/24")
    container = Container.objects.get(docker_id=web)
    mesh = make_network(container.engine, "mesh", "10.0.3.0/24", driver="overlay", scope="swarm")
    make_endpoint(container, mesh, "10.0.3.4")
    EngineStatus.objects.update(revision=2)
    watched.look()

    on_container = words(draw_screen(key("container_detail", web)).parts["traffic-now"])
    on_network = words(draw_screen(key("network_detail", mesh.docker_id)).parts["traffic-now"])

    assert "The other end of an overlay network's interface is in a namespace of Docker's own: it isn't counted." in on_container
    assert "An interface that was moved into the container whole" in on_container  # the one on the macvlan
    assert "no links on the host that could be counted" in on_network
    assert "shows what its Engine counts" not in on_network


def test_it_adds_nothing_up_while_a_containers_link_is_not_known() -> None:
    _web, plugged, watched = plugged_world("10.99.8.2/24")
    network = Network.objects.get(docker_id=plugged)
    watched.run("moved", network, 0, "10.99.8.3", network_mode="plugged", revision=2)
    watched.run("third", network, 0, "10.99.8.4", network_mode="plugged", revision=2)
    Endpoint.objects.update(mac="")
    watched.host.plug(make_id("container third"), 0, "eth0", "10.99.8.4/24", name="vp9")
    EngineStatus.objects.update(revision=2)
    watched.look()
    watched.sample()

    screen = draw_screen(key("network_detail", plugged))
    said = words(screen.parts["traffic-now"])

    assert "1 running container on it has no link on the host that is known, and isn't counted." in said
    assert "third eth0 vp9" in said
    assert "Together" not in said
    assert "data-points" not in screen.parts["traffic-now"]


@pytest.mark.parametrize(
    ("driver", "state", "sentence"),
    [
        ("ovs", "exited", "No running container is on it, so it carries no traffic."),
        ("macvlan", "exited", "No running container is on it, so it carries no traffic."),
        ("ovs", "running", "no links on the host that could be counted"),
        ("bridge", "running", "The links of its containers were not found on the host, or not yet."),
    ],
)
def test_it_says_of_a_network_without_links_what_is_so(driver: str, state: str, sentence: str) -> None:
    engine = make_engine()
    network = make_network(engine, "front", "172.20.0.0/16", driver=driver)
    make_endpoint(make_container(engine, "web", network_mode="front", state=state), network, "172.20.0.2")
    put_up("local", HostPicture(EVERYTHING, revision=1))

    assert sentence in words(draw_screen(key("network_detail", network.docker_id)).parts["traffic-now"])


def test_it_shows_what_somebody_else_plugged_into_a_container() -> None:
    """Into one on no network, as `ovs-docker add-port` does: its mode says nothing of that, the host's links do."""
    watched = Watched(make_engine())
    watched.bridge(make_network(watched.engine, "front", "172.20.0.0/16", gateway="172.20.0.1"), "br-front", "172.20.0.1/16")
    watched.run("alone", network_mode="none")
    index = watched.host.plug(make_id("container alone"), 0, "eth1", "10.99.0.1/24", name="port1")
    watched.host.count(index, tx_bytes=4_000)
    watched.look()
    watched.sample()

    said = words(draw_screen(key("container_detail", make_id("container alone"))).parts["traffic-now"])

    assert "network not known eth1 port1" in said
    assert "4.0 kB" in said
    assert "A link without a network isn't one that Docker made for it, or Docker's record of it hasn't been read yet." in said
    assert "loopback" not in said
