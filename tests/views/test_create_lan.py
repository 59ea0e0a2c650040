"""On a real Engine: what Docker does to the machine's own LAN, and that only an admin who types it may have that done."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from networks.actions.actors import CONSOLE, Actor
from networks.actions.networks import create_network
from networks.addressing.pool_checks import Pool
from networks.engine.specs import NetworkSpec
from networks.hostnet.linux.opening import open_host
from networks.models import Action, Engine, Grant, Network, Outcome, OutcomeKind, Role
from networks.policy.host_space import host_side_of
from networks.sync.host.watcher import GATHER_S, HostWatcher
from tests.lan import NEIGHBOUR, OUTSIDE, ROUTER, SUBNET, Lan
from tests.private_engine import PrivateEngine, wait_until

TYPED = {"name": "cut", "driver": "bridge", "pools-count": "1", "pools-0-subnet": SUBNET, "do": "create"}


@pytest.fixture
def lan(engine: PrivateEngine) -> Iterator[Lan]:
    with Lan(engine) as made:
        yield made


@pytest.fixture
def watched(lan: Lan, followed: Engine) -> Iterator[Engine]:
    """Watch the machine as it is done when serving: its links, routes and name servers read from the kernel."""
    Engine.objects.filter(pk=followed.pk).update(netns=f"/run/netns/{lan.engine.netns}")
    watcher = HostWatcher(followed, open_host, gather_unseen_s=GATHER_S)
    watcher.start()
    watcher.hurry()
    wait_until(lambda: lan.link in host_side_of(followed.slug).ways_out, "the machine's way out")
    yield followed
    watcher.stop()


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
    engine: PrivateEngine, lan: Lan, watched: Engine, operator: Actor, client: Client
) -> None:
    url = reverse("network_create", args=[watched.slug])
    client.force_login(get_user_model().objects.get(pk=operator.user_id))

    refused = client.post(url, TYPED | {"typed_subnet": SUBNET})
    Grant.objects.update(role=Role.ADMIN)
    untyped = client.post(url, TYPED)
    assert "cut" not in engine.cli("network", "ls", "--format", "{{.Name}}").split()
    made = client.post(url, TYPED | {"typed_subnet": SUBNET})

    assert [refused.status_code, untyped.status_code, made.status_code] == [403, 422, 302]
    assert "cut" in engine.cli("network", "ls", "--format", "{{.Name}}").split()
    kinds = Outcome.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == [OutcomeKind.DENIED, OutcomeKind.OK]
    assert Action.objects.order_by("id").last().asked["typed_subnet"] == SUBNET  # type: ignore[union-attr]


def test_it_refuses_past_every_form(engine: PrivateEngine, lan: Lan, watched: Engine, operator: Actor) -> None:
    """Whatever calls the action, now or later: a job, a command, a page that forgot to ask."""
    spec = NetworkSpec("cut", pools=(Pool(ip_network(SUBNET)),))
    config = NetworkSpec("plan", pools=spec.pools, is_config_only=True)

    by_operator = create_network(operator, watched, spec, typed_subnet=SUBNET)
    untyped = create_network(CONSOLE, watched, spec)
    assert create_network(CONSOLE, watched, config).is_ok
    wait_until(lambda: Network.objects.filter(name="plan").exists(), "plan in the snapshot")
    taken = create_network(CONSOLE, watched, NetworkSpec("cut", config_from="plan"))

    assert [each.kind for each in (by_operator, untyped, taken)] == [OutcomeKind.DENIED] * 3
    assert lan.reaches(ROUTER)
    engine.cli("network", "rm", "plan")
