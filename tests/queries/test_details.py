"""One network, one container, and what went."""

from __future__ import annotations

from datetime import timedelta

import pytest

from networks.models import Tombstone
from networks.queries.containers import read_container_row
from networks.queries.details import (
    Gone,
    Guest,
    read_container_detail,
    read_gone,
    read_network_detail,
)
from networks.queries.networks import read_network_row
from tests.builders import MORNING, make_container, make_endpoint, make_engine, make_id, make_network

pytestmark = pytest.mark.django_db


def test_it_reads_a_network_with_its_endpoints() -> None:
    engine = make_engine()
    network = make_network(engine, "front", "172.20.0.0/16", labels={"b": "2", "a": "1"}, options={"mtu": 1400}, hue=3)
    make_endpoint(make_container(engine, "web"), network, "172.20.0.2", aliases=["www"], dns_names=["web"])
    make_endpoint(make_container(engine, "app"), network, "172.20.0.3")

    detail = read_network_detail("local", network.docker_id)

    assert detail is not None
    assert detail.labels == (("a", "1"), ("b", "2"))
    assert detail.options == (("mtu", "1400"),)
    assert [endpoint.container_name for endpoint in detail.endpoints] == ["app", "web"]
    assert (detail.endpoints[1].aliases, detail.endpoints[1].dns_names) == (("www",), ("web",))
    assert detail.row.used == 2


def test_it_reads_a_container_with_those_that_share_its_network() -> None:
    engine = make_engine()
    donor = make_container(engine, "vpn")
    make_endpoint(donor, make_network(engine, "front"), "172.20.0.2")
    guest = make_container(engine, "app", network_mode=f"container:{donor.docker_id}", donor_id=donor.docker_id)

    detail = read_container_detail("local", donor.docker_id)
    of_guest = read_container_detail("local", guest.docker_id)

    assert detail is not None
    assert of_guest is not None
    assert detail.guests == (Guest(guest.docker_id, "app", is_running=True),)
    assert [endpoint.network_name for endpoint in detail.endpoints] == ["front"]
    assert of_guest.row.donor_name == "vpn"
    assert of_guest.endpoints == ()


def test_it_tells_nothing_of_what_is_not_on_this_engine() -> None:
    other = make_engine("other")
    network, container = make_network(other, "front"), make_container(other, "web")
    make_engine("local")

    assert read_network_detail("local", network.docker_id) is None
    assert read_network_row("local", network.docker_id) is None
    assert read_container_detail("local", container.docker_id) is None
    assert read_container_row("local", container.docker_id) is None


def test_it_remembers_when_something_went_last() -> None:
    engine = make_engine()
    docker_id = make_id("network old")
    for hours in (3, 1, 2):
        Tombstone.objects.create(
            engine=engine,
            kind="network",
            docker_id=docker_id,
            name=f"old-{hours}",
            revision=hours,
            gone_at=MORNING - timedelta(hours=hours),
        )

    assert read_gone("local", "network", docker_id) == Gone("old-1", MORNING - timedelta(hours=1))
    assert read_gone("local", "container", docker_id) is None
    assert read_gone("other", "network", docker_id) is None
