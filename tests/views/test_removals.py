"""The pages that take something away say first what breaks: from a snapshot alone."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from networks.models import Action, Container, Engine, EngineStatus, Network, Tombstone
from networks.queries.lifecycle.consequence_tokens import breakages_of
from networks.queries.lifecycle.consequences import consequences_of
from tests.builders import make_container, make_endpoint, make_engine, make_id, make_network, make_predefined
from tests.views.pages import log_in, shown_by

pytestmark = pytest.mark.django_db
PORTS = [{"private_port": 80, "protocol": "tcp", "public_port": 8080, "address": "127.0.0.1"}]
PROJECT = "com.docker.compose.project"


@pytest.fixture
def local() -> Engine:
    """Make an Engine that is live, with a network of a project on which one container runs and one has ended."""
    local = make_engine(as_of=timezone.now())
    make_predefined(local)
    front = make_network(local, "front", labels={PROJECT: "shop"})
    web = make_container(local, "web", network_mode="front", ports=PORTS, labels={PROJECT: "shop"})
    make_endpoint(web, front, "172.72.0.20", requested_ipv4="172.72.0.20", aliases=["blog"])
    make_container(local, "sidecar", network_mode=f"container:{web.docker_id}", donor_id=web.docker_id)
    old = make_container(local, "old", state="exited", exit_code=0, network_mode="front", labels={PROJECT: "blog"})
    make_endpoint(old, front)
    return local


@pytest.fixture
def browser(local: Engine) -> Client:
    return log_in("olga", local, "operator")


def page_of(name: str, *more: str) -> str:
    verb = "disconnect" if more else "remove"
    return reverse(
        f"network_{verb}", args=["local", make_id(f"network {name}"), *(make_id(f"container {each}") for each in more)]
    )


def text_of(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_it_says_all_that_a_removal_breaks(browser: Client) -> None:
    text = text_of(browser.get(page_of("front")))

    assert "1 running container is on it: Docker will refuse" in text
    assert "1 stopped container still needs it, and Docker won't say so" in text
    assert "closes 127.0.0.1:8080-&gt;80/tcp" in text
    assert "shared by sidecar" in text
    assert text.count("its only network") == 2
    assert "By its label, the Compose project shop created it" in text
    assert "1 Compose project uses it and did not make it blog:" in text
    assert "Type front to remove it." in text


def test_it_says_all_that_a_disconnect_breaks(browser: Client) -> None:
    text = text_of(browser.get(page_of("front", "web")))

    assert "It has no other network" in text
    assert "Published ports close 127.0.0.1:8080-&gt;80/tcp" in text
    assert "It loses 172.72.0.20 at once" in text
    assert "1 container shares its network and loses it as well" in text
    assert "Fixed address: 172.72.0.20" in text
    assert "Aliases: blog" in text
    assert "It belongs to the Compose project shop" in text


def test_it_puts_what_it_shows_into_the_form(browser: Client) -> None:
    found = breakages_of(consequences_of("local", [make_id("network front")]))

    assert shown_by(browser.get(page_of("front"))) == ",".join(each.token for each in found)


@pytest.mark.parametrize("typed", ["", "Front", "front ", "fron", "fr\0nt"])
def test_it_wants_the_exact_name_even_where_nothing_breaks(local: Engine, browser: Client, typed: str) -> None:
    make_network(local, "free")
    shown = shown_by(browser.get(page_of("free")))

    response = browser.post(page_of("free"), {"typed_name": typed, "shown": shown})

    assert response.status_code == 422
    assert "Type it exactly as shown above." in text_of(response)
    assert not Action.objects.exists()


@pytest.mark.parametrize("name", ["\u202egnp.exe", "a\nb", "x" * 129, "two  spaces", "\u3164", "zero\u200bwidth", " lead"])
def test_it_wants_the_short_id_of_what_can_not_be_typed(local: Engine, browser: Client, name: str) -> None:
    network = make_network(local, name)

    text = text_of(browser.get(reverse("network_remove", args=["local", network.docker_id])))

    assert f"type the first twelve digits of its ID, {network.docker_id[:12]} , to remove it." in text


def test_it_asks_again_and_says_what_is_new(local: Engine, browser: Client) -> None:
    shown = shown_by(browser.get(page_of("front")))
    make_endpoint(make_container(local, "late", state="exited", exit_code=1), Network.objects.get(name="front"))

    response = browser.post(page_of("front"), {"typed_name": "front", "shown": shown})

    text = text_of(response)
    assert response.status_code == 422
    assert "More would break now than when this page was shown." in text
    assert "late, which is stopped, needs front to start." in text
    assert "web is on front and running." not in text
    assert len(shown_by(response)) > len(shown)
    assert 'value="front"' in response.content.decode()  # what was typed stays
    assert not Action.objects.exists()


def test_it_takes_nothing_for_seen_that_was_never_shown(browser: Client) -> None:
    removed = browser.post(page_of("front"), {"typed_name": "front"})
    disconnected = browser.post(page_of("front", "web"))

    assert [removed.status_code, disconnected.status_code] == [422, 422]
    assert "web is on front and running." in text_of(removed)
    assert not Action.objects.exists()


def test_it_does_nothing_while_nobody_can_read_the_engine(local: Engine, browser: Client) -> None:
    shown = shown_by(browser.get(page_of("front", "web")))

    response = browser.post(page_of("front", "web"), {"shown": shown})

    assert response.status_code == 409
    assert "known what would break: nothing was done" in text_of(response)
    assert not Action.objects.exists()


def lose(row: Container | Network, *, revision: int) -> None:
    """Take a row out of the snapshot as a follower does."""
    kind, gone = type(row).__name__.lower(), {"name": row.name, "revision": revision, "gone_at": timezone.now()}
    Tombstone.objects.create(engine=row.engine, kind=kind, docker_id=row.docker_id, **gone)
    row.delete()
    EngineStatus.objects.update(revision=revision)


def test_it_tells_the_second_of_two_people(local: Engine, browser: Client) -> None:
    shown = shown_by(browser.get(page_of("front", "web")))
    Container.objects.get(name="web").endpoints.all().delete()
    Container.objects.filter(name="web").update(revision=2)
    EngineStatus.objects.update(revision=2)
    unplugged = browser.post(page_of("front", "web"), {"shown": shown})
    lose(Container.objects.get(name="web"), revision=3)
    without_container = browser.post(page_of("front", "web"), {"shown": shown})
    lose(Network.objects.get(name="front"), revision=4)
    without_network = browser.post(page_of("front", "old"), {"shown": shown})
    removed = browser.post(page_of("front"), {"typed_name": "front"})

    answers = (unplugged, without_container, without_network, removed)
    assert [answer.status_code for answer in answers] == [409, 404, 404, 404]
    assert "web is not on front" in text_of(unplugged)
    assert "The container web was removed." in text_of(without_container)
    assert "The network front was already removed." in text_of(without_network)
    assert "The network front was already removed." in text_of(removed)
    assert not Action.objects.exists()


def test_it_offers_nothing_for_what_is_protected(local: Engine, browser: Client) -> None:
    vault = make_network(local, "vault", labels={"netadmin.protect": "true"})
    make_endpoint(make_container(local, "keeper", labels={"netadmin.protect": "true"}), vault)

    pages = [page_of("vault"), page_of("bridge"), page_of("vault", "keeper")]
    shown = [browser.get(page) for page in pages]
    posted = [browser.post(page, {"typed_name": "vault"}) for page in pages]

    assert "vault is protected by its label" in text_of(shown[0])
    assert "one of Docker&#x27;s own networks" in text_of(shown[1])
    assert "keeper is protected by its label" in text_of(shown[2])
    assert all("btn-danger" not in page.content.decode() for page in shown)
    assert [answer.status_code for answer in posted] == [409, 409, 409]
    assert not Action.objects.exists()


def test_it_shows_no_way_to_what_is_protected(local: Engine, browser: Client) -> None:
    vault = make_network(local, "vault", labels={"netadmin.protect": "true"})
    keeper = make_container(local, "keeper", labels={"netadmin.protect": "true"})
    make_endpoint(keeper, vault, "172.80.0.2")

    listed = browser.get(reverse("network_list")).content.decode()
    network = browser.get(reverse("network_detail", args=["local", vault.docker_id])).content.decode()
    container = browser.get(reverse("container_detail", args=["local", keeper.docker_id])).content.decode()

    assert page_of("vault") not in listed + network
    assert page_of("front") in listed
    assert "/disconnect/" not in network + container
    assert "/connect/" not in network + container
    assert "vault is protected by its label" in network
    assert "keeper is protected by its label" in container


def prune_page(query: str = "") -> str:
    return reverse("network_prune", args=["local"]) + (f"?{query}" if query else "")


def ticked_in(response: HttpResponse) -> dict[str, bool]:
    """Return id to whether it is ticked, of all that a prune page offers."""
    boxes = re.findall(r'<input class="form-check-input"[^>]*>', response.content.decode())
    return {re.search(r'value="(\w+)"', box)[1]: " checked" in box for box in boxes}  # type: ignore[index]


def test_it_offers_what_a_prune_would_remove_and_ticks_what_nobody_needs(local: Engine) -> None:
    browser = log_in("anna", local, "admin")
    free, needed = make_network(local, "free"), make_network(local, "needed")
    make_network(local, "vault", labels={"netadmin.protect": "true"})
    make_endpoint(make_container(local, "ended", state="exited", exit_code=0), needed)
    own, other = make_network(local, "own"), make_network(local, "other")
    make_endpoint(make_container(local, "moved", network_mode="own"), other)
    EngineStatus.objects.update(api_version="1.45")

    response = browser.get(prune_page())

    text = text_of(response)
    assert ticked_in(response) == {free.docker_id: True, needed.docker_id: False, own.docker_id: False}
    assert "1 network that no container needs" in text
    assert "2 networks that containers need" in text
    assert "moved made with it" in text
    assert "ended" in text
    assert "vault is protected by its label" in text
    assert "docker network prune" in text


def test_it_sends_what_was_ticked_to_the_page_that_asks_and_does_it(local: Engine) -> None:
    browser = log_in("anna", local, "admin")
    needed = make_network(local, "needed")
    make_endpoint(make_container(local, "ended", state="exited", exit_code=0), needed)
    page = browser.get(prune_page()).content.decode()

    action = re.search(r'<form class="panel" method="post" action="([^"]+)"', page)
    answer = browser.post(action[1] if action else "", {"do": "remove_networks", "id": [needed.docker_id]})

    assert answer.status_code == 200
    assert "ended" in text_of(answer)
    assert "Remove 1 network" in text_of(answer)
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("labels=nobody", 200, "No network matches these filters."),
        ("labels=env%3Dtest&until=24h", 200, "--filter until=24h --filter label=env=test"),
        ("until=soon", 422, "“soon” is not a time"),
        ("labels=%22open&other_labels=%00", 422, "A quotation mark is not closed."),
        ("until=%3Cscript%3Ealert(1)%3C/script%3E", 422, "is not a time"),
    ],
)
def test_it_filters_a_prune_as_docker_does(local: Engine, query: str, status: int, words: str) -> None:
    response = log_in("anna", local, "admin").get(prune_page(query))

    assert response.status_code == status
    assert words in text_of(response)
    assert b"<script>alert" not in response.content


def test_it_keeps_a_prune_from_whoever_may_not_shape(local: Engine, browser: Client) -> None:
    assert browser.get(prune_page()).status_code == 403
    assert "/prune/" not in browser.get(reverse("network_list")).content.decode()
    assert "/prune/" in log_in("anna", local, "admin").get(reverse("network_list")).content.decode()


@pytest.mark.parametrize("half", ["network", "container"])
def test_it_connects_nothing_that_is_protected(local: Engine, browser: Client, half: str) -> None:
    label = {"netadmin.protect": "true"}
    vault = make_network(local, "vault", labels=label if half == "network" else {})
    keeper = make_container(local, "keeper", labels=label if half == "container" else {})
    page = reverse("network_connect", args=["local", vault.docker_id])

    typed = browser.post(page, {"container_id": keeper.docker_id, "preview": "1"})
    sent = browser.post(page, {"container_id": keeper.docker_id, "do": "connect"})

    assert (typed.status_code, sent.status_code) == (200, 422)
    assert "is protected by its label" in text_of(typed)
    assert "is protected by its label" in text_of(sent)
    assert not Action.objects.exists()
