"""Which drivers of Docker's own make something of an MTU and of a prefix for interfaces: the form offers them to no other."""

from __future__ import annotations

import json

import pytest

from networks.preflight.known_options import options_of
from tests.private_engine import PrivateEngine

MTU, PREFIX = "com.docker.network.driver.mtu", "com.docker.network.container_iface_prefix"
VXLAN_BYTES = 50  # that an overlay leaves for its headers


@pytest.mark.parametrize("driver", ["bridge", "macvlan", "overlay"])
def test_it_offers_an_option_where_docker_makes_something_of_it(fresh_engine: PrivateEngine, driver: str) -> None:
    engine, more = fresh_engine, []
    if driver == "macvlan":
        engine.check_inside("ip", "link", "add", "parent0", "type", "veth", "peer", "name", "parent1")
        more = ["-o", "parent=parent0"]
    if driver == "overlay":
        engine.cli("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1")
        more = ["--attachable"]
    engine.cli("network", "create", "-d", driver, *more, "-o", f"{MTU}=1400", "-o", f"{PREFIX}=lan", "odd")

    web = engine.run("web", "--network", "odd")
    mac = json.loads(engine.cli("inspect", web))[0]["NetworkSettings"]["Networks"]["odd"]["MacAddress"]
    name, mtu = next(
        (words[1].partition("@")[0].rstrip(":"), int(words[words.index("mtu") + 1]))
        for line in engine.cli("exec", web, "ip", "-o", "link").splitlines()
        if mac in (words := line.split())
    )

    offered = {option.key for option in options_of(driver)}
    assert (mtu in (1400, 1400 - VXLAN_BYTES)) is (MTU in offered)
    assert name.startswith("lan") is (PREFIX in offered)
