"""Docker 29, which counts its addresses: what it says is held against the pages, and where it says otherwise they say so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from networks.addressing.blocks import Dispute
from networks.addressing.next_address import NextKnown
from networks.models import Pool
from networks.queries.addresses.pools import PoolView, pool_views
from networks.queries.engines import read_engine
from tests.faults.disguise import DISGUISES, DockerDisguise
from tests.faults.proxy import FaultProxy
from tests.faults.test_disguises import followed
from tests.private_engine import PrivateEngine, wait_until
from tests.queries.addresses.engines import assigned


@dataclass(frozen=True)
class Secretive(DockerDisguise):
    """It has given away three addresses more of each subnet than it tells anybody."""

    def inspected(self, network: dict[str, Any], api: int) -> dict[str, Any]:
        network = super().inspected(network, api)
        for count in network["Status"]["IPAM"]["Subnets"].values():
            count["IPsInUse"] += 3
            count["DynamicIPsAvailable"] -= 3
        return network


def views(name: str) -> list[PoolView]:
    row = read_engine("local")
    assert row is not None
    return [view for view in pool_views(row) if view.network.name == name]


@pytest.mark.django_db(transaction=True)
def test_it_agrees_with_an_engine_that_counts(engine: PrivateEngine, tmp_path: Path) -> None:
    with FaultProxy(tmp_path / "s", engine.socket, disguise=DISGUISES["29.0"]) as proxy, followed(proxy, tmp_path):
        pool = ("--subnet", "10.212.0.0/24", "--ip-range", "10.212.0.16/28", "--aux-address", "router=10.212.0.20")
        engine.cli("network", "create", "--ipv6", *pool, "--subnet", "fd00:212::/64", "front")
        engine.run("web", "--network", "front")
        engine.run("outside", "--network", "front", "--ip", "10.212.0.200")

        wait_until(lambda: Pool.objects.filter(network__name="front").exclude(besides=None).count() == 2, "the counts")

        # network, broadcast and router address and the gateway, of which the router and the gateway are of the range
        assert list(Pool.objects.filter(network__name="front").values_list("besides", "besides_in_range")) == [(4, 2), (2, 2)]
        wait_until(lambda: all(view.dispute is None for view in views("front")), "the same count")
        [four, six] = [view.turn for view in views("front")]
        guest = engine.run("next", "--network", "front")
        assert assigned(engine.socket, guest, "front") == (str(four.address), str(six.address))


@pytest.mark.django_db(transaction=True)
def test_it_says_that_an_engine_has_given_away_more_than_it_tells(engine: PrivateEngine, tmp_path: Path) -> None:
    version = DISGUISES["29.0"]
    disguise = Secretive(version.version, version.newest, version.oldest)
    with FaultProxy(tmp_path / "s", engine.socket, disguise=disguise) as proxy, followed(proxy, tmp_path):
        engine.cli("network", "create", "--subnet", "10.212.0.0/24", "front")
        engine.run("web", "--network", "front")

        wait_until(lambda: any(view.dispute for view in views("front")), "the difference")
        [view] = views("front")

    assert (view.dispute, view.turn.why) == (Dispute(in_use=3, available=-3), NextKnown.COUNT)
