"""A container from inside, in words: every mode, every reason why not, and nothing hostile on the page."""

from __future__ import annotations

import html
from ipaddress import ip_address, ip_network

import pytest

from networks.hostnet.facts import InsideFact, LinkFact, Obstacle, ResolverFact, RouteFact
from networks.models import Container, Engine
from networks.partials.lifecycle.stack_inside import MOST_LINKS, draw_inside
from networks.queries.details import read_container_detail
from networks.sync.host.stack_reading import Reading, Trouble
from tests.builders import MORNING, make_container, make_endpoint, make_engine, make_network
from tests.fake_host import LOOPBACK, UP
from tests.partials.looking import words
from tests.views.pages import count_statements, log_in

pytestmark = pytest.mark.django_db
HOSTILE = "<img src=x onerror=alert(1)>\u202e\x1b[2J\x00"
ETH0 = LinkFact(2, "eth0", "veth", UP, 1500, 0, mac="02:42:ac:11:00:03", state="up")


@pytest.fixture
def engine() -> Engine:
    return make_engine()


def draw(container: Container, reading: Reading | None) -> str:
    return draw_inside(read_container_detail("local", container.docker_id), reading)


def said(drawn: str) -> str:
    return html.unescape(words(drawn))


def test_it_shows_interfaces_routes_resolver_and_names(engine: Engine) -> None:
    front, bridge = make_network(engine, "front", "172.20.0.0/16"), make_network(engine, "bridge", "172.17.0.0/16")
    web = make_container(engine, "web", network_mode="front", pid=7)
    make_endpoint(web, front, "172.20.0.2", dns_names=["web", web.docker_id[:12]], aliases=["www", "web"])
    make_endpoint(web, bridge, "172.17.0.2", dns_names=["never"], aliases=["shown"])
    routes = (
        RouteFact(ip_network("0.0.0.0/0"), ip_address("172.20.0.1"), 2, "eth0"),
        RouteFact(ip_network("172.20.0.0/16"), None, 2, "eth0", ip_address("172.20.0.2")),
        RouteFact(ip_network("10.0.0.0/8"), kind="blackhole"),
    )
    resolver = ResolverFact((ip_address("127.0.0.11"),), ("example.com",), ("ndots:0",))

    text = said(draw(web, Reading(InsideFact((LOOPBACK, ETH0), routes, resolver), MORNING)))

    assert "eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST> mtu 1500" in text
    assert "default IPv4 172.20.0.1 eth0" in text
    assert "172.20. 0.0/16 directly eth0 172.20.0.2" in text
    assert "blackhole" in text
    assert "127.0.0.11 Docker's own" in text
    assert "example.com" in text
    assert "ndots:0" in text
    assert f"front web , {web.docker_id[:12]} , www" in text
    assert "bridge none: the default bridge has no DNS" in text
    assert "never" not in text


def test_it_names_the_donor_of_a_shared_stack(engine: Engine) -> None:
    web = make_container(engine, "web")
    guest = make_container(engine, "guest", network_mode=f"container:{web.docker_id}", donor_id=web.docker_id)

    drawn = draw(guest, Reading(InsideFact((LOOPBACK, ETH0)), MORNING))

    assert "the network stack of another container, which it shares" in said(drawn)
    assert f'<a href="/containers/local/{web.docker_id}/">web</a>' in drawn


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [("host", "These are the host's own links"), ("none", "with nothing in it but loopback")],
)
def test_it_explains_host_and_none(engine: Engine, mode: str, sentence: str) -> None:
    lone = make_container(engine, "lone", network_mode=mode)

    text = said(draw(lone, Reading(InsideFact((LOOPBACK,)), MORNING)))

    assert sentence in text
    assert "Only loopback" in text
    assert "None: nothing can be sent anywhere" in text
    assert "couldn't be read" in text


