"""Containers as their list shows them, and how many statements that takes."""

from __future__ import annotations

import pytest

from networks.queries.containers import container_rows, mode_kind
from networks.queries.engines import read_engine
from networks.queries.rows import AddressRow, ContainerRow, EngineRow, PortRow
from tests.builders import make_container, make_endpoint, make_engine, make_network
from tests.worlds import grow_world

pytestmark = pytest.mark.django_db


def engine_row() -> EngineRow:
    row = read_engine("local")
    assert row is not None
    return row


def row_of(name: str) -> ContainerRow:
    return next(row for row in container_rows(engine_row()) if row.name == name)


def test_it_tells_where_a_container_is() -> None:
    engine = make_engine()
    front = make_network(engine, "front", "172.20.0.0/16", hue=3)
    back = make_network(engine, "back", "172.21.0.0/16", hue=4)
    proxy = make_container(engine, "proxy", network_mode="front")
    make_endpoint(proxy, front, "172.20.0.2")
    make_endpoint(proxy, back, "172.21.0.5")

    assert row_of("proxy").addresses == (
        AddressRow("back", back.docker_id, 4, "172.21.0.5", 16, driver="bridge", is_joined=True),
        AddressRow("front", front.docker_id, 3, "172.20.0.2", 16, driver="bridge", is_joined=True),
    )


def test_it_tells_what_a_stopped_container_asks_for() -> None:
    engine = make_engine()
    front = make_network(engine, "front", "172.20.0.0/16")
    make_endpoint(make_container(engine, "asleep", state="exited", exit_code=0), front, requested_ipv4="172.20.0.20")

    assert [(address.ipv4, address.requested) for address in row_of("asleep").addresses] == [("", "172.20.0.20")]


def test_it_shows_a_network_that_is_not_there() -> None:
    make_endpoint(make_container(make_engine(), "lost", state="exited", exit_code=1), None, network_name="gone")

    assert row_of("lost").addresses == (AddressRow("gone", "", 0),)


def test_it_names_the_container_whose_network_is_shared() -> None:
    engine = make_engine()
    donor = make_container(engine, "vpn")
    make_container(engine, "app", network_mode=f"container:{donor.docker_id}", donor_id=donor.docker_id)
    make_container(engine, "orphan", network_mode="container:0123", donor_id="0123")

    assert row_of("app").donor_name == "vpn"
    assert (row_of("orphan").donor_id, row_of("orphan").donor_name) == ("0123", "")


def test_it_reads_ports() -> None:
    ports = [
        {"private_port": 80, "protocol": "tcp", "public_port": 49153, "address": "0.0.0.0"},  # noqa: S104
        {"private_port": 443, "protocol": "tcp", "public_port": None, "address": ""},
    ]
    make_container(make_engine(), "wordpress", ports=ports)

    assert row_of("wordpress").ports == (PortRow(80, "tcp", 49153, "0.0.0.0"), PortRow(443, "tcp"))  # noqa: S104


def test_it_makes_labels_searchable_but_for_secrets() -> None:
    make_container(make_engine(), "web", labels={"team": "Blue", "db.password": "Hunter2"})

    search = row_of("web").search

    assert "team=blue" in search
    assert "db.password" in search
    assert "hunter2" not in search


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("default", "bridge"),
        ("bridge", "bridge"),
        ("", "bridge"),
        ("host", "host"),
        ("none", "none"),
        ("container:abc", "container"),
        ("my_custom_network", "network"),
    ],
)
def test_it_knows_the_kinds_of_modes(mode: str, kind: str) -> None:
    assert mode_kind(mode) == kind


@pytest.mark.parametrize(("networks", "containers"), [(5, 10), (200, 1_000)])
def test_it_takes_two_statements_whatever_the_size(
    networks: int, containers: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    grow_world(make_engine(), networks=networks, containers=containers, second_endpoints=containers // 2)
    row = engine_row()

    with django_assert_num_queries(2):  # type: ignore[operator]
        first = container_rows(row)
    with django_assert_num_queries(0):  # type: ignore[operator]
        container_rows(row)

    assert len(first) == containers
