"""Networks that have no address left: pages say so before Docker refuses, and what helps then does."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from networks.forms.containers.several import ORDER_PLANS
from networks.forms.several import PLANS, Selection
from networks.models import Container, Endpoint, Engine, Network
from networks.queries.addresses.room import Room
from networks.queries.engines import read_engine
from networks.refusals.catalogue import explain
from tests.private_engine import IMAGE, PrivateEngine, wait_until
from tests.sync.truth import ask
from tests.views.pages import log_in
from tests.views.test_forms import browser, network_id, seen, text_of
from tests.views.test_orders import known, order

__all__ = ["browser"]


@pytest.fixture
def full(engine: PrivateEngine, followed: Engine) -> str:
    """A network of one address beside the gateway's, which `first` has."""
    engine.cli("network", "create", "--subnet", "10.77.0.0/30", "small")
    run_on(engine, "first", "small")
    return seen(engine, Network, network_id(engine, "small"))


def run_on(engine: PrivateEngine, name: str, network: str, *args: str) -> str:
    """Run a container, and wait until the snapshot has its address."""
    container_id = engine.run(name, "--network", network, *args)
    wait_until(lambda: Endpoint.objects.filter(container__name=name, docker_id__gt="").exists(), f"{name} on {network}")
    return known(container_id)


def create_on(engine: PrivateEngine, name: str, network: str, *args: str) -> str:
    """Make a container that never ran."""
    container_id = engine.cli(
        "create", "--name", name, "--network", network, "--stop-signal", "KILL", *args, IMAGE, "sleep", "999"
    )
    return known(container_id, state="created")


def is_route_taken(said: str) -> bool:
    """Tell whether these are the words for a second route to one subnet, and known."""
    known = explain(said)
    return "conflicts with existing route" in said and known is not None and known.key == "route_taken"


def url_of(followed: Engine, network: str, container: str) -> str:
    return f"{reverse('network_connect', args=[followed.slug, network])}?container={container}"


def test_it_connects_nothing_that_runs_where_no_address_is_left(
    engine: PrivateEngine, followed: Engine, browser: Client, full: str
) -> None:
    web = known(engine.run("web"))
    url = url_of(followed, full, web)

    said = "Docker has no address left for web on small: every address of 10.77.0.0/30 is taken."
    assert said in text_of(browser.get(url))
    refused = browser.post(url, {"container_id": web})
    assert (refused.status_code, said in text_of(refused)) == (422, True)
    assert "small" not in engine.cli("inspect", "web")
    assert engine.cli("restart", "first") == "first"  # it gives its own back first, and gets it again

    engine.cli("stop", "first")
    wait_until(lambda: "web can join small." in text_of(browser.get(url)), "the address given back")
    assert browser.post(url, {"container_id": web}).status_code == 302
    assert '"10.77.0.2"' in engine.cli("inspect", "web")


def test_docker_refuses_what_the_page_says_it_does(engine: PrivateEngine, followed: Engine, full: str) -> None:
    engine.run("web")
    engine.cli("create", "--name", "late", "--network", "small", IMAGE, "true")

    connected = ask(engine.socket, "POST", f"/networks/{full}/connect", {"Container": "web"})
    started = ask(engine.socket, "POST", "/containers/late/start", None)

    for status, answer in (connected, started):
        assert (status, "no available IPv4 addresses" in answer["message"]) == (500, True)


def test_it_connects_what_is_stopped_and_then_starts_it_once_there_is_room(
    engine: PrivateEngine, followed: Engine, browser: Client, full: str
) -> None:
    web = create_on(engine, "web", "bridge")

    asked = browser.get(url_of(followed, full, web))
    assert "web can join small, but not start there while every address of 10.77.0.0/30 is taken." in text_of(asked)
    assert browser.post(url_of(followed, full, web), {"container_id": web}).status_code == 302
    refused = browser.post(order(followed, "start", web))
    assert refused.status_code == 409
    assert "It can't start: Docker has no address left for it on small" in text_of(refused).replace("&#x27;", "'")
    assert reverse("network_detail", args=[followed.slug, full]) in refused.content.decode()
    assert Container.objects.get(docker_id=web).state == "created"  # nothing was tried

    engine.cli("stop", "first")
    wait_until(lambda: "no address left" not in text_of(browser.get(order(followed, "start", web))), "the address given back")
    assert browser.post(order(followed, "start", web)).status_code == 302
    assert engine.cli("inspect", "-f", "{{.State.Running}}", "web") == "true"


