"""What became of the stack that a container shares, and where it stands in the list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from networks.models import Container
from networks.queries.containers import container_rows
from networks.queries.donors import nest_guests
from networks.queries.endpoints import endpoint_rows
from networks.queries.engines import read_engine
from networks.queries.lifecycle.orders import breakages_of_order, read_impact, read_impacts
from networks.queries.rows import ContainerRow
from tests.builders import make_container, make_endpoint, make_engine, make_network

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def make_guest(donor: Container, name: str = "guest", *, state: str = "running", after_s: int = 1) -> Container:
    started_at = NOON + timedelta(seconds=after_s)
    mode = f"container:{donor.docker_id}"
    return make_container(donor.engine, name, network_mode=mode, donor_id=donor.docker_id, state=state, started_at=started_at)


def rows() -> list[ContainerRow]:
    engine = read_engine("local")
    assert engine is not None
    return list(container_rows(engine))


def stack_of(name: str) -> str:
    return next(row.stack for row in rows() if row.name == name)


def held_of(name: str) -> str:
    return next(str(row.held) for row in rows() if row.name == name)


@pytest.mark.parametrize(
    ("donor_state", "guest_state", "after_s", "stack"),
    [
        ("running", "running", 1, ""),
        ("paused", "running", 1, ""),
        ("running", "running", -1, "dead"),  # the donor was started since, and has a new stack
        ("running", "exited", -1, ""),  # it joins the new one when it starts
        ("exited", "running", 1, "away"),
        ("exited", "exited", 1, "away"),
        ("restarting", "exited", 1, "restarting"),  # Docker waits for no second try
        ("restarting", "running", -1, "restarting"),
        ("running", "restarting", -1, ""),  # its next try joins the new one
    ],
)
def test_it_knows_what_became_of_a_shared_stack(donor_state: str, guest_state: str, after_s: int, stack: str) -> None:
    donor = make_container(make_engine(), "donor", state=donor_state, started_at=NOON)
    make_guest(donor, state=guest_state, after_s=after_s)

    assert (stack_of("donor"), stack_of("guest")) == ("", stack)


def test_it_knows_that_a_donor_is_gone() -> None:
    donor = make_container(make_engine(), "donor", started_at=NOON)
    make_guest(donor)
    donor.delete()

    assert stack_of("guest") == "gone"


@pytest.mark.parametrize(
    ("hostname", "held"),
    [("lost's", "left"), ("machine", "unknown"), ("", "unknown")],  # Docker gives a guest its donor's hostname
)
def test_it_knows_of_a_lost_donor_only_what_its_hostname_tells(hostname: str, held: str) -> None:
    donor = make_container(make_engine(), "donor", started_at=NOON)
    guest = make_guest(donor)
    Container.objects.filter(pk=guest.pk).update(hostname=donor.docker_id[:12] if hostname == "lost's" else hostname)
    donor.delete()

    assert held_of("guest") == held


@pytest.mark.parametrize(("state", "after_s"), [("running", 1), ("running", -1), ("exited", 1), ("restarting", 1)])
def test_it_leaves_the_machines_stack_to_the_guest_of_a_donor_on_the_host(state: str, after_s: int) -> None:
    donor = make_container(make_engine(), "donor", network_mode="host", state=state, started_at=NOON)
    make_guest(make_guest(donor, "middle", after_s=after_s), after_s=after_s)

    assert (held_of("middle"), held_of("guest")) == ("hosts", "hosts")


@pytest.mark.parametrize(
    ("owner", "middle", "guest", "held", "stack"),
    [
        (1, 2, 3, "donors", ""),
        (1, 3, 2, "unknown", "unknown"),  # the middle was started again, perhaps before the owner was and after
        (3, 1, 2, "left", "cut"),  # the middle is in the old stack, and so is whoever joined it there
        (3, 2, 4, "left", "cut"),  # also later
        (2, 3, 1, "left", "dead"),  # the middle is in the new one
        (None, 1, 2, "left", "cut"),
        (1, None, 2, "left", "away"),  # the middle ran in the old stack last
        (-1, None, 2, "donors", "away"),  # the middle was in the one that still is
        (3, None, 2, "left", "away"),
    ],
)
def test_it_follows_a_chain_of_donors(owner: int | None, middle: int | None, guest: int, held: str, stack: str) -> None:
    first = make_container(make_engine(), "owner", started_at=NOON)
    for name, after_s, lender in (("middle", middle, first), ("guest", guest, None)):
        lender = lender or Container.objects.get(name="middle")
        make_guest(lender, name, after_s=after_s or 0, state="exited" if after_s is None else "running")
    started_at = NOON + timedelta(seconds=owner or 0)
    Container.objects.filter(name="owner").update(started_at=started_at, state="exited" if owner is None else "running")

    assert (held_of("guest"), stack_of("guest")) == (held, stack)


def test_it_ends_a_circle_that_no_engine_makes() -> None:
    donor = make_container(make_engine(), "donor", started_at=NOON)
    guest = make_guest(donor)
    Container.objects.filter(pk=donor.pk).update(donor_id=guest.docker_id, network_mode=f"container:{guest.docker_id}")

    assert {row.name for row in rows()} == {"donor", "guest"}
    assert read_impact("local", donor.docker_id) is not None


def test_it_says_nothing_while_the_times_are_not_known() -> None:
    donor = make_container(make_engine(), "donor", started_at=None)
    make_guest(donor, after_s=-1)

    assert stack_of("guest") == ""


def test_it_puts_guests_below_their_donors_and_loses_nobody() -> None:
    donor = make_container(make_engine(), "m-donor", started_at=NOON)
    for name in ("a-guest", "z-guest"):
        make_guest(donor, name)
    make_container(donor.engine, "b-other")
    make_guest(Container.objects.get(name="a-guest"), "n-guests-guest")

    assert [row.name for row in nest_guests(rows())] == ["b-other", "m-donor", "a-guest", "n-guests-guest", "z-guest"]
    without_donor = [row for row in rows() if row.name != "m-donor"]
    assert [row.name for row in nest_guests(without_donor)] == ["a-guest", "n-guests-guest", "b-other", "z-guest"]


def test_it_calls_nobody_alone_where_others_may_be_whom_this_engine_does_not_list() -> None:
    engine = make_engine()
    web = make_container(engine, "web")
    for name, fields in (("front", {}), ("across", {"driver": "overlay", "scope": "swarm"}), ("docker_gwbridge", {})):
        make_endpoint(web, make_network(engine, name, **fields), "10.20.0.2")

    impact = read_impact("local", web.docker_id)

    assert impact is not None
    assert {place.network_name: place.is_alone for place in impact.places} == {
        "front": True,
        "across": False,
        "docker_gwbridge": False,
    }


def test_it_counts_nobody_who_gets_the_same_order() -> None:
    engine = make_engine()
    front = make_network(engine, "front", "10.20.0.0/24")
    donor, other = make_container(engine, "donor", started_at=NOON), make_container(engine, "other")
    make_endpoint(donor, front, "10.20.0.2")
    make_endpoint(other, front, "10.20.0.3")
    guest = make_guest(donor)
    ids = [donor.docker_id, other.docker_id, guest.docker_id]

    alone = read_impact("local", donor.docker_id)
    together = {impact.name: impact for impact in read_impacts("local", ids)}

    assert alone is not None
    assert [each.kind for each in breakages_of_order("stop_container", alone)] == ["guest"]
    assert [each.kind for each in breakages_of_order("stop_container", together["donor"])] == ["alone"]
    assert breakages_of_order("start_container", alone) == ()


def test_it_names_who_would_take_an_address() -> None:
    engine = make_engine()
    front = make_network(engine, "front", "10.20.0.0/24")
    web, fixed = make_container(engine, "web"), make_container(engine, "fixed", state="exited", exit_code=0)
    make_endpoint(web, front, "10.20.0.2")
    make_endpoint(fixed, front, requested_ipv4="10.20.0.9")
    first = read_impact("local", web.docker_id)
    make_endpoint(make_container(engine, "asleep", state="exited", exit_code=0), front)
    second = read_impact("local", web.docker_id)

    assert first is not None
    assert second is not None
    assert [one.places[0].held[0].takers for one in (first, second)] == [(), ("asleep",)]
    assert [(each.kind, each.detail) for each in breakages_of_order("restart_container", second)][-1] == ("address", "10.20.0.2")


def test_it_names_of_each_family_who_would_take_an_address() -> None:
    engine = make_engine()
    dual = make_network(engine, "dual", "10.20.0.0/24")
    web, fixed = make_container(engine, "web"), make_container(engine, "fixed", state="exited", exit_code=0)
    make_endpoint(web, dual, "10.20.0.2", ipv6="fd00::2", requested_ipv6="fd00::2")
    make_endpoint(fixed, dual, requested_ipv6="fd00::9")

    impact = read_impact("local", web.docker_id)

    assert impact is not None
    assert [(one.address, one.is_asked, one.takers) for one in impact.places[0].held] == [
        ("10.20.0.2", False, ("fixed",)),
        ("fd00::2", True, ()),
    ]
    told = [each.detail for each in breakages_of_order("restart_container", impact) if each.kind == "address"]
    assert told == ["10.20.0.2"]


@pytest.mark.parametrize(
    ("network_id", "is_in_swarm", "missing", "awaited"),
    [
        ("a" * 64, True, ("away",), ()),
        ("a" * 25, True, (), ("away",)),  # a swarm's, which a worker lists while a container uses it
        ("", True, (), ("away",)),
        ("", False, ("away",), ()),
    ],
)
def test_it_waits_for_a_network_of_the_swarm(network_id: str, is_in_swarm: bool, missing: object, awaited: object) -> None:
    engine = make_engine()
    make_network(engine, "ingress", "10.0.0.0/24", scope="swarm" if is_in_swarm else "local")
    web = make_container(engine, "web", state="exited", exit_code=0)
    make_endpoint(web, None, network_name="away", network_docker_id=network_id)

    impact = read_impact("local", web.docker_id)
    (endpoint,) = endpoint_rows("local", container_id=web.docker_id)

    assert impact is not None
    assert (impact.missing, impact.awaited) == (missing, awaited)
    assert (endpoint.is_awaited, endpoint.is_lost) == (bool(awaited), len(network_id) == 64)


def test_it_follows_a_chain_of_any_length_in_a_few_statements(django_assert_max_num_queries: Any) -> None:
    """Docker bounds no chain of container:, and nobody's chain takes the pages away."""
    owner = last = make_container(make_engine(), "owner", state="running", started_at=NOON)
    for number in range(1_500):
        last = make_guest(last, f"guest{number}", after_s=number + 1)

    with django_assert_max_num_queries(12):
        found = rows()
    with django_assert_max_num_queries(16):
        impact = read_impact("local", owner.docker_id)

    assert {str(row.held) for row in found if row.donor_id} == {"donors"}
    assert len(nest_guests(found)) == len(found)
    assert impact is not None
    assert len(impact.guests) + len(impact.further) == 1_500


def test_it_leaves_nobody_out_of_a_circle_that_an_engine_claims() -> None:
    first = make_container(make_engine(), "first", state="running", started_at=NOON)
    second = make_guest(first, "second")
    Container.objects.filter(pk=first.pk).update(donor_id=second.docker_id, network_mode=f"container:{second.docker_id}")

    assert [row.name for row in nest_guests(rows())] == ["first", "second"]
