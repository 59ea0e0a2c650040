"""What a removal or a disconnect would break."""

from __future__ import annotations

import pytest

from networks.queries.consequences import affected_by
from tests.builders import make_container, make_endpoint, make_engine, make_network

PORTS = [{"private_port": 80, "protocol": "tcp", "public_port": 8080, "address": "::"}, {"private_port": 443, "protocol": "tcp"}]


@pytest.mark.django_db
def test_it_tells_running_from_stopped_and_the_only_network_from_one_of_several() -> None:
    engine = make_engine()
    front, back = make_network(engine, "front", "172.72.0.0/16"), make_network(engine, "back", is_internal=True)
    web = make_container(engine, "web", network_mode="front", ports=PORTS)
    old = make_container(engine, "old", state="exited", exit_code=0, network_mode="back", ports=PORTS)
    make_endpoint(web, front, "172.72.0.2")
    make_endpoint(web, back, "172.73.0.2")
    make_endpoint(old, front, requested_ipv4="172.72.0.20")

    running, stopped = affected_by("local", front.docker_id)

    assert (running.name, running.is_running, running.is_last, running.is_own_network) == ("web", True, False, True)
    assert (running.address, running.closing_ports) == ("172.72.0.2", ("[::]:8080->80/tcp",))
    assert (stopped.name, stopped.is_running, stopped.is_last, stopped.is_own_network) == ("old", False, True, False)
    assert (stopped.address, stopped.closing_ports) == ("172.72.0.20", ())


@pytest.mark.django_db
def test_it_keeps_ports_open_that_another_network_can_serve() -> None:
    engine = make_engine()
    front, back = make_network(engine, "front"), make_network(engine, "back")
    web = make_container(engine, "web", ports=PORTS)
    for network in (front, back):
        make_endpoint(web, network, "172.72.0.2")

    assert [each.closing_ports for each in affected_by("local", front.docker_id, web.docker_id)] == [()]
    assert affected_by("local", front.docker_id, "0" * 64) == ()
