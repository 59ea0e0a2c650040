"""What is said of a container's network stack follows from its endpoints and its donor, never from the mode it was made with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.partials.lifecycle.modes import explain_stack, mode_lines, say_origin
from networks.partials.words import why_no_address, why_no_network
from networks.queries.lifecycle.stacks import Stack, Whose, stack_of
from networks.queries.rows import AddressRow, ContainerRow, PortRow
from tests.queries.test_filters import container

BRIDGE = AddressRow("bridge", "b" * 64, 1, "172.17.0.2", 16, driver="bridge", is_joined=True)
FRONT = AddressRow("front", "f" * 64, 2, "172.18.0.2", 16, driver="bridge", is_joined=True)
INNER = AddressRow("inner", "i" * 64, 3, "172.19.0.2", 16, driver="bridge", is_internal=True, is_joined=True)
EVERYWHERE = "0.0.0.0"  # noqa: S104  what Docker writes
NONE = AddressRow("none", "n" * 64, 0, driver="null", is_joined=True)
WISH = replace(FRONT, ipv4="", is_joined=False)
DONOR = {"network_mode": f"container:{'d' * 64}", "donor_id": "d" * 64, "donor_name": "vpn"}


def row(mode: str, *places: AddressRow, **more: object) -> ContainerRow:
    return container("web", network_mode=mode, addresses=places, **more)


def said(found: Stack, *ports: PortRow, api_version: str = "1.45") -> str:
    lines = [f"{term}: {words}" for term, words in mode_lines(found, ports=ports, api_version=api_version)]
    return " ".join([explain_stack(found), *lines, say_origin(found)])


@pytest.mark.parametrize(
    ("found", "kind", "made_with", "is_bare"),
    [
        (row("none", NONE), "none", "", True),
        (row("none", FRONT), "network", "none", False),
        (row("none", BRIDGE), "bridge", "none", False),
        (row("none"), "none", "", True),
        (row("bridge", BRIDGE), "bridge", "", False),
        (row("bridge", BRIDGE, FRONT), "network", "", False),
        (row("bridge", FRONT), "network", "bridge", False),
        (row("bridge"), "none", "bridge", True),
        (row("bridge", WISH), "none", "bridge", True),
        (row("front", FRONT), "network", "", False),
        (row("f" * 64, FRONT), "network", "", False),
        (row("front", INNER), "network", "front", False),
        (row("front", NONE), "none", "front", True),
        (row("front", WISH, state="exited"), "network", "", False),
        (row("host"), "host", "", False),
    ],
)
def test_it_knows_where_a_container_is(found: ContainerRow, kind: str, made_with: str, is_bare: bool) -> None:
    stack = stack_of(found)

    assert (stack.kind, stack.made_with, stack.is_bare) == (kind, made_with, is_bare)
    assert bool(say_origin(stack)) == bool(made_with)


@pytest.mark.parametrize(
    ("state", "broken", "held", "whose", "kind"),
    [
        ("running", "", "donors", Whose.SHARED, "container"),
        ("paused", "", "donors", Whose.SHARED, "container"),
        ("running", "dead", "left", Whose.LEFT, "none"),
        ("running", "away", "left", Whose.LEFT, "none"),
        ("running", "gone", "left", Whose.LEFT, "none"),
        ("running", "gone", "unknown", Whose.UNKNOWN, "container"),
        ("running", "away", "hosts", Whose.HOST, "host"),
        ("exited", "gone", "donors", Whose.GONE, "container"),
        ("exited", "away", "donors", Whose.SHARED, "container"),
    ],
)
def test_it_knows_whether_a_stack_is_shared(state: str, broken: str, held: str, whose: Whose, kind: str) -> None:
    stack = stack_of(container("web", **DONOR, state=state, stack=broken, held=held))

    assert (stack.whose, stack.kind) == (whose, kind)


def test_it_never_calls_one_that_was_moved_by_its_birth() -> None:
    moved = said(stack_of(row("none", FRONT)))

    assert "by name, alias or short ID on front" in moved
    assert "--network none; its networks were changed since" in moved
    assert "loopback" not in moved
    assert "nobody reaches it" not in moved


def test_it_calls_one_that_left_everything_what_it_is() -> None:
    alone = stack_of(row("bridge"))

    assert "nothing in it but loopback" in said(alone)
    assert "May join: any network" in said(alone)
    assert "--network bridge" in say_origin(alone)
    assert why_no_address(alone).startswith("It is on no network")
    assert why_no_address(stack_of(row("none", NONE))).startswith("It is on none")
    assert "it leaves none first" in said(stack_of(row("none", NONE)))


def test_it_says_where_names_are_known_and_what_leads_outside() -> None:
    both, bridge = stack_of(row("bridge", BRIDGE, FRONT)), stack_of(row("bridge", BRIDGE))
    inner = stack_of(row("inner", INNER))

    assert "short ID on front" in said(both)
    assert "On the default bridge by address, and by name only those that it was linked to" in said(both)
    assert "no DNS is here" in said(bridge)
    assert "published ports" not in said(bridge)
    assert "From outside: by ports published on 0.0.0.0, as far as the host passes them on." in said(
        bridge, PortRow(80, "tcp", 8080, EVERYWHERE)
    )
    assert "To the outside" in said(inner)
    assert "To the outside" not in said(stack_of(row("inner", INNER, FRONT)))


def test_it_says_on_which_addresses_ports_are_published() -> None:
    bridge = stack_of(row("bridge", BRIDGE))
    loopback = said(bridge, PortRow(80, "tcp", 8080, "127.0.0.1"), PortRow(81, "tcp", 8081, "::1"))
    both = said(bridge, PortRow(80, "tcp", 8080, EVERYWHERE), PortRow(80, "tcp", 8080, "::"), PortRow(81, "tcp", 81, "127.0.0.1"))

    assert "From outside" not in loopback
    assert "From the host: by ports published on 127.0.0.1, [::1], as far as the host passes them on." in loopback
    assert "From outside: by ports published on 0.0.0.0, [::], as far as the host passes them on." in both
    assert "From the host: by ports published on 127.0.0.1, as far as the host passes them on." in both
    assert "From outside" not in said(bridge, PortRow(80, "tcp"))
    assert "at its own address, by the published ports 80/tcp" in said(bridge, PortRow(80, "tcp", None, EVERYWHERE))


def test_it_says_by_which_family_and_engine_a_container_is_kept_apart() -> None:
    dual = stack_of(row("front", replace(FRONT, ipv6="fd00::2", has_ipv6=True)))

    assert "Kept apart: by IPv4 alone" in said(dual)
    assert "ip6tables on" in said(dual)
    assert "by IPv4 alone" not in said(dual, api_version="1.47")
    assert "gateway mode" in said(dual, api_version="1.47")
    assert "IPv6" not in said(stack_of(row("front", FRONT)))
    assert "IPv6" not in said(stack_of(row("inner", replace(INNER, has_ipv6=True))))
    assert "Kept apart" not in said(stack_of(row("lan", replace(FRONT, network_name="lan", driver="macvlan"))))


def test_it_leaves_the_parents_link_to_one_that_is_internal() -> None:
    lan = said(stack_of(row("lan", replace(INNER, network_name="lan", driver="macvlan"))))

    assert "To the outside: nothing" not in lan
    assert "on the link of a network's parent it reaches directly" in lan


def test_it_promises_nothing_to_one_whose_own_network_is_gone() -> None:
    adrift, alone = (stack_of(row("front", *places, lost_mode="front")) for places in ([INNER], []))

    assert "Docker doesn't start it again" in said(adrift)
    assert "May join: no network while it runs" in said(alone)
    for promise in ("A restart keeps", "can be connected to more networks", "May join: any network"):
        assert promise not in said(adrift) + said(alone)


@pytest.mark.parametrize("lost_mode", ["", "front"])
def test_it_promises_no_stack_to_one_that_lacks_a_network(lost_mode: str) -> None:
    lacking = stack_of(row("front", replace(WISH, network_id="", driver=""), INNER, state="exited", lost_mode=lost_mode))

    assert said(lacking).strip().endswith("isn't listed here: it may not start.") or lost_mode
    assert "what it will have" not in said(lacking)
    assert "127.0.0.11" not in said(lacking)


def test_it_claims_no_namespace_that_was_not_read() -> None:
    for stack in (stack_of(row("host")), stack_of(container("web", **DONOR))):
        lines = dict(mode_lines(stack))
        assert "unless it was made with another's (--pid)" in lines["Of its own"]
        assert ", name," not in lines["Shares"]


def test_it_says_who_is_in_its_stack() -> None:
    lines = dict(mode_lines(stack_of(row("front", FRONT)), lends_to=["app", "proxy"]))

    assert lines["Of its own"] == "interfaces, addresses, ports, routes, which it shares with app, proxy."


def test_it_says_of_a_stack_that_died_what_is_left() -> None:
    guest = container("web", **DONOR, state="running", stack="dead", held="left")
    left = stack_of(guest)

    assert "loopback" in said(left)
    assert "the same interfaces" not in said(left)
    assert "loopback alone" in why_no_address(left)
    assert "Connect that container instead" not in why_no_network(guest)


def test_it_says_of_one_that_does_not_run_that_it_has_no_stack() -> None:
    assert said(stack_of(row("front", WISH, state="exited"))).startswith("It isn't running, so it has no network stack.")


def test_it_explains_each_stack_differently() -> None:
    shared = stack_of(container("web", **DONOR))
    stacks = [
        stack_of(row("bridge", BRIDGE)),
        stack_of(row("host")),
        stack_of(row("none", NONE)),
        shared,
        stack_of(row("x", FRONT)),
    ]

    assert len({explain_stack(stack) for stack in stacks}) == 5
