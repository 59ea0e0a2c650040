"""What may stand in a list's query string, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.queries.filters import (
    CONTAINER_ORDERS,
    CONTAINER_PARAMS,
    NETWORK_ORDERS,
    NETWORK_PARAMS,
    ContainerFilter,
    NetworkFilter,
    read_container_filter,
    read_network_filter,
)
from networks.queries.rows import AddressRow, ContainerRow, NetworkRow, PoolRow
from tests.builders import MORNING, make_id


def network(name: str, subnet: str = "", **fields: object) -> NetworkRow:
    plain = NetworkRow(
        engine_slug="local",
        docker_id=make_id(name),
        name=name,
        driver="bridge",
        scope="local",
        created_at=MORNING,
        hue=1,
        revision=1,
        is_internal=False,
        is_attachable=False,
        has_ipv6=False,
        is_predefined=False,
        is_masquerade_off=False,
        is_icc_off=False,
        project="",
        pools=(PoolRow(subnet),) if subnet else (),
        used=None,
        capacity=None,
        running=0,
        stopped=0,
        failed=0,
        search=f"{name}\n{subnet}\nteam=blue".casefold(),
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def container(name: str, **fields: object) -> ContainerRow:
    plain = ContainerRow(
        engine_slug="local",
        docker_id=make_id(name),
        name=name,
        image="busybox",
        command="",
        state="running",
        exit_code=None,
        health="",
        created_at=MORNING,
        started_at=None,
        finished_at=None,
        network_mode="bridge",
        donor_id="",
        donor_name="",
        project="",
        revision=1,
        search=name.casefold(),
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def names(rows: list[NetworkRow] | list[ContainerRow]) -> list[str]:
    return [row.name for row in rows]


def test_it_keeps_the_order_by_name_or_turns_it_round() -> None:
    rows = [network(name) for name in ("alpha", "web-1", "Web-2", "web-10")]

    assert names(NetworkFilter().pick(rows)) == ["alpha", "web-1", "Web-2", "web-10"]
    assert names(NetworkFilter(sort="-name").pick(rows)) == ["web-10", "Web-2", "web-1", "alpha"]


def test_it_orders_subnets_by_their_numbers_and_none_last() -> None:
    rows = [network("a", "10.10.0.0/16"), network("b", "10.9.0.0/16"), network("c"), network("d", "fd00::/64")]

    assert names(read_network_filter("sort=subnet").pick(rows)) == ["b", "a", "d", "c"]
    assert names(read_network_filter("sort=-subnet").pick(rows)) == ["d", "a", "b", "c"]


def test_it_finds_by_name_subnet_label_and_the_beginning_of_an_id() -> None:
    front, back = network("front", "172.20.0.0/16"), network("back", "172.21.0.0/16")
    rows = [front, back]

    assert names(read_network_filter("q=FRONT").pick(rows)) == ["front"]
    assert names(read_network_filter("q=172.21").pick(rows)) == ["back"]
    assert names(read_network_filter("q=team%3Dblue+front").pick(rows)) == ["front"]
    assert names(NetworkFilter(q=back.docker_id[:12]).pick(rows)) == ["back"]
    assert names(NetworkFilter(q=back.docker_id[3:12]).pick(rows)) == []


def test_it_finds_the_network_of_an_address() -> None:
    rows = [network("front", "172.20.0.0/16"), network("six", "fd00:24::/64"), network("odd", "nonsense")]

    assert names(read_network_filter("q=172.20.9.9").pick(rows)) == ["front"]
    assert names(read_network_filter("q=fd00:24::5").pick(rows)) == ["six"]


def test_it_filters_by_use_project_driver_and_scope() -> None:
    rows = [
        network("busy", running=1, project="shop"),
        network("idle", driver="macvlan"),
        network("wide", scope="swarm"),
        network("host", driver="host"),
    ]

    assert names(read_network_filter("use=used").pick(rows)) == ["busy"]
    assert names(read_network_filter("use=unused").pick(rows)) == ["idle"]
    assert names(read_network_filter("project=shop").pick(rows)) == ["busy"]
    assert names(read_network_filter("driver=macvlan").pick(rows)) == ["idle"]
    assert names(read_network_filter("scope=swarm").pick(rows)) == ["wide"]


def test_it_shows_nothing_for_a_driver_that_nobody_has() -> None:
    assert read_network_filter("driver=weave").pick([network("front")]) == []


def test_it_filters_containers_by_network_state_and_mode() -> None:
    rows = [
        container("web", addresses=(AddressRow("front", "1", 1, "172.20.0.2", 16, is_joined=True),), network_mode="front"),
        container("moved", addresses=(AddressRow("back", "2", 1, "172.21.0.2", 16, is_joined=True),), network_mode="none"),
        container("stopped", state="exited", exit_code=0),
        container("sniffer", network_mode="host"),
    ]

    assert names(read_container_filter("network=front").pick(rows)) == ["web"]
    assert names(read_container_filter("state=exited").pick(rows)) == ["stopped"]
    more = [
        container("new", state="created"),
        container("bad", state="exited", exit_code=2),
        container("again", state="restarting"),
    ]
    for group, expected in (("stopped", ["stopped", "new"]), ("failed", ["bad"]), ("paused", ["again"])):
        assert names(read_container_filter(f"state=all-{group}").pick([*rows, *more])) == expected
    assert names(read_container_filter("mode=host").pick(rows)) == ["sniffer"]
    assert names(read_container_filter("mode=network").pick(rows)) == ["web", "moved"]
    assert names(read_container_filter("mode=none").pick(rows)) == ["stopped"]


def test_it_leaves_aside_what_it_does_not_know() -> None:
    assert read_network_filter("sort=password&use=often&page=2&q=") == NetworkFilter()
    assert read_container_filter("sort=--name&mode=sideways") == ContainerFilter()
    assert read_network_filter("&".join(f"q={number}" for number in range(101))) == NetworkFilter()


@given(st.dictionaries(st.sampled_from([*NETWORK_PARAMS, "x"]), st.text(max_size=300)))
def test_it_never_fails_on_a_networks_query(query: dict[str, str]) -> None:
    rows = [network("front", "10.0.0.0/8", used=3), network("½²9" * 50), network("9" * 5_000)]

    picked = read_network_filter(urlencode(query, errors="surrogatepass")).pick(rows)

    assert set(names(picked)) <= set(names(rows))


@given(st.dictionaries(st.sampled_from([*CONTAINER_PARAMS, "x"]), st.text(max_size=300)))
def test_it_never_fails_on_a_containers_query(query: dict[str, str]) -> None:
    rows = [container("front"), container("\x00\u202e")]

    picked = read_container_filter(urlencode(query, errors="surrogatepass")).pick(rows)

    assert set(names(picked)) <= set(names(rows))


@pytest.mark.parametrize("sort", [sign + key for key in NETWORK_ORDERS for sign in ("", "-")])
def test_it_loses_no_network_in_any_order(sort: str) -> None:
    rows = [network("a", "10.0.0.0/8", created_at=None), network("b", used=3, capacity=5), network("c", "fd00::/64")]

    assert sorted(names(NetworkFilter(sort=sort).pick(rows))) == ["a", "b", "c"]


@pytest.mark.parametrize("sort", [sign + key for key in CONTAINER_ORDERS for sign in ("", "-")])
def test_it_loses_no_container_in_any_order(sort: str) -> None:
    rows = [container("a", created_at=None), container("b", state="exited", exit_code=1), container("c", network_mode="x")]

    assert sorted(names(ContainerFilter(sort=sort).pick(rows))) == ["a", "b", "c"]


def test_it_knows_whether_a_filter_may_hide_something() -> None:
    assert not read_network_filter("sort=-created").is_active
    assert read_network_filter("use=unused").is_active
    assert read_container_filter("q=web").is_active
