"""A machine with two bridges and three containers, for every test of the Interfaces page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from networks.sync.host.board import take_down
from tests.builders import make_engine, make_network
from tests.host_pictures import Watched


@pytest.fixture(autouse=True)
def board() -> Iterator[None]:
    yield
    take_down("local")


@pytest.fixture
def lab(db: None) -> Watched:
    """Three running containers on two networks, and the way out."""
    engine = make_engine()
    watched = Watched(engine)
    watched.host.add_link("wlo1", "wireless", "192.168.0.4/24", mac="e0:d4:64:dc:a9:01")
    bridge = make_network(engine, "bridge", "172.17.0.0/16", gateway="172.17.0.1", hue=1)
    mine = make_network(engine, "mybridge", "172.18.0.0/16", gateway="172.18.0.1", hue=2)
    docker0 = watched.bridge(bridge, "docker0", "172.17.0.1/16")
    other = watched.bridge(mine, "br-mine", "172.18.0.1/16")
    watched.run("wordpress", bridge, docker0, "172.17.0.3")
    watched.run("db", bridge, docker0, "172.17.0.2")
    watched.run("site", mine, other, "172.18.0.2")
    watched.look()
    return watched
