"""Traffic on the pages of a container and a network: sums, gaps, what can't be told, and hostile names."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime

import pytest

from networks.hostnet.facts import Counters, HostView, Obstacle
from networks.models import Container
from networks.partials.screen import Screen
from networks.partials.screens import draw_screen
from networks.sync.host.board import HostLink, HostPicture, Peer, put_up
from networks.sync.host.stack_sampler import sampler
from networks.sync.host.traffic import Traffic
from tests.builders import make_container, make_endpoint, make_engine, make_id, make_network
from tests.fake_host import EVERYTHING, FakeHost
from tests.partials.looking import key
from tests.partials.looking import words as words_of

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\u202e\x1b[31m"


def words(part: str) -> str:
    """Return what a person reads of it."""
    return html.unescape(words_of(part))


class World:
    """Two containers on one bridge network, as the watcher would see them, with two samples of their links."""

    def __init__(self) -> None:
        self.engine = make_engine()
        self.network = make_network(self.engine, "front", "172.20.0.0/16", hue=3)
        self.web = make_container(self.engine, "web", network_mode="front", pid=11)
        self.db = make_container(self.engine, "db", network_mode="front", pid=12)
        make_endpoint(self.web, self.network, "172.20.0.2", dns_names=["web"])
        make_endpoint(self.db, self.network, "172.20.0.3", dns_names=["db"])
        self.host = FakeHost()
        self.bridge = self.host.add_link("br-front", "bridge", "172.20.0.1/16")
        self.ports = {container.docker_id: self._plug(container) for container in (self.web, self.db)}
        self.ring = Traffic()
        self.moment = 0.0
        self.sample()

    def _plug(self, container: Container) -> int:
        self.host.add_container(container.docker_id)
        return self.host.plug(container.docker_id, self.bridge)

    def sample(self, **counts: int) -> None:
        """Add to the counters of web's link, and take a sample 2 s after the last."""
        self.moment += 2.0
        if counts:
            self.host.count(self.ports[self.web.docker_id], **counts)
        self.ring.add(self.host.open().counters(), now=self.moment, at=1_700_000_000 + self.moment)

    def show(self, *, view: HostView = EVERYTHING, trouble: str = "", sharing: tuple[str, ...] = ()) -> None:
        """Put the picture up."""
        peers = {
            self.ports[container.docker_id]: Peer(
                container.docker_id, container.name, "eth0", self.network.docker_id, "front", "", sharing
            )
            for container in (self.web, self.db)
        }
        links = tuple(
            HostLink(
                fact,
                peers.get(index),
                network_id=self.network.docker_id if index == self.bridge else "",
                hue=3 if index in peers else 0,
            )
            for index, fact in self.host.links.items()
        )
        shown = links if view.sees_host and not trouble else ()
        put_up("local", HostPicture(view, shown, revision=1, as_of=datetime.now(UTC), trouble=trouble), self.ring)

    def container(self, one: Container | None = None, language: str = "en") -> Screen:
        return draw_screen(key("container_detail", (one or self.web).docker_id, language=language))

    def on_network(self) -> Screen:
        return draw_screen(key("network_detail", self.network.docker_id))


@pytest.fixture
def world() -> World:
    return World()


def points(screen: Screen) -> dict[str, object]:
    before, _, after = screen.parts["traffic-now"].partition('data-points="')
    assert before
    return dict(json.loads(html.unescape(after.partition('"')[0])))


def test_it_shows_a_containers_rates_as_the_container_sees_them(world: World) -> None:
    world.sample(tx_bytes=4_000, tx_packets=4, rx_bytes=600, rx_packets=6)
    world.show()

    screen = world.container()
    said = words(screen.parts["traffic-now"])

    assert "2.0 kB/s 300 B/s 4.0 kB 600 B 0 / 0" in said
    assert "at most 2.0 kB/s in and 300 B/s out" in said
    assert f'href="/networks/local/{world.network.docker_id}/"' in screen.parts["traffic-now"]
    assert points(screen)["in"] == [pytest.approx(2_000, rel=0.001)]
    assert "2.0 kB/s 300 B/s" in words(screen.parts["traffic-minutes"])


def test_it_adds_a_networks_ports_up(world: World) -> None:
    world.host.count(world.ports[world.db.docker_id], tx_bytes=2_000, rx_bytes=8_000)
    world.sample(tx_bytes=4_000, rx_bytes=600)
    world.show()

    said = words(world.on_network().parts["traffic-now"])

    assert "Together 3.0 kB/s 4.3 kB/s 6.0 kB 8.6 kB" in said
    assert said.index("db") < said.index("web") < said.index("Together")


def test_it_lets_lost_packets_stand_out(world: World) -> None:
    world.sample(rx_dropped=6, tx_errors=2)
    world.show()

    part = world.container().parts["traffic-now"]

    assert re.search(r'<b class="warn strong">6</b>\s+/\s+<b class="bad strong">2</b>', part)
    assert "Packets get lost right now: front" in words(part)
    assert "8 packets were dropped or broken" in words(part)
    assert "4 a second" in words(part)


def test_it_shows_a_gap_where_counters_went_backwards(world: World) -> None:
    world.sample(tx_bytes=4_000)
    index = world.ports[world.web.docker_id]
    world.host.change(index, counters=Counters(tx_bytes=10))
    world.sample()
    world.show()

    screen = world.on_network()

    assert "web eth0" in words(screen.parts["traffic-now"])
    assert points(screen)["in"] == [pytest.approx(2_000, rel=0.001), None]
    assert "Together – – 10 B" in words(screen.parts["traffic-now"])


