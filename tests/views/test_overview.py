"""The overview: an Engine added up, what is worth a look, the first step on an empty one."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from networks.models import EngineState
from networks.queries.engines import read_engine
from networks.queries.overview import Totals, count_blocks, read_totals
from tests.builders import MORNING, make_container, make_endpoint, make_engine, make_network, make_predefined
from tests.views.pages import count_statements, log_in
from tests.worlds import grow_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched_contexts")]


def totals() -> Totals:
    """Return the totals of the only Engine."""
    engine = read_engine("local")
    assert engine is not None
    return read_totals(engine)


@pytest.mark.parametrize(
    ("subnets", "pools", "counted"),
    [
        ((), (), (0, 31)),
        (("172.17.0.0/16",), (), (1, 31)),
        (("172.17.0.0/16", "172.17.5.0/24", "172.18.0.0/24"), (), (2, 31)),
        (("172.20.0.0/14",), (), (4, 31)),
        (("192.168.0.0/24", "192.168.1.0/24", "192.168.16.0/24"), (), (2, 31)),
        (("10.0.0.0/8",), (), (0, 31)),
        (("0.0.0.0/0",), (), (31, 31)),
        (("10.201.0.0/26", "10.201.0.32/27"), (("10.201.0.0/16", 26),), (1, 1024)),
        (("10.0.0.0/8",), (("10.0.0.0/8", 28), ("fd00::/48", 64)), (2**20, 2**20)),
    ],
)
def test_it_counts_the_blocks_of_the_default_pools(
    subnets: tuple[str, ...], pools: tuple[tuple[str, int], ...], counted: tuple[int, int]
) -> None:
    assert count_blocks([IPv4Network(subnet) for subnet in subnets], pools) == counted


def test_it_adds_an_engine_up() -> None:
    engine = make_engine()
    bridge, host, _none = make_predefined(engine)
    front = make_network(engine, "front", "172.18.0.0/16")
    make_network(engine, "lan", "10.30.0.0/24", driver="macvlan")
    make_endpoint(make_container(engine, "web"), front, "172.18.0.2")
    make_endpoint(make_container(engine, "plain"), bridge, "172.17.0.2")
    make_endpoint(make_container(engine, "hosted", network_mode="host"), host)
    make_endpoint(make_container(engine, "done", state="exited", exit_code=0), front)
    make_container(engine, "held", state="paused", network_mode="none")

    found = totals()

    assert found.drivers[0] == ("bridge", 2)
    assert dict(found.drivers) == {"bridge": 2, "host": 1, "null": 1, "macvlan": 1}
    assert (found.networks, found.own_networks) == (5, 2)
    assert (found.running, found.paused, found.stopped, found.failed, found.containers) == (3, 1, 1, 0, 5)
    assert found.endpoints == 2
    assert dict(found.modes)["host"] == 1
    assert (found.blocks_taken, found.blocks) == (2, 31)
    assert found.remarks == ()


def test_it_points_at_what_is_worth_a_look() -> None:
    engine = make_engine()
    tiny, sleepy = make_network(engine, "tiny", "10.9.9.0/30"), make_network(engine, "sleepy", "172.18.0.0/16")
    make_endpoint(make_container(engine, "sick", health="unhealthy"), tiny, "10.9.9.2")
    make_container(engine, "flappy", state="restarting")
    make_endpoint(make_container(engine, "crashed", state="exited", exit_code=137, ending="itself", finished_at=MORNING), sleepy)
    told = make_container(engine, "told", state="exited", exit_code=143, ending="asked", finished_at=MORNING)
    make_endpoint(told, make_network(engine, "across", driver="overlay", scope="swarm"))  # others may run on it elsewhere
    make_endpoint(told, make_network(engine, "docker_gwbridge"))

    remarks = [(remark.kind, remark.name) for remark in totals().remarks]
    page = log_in().get("/").content.decode()

    assert remarks == [
        ("restarting", "flappy"),
        ("unhealthy", "sick"),
        ("failed", "crashed"),
        ("full", "tiny"),
        ("idle", "sleepy"),
    ]
    assert "failed, exit code 137" in page
    assert "is used by 1 stopped container alone" in page


def test_it_offers_the_first_step_where_nothing_was_made_yet() -> None:
    engine = make_engine()
    make_predefined(engine)

    viewer = log_in("mina", engine, "viewer").get("/").content.decode()
    admin = log_in("sora", engine, "admin").get("/").content.decode()

    assert "/networks/local/create/" in admin
    assert "/engines/local/lab/up/" in admin
    assert "/engines/local/lab/up/" not in viewer
    assert "As soon as someone creates a network" in viewer


def test_it_does_not_count_what_was_never_read() -> None:
    make_engine(state=EngineState.DISCONNECTED.value, as_of=None)

    page = log_in().get("/").content.decode()

    assert "nothing is known of this Engine yet" in page
    assert '<dl class="facts" id="overview-totals" hidden>' in page


def test_it_dates_what_may_be_wrong_by_now() -> None:
    make_predefined(make_engine(state=EngineState.STALE.value))

    assert "as of <time" in log_in().get("/").context["part"]["lede"]


def test_it_takes_as_many_statements_for_a_large_engine_as_for_a_small_one() -> None:
    engine = make_engine(epoch="one")
    grow_world(engine, networks=3, containers=5)
    browser = log_in()

    few = count_statements(browser, "/")
    grow_world(make_engine("large", epoch="two"), networks=60, containers=200)
    many = count_statements(browser, "/?engine=large")

    assert many == few <= 14
