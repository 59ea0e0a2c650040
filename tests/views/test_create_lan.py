"""On a real Engine: what Docker does to the machine's own LAN, and that only an admin who types it may have that done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address, ip_interface, ip_network

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from networks.actions.actors import CONSOLE, Actor
from networks.actions.networks import create_network
from networks.engine.specs import NetworkSpec, PoolSpec
from networks.hostnet.facts import LinkAddress, LinkFact, ResolverFact, RouteFact
from networks.models import Action, Engine, Grant, Network, Outcome, OutcomeKind, Role
from networks.sync.host.picture import HostLink, HostPicture
from tests.fake_host import EVERYTHING, UP
from tests.lan import NEIGHBOUR, OUTSIDE, OWN, ROUTER, SUBNET, Lan
from tests.machines import seen
from tests.private_engine import PrivateEngine, wait_until

TYPED = {"name": "cut", "driver": "bridge", "pools-count": "1", "pools-0-subnet": SUBNET, "do": "create"}


@pytest.fixture
def lan(engine: PrivateEngine) -> Iterator[Lan]:
    with Lan(engine) as made:
        yield made


def picture_of(lan: Lan) -> HostPicture:
    """Return the machine's picture, read by `ip` so that nothing of our own is believed."""
    links = tuple(
        HostLink(
            LinkFact(
                each["ifindex"],
                each["ifname"],
                "ethernet",
                UP,
                each["mtu"],
                1000,
                addresses=tuple(LinkAddress(ip_interface(f"{a['local']}/{a['prefixlen']}")) for a in each["addr_info"]),
            )
        )
        for each in lan.look("address")
        if each["ifname"] == lan.link
    )
    routes = tuple(
        RouteFact(
            ip_network("0.0.0.0/0" if each["dst"] == "default" else each["dst"]),
            ip_address(each["gateway"]) if "gateway" in each else None,
            links[0].fact.index if each["dev"] == lan.link else 0,
            each["dev"],
        )
        for each in lan.look("route")
        if each["dev"] == lan.link
    )
    return HostPicture(EVERYTHING, links, routes, ResolverFact(), 1, datetime.now(UTC))


def test_it_is_true_that_docker_takes_the_lan_away_without_a_word(engine: PrivateEngine, lan: Lan) -> None:
    assert [lan.reaches(address) for address in (ROUTER, NEIGHBOUR, OUTSIDE)] == [True, True, True]

    engine.cli("network", "create", "--subnet", SUBNET, "cut")  # 201: it raises otherwise

    [to_router], [to_neighbour] = (lan.look("route", "get", address) for address in (ROUTER, NEIGHBOUR))
    assert to_router["type"] == "local"  # the machine takes itself for its router
    assert to_neighbour["dev"].startswith("br-")
    assert not lan.pings(NEIGHBOUR)
    assert lan.reaches(OUTSIDE)  # what lies behind the router goes on, by the route that was there
    engine.cli("network", "rm", "cut")
    assert lan.reaches(NEIGHBOUR)


def test_it_lets_only_an_admin_do_that_by_typing(
    engine: PrivateEngine, lan: Lan, followed: Engine, operator: Actor, client: Client
) -> None:
    url, picture = reverse("network_create", args=[followed.slug]), picture_of(lan)
    client.force_login(get_user_model().objects.get(pk=operator.user_id))

    with seen(picture, followed.slug):
        refused = client.post(url, TYPED | {"typed_subnet": SUBNET})
        Grant.objects.update(role=Role.ADMIN)
        untyped = client.post(url, TYPED)
        assert not Network.objects.filter(name="cut").exists()
        assert "cut" not in engine.cli("network", "ls", "--format", "{{.Name}}").split()
        made = client.post(url, TYPED | {"typed_subnet": SUBNET})

    assert [refused.status_code, untyped.status_code, made.status_code] == [403, 422, 302]
    assert "cut" in engine.cli("network", "ls", "--format", "{{.Name}}").split()
    kinds = Outcome.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == [OutcomeKind.DENIED, OutcomeKind.OK]
    assert Action.objects.order_by("id").last().asked["typed_subnet"] == SUBNET  # type: ignore[union-attr]


def test_it_refuses_past_every_form(engine: PrivateEngine, lan: Lan, followed: Engine, operator: Actor) -> None:
    """Whatever calls the action, now or later: a job, a command, a page that forgot to ask."""
    spec = NetworkSpec("cut", pools=(PoolSpec(ip_network(SUBNET)),))
    config = NetworkSpec("plan", pools=spec.pools, is_config_only=True)

    with seen(picture_of(lan), followed.slug):
        by_operator = create_network(operator, followed, spec, typed_subnet=SUBNET)
        untyped = create_network(CONSOLE, followed, spec)
        assert create_network(CONSOLE, followed, config).is_ok
        wait_until(lambda: Network.objects.filter(name="plan").exists(), "plan in the snapshot")
        taken = create_network(CONSOLE, followed, NetworkSpec("cut", config_from="plan"))

    assert [each.kind for each in (by_operator, untyped, taken)] == [OutcomeKind.DENIED] * 3
    assert lan.reaches(ROUTER)
    assert OWN in engine.check_inside("ip", "address")
    engine.cli("network", "rm", "plan")
