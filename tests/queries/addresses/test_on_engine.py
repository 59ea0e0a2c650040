"""What we say of a pool, held against a real Engine: how much it holds, and which address comes next."""

from __future__ import annotations

import random
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from networks.addressing.address_states import State
from networks.addressing.next_address import NextKnown
from networks.models import Engine
from networks.queries.addresses.pools import PoolView
from networks.sync.engines import ensure_local_engine
from tests.conftest import IS_FULL
from tests.private_engine import PrivateEngine
from tests.queries.addresses.engines import assigned, connect, create, read_pools
from tests.sync.truth import ask

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 1_000 if IS_FULL else 20
GUESTS = 8
AUX = {"a": "10.212.3.5", "b": "10.212.3.77"}
POOLS: dict[str, list[dict[str, Any]]] = {
    "plain": [{"Subnet": "10.212.0.0/29"}],
    "typed": [{"Subnet": "10.212.1.0/28", "Gateway": "10.212.1.9"}],
    "ranged": [{"Subnet": "10.212.2.0/24", "IPRange": "10.212.2.8/30"}],
    "kept": [
        {"Subnet": "10.212.3.0/24", "IPRange": "10.212.3.4/30", "AuxiliaryAddresses": {"a": "10.212.3.5", "b": "10.212.3.77"}}
    ],
    "last": [{"Subnet": "10.212.4.0/24", "IPRange": "10.212.4.252/30", "Gateway": "10.212.4.1"}],
    "six": [{"Subnet": "10.212.5.0/28"}, {"Subnet": "fd00:212::/125"}],
    "long": [{"Subnet": "10.212.6.0/28"}, {"Subnet": "fd00:213::/64", "IPRange": "fd00:213::40/122", "Gateway": "fd00:213::1"}],
    "pair": [{"Subnet": "10.212.7.0/31"}],
}


def make_guests(engine: PrivateEngine, count: int) -> list[str]:
    """Run containers that are on no network at all."""
    guests = [engine.run(f"guest-{number}", "--network", "none") for number in range(count)]
    for guest in guests:
        engine.cli("network", "disconnect", "none", guest)
    return guests


def predicted(views: list[PoolView]) -> tuple[str, str]:
    """Return the next address of both families, "" where there is none."""
    turns = {view.use.subnet.version: view.turn for view in views}
    assert {turn.why for turn in turns.values()} <= {NextKnown.CERTAIN, NextKnown.UNLESS_REFUSED, NextKnown.FULL}
    addresses = [turns[family].address if family in turns else None for family in (4, 6)]
    return tuple(str(address or "") for address in addresses)  # type: ignore[return-value]


def test_it_knows_how_much_a_pool_holds(engine: PrivateEngine, tmp_path: Path) -> None:
    row = ensure_local_engine(engine.url)
    guests = make_guests(engine, GUESTS)
    ids = {name: create(engine.socket, name, *pools) for name, pools in POOLS.items()}
    names = [name for name in ids if name not in ("ranged", "kept", "last", "long")]  # /24: too many to fill by asking
    before = read_pools(row, tmp_path)
    room = {name: min(view.use.free for view in before[name]) for name in names}  # an endpoint takes one of each family
    typed = {"typed": "10.212.1.14"}

    filled = dict.fromkeys(names, 0)
    for name in names:
        for guest in guests:
            filled[name] += connect(engine.socket, ids[name], guest, ipv4=typed.get(name, "") if not filled[name] else "")

    after = read_pools(row, tmp_path)
    assert filled == {name: min(room[name], GUESTS) for name in names} == {"plain": 5, "typed": 8, "six": 6, "pair": 1}
    for name in names:
        assert [view.use.free for view in after[name]] == [view.use.free - filled[name] for view in before[name]]
    whys = {name: [view.turn.why for view in after[name]] for name in names}
    assert whys == {
        "plain": [NextKnown.FULL],
        "typed": [NextKnown.CERTAIN],
        "six": [NextKnown.UNLESS_REFUSED, NextKnown.FULL],
        "pair": [NextKnown.FULL],
    }