def test_it_redraws_figures_alone_with_a_sample(world: World, django_assert_num_queries: pytest.FixtureRequest) -> None:
    world.show()
    before = world.container()
    world.sample(tx_bytes=4_000)

    with django_assert_num_queries(1):  # type: ignore[operator]
        after = world.container()

    changed = {name for name, part in after.parts.items() if part != before.parts[name]}
    assert changed == {"traffic-now", "traffic-minutes"}
    assert after.regions == before.regions
    world.on_network()
    world.sample()
    with django_assert_num_queries(1):  # type: ignore[operator]
        world.on_network()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": "exited", "exit_code": 0}, "It isn't running"),
        ({"network_mode": "host"}, "It uses the host's own interfaces"),
        ({"network_mode": "none"}, "It is on no network that gives it an interface, and no link on the host leads to it"),
    ],
)
def test_it_says_why_there_is_nothing_to_measure(fields: dict[str, object], sentence: str) -> None:
    lone = make_container(make_engine(), "lone", **fields)
    put_up("local", HostPicture(EVERYTHING, revision=1))

    screen = draw_screen(key("container_detail", lone.docker_id))

    assert sentence in words(screen.parts["traffic-now"])
    assert "data-points" not in screen.parts["traffic-now"]
    assert "<table" not in screen.parts["traffic-now"]


def test_it_shows_a_guest_the_figures_of_the_stack_that_it_shares(world: World) -> None:
    mode = f"container:{world.web.docker_id}"
    guest = make_container(world.engine, "guest", network_mode=mode, donor_id=world.web.docker_id)
    world.sample(tx_bytes=4_000)
    world.show(sharing=("guest",))

    said = words(world.container(guest).parts["traffic-now"])

    assert "the network stack that it shares" in said
    assert "2.0 kB/s" in said
    assert "shared with guest" in words(world.on_network().parts["traffic-now"])
    further = make_container(world.engine, "further", network_mode=f"container:{guest.docker_id}", donor_id=guest.docker_id)
    assert "veth0000004" in words(world.container(further).parts["traffic-now"]), "the links are those at the end of the chain"


def test_it_asks_the_engine_where_nothing_of_the_host_is_seen(world: World) -> None:
    world.show(view=HostView(why_not_host=Obstacle.REMOTE, why_not_inside=Obstacle.REMOTE))

    container, network = (words(screen.parts["traffic-now"]) for screen in (world.container(), world.on_network()))

    assert "the Engine's counters. This Engine is on another machine" in container
    assert world.web.docker_id in sampler._engines["local"]._watched
    assert "those aren't visible. This Engine is on another machine" in network
    assert "The page of a container shows" in network


def test_it_asks_the_engine_for_what_has_no_link_on_the_host() -> None:
    engine = make_engine()
    lan = make_network(engine, "lan", "192.168.7.0/24", driver="macvlan")
    web = make_container(engine, "web", network_mode="lan", pid=11)
    make_endpoint(web, lan, "192.168.7.2")
    put_up("local", HostPicture(EVERYTHING, revision=1))

    said = words(draw_screen(key("container_detail", web.docker_id)).parts["traffic-now"])

    assert "The host shows no link of it" in said
    assert "no links on the host that could be counted" in words(
        draw_screen(key("network_detail", lan.docker_id)).parts["traffic-now"]
    )


def test_it_shows_the_systems_words_when_the_host_cannot_be_read(world: World) -> None:
    world.show(trouble=HOSTILE)

    parts = world.on_network().parts

    assert "<script>" not in parts["traffic-now"]
    assert "\u202e" not in parts["traffic-now"]
    assert "\x1b" not in parts["traffic-now"]
    assert "The system's message" in words(parts["traffic-now"])


def test_it_spells_hostile_names(world: World) -> None:
    Container.objects.filter(pk=world.web.pk).update(name=HOSTILE)
    world.web.name = HOSTILE
    world.host.change(world.ports[world.web.docker_id], name="<b>\x07veth")
    world.show(sharing=(HOSTILE,))

    for screen in (world.container(), world.on_network()):
        part = screen.parts["traffic-now"]
        assert "<script>" not in part
        assert "<b>\x07" not in part
        assert "\u202e" not in part


def test_it_shows_the_busiest_of_very_many_and_the_sum_of_all() -> None:
    engine = make_engine()
    hub = make_network(engine, "hub", "172.20.0.0/16")
    host, ring = FakeHost(), Traffic()
    bridge = host.add_link("br-hub", "bridge", "172.20.0.1/16")
    links = []
    for number in range(60):
        host.add_container(f"c{number}")
        index = host.plug(f"c{number}", bridge)
        host.count(index, tx_bytes=1_000 * number)
        links.append((index, Peer(make_id(f"container {number}"), f"web-{number:02}", "eth0", hub.docker_id, "hub")))
    ring.add(host.open().counters(), now=1.0, at=1.0)
    pictured = tuple(HostLink(host.links[index], peer, hue=1) for index, peer in links)
    put_up("local", HostPicture(EVERYTHING, pictured, revision=1), ring)

    part = draw_screen(key("network_detail", hub.docker_id)).parts["traffic-now"]

    assert part.count("web-") == 20
    assert "web-59" in part
    assert "web-39" not in part
    assert "And 40 more" in words(part)
    assert "1.8 MB" in words(part)
