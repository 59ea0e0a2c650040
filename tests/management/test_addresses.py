"""`manage.py addresses`."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from networks.models import Engine
from tests.builders import make_container, make_endpoint, make_engine, make_id, make_network, make_pool

pytestmark = pytest.mark.django_db


def run(*args: str) -> str:
    out = StringIO()
    call_command("addresses", *args, stdout=out)
    return out.getvalue()


def fill(engine: Engine) -> None:
    network = make_network(engine, "front", "172.72.0.0/16", ip_range="172.72.0.0/24", gateway="172.72.0.1")
    make_pool(network, "fd00:72::/64")
    pool = network.pools.get(position=0)
    pool.aux_addresses = {"router": "172.72.0.9"}
    pool.save()
    make_endpoint(make_container(engine, "web"), network, "172.72.0.2", ipv6="fd00:72::2", ipv6_gateway="fd00:72::1")
    make_endpoint(make_container(engine, "asleep", state="exited", exit_code=0), network, requested_ipv4="172.72.3.20")


def test_it_prints_every_address_that_is_not_free() -> None:
    fill(make_engine())

    document: dict[str, Any] = json.loads(run("--json"))

    web = {"container_id": make_id("container web"), "container_name": "web", "state": "in_use"}
    nobody = {"container_id": None, "container_name": None}
    assert document == {
        "pools": [
            {
                "network_id": make_id("network front"),
                "network_name": "front",
                "subnet": "172.72.0.0/16",
                "ip_range": "172.72.0.0/24",
                "gateway": "172.72.0.1",
                "capacity": 65_534,
                "used": 4,
                "free": 65_530,
                "addresses": [
                    {"address": "172.72.0.1", "state": "gateway"} | nobody,
                    {"address": "172.72.0.2"} | web,
                    {"address": "172.72.0.9", "state": "aux"} | nobody,
                    {
                        "address": "172.72.3.20",
                        "container_id": make_id("container asleep"),
                        "container_name": "asleep",
                        "state": "requested",
                    },
                ],
            },
            {
                "network_id": make_id("network front"),
                "network_name": "front",
                "subnet": "fd00:72::/64",
                "ip_range": None,
                "gateway": "fd00:72::1",
                "capacity": 2**64 - 1,
                "used": 2,
                "free": 2**64 - 3,
                "addresses": [{"address": "fd00:72::1", "state": "gateway"} | nobody, {"address": "fd00:72::2"} | web],
            },
        ]
    }


def test_it_prints_a_table_for_people() -> None:
    engine = make_engine()
    fill(engine)
    make_network(engine, "over", "10.0.0.0/24", gateway="10.0.0.1", driver="overlay", scope="swarm")
    make_network(engine, "tiny", "10.1.0.0/30", gateway="10.1.0.1")
    make_endpoint(make_container(engine, "only"), engine.networks.get(name="tiny"), "10.1.0.2")

    lines = [line.split() for line in run("--engine", "local").splitlines()]

    assert lines == [
        ["SUBNET", "IP", "RANGE", "NETWORK", "GATEWAY", "CAPACITY", "USED", "FREE", "NEXT"],
        ["10.0.0.0/24", "-", "over", "10.0.0.1", "254", "1", "253", "(swarm)"],
        ["10.1.0.0/30", "-", "tiny", "10.1.0.1", "2", "2", "0", "(full)"],
        ["172.72.0.0/16", "172.72.0.0/24", "front", "172.72.0.1", "65534", "4", "65530", "172.72.0.3"],
        ["fd00:72::/64", "-", "front", "fd00:72::1", str(2**64 - 1), "2", str(2**64 - 3), "fd00:72::3"],
    ]