@pytest.mark.parametrize(
    ("reading", "sentence"),
    [
        (None, "It isn't running"),
        (Reading(trouble=Trouble.VANISHED), "Its process ended"),
        (Reading(trouble=Trouble.UNKNOWN), "isn't known yet which process"),
        (Reading(trouble=Trouble.LATE), "didn't answer in time"),
        (Reading(trouble=Trouble.BUSY), "Other stacks are being read"),
        (Reading(trouble=Trouble.FAILED, sentence=HOSTILE), "The system's message"),
        (Reading(trouble=Trouble.NOT_ALLOWED, obstacle=Obstacle.NOT_ROOT), "Run Netadmin as root"),
        (Reading(trouble=Trouble.NOT_ALLOWED, obstacle=Obstacle.REMOTE), "on another machine"),
        (Reading(trouble=Trouble.NOT_ALLOWED), "may not enter"),
    ],
)
def test_it_says_why_there_is_nothing(engine: Engine, reading: Reading | None, sentence: str) -> None:
    drawn = draw(make_container(engine, "web"), reading)

    assert sentence in said(drawn)
    assert "<pre" not in drawn
    assert "<img" not in drawn


def test_it_says_that_it_is_gone() -> None:
    assert "not there any more" in said(draw_inside(None, None))


def test_it_spells_what_is_hostile(engine: Engine) -> None:
    web = make_container(engine, "web", network_mode="front")
    make_endpoint(web, make_network(engine, HOSTILE.replace("\x00", ""), "172.20.0.0/16"), "172.20.0.2", dns_names=[HOSTILE])
    routes = (RouteFact(ip_network("10.0.0.0/8"), None, 2, HOSTILE, kind=HOSTILE),)
    resolver = ResolverFact((), (HOSTILE * 100,), (HOSTILE,))
    link = LinkFact(2, HOSTILE, HOSTILE, UP, 1500, 0, mac=HOSTILE)

    drawn = draw(web, Reading(InsideFact((link,), routes, resolver), MORNING))

    assert "<img" not in drawn
    for character in "\u202e\x1b\x00":
        assert character not in drawn
    assert len(drawn) < 20_000


def test_it_shows_no_more_than_a_page_holds(engine: Engine) -> None:
    links = tuple(LinkFact(number, f"veth{number}", "veth", UP, 1500, 0) for number in range(1, 1001))
    routes = tuple(RouteFact(ip_network(f"10.{number}.0.0/16"), None, 1, "veth1") for number in range(200))

    drawn = draw(make_container(engine, "web", network_mode="host"), Reading(InsideFact(links, routes), MORNING))

    assert drawn.count("mtu 1500") == MOST_LINKS
    assert "And 970 links more" in said(drawn)
    assert "And 100 routes more" in said(drawn)
    assert 'href="/interfaces/?engine=local"' in drawn


def test_it_answers_htmx_with_a_fragment_and_people_with_a_page(engine: Engine) -> None:
    asleep = make_container(engine, "asleep", state="exited", exit_code=0)
    client, url = log_in("vera", engine, "viewer"), f"/containers/local/{asleep.docker_id}/inside/"

    page, fragment = client.get(url), client.get(url, headers={"HX-Request": "true"})

    assert "<h1>" in page.content.decode()
    assert "It isn&#x27;t running" in page.content.decode()
    assert fragment.content.decode().startswith('<div class="body inside" data-read>')
    assert client.get("/containers/local/" + "0" * 64 + "/inside/").status_code == 404
    gone = client.get("/containers/local/" + "0" * 64 + "/inside/", headers={"HX-Request": "true"})
    assert "not there any more" in gone.content.decode()


def test_it_takes_as_many_statements_for_a_large_world_as_for_a_small_one(engine: Engine) -> None:
    asleep = make_container(engine, "asleep", state="exited", exit_code=0)
    client, url = log_in(), f"/containers/local/{asleep.docker_id}/inside/"
    few = count_statements(client, url)
    for number in range(20):
        make_endpoint(asleep, make_network(engine, f"n{number}", f"10.{number}.0.0/16"))

    assert count_statements(client, url) == few <= 12
