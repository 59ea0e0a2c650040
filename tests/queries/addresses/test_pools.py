"""Pools with their use, out of the database."""

from __future__ import annotations

import gc
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networks.addressing.address_states import State
from networks.addressing.blocks import Dispute
from networks.addressing.next_address import NextKnown
from networks.models import Engine, EngineStatus, Network, Tombstone
from networks.queries.addresses.pools import PoolView, pool_views
from networks.queries.engines import read_engine
from networks.queries.rows import EngineRow
from tests.builders import make_container, make_endpoint, make_engine, make_network, make_pool
from tests.worlds import grow_world

pytestmark = pytest.mark.django_db


def engine_row() -> EngineRow:
    row = read_engine("local")
    assert row is not None
    return row


def views_of(name: str) -> list[PoolView]:
    return [view for view in pool_views(engine_row()) if view.network.name == name]


def change(engine: Engine, network: Network) -> None:
    """Give a network the next revision, as a write does."""
    status = EngineStatus.objects.get(engine=engine)
    status.revision += 1
    status.save()
    Network.objects.filter(pk=network.pk).update(revision=status.revision)


def remove(engine: Engine, network: Network) -> None:
    """Let a network go, as a write does."""
    status = EngineStatus.objects.get(engine=engine)
    status.revision += 1
    status.save()
    Tombstone.objects.create(
        engine=engine, kind="network", docker_id=network.docker_id, revision=status.revision, gone_at=datetime.now(UTC)
    )
    network.delete()


def test_it_reads_only_what_changed() -> None:
    engine = make_engine()
    front = make_network(engine, "front", "10.0.0.0/24", gateway="10.0.0.1")
    make_network(engine, "back", "10.0.1.0/24", gateway="10.0.1.1")
    [front_before], [back_before] = views_of("front"), views_of("back")

    make_endpoint(make_container(engine, "web"), front, "10.0.0.2")
    change(engine, front)

    [front_after], [back_after] = views_of("front"), views_of("back")
    assert (front_before.use.used, front_after.use.used, str(front_after.turn.address)) == (1, 2, "10.0.0.3")
    assert back_after is back_before
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert views_of("front") == [front_after]
    assert len(asked) == 1  # the Engine's row


def test_it_holds_nothing_of_networks_that_are_gone() -> None:
    engine = make_engine()
    make_network(engine, "stays", "10.0.0.0/24", gateway="10.0.0.1")
    for number in range(3):
        gone = make_network(engine, f"gone-{number}", f"10.0.{number + 1}.0/24", gateway=f"10.0.{number + 1}.1")
        change(engine, gone)
        assert len(views_of(gone.name)) == 1
        remove(engine, gone)

    assert views_of("gone-2") == []

    gc.collect()
    held = [each for each in gc.get_objects() if isinstance(each, PoolView)]
    assert [view.network.name for view in held if view.network.name.startswith("gone")] == []


@pytest.mark.parametrize("size", [10, 200])
def test_it_asks_as_little_of_a_large_world(size: int) -> None:
    grow_world(make_engine(), networks=size, containers=2 * size)
    row = engine_row()

    with CaptureQueriesContext(connection) as asked:
        views = pool_views(row)

    assert len(views) == size
    assert len(asked) <= 4


def test_it_shows_what_another_network_has_of_a_shared_subnet() -> None:
    engine = make_engine()
    lan = make_network(engine, "lan", "10.0.0.0/24", ip_range="10.0.0.16/28", gateway="10.0.0.1", driver="macvlan")
    dmz = make_network(engine, "dmz", "10.0.0.0/24", ip_range="10.0.0.16/29", gateway="10.0.0.2", driver="macvlan")
    make_network(engine, "over", "10.0.0.0/24", gateway="10.0.0.3", driver="overlay", scope="swarm")  # another book
    make_endpoint(make_container(engine, "printer"), lan, "10.0.0.16")
    make_endpoint(make_container(engine, "camera"), dmz, "10.0.0.17")

    [first], [second], [other] = views_of("lan"), views_of("dmz"), views_of("over")

    assert len({first.key, second.key, other.key}) == 3
    assert first.key.startswith("10.0.0.0/24@")
    assert first.use.counts == second.use.counts == {State.GATEWAY: 2, State.IN_USE: 2}
    assert str(first.turn.address) == str(second.turn.address) == "10.0.0.18"
    assert other.use.counts == {State.GATEWAY: 1}


def test_it_knows_who_takes_a_gateway_unasked() -> None:
    engine = make_engine(api_version="1.45")
    make_network(engine, "front", "10.0.0.0/24")
    make_network(engine, "lan", "10.0.1.0/24", driver="macvlan")

    assert [str(views_of(name)[0].turn.address) for name in ("front", "lan")] == ["10.0.0.2", "10.0.1.2"]


def test_it_says_nothing_of_the_next_address_where_a_gateway_may_be_hidden() -> None:
    engine = make_engine(api_version="1.52")
    make_network(engine, "lan", "10.0.1.0/24", driver="macvlan")
    options = {"com.docker.network.bridge.gateway_mode_ipv4": "isolated"}
    make_network(engine, "cut", "10.0.2.0/24", is_internal=True, options=options)

    assert [views_of(name)[0].turn.why for name in ("lan", "cut")] == [NextKnown.GATEWAY, NextKnown.GATEWAY]


def test_it_compares_what_the_engine_counts() -> None:
    engine = make_engine(api_version="1.52")
    same, more, fewer = (make_network(engine, name, f"10.0.{index}.0/24") for index, name in enumerate(("same", "more", "fewer")))
    for network, counted in ((same, 3), (more, 5), (fewer, 2)):
        network.pools.update(besides=counted, besides_in_range=counted)
        make_endpoint(make_container(engine, f"guest of {network.name}"), network, f"{network.pools.get().subnet[:-4]}2")

    found = {name: views_of(name)[0] for name in ("same", "more", "fewer")}

    assert {name: view.dispute for name, view in found.items()} == {
        "same": None,
        "more": Dispute(in_use=2, available=-2),
        "fewer": Dispute(in_use=-1, available=1),
    }
    assert [view.turn.why for view in found.values()] == [NextKnown.CERTAIN, NextKnown.COUNT, NextKnown.COUNT]


def test_it_learns_from_the_engines_count_that_no_gateway_is_hidden() -> None:
    engine = make_engine(api_version="1.52")
    for index, (name, counted) in enumerate((("without", 2), ("with", 3), ("uncounted", None))):
        network = make_network(engine, name, f"10.0.{index}.0/24", driver="macvlan")
        network.pools.update(besides=counted, besides_in_range=counted)

    turns = [views_of(name)[0].turn for name in ("without", "with", "uncounted")]

    assert [(str(turn.address), turn.why) for turn in turns] == [
        ("10.0.0.1", NextKnown.CERTAIN),
        ("None", NextKnown.GATEWAY),
        ("None", NextKnown.GATEWAY),
    ]


def test_it_leaves_out_what_cannot_be_read() -> None:
    engine = make_engine()
    odd = make_network(engine, "odd", "not a subnet")
    make_pool(odd, "10.0.0.0/24", gateway="nonsense", aux_addresses={"a": "10.0.0.9", "b": "?"})
    make_endpoint(make_container(engine, "web"), odd, "999.1.1.1")

    [view] = views_of("odd")

    assert view.use.counts == {State.GATEWAY: 1, State.AUX: 1}
