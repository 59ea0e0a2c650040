"""Orders that Docker is known to refuse are off, with the reason; what it had begun before it refused is said."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from networks.engine.states import LEAVING
from networks.forms.containers.several import ORDER_PLANS
from networks.forms.several import PLANS, Selection
from networks.models import Action, Container, Endpoint, Engine, Network
from networks.sync.requests import request_sync
from tests.private_engine import PrivateEngine, wait_until
from tests.truth.drawing import PARENT
from tests.truth.pressing.markup import Page, read_page
from tests.views.pages import log_in
from tests.views.test_forms import browser, seen
from tests.views.test_orders import known, order

__all__ = ["browser"]


def drawn(browser: Client, url: str) -> Page:
    answer = browser.get(url)
    return read_page(url, answer.status_code, answer.content.decode())


def offered(page: Page, container_id: str) -> set[str]:
    """Return the orders that the page's enabled buttons give this container."""
    return {one.url.rstrip("/").rpartition("/")[2] for one in page.buttons if f"/{container_id}/" in one.url}


def test_it_offers_no_start_to_what_asks_for_a_removed_network(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    network = engine.cli("network", "create", "front")
    lost, named = engine.run("lost", "--network", "front"), engine.cli("create", "--network", "front", "netadmin-test:1")
    engine.cli("stop", "lost")
    engine.cli("network", "rm", network)
    known(lost, state="exited")
    known(named, state="created")
    wait_until(lambda: not Network.objects.filter(docker_id=network).exists(), "the end of the network")
    page, rows = drawn(browser, reverse("container_detail", args=[followed.slug, lost])), drawn(browser, "/containers/")

    answer = browser.post(order(followed, "start", lost))
    plan = ORDER_PLANS["start_containers"](Selection(followed.slug, (lost,)))

    why = "It can't start: it asks for the network front by its ID, and that one was removed."
    assert offered(page, lost) == offered(rows, lost) == set()
    assert why in page.root.text
    assert reverse("container_move", args=[followed.slug, lost]) in {url for url, _node in rows.links}
    assert offered(rows, named) == set()
    assert (answer.status_code, Action.objects.exists()) == (409, False)
    assert why in read_page("/", 409, answer.content.decode()).root.text
    assert (plan.steps, [one.reason for one in plan.left_out]) == ((), [why])

    engine.cli("network", "create", "front")  # another one, which is what asks for it by name will join
    wait_until(lambda: offered(drawn(browser, "/containers/"), named) == {"start"}, "the start of what asks by name")
    assert offered(drawn(browser, "/containers/"), lost) == set()


def test_it_offers_no_start_to_a_guest_whose_donor_is_away(engine: PrivateEngine, followed: Engine) -> None:
    browser = log_in()
    donor = engine.run("donor", "--network", "none")
    guest = engine.run("guest", "--network", "container:donor")
    engine.cli("stop", "guest", "donor")
    known(donor, state="exited")
    known(guest, state="exited")
    url = reverse("container_detail", args=[followed.slug, guest])

    away = drawn(browser, url)
    alone, both = (ORDER_PLANS["start_containers"](Selection(followed.slug, ids)) for ids in ((guest,), (guest, donor)))
    refused = browser.post(order(followed, "start", guest))
    engine.cli("start", "donor")
    known(donor)
    back = drawn(browser, url)
    engine.cli("rm", "-f", "donor")
    wait_until(lambda: not Container.objects.filter(docker_id=donor).exists(), "the donor's end")

    assert offered(away, guest) == set()
    assert "/rename/" in str(away.links)
    assert "Start donor first." in away.root.text
    assert (len(alone.steps), [step.container_name for step in both.steps]) == (0, ["donor", "guest"])
    assert refused.status_code == 409
    assert reverse("container_detail", args=[followed.slug, donor]) in refused.content.decode()
    assert "start" in offered(back, guest)
    assert offered(drawn(browser, url), guest) == set()


@pytest.fixture
def doomed(engine: PrivateEngine, followed: Engine) -> Iterator[str]:
    """Make a container that Docker can't remove, for one of its files can't be; return its id."""
    engine.cli("network", "create", "front")
    docker_id = known(engine.run("doomed", "--network", "front"))
    path = engine.folder / "data" / "containers" / docker_id / "hostname"
    subprocess.run(["chattr", "+i", str(path)], check=True)
    try:
        engine.cli("rm", "-f", "doomed", check=False)
        gone = Container.objects.filter(docker_id=docker_id, state__in=LEAVING)
        wait_until(lambda: request_sync(followed.slug) and gone.exists(), "a container that can't be removed")
        yield docker_id
    finally:
        subprocess.run(["chattr", "-i", str(path)], check=True)


def test_it_offers_nothing_but_words_to_what_docker_is_removing(
    engine: PrivateEngine, followed: Engine, browser: Client, doomed: str
) -> None:
    network = seen(engine, Network, engine.cli("network", "create", "back"))
    page = drawn(browser, reverse("container_detail", args=[followed.slug, doomed]))
    url = reverse("network_connect", args=[followed.slug, network])

    answer = browser.post(url, {"container_id": doomed})
    plan = PLANS["connect_containers"](Selection(followed.slug, (doomed,), network))

    why = "Docker is removing doomed, or could not: it can't be connected or disconnected."
    assert offered(page, doomed) == set()
    assert not [link for link, _node in page.links if "/connect/" in link or "/disconnect/" in link or "/move/" in link]
    assert (answer.status_code, Action.objects.exists()) == (422, False)
    assert why in read_page("/", 422, answer.content.decode()).root.text
    assert [one.reason for one in plan.left_out] == [why]


@pytest.fixture
def level(engine: PrivateEngine, followed: Engine) -> str:
    """Make a network of a kind of device that this machine's kernel doesn't have, and return its id."""
    if subprocess.run(["modprobe", "-n", "-q", "ipvlan"], check=False).returncode == 0:
        pytest.skip("this kernel has ipvlan")
    if PARENT not in engine.check_inside("ip", "-o", "link"):
        engine.check_inside("ip", "link", "add", PARENT, "type", "veth", "peer", "name", "lab1")
    options = ("-d", "ipvlan", "-o", f"parent={PARENT}", "--subnet", "10.79.0.0/24")
    return seen(engine, Network, engine.cli("network", "create", *options, "level"))


def test_it_says_what_docker_had_done_before_it_refused(
    engine: PrivateEngine, followed: Engine, browser: Client, level: str
) -> None:
    web = known(engine.run("web", "--network", "none"))
    engine.cli("network", "disconnect", "none", "web")
    wait_until(lambda: not Endpoint.objects.filter(container__docker_id=web).exists(), "a container on no network")
    url = reverse("container_connect", args=[followed.slug, web])

    connected = browser.post(url, {"network_id": level})
    listed = engine.cli("inspect", "-f", "{{json .NetworkSettings.Networks}}", "web")
    restarted = browser.post(order(followed, "restart", web), {"shown": "", "wait_s": "0"})
    if restarted.status_code == 422:  # it says first that it is the last one there
        page = read_page("/", 422, restarted.content.decode())
        shown = page.having(name="shown")[0].attrs["value"]
        restarted = browser.post(order(followed, "restart", web), {"shown": shown, "wait_s": "0"})

    assert (connected.status_code, restarted.status_code) == (409, 409)
    refusals = [read_page("/", 409, one.content.decode()).having(id="refusal")[0].text for one in (connected, restarted)]
    assert "level" in listed
    assert "Docker's record of web names level all the same: what that means stands on its page." in refusals[0]
    assert engine.cli("inspect", "-f", "{{.State.Status}}", "web") == "exited"
    assert "It had been ended before Docker refused the rest, and doesn't run now." in refusals[1]
    assert not [one for one in refusals if "Nothing was changed" in one]
