"""A connect that the driver refuses leaves an endpoint in the record of one that runs: nobody has it, and nothing counts it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.urls import reverse

from networks.actions.jobs.threads import start_runners, stop_runners
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.facts import ContainerFact, EndpointFact
from networks.management.commands.snapshot import snapshot_of
from networks.models import AddressAssignment, Endpoint, Engine, EngineStatus, Job
from networks.queries.jobs import OPEN_STATES
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.follower import Follower
from networks.sync.follow.inbox import Inbox
from networks.sync.follow.inspectors import Inspectors
from networks.sync.follow.reconciler import LIST_LAG_S, Reconciler
from networks.sync.requests import request_sync
from networks.sync.snapshot.journal import EventJournal
from networks.sync.snapshot.writer import Snapshot
from networks.sync.supervisor import followers
from tests.partials.looking import words
from tests.private_engine import PrivateEngine, wait_until
from tests.sync.truth import ask, remembered, truth
from tests.truth.pressing.markup import read_page
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def busy(engine: PrivateEngine) -> PrivateEngine:
    """Give an Engine with the network `lan`, on a parent that no macvlan can be made of, and `web`, which was refused there."""
    engine.check_inside("ip", "link", "add", "busy0", "type", "veth", "peer", "name", "busy1")
    engine.check_inside("ip", "link", "add", "busybr", "type", "bridge")
    engine.check_inside("ip", "link", "set", "busy0", "master", "busybr")
    engine.cli("network", "create", "-d", "macvlan", "-o", "parent=busy0", "--subnet", "10.99.0.0/24", "lan")
    engine.cli("network", "create", "front")
    engine.cli("network", "create", "--internal", "inner")
    engine.run("web", "--network", "front")
    engine.run("beside", "--network", "inner")
    return engine


def refuse(engine: PrivateEngine) -> None:
    """Have the connection to `lan` refused, and see that this Engine leaves it in the record, and nowhere else."""
    said = engine.cli("network", "connect", "lan", "web", check=False)
    assert "busy" in said
    left = recorded(engine, "web")["NetworkSettings"]["Networks"]["lan"]
    assert left["EndpointID"]
    assert left["IPAddress"] == "10.99.0.2"
    assert left["MacAddress"], "no gap in the record gives it away but the gateway's, which many real ones have as well"
    assert ask(engine.socket, "GET", "/networks/lan")[1]["Containers"] == {}


def free(engine: PrivateEngine) -> None:
    engine.check_inside("ip", "link", "set", "busy0", "nomaster")


def recorded(engine: PrivateEngine, name: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(engine.socket, "GET", f"/containers/{name}/json")[1]
    return found


def on(container: ContainerFact, name: str) -> EndpointFact | None:
    return next((each for each in container.endpoints if each.network_name == name), None)


def test_it_reads_no_endpoint_that_its_network_does_not_have(busy: PrivateEngine) -> None:
    client = EngineClient(busy.url, Profile.READ)
    refuse(busy)
    key, other = recorded(busy, "web")["Id"], recorded(busy, "beside")["Id"]

    inspected = client.inspect_container(key)
    assert on(client.picture().containers[0], "lan") is None, "the list doesn't know of it yet"
    busy.cli("pause", "web")
    busy.cli("unpause", "web")
    listed = {each.docker_id: each for each in client.picture().containers}[key]

    lan = on(inspected, "lan")
    assert lan is not None
    assert (lan.endpoint_id, lan.ipv4, lan.mac) == ("", None, "")
    assert lan.leftover is not None
    assert str(lan.leftover.ipv4) == "10.99.0.2"
    assert "lan" in recorded_by_list(busy, key), "a pause brings it into the list as well, with its address"
    for container in (listed, client.list_containers([key])[0]):
        again = on(container, "lan")
        assert again is not None
        assert (again.endpoint_id, again.ipv4, again.mac, again.leftover) == ("", None, "", None)
    for container in (inspected, listed):
        assert str(on(container, "front").ipv4).startswith("10.201.")  # type: ignore[union-attr]
    for container in (client.inspect_container(other), client.list_containers([other])[0]):
        inner = on(container, "inner")
        assert inner is not None
        assert (bool(inner.endpoint_id), inner.ipv4_gateway, inner.ipv4 is None) == (True, None, False), "one that exists"
    client.close()


def recorded_by_list(engine: PrivateEngine, key: str) -> dict[str, Any]:
    (found,) = [one for one in ask(engine.socket, "GET", "/containers/json?all=1")[1] if one["Id"] == key]
    networks: dict[str, Any] = found["NetworkSettings"]["Networks"]
    return networks


@pytest.fixture
def reconciler(engine: PrivateEngine) -> Iterator[Callable[[], int]]:
    """Give one turn of a follower: a resync, and what it has inspected taken in. It returns how many rows they wrote."""
    inbox = Inbox()
    inspectors = Inspectors("local", lambda: EngineClient(engine.url, Profile.READ), inbox)
    client = EngineClient(engine.url, Profile.READ)
    snapshot = Snapshot(ensure_local_engine(engine.url).pk)
    made = Reconciler(client, snapshot, snapshot.load(), EventJournal("local"), inspectors)
    inspectors.start()

    def turn() -> int:
        after = time.monotonic() + 2 * LIST_LAG_S
        wait_until(lambda: time.monotonic() > after, "a list to be trusted again")
        before, mended = snapshot.revision, made.resync()
        wait_until(inspectors.is_idle, "the inspections")
        made.absorb(inbox.take(0))
        return mended + snapshot.revision - before

    yield turn
    inspectors.stop()
    client.close()
    connections.close_all()


def turned_until_quiet(turn: Callable[[], int]) -> int:
    return next(count for count in range(20) if turn() == 0)


@pytest.mark.parametrize("brings_it_into_the_list", [False, True])
def test_it_mends_nothing_any_more_once_it_knows(
    busy: PrivateEngine, reconciler: Callable[[], int], *, brings_it_into_the_list: bool
) -> None:
    refuse(busy)
    if brings_it_into_the_list:
        busy.cli("pause", "web")
        busy.cli("unpause", "web")
    reconciler()
    turned_until_quiet(reconciler)
    left = Endpoint.objects.get(container__name="web", network_name="lan")
    assert (left.docker_id, left.ipv4, left.leftover["ipv4"]) == ("", "", "10.99.0.2")

    assert [reconciler() for _ in range(3)] == [0, 0, 0]

    assert remembered(snapshot_of(Engine.objects.get())) == truth(busy.socket)


def test_it_mends_nothing_any_more_where_no_endpoint_came_to_be(busy: PrivateEngine, reconciler: Callable[[], int]) -> None:
    busy.cli("network", "create", "--subnet", "10.88.0.0/24", "six")
    busy.run("first", "--network", "six", "--ip", "10.88.0.9")
    busy.cli("network", "connect", "--ip", "10.88.0.9", "six", "web", check=False)
    busy.cli("create", "--name", "fails", "--network", "lan", "netadmin-test:1")
    busy.cli("start", "fails", check=False)
    reconciler()
    turned_until_quiet(reconciler)
    assert Endpoint.objects.get(container__name="web", network_name="six").docker_id == ""

    assert [reconciler() for _ in range(3)] == [0, 0, 0]
    assert remembered(snapshot_of(Engine.objects.get())) == truth(busy.socket)

    busy.cli("network", "connect", "six", "web")  # and the wish goes with the next connection
    reconciler()
    turned_until_quiet(reconciler)
    assert Endpoint.objects.get(container__name="web", network_name="six").ipv4 == "10.88.0.2"
    assert remembered(snapshot_of(Engine.objects.get())) == truth(busy.socket)


@pytest.fixture
def followed(busy: PrivateEngine, tmp_path: Path) -> Iterator[Engine]:
    refuse(busy)
    row = ensure_local_engine(busy.url)
    followers[row.slug] = Follower(row, tmp_path)
    followers[row.slug].start()
    wait_until(lambda: EngineStatus.objects.filter(engine=row, state="live").exists(), "live")
    wait_until(lambda: Endpoint.objects.filter(network_name="lan").exclude(leftover={}).exists(), "what was left")
    yield row
    followers.pop(row.slug).stop()
    connections.close_all()


def test_it_counts_it_nowhere_and_says_so_on_the_containers_page(busy: PrivateEngine, followed: Engine) -> None:
    browser = log_in()
    web, slug = recorded(busy, "web")["Id"], followed.slug
    lan = ask(busy.socket, "GET", "/networks/lan")[1]["Id"]

    def page(name: str, *args: str, **query: str) -> str:
        return words(unescape(browser.get(reverse(name, args=args), query).content.decode()))

    own = page("container_detail", slug, web)
    assert "It is not on lan." in own
    assert "Docker's record of it names this network and 10.99.0.2, but the network has no endpoint of it" in own
    assert "from a crash" not in own
    assert "Disconnect from lan" not in own
    of_network = page("network_detail", slug, lan)
    assert "No container is on this network." in of_network
    assert "10.99.0.2" not in page("container_list")
    assert "web" not in page("container_list", q="10.99.0.2").partition("<main")[2]
    assert not AddressAssignment.objects.filter(address="10.99.0.2").exists()
    out = StringIO()
    call_command("addresses", "--json", stdout=out)
    (pool,) = [one for one in json.loads(out.getvalue())["pools"] if one["network_name"] == "lan"]
    assert (pool["used"], [one["container_name"] for one in pool["addresses"] if one["container_name"]]) == (1, [])
    assert "web is not on lan" in page("network_disconnect", slug, lan, web)
    rename = page("container_rename", slug, web)
    assert "Docker's record of it names lan, where it has no endpoint: as long as it runs, Docker refuses to rename it." in rename
    assert "no endpoint attached" in busy.cli("rename", "web", "other", check=False)
    restart = page("container_restart", slug, web)
    assert "if it is refused there, it stays stopped" in restart
    for force in ((), ("--force",)):
        assert "is not connected" in busy.cli("network", "disconnect", *force, "lan", "web", check=False)


def test_it_connects_it_again_instead_of_calling_it_done(busy: PrivateEngine, followed: Engine) -> None:
    browser = log_in()
    web, slug = recorded(busy, "web")["Id"], followed.slug
    lan = ask(busy.socket, "GET", "/networks/lan")[1]["Id"]
    url = reverse("container_connect", args=[slug, web])
    assert f'value="{lan}"' in browser.get(url).content.decode(), "offered, for it is not there"

    refused = browser.post(url, {"network_id": lan})

    assert refused.status_code == 409
    assert "Docker's record of web names lan all the same" in words(unescape(refused.content.decode()))
    free(busy)
    done = browser.post(url, {"network_id": lan})
    assert done.status_code == 302
    assert recorded(busy, "web")["NetworkSettings"]["Networks"]["lan"]["Gateway"] == "10.99.0.1"
    assert request_sync(slug)
    assert Endpoint.objects.get(container__name="web", network_name="lan").ipv4 == "10.99.0.2"
    assert remembered(snapshot_of(followed)) == truth(busy.socket)


def test_it_is_mended_as_the_page_says(busy: PrivateEngine, followed: Engine) -> None:
    busy.cli("stop", "web")
    busy.cli("network", "disconnect", "lan", "web")
    busy.cli("start", "web")

    assert request_sync(followed.slug)
    wait_until(lambda: not Endpoint.objects.filter(network_name="lan").exists(), "nothing left")
    assert remembered(snapshot_of(followed)) == truth(busy.socket)


def test_it_stays_stopped_where_a_restart_is_refused_again(busy: PrivateEngine, followed: Engine) -> None:
    assert "busy" in busy.cli("restart", "-t", "0", "web", check=False)

    assert recorded(busy, "web")["State"]["Status"] == "exited"
    assert request_sync(followed.slug)
    wait_until(lambda: Endpoint.objects.filter(network_name="lan", leftover={}).exists(), "no leftover of one that doesn't run")
    assert remembered(snapshot_of(followed)) == truth(busy.socket)


def test_it_says_so_of_several_too(busy: PrivateEngine, followed: Engine) -> None:
    browser = log_in()
    url = reverse("container_several", args=[followed.slug])
    chosen = [recorded(busy, name)["Id"] for name in ("web", "beside")]
    page = browser.post(url, {"do": "restart_containers", "id": chosen}).content.decode()
    hidden = {
        node.attrs["name"]: node.attrs["value"]
        for node in read_page(url, 200, page).root.walk()
        if node.attrs.get("type") == "hidden"
    }
    start_runners()
    try:
        sent = browser.post(url, {**hidden, "id": ",".join(chosen)})
        assert sent.status_code == 302, words(unescape(sent.content.decode()))
        wait_until(lambda: not Job.objects.filter(state__in=OPEN_STATES).exists(), "the job's end", deadline_s=90)
    finally:
        stop_runners()

    assert "web may not start again Docker's record of it names lan, where it has no endpoint" in words(unescape(page))
    assert "beside may not start again" not in words(unescape(page))
    ended = words(unescape(browser.get(sent["Location"]).content.decode()))
    assert "It had been ended before Docker refused the rest, and doesn't run now." in ended
    assert [recorded(busy, name)["State"]["Status"] for name in ("web", "beside")] == ["exited", "running"]