def test_it_knows_that_docker_gives_addresses_outside_of_the_range_when_asked(engine: PrivateEngine, tmp_path: Path) -> None:
    row = ensure_local_engine(engine.url)
    guests = make_guests(engine, 5)
    network = create(engine.socket, "ranged", *POOLS["ranged"])

    got = [connect(engine.socket, network, guest) for guest in guests[:4]]
    outside = connect(engine.socket, network, guests[3], ipv4="10.212.2.200")
    refused = [
        connect(engine.socket, network, guests[4], ipv4=address) for address in ("10.212.2.0", "10.212.2.255", "10.212.2.8")
    ]

    [view] = read_pools(row, tmp_path)["ranged"]
    assert (got, outside, refused) == ([True, True, True, False], True, [False, False, False])
    assert view.use.state_at(int(ip_address("10.212.2.200"))) is State.IN_USE
    assert str(view.use.gateway) == "10.212.2.8"
    assert (view.use.capacity, view.use.used, view.use.free, view.turn.why) == (254, 5, 249, NextKnown.FULL)


def test_it_knows_the_next_address_after_anything_that_happened(engine: PrivateEngine, tmp_path: Path) -> None:
    row = ensure_local_engine(engine.url)
    rng = random.Random(7)  # noqa: S311 drawn to be repeatable
    guests = make_guests(engine, GUESTS)
    ids = {name: create(engine.socket, name, *pools) for name, pools in POOLS.items()}
    guest_of: dict[str, list[str]] = {name: [] for name in ids}
    right = 0
    for _round in range(ROUNDS):
        name = rng.choice(sorted(ids))
        present = guest_of[name]
        for guest in rng.sample(present, rng.randint(0, len(present))):
            if rng.random() < 0.6:
                assert ask(engine.socket, "POST", f"/networks/{ids[name]}/disconnect", {"Container": guest})[0] == 200
                present.remove(guest)
        absent = [guest for guest in guests if guest not in present]
        if absent and rng.random() < 0.3:  # somebody takes one out of turn
            views = read_pools(row, tmp_path)[name]
            use = views[0].use
            chosen = use.address(rng.randint(use.first, use.last))
            if connect(engine.socket, ids[name], absent[0], ipv4=str(chosen)):
                present.append(absent.pop(0))
        if not absent:
            continue
        views = read_pools(row, tmp_path)[name]
        expected = predicted(views)
        if connect(engine.socket, ids[name], absent[0]):
            present.append(absent[0])
            assert assigned(engine.socket, absent[0], name) == expected
            right += 1
        else:
            assert "" in expected
        if len(views) == 2 and "" in predicted(views):  # one family is full: what is refused now stays taken in Docker's own book
            del ids[name], guest_of[name]

    assert right > ROUNDS // 3
    print(f"{right} of {right} addresses foretold")


def test_it_says_that_a_refusal_over_ipv6_may_keep_an_ipv4_address(engine: PrivateEngine, tmp_path: Path) -> None:
    row = ensure_local_engine(engine.url)
    first, second = make_guests(engine, 2)
    network = create(engine.socket, "long", *POOLS["long"])
    assert connect(engine.socket, network, first)
    before = [view.turn for view in read_pools(row, tmp_path)["long"]]

    refused = connect(engine.socket, network, second, ipv6=assigned(engine.socket, first, "long")[1])
    came = connect(engine.socket, network, second) and assigned(engine.socket, second, "long")

    assert ([turn.why for turn in before], refused) == ([NextKnown.UNLESS_REFUSED, NextKnown.CERTAIN], False)
    assert [str(turn.address) for turn in before] == ["10.212.6.3", "fd00:213::41"]
    assert came == ("10.212.6.4", "fd00:213::41")


def check_foretold(engine: PrivateEngine, row: Engine, folder: Path, *names: str) -> None:
    """Start one container on each of these networks, and hold its address against what was foretold."""
    for name in names:
        expected = predicted(read_pools(row, folder)[name])
        guest = engine.run(f"after-{name}", "--network", name)
        assert assigned(engine.socket, guest, name) == expected
        engine.cli("rm", "-f", guest)


def test_it_knows_the_next_address_after_dockerd_was_restarted(fresh_engine: PrivateEngine, tmp_path: Path) -> None:
    row = ensure_local_engine(fresh_engine.url)
    create(fresh_engine.socket, "ranged", {"Subnet": "10.212.2.0/24", "IPRange": "10.212.2.16/28"})
    for name in ("bridge", "ranged"):
        for number in range(4):
            fresh_engine.run(f"{name}-{number}", "--network", name, "--restart", "always" if number % 2 else "no")
    check_foretold(fresh_engine, row, tmp_path, "bridge", "ranged")

    for end in (fresh_engine.terminate, fresh_engine.kill9):
        end()
        fresh_engine.restart()
        check_foretold(fresh_engine, row, tmp_path, "bridge", "ranged")
