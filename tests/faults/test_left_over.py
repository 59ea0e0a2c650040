"""dockerd and its containerd are killed: whoever ended with them has no address any more, whatever their record says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from io import StringIO
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.urls import reverse

from networks.management.commands.snapshot import snapshot_of
from networks.models import Container, Endpoint, Engine, EngineStatus
from networks.queries.lifecycle.places import published_ports
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.follower import Follower
from networks.sync.requests import request_sync
from networks.sync.supervisor import followers
from tests.partials.looking import words
from tests.private_engine import PrivateEngine, wait_until
from tests.sync.truth import ask
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def followed(fresh_engine: PrivateEngine, tmp_path: Path) -> Iterator[Engine]:
    """Follow an Engine on which one of each was running when it was killed, and another took the addresses since."""
    fresh_engine.cli("network", "create", "front")
    fresh_engine.run("old", "--network", "front", "-p", "8081:80")
    fresh_engine.run("plain")
    row = ensure_local_engine(fresh_engine.url)
    followers[row.slug] = Follower(row, tmp_path)
    followers[row.slug].start()
    wait_until(lambda: EngineStatus.objects.filter(engine=row, state="live").exists(), "live")
    fresh_engine.kill9()
    fresh_engine.restart()
    fresh_engine.run("new", "--network", "front")
    wait_until(lambda: EngineStatus.objects.filter(engine=row, state="live").exists(), "live again", deadline_s=30)
    wait_until(lambda: Endpoint.objects.filter(container__name="new").exclude(ipv4="").exists(), "the new one's address")
    assert request_sync(row.slug)
    # What a record still names is read by inspects, which come after the list.
    wait_until(lambda: not Container.objects.filter(engine=row, has_detail=False).exists(), "each record read whole")
    yield row
    followers.pop(row.slug).stop()
    connections.close_all()


def recorded(engine: PrivateEngine, name: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(engine.socket, "GET", f"/containers/{name}/json")[1]
    return found


def test_it_shows_an_address_for_those_alone_who_have_it(fresh_engine: PrivateEngine, followed: Engine) -> None:
    old = recorded(fresh_engine, "old")
    (left,) = old["NetworkSettings"]["Networks"].values()
    address = left["IPAddress"]
    assert (old["State"]["Status"], recorded(fresh_engine, "new")["NetworkSettings"]["Networks"]["front"]["IPAddress"]) == (
        "exited",
        address,
    ), "this Engine keeps no ghosts: then there is nothing to be seen here"
    browser = log_in()

    def page(name: str, *args: str, **query: str) -> str:
        return unescape(browser.get(reverse(name, args=args), query).content.decode())

    network_id = left["NetworkID"]
    own = page("container_detail", followed.slug, old["Id"])
    assert f"Left over from a crash : {address} (front) , 0.0.0.0:8081->80/tcp" in words(own)
    assert "It doesn't run: no port of it is open." in own
    held = [one["ipv4"] for one in _endpoints(followed) if one["ipv4"]]
    assert held.count(address) == 1
    found = page("container_list", q=address)
    assert ">new<" in found
    assert ">old<" not in found
    of_network = page("network_detail", followed.slug, network_id)
    row = of_network[of_network.index(f'id="ep-{old["Id"]}"') :].partition("</tr>")[0]
    assert left["MacAddress"] not in row
    assert re.search(r'<td data-l="IPv4">\s*<span class="dash">', row)
    (pool,) = [one for one in _addresses() if one["network_name"] == "front"]
    assert [one["container_name"] for one in pool["addresses"] if one["address"] == address] == ["new"]
    drawer = page("address_list", address=address)
    assert ">new</a>" in drawer
    assert "Also asked for by" not in drawer
    assert [one.container_name for one in published_ports(followed.slug)] == []
    assert pool["used"] == 2, "the gateway, and the one that runs"
    assert f"The next container that requests no address gets {ip_address(address) + 1}." in page("address_list", q="front")


def test_it_forgets_what_was_left_over_when_it_starts(fresh_engine: PrivateEngine, followed: Engine) -> None:
    assert Endpoint.objects.get(container__name="plain").leftover["ipv4"]
    assert Endpoint.objects.get(container__name="plain").network is not None, "the default bridge has another id by now"

    fresh_engine.cli("start", "old", "plain")

    wait_until(lambda: not Endpoint.objects.exclude(leftover={}).exists(), "nothing left over")
    wait_until(lambda: Endpoint.objects.exclude(ipv4="").count() == 3, "three addresses")
    addresses = list(Endpoint.objects.values_list("network_name", "ipv4"))
    assert len(set(addresses)) == 3


def _endpoints(engine: Engine) -> list[dict[str, Any]]:
    return [endpoint for network in snapshot_of(engine)["networks"] for endpoint in network["endpoints"]]


def _addresses() -> list[dict[str, Any]]:
    out = StringIO()
    call_command("addresses", "--json", stdout=out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())["pools"]
    return found