def test_it_says_who_has_the_address_that_one_asks_for(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    engine.cli("network", "create", "--subnet", "10.78.0.0/24", "--aux-address", "router=10.78.0.9", "front")
    run_on(engine, "holder", "front", "--ip", "10.78.0.5")
    wishes = {"10.78.0.5": "holder has", "10.78.0.1": "the network itself holds", "10.78.0.9": "the network itself holds"}

    for number, (address, words) in enumerate(wishes.items()):
        asking = create_on(engine, f"asking{number}", "front", "--ip", address)
        page = text_of(browser.get(order(followed, "start", asking))).replace("&#x27;", "'")
        assert f"It can't start: it requests {address} on front, which {words}." in page
        assert ask(engine.socket, "POST", f"/containers/{asking}/start", None)[0] == 403
    free = create_on(engine, "free", "front", "--ip", "10.78.0.6")
    assert "can&#x27;t start" not in text_of(browser.get(order(followed, "start", free)))


def test_it_offers_an_address_outside_the_range_that_is_used_up(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    engine.cli("network", "create", "--subnet", "10.79.0.0/24", "--ip-range", "10.79.0.4/31", "ranged")
    run_on(engine, "first", "ranged")
    web, network = known(engine.run("web")), seen(engine, Network, network_id(engine, "ranged"))
    url = url_of(followed, network, web)

    page = browser.get(url)
    assert "every address of 10.79.0.4/31 is taken" in text_of(page)
    assert 'value="ipv4=10.79.0.1"' in page.content.decode()
    assert browser.post(url, {"container_id": web, "ipv4": "10.79.0.1"}).status_code == 302
    assert '"10.79.0.1"' in engine.cli("inspect", "web")


def test_it_counts_ipv6_as_well(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    engine.cli("network", "create", "--subnet", "10.80.0.0/24", "--ipv6", "--subnet", "fd00:80::/126", "both")
    for name in ("first", "second"):
        run_on(engine, name, "both")
    network, web = seen(engine, Network, network_id(engine, "both")), known(engine.run("web"))

    page = browser.post(url_of(followed, network, web), {"container_id": web, "ipv4": "10.80.0.9"})
    assert (page.status_code, "every address of fd00:80::/126 is taken" in text_of(page)) == (422, True)
    status, answer = ask(engine.socket, "POST", f"/networks/{network}/connect", {"Container": web})
    assert (status, "no available IPv6 addresses" in answer["message"]) == (500, True)


def test_it_connects_several_only_as_far_as_there_is_room(engine: PrivateEngine, followed: Engine) -> None:
    engine.cli("network", "create", "--subnet", "10.81.0.0/29", "room")
    run_on(engine, "first", "room", "--ip", "10.81.0.4")
    network = seen(engine, Network, network_id(engine, "room"))
    ids = (*(known(engine.run(f"web{number}")) for number in range(5)), create_on(engine, "idle", "bridge"))

    plan = PLANS["connect_containers"](Selection(followed.slug, ids, network))

    assert [step.container_name for step in plan.steps] == ["idle", "web0", "web1", "web2", "web3"]
    assert [left.reason for left in plan.left_out] == ["Docker has no address left for web4 on room once the others have theirs."]
    statuses = [ask(engine.socket, "POST", f"/networks/{network}/connect", {"Container": key})[0] for key in ids]
    assert statuses == [200, 200, 200, 200, 500, 200]


def test_it_starts_several_only_as_far_as_there_is_room(engine: PrivateEngine, followed: Engine) -> None:
    engine.cli("network", "create", "--subnet", "10.82.0.0/30", "room")
    first, second = (create_on(engine, name, "room") for name in ("first", "second"))
    guest = create_on(engine, "guest", "container:second")

    plan = ORDER_PLANS["start_containers"](Selection(followed.slug, (first, second, guest)))

    assert [step.container_name for step in plan.steps] == ["first"]
    assert {left.name for left in plan.left_out} == {"second", "guest"}
    assert [ask(engine.socket, "POST", f"/containers/{key}/start", None)[0] for key in (first, second, guest)] == [204, 500, 409]


def test_it_runs_and_moves_nothing_where_no_address_is_left(engine: PrivateEngine, followed: Engine, full: str) -> None:
    admin = log_in()
    lonely = known(engine.run("lonely", "--network", "none"))

    ran = admin.post(
        reverse("container_run", args=[followed.slug]), {"image": IMAGE, "mode": "network", "networks-0-network_id": full}
    )
    moved = admin.post(reverse("container_move", args=[followed.slug, lonely]), {"key": "k" * 24, "network_id": full})

    assert (ran.status_code, "would not start it on small: every address of 10.77.0.0/30 is taken" in text_of(ran)) == (422, True)
    assert (moved.status_code, "no address left for lonely on small" in text_of(moved)) == (422, True)
    assert engine.cli("ps", "-aq").count("\n") == 1  # first and lonely


def test_it_takes_off_what_a_host_s_container_joined_while_it_was_stopped(engine: PrivateEngine, followed: Engine) -> None:
    admin = log_in()
    engine.cli("network", "create", "front")
    hosted = create_on(engine, "hosted", "host")
    front = seen(engine, Network, network_id(engine, "front"))
    refused = text_of(admin.get(url_of(followed, front, hosted)))
    assert "hosted was made with the host&#x27;s own network and starts in it" in refused

    engine.cli("network", "disconnect", "host", "hosted")
    engine.cli("network", "connect", "front", "hosted")
    wait_until(lambda: "put it on front" in text_of(admin.get(order(followed, "start", hosted))), "the resync", deadline_s=40)
    status, answer = ask(engine.socket, "POST", f"/containers/{hosted}/start", None)
    assert (status, is_route_taken(answer["message"])) == (500, True)

    url = reverse("network_disconnect", args=[followed.slug, front, hosted])
    assert url in admin.get(reverse("container_detail", args=[followed.slug, hosted])).content.decode()
    page = admin.get(url)
    shown = page.content.decode().split('name="shown" value="')[1].split('"')[0]
    assert admin.post(url, {"shown": shown, "is_forced": ""}).status_code == 302
    assert ask(engine.socket, "POST", f"/containers/{hosted}/start", None)[0] == 204


def test_it_says_nothing_where_somebody_else_hands_addresses_out(engine: PrivateEngine, followed: Engine, full: str) -> None:
    assert Room(read_engine(followed.slug)).lack(full) is not None

    Network.objects.filter(docker_id=full).update(ipam_driver="other", revision=10**9)
    followed.status.revision = 10**9
    followed.status.save()

    assert Room(read_engine(followed.slug)).lack(full) is None


def test_it_puts_nothing_on_two_networks_of_one_subnet(engine: PrivateEngine, followed: Engine) -> None:
    admin = log_in()
    ranges = {"one": "10.83.0.0/26", "two": "10.83.0.64/26"}
    engine.check_inside("ip", "link", "add", "ifb7", "type", "ifb")
    engine.cli("network", "create", "--subnet", "10.83.0.0/24", "--ip-range", ranges["one"], "one")
    macvlan = ("-d", "macvlan", "-o", "parent=ifb7")
    engine.cli("network", "create", *macvlan, "--subnet", "10.83.0.0/24", "--ip-range", ranges["two"], "two")
    two = seen(engine, Network, network_id(engine, "two"))
    web, idle = run_on(engine, "web", "one"), create_on(engine, "idle", "one")
    rows = {"networks-count": "2", "networks-0-network_id": network_id(engine, "one"), "networks-1-network_id": two}

    refused = admin.post(url_of(followed, two, web), {"container_id": web})
    ran = admin.post(reverse("container_run", args=[followed.slug]), {"image": IMAGE, "mode": "network", **rows})
    asked = admin.get(url_of(followed, two, idle))
    plan = PLANS["connect_containers"](Selection(followed.slug, (web,), two))

    said = "web is on one, which has the same subnet as two: Docker puts no container on both."
    assert (refused.status_code, said in text_of(refused), plan.left_out[0].reason) == (422, True, said)
    assert (ran.status_code, "two has the same subnet as one: Docker puts no container on both." in text_of(ran)) == (422, True)
    assert "on both, Docker doesn&#x27;t start it" in text_of(asked)
    status, answer = ask(engine.socket, "POST", f"/networks/{two}/connect", {"Container": web})
    assert (status, is_route_taken(answer["message"])) == (500, True)
    assert admin.post(url_of(followed, two, idle), {"container_id": idle}).status_code == 302
    page = admin.get(order(followed, "start", idle))
    assert "have the same subnet, and Docker puts no container on both" in text_of(page)
    status, answer = ask(engine.socket, "POST", f"/containers/{idle}/start", None)
    assert (status, is_route_taken(answer["message"])) == (500, True)
