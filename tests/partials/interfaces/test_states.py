"""What the page says where it can't show all, and what it makes of hostile names, many links and Korean."""

from __future__ import annotations

import re

import pytest

from networks.hostnet.facts import HostView, Obstacle
from networks.partials.interfaces.page import MANY
from networks.sync.host.board import HostPicture, picture_of, put_up
from tests.builders import MORNING, make_engine, make_network
from tests.host_pictures import Watched
from tests.partials.interfaces.reading import ROWS, page
from tests.partials.looking import ids, words

pytestmark = pytest.mark.django_db


def test_it_says_that_nobody_watches() -> None:
    make_engine()

    screen = page()

    assert "No process watches this Engine's machine." in screen.parts["interface-sight"]
    assert words(screen.parts["interface-sum"]) == ""
    assert screen.regions[ROWS] == ()


def test_it_says_why_the_machine_could_not_be_read(lab: Watched) -> None:
    before = picture_of("local")
    put_up("local", HostPicture(before.view, revision=before.revision + 1, as_of=before.as_of, trouble="No buffer <space>"))

    screen = page()
    sight = screen.parts["interface-sight"]

    assert "could not be read" in sight
    assert "No buffer &lt;space&gt;" in sight
    assert "It was last read at" in sight
    assert words(screen.parts["interface-sum"]) == ""
    assert words(screen.parts["lede"]) == "none seen"
    assert "can't be read at present" in screen.parts["interface-empty"]


@pytest.mark.parametrize("obstacle", [one for one in Obstacle if one])
def test_it_says_what_is_in_the_way_and_what_helps(obstacle: Obstacle) -> None:
    make_engine()
    put_up("local", HostPicture(HostView(why_not_host=obstacle, why_not_inside=obstacle), revision=1, as_of=MORNING))

    said = words(page().parts["interface-sight"])

    assert said.startswith("Neither the links of this Engine")
    assert said.count(".") >= 3


@pytest.mark.parametrize("name", ["<b>x</b>", "a&b\"'", "veth\x1b[31m", "\u202eevil", "eth0:1", "7", "한글", "-rf", "%s{x}"])
def test_it_shows_odd_names_as_text(lab: Watched, name: str) -> None:
    index = lab.host.add_link(name, "<kind>\x00", "10.0.0.1/8", mac="<mac>", state="<state>", flags=("UP", "<i>"))
    lab.look()

    for query in ("", f"open={index}", "as=ifconfig", "q=%3Cb%3E"):
        screen = page(query)
        drawn = "".join(one.html for rows in screen.regions.values() for one in rows) + "".join(screen.parts.values())
        assert not re.search(r"<(?:b>x|kind|mac|state>|i>)", drawn)
        assert "\x1b" not in drawn
        assert "\u202e" not in drawn
        assert "\x00" not in drawn
    assert f"lnk-{index}" in ids(page(), ROWS)


def test_it_keeps_a_page_of_many_links_light() -> None:
    engine = make_engine()
    watched = Watched(engine)
    network = make_network(engine, "big", "10.0.0.0/16", gateway="10.0.0.1")
    bridge = watched.bridge(network, "br-big", "10.0.0.1/16")
    for number in range(MANY + 50):
        watched.run(f"c{number}", network, bridge, f"10.0.1.{number}")
    watched.look()
    for _ in range(60):
        for index in list(watched.host.links)[::2]:
            watched.host.count(index, rx_bytes=1000 * index % 7919, rx_packets=1)
        watched.sample()

    screen = page()

    html = [one.html for one in screen.regions[ROWS]]
    assert len(html) == MANY + 52
    assert sum(map(len, html)) / len(html) < 2_200


def test_it_speaks_korean(lab: Watched) -> None:
    screen = page(language="ko")

    said = words("".join(screen.parts.values()))
    assert "veth" in said
    assert not re.search(r"running containers|links", said)
