"""The pages that change something, against a real Engine: they create, connect, disconnect, remove, and say why not."""

from __future__ import annotations

import json
import re
from ipaddress import ip_network

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from networks.actions.actors import Actor
from networks.models import Action, Container, Endpoint, Engine, Grant, Network, Outcome, Role
from tests.private_engine import PrivateEngine, wait_until
from tests.views.pages import confirm

SEED = {
    "name": "my_custom_network",
    "driver": "bridge",
    "pools-count": "1",
    "pools-0-subnet": "172.72.0.0/16",
    "pools-0-ip_range": "172.72.0.0/24",
    "pools-0-gateway": "172.72.0.1",
}


@pytest.fixture
def browser(client: Client, operator: Actor) -> Client:
    client.force_login(get_user_model().objects.get(pk=operator.user_id))
    return client


def text_of(response: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))  # type: ignore[attr-defined]


def create_url(engine: Engine) -> str:
    return reverse("network_create", args=[engine.slug])


def network_id(engine: PrivateEngine, name: str) -> str:
    return engine.cli("network", "inspect", "-f", "{{.Id}}", name)


def seen(engine: PrivateEngine, model: type, docker_id: str) -> str:
    found = model.objects.filter(docker_id=docker_id)  # type: ignore[attr-defined]
    # One that was run is read before it has started as well, when it has no stack yet.
    found = found.exclude(state="created") if model is Container else found
    wait_until(found.exists, f"{docker_id} in the snapshot")
    return docker_id


@pytest.mark.usefixtures("as_admin")
def test_it_creates_the_seed_s_network_and_shows_it(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    response = browser.post(create_url(followed), SEED | {"labels": "team=web", "do": "create"})

    made = json.loads(engine.cli("network", "inspect", "my_custom_network"))[0]
    assert response.status_code == 302
    assert response["Location"] == reverse("network_detail", args=[followed.slug, made["Id"]])
    assert made["IPAM"]["Config"] == [{"Subnet": "172.72.0.0/16", "IPRange": "172.72.0.0/24", "Gateway": "172.72.0.1"}]
    assert made["Labels"] == {"team": "web"}
    assert Action.objects.get().who == "olga"


@pytest.mark.usefixtures("as_admin")
def test_it_shows_the_command_and_the_pre_flight_while_one_types(followed: Engine, browser: Client) -> None:
    response = browser.post(create_url(followed), SEED | {"preview": "1"})

    assert response.status_code == 200
    assert b"<html" not in response.content
    assert "--subnet 172.72.0.0/16 \\ --ip-range 172.72.0.0/24 \\ --gateway 172.72.0.1 \\ my_custom_network" in text_of(response)
    assert "172.72.0.0/16 is free" in text_of(response)
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words", "suggestion"),
    [
        ({"pools-0-subnet": "172.72.0.5/16"}, "Did you mean 172.72.0.0/16?", "pools-0-subnet=172.72.0.0/16"),
        ({"pools-0-gateway": "10.0.0.1"}, "10.0.0.1 is not inside the subnet", "pools-0-gateway=172.72.0.1"),
        ({"pools-0-ip_range": "10.0.0.0/24"}, "10.0.0.0/24 is not inside the subnet", "pools-0-ip_range=172.72.0.0/24"),
        ({"name": "bridge"}, "Docker keeps the name bridge for itself", "name=my-bridge"),
        ({"driver": "weave"}, "This Engine has no driver “weave”", "driver=bridge"),
    ],
)
@pytest.mark.usefixtures("as_admin")
def test_it_catches_faults_before_docker_does(
    followed: Engine, browser: Client, fields: dict[str, str], words: str, suggestion: str
) -> None:
    response = browser.post(create_url(followed), SEED | fields | {"do": "create"})

    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert f'value="{suggestion}"' in page
    assert all(f'value="{value}"' in page for value in fields.values())
    assert not Action.objects.exists()


@pytest.mark.usefixtures("as_admin")
def test_it_names_the_network_that_has_the_subnet(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    docker_id = engine.cli("network", "create", "--subnet", "172.72.0.0/24", "front")
    seen(engine, Network, docker_id)

    response = browser.post(create_url(followed), SEED | {"do": "create"})

    assert response.status_code == 422
    assert "172.72.0.0/16 overlaps 172.72.0.0/24, which the network front has." in text_of(response)
    assert "Use 10.128.0.0/16, which is free" in text_of(response)


@pytest.mark.usefixtures("as_admin")
def test_it_takes_a_suggestion_without_a_script(followed: Engine, browser: Client) -> None:
    response = browser.post(create_url(followed), SEED | {"name": "", "use": "pools-0-subnet=10.9.0.0/24"})

    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="10.9.0.0/24"' in page
    assert "A network needs a name." not in page


@pytest.mark.usefixtures("as_admin")
def test_it_adds_suggests_and_drops_pools_without_a_script(followed: Engine, browser: Client) -> None:
    added = browser.post(create_url(followed), SEED | {"do": "add-pool"}).content.decode()
    suggested = browser.post(
        create_url(followed), SEED | {"pools-0-subnet": "/24", "pools-0-ip_range": "", "pools-0-gateway": "", "do": "suggest"}
    ).content.decode()
    dropped = browser.post(create_url(followed), SEED | {"pools-count": "2", "do": "drop-0"}).content.decode()

    assert 'name="pools-1-subnet"' in added
    assert 'value="10.128.0.0/24"' in suggested
    assert 'value="172.72.0.0/16"' not in dropped


def test_it_shows_what_only_docker_knows_and_keeps_what_was_typed(
    engine: PrivateEngine, followed: Engine, browser: Client
) -> None:
    Grant.objects.update(role=Role.ADMIN)

    typed = {"name": "lan", "driver": "macvlan", "options": "parent=nothere", "pools-count": "1", "do": "create"}
    response = browser.post(create_url(followed), typed)

    text = text_of(response)
    assert response.status_code == 409
    assert "The Engine refused" in text
    assert "invalid subinterface vlan name nothere" in text
    assert "500 · POST /networks/create" in text
    assert "The Engine&#x27;s machine has no device called nothere, which the option parent names." in text
    assert "Use a device of that machine: ip link lists them." in text
    assert f"Nothing was changed. What you typed is below. Recorded as action {Action.objects.get().pk}." in text
    assert 'value="lan"' in response.content.decode()
    assert list(Outcome.objects.values_list("kind", "status")) == [("refused", 500)]


def test_it_connects_and_disconnects_a_container(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    network = engine.cli("network", "create", "--subnet", "172.72.0.0/16", "front")
    container = seen(engine, Container, engine.run("web"))
    seen(engine, Network, network)

    url = reverse("network_connect", args=[followed.slug, network])
    response = browser.post(url, {"container_id": container, "ipv4": "172.72.0.20", "aliases": "blog, cms"})

    assert response.status_code == 302
    assert Endpoint.objects.get(network__docker_id=network).ipv4 == "172.72.0.20"
    joined = json.loads(engine.cli("inspect", "web"))[0]["NetworkSettings"]["Networks"]["front"]
    assert joined["IPAMConfig"]["IPv4Address"] == "172.72.0.20"
    assert {"blog", "cms"} <= set(joined["Aliases"])

    url = reverse("network_disconnect", args=[followed.slug, network, container])
    assert "It loses 172.72.0.20 at once" in text_of(browser.get(url))
    assert confirm(browser, url).status_code == 302
    assert not Endpoint.objects.filter(network__docker_id=network).exists()


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("host", "uses the host&#x27;s own network"),
        ("none", "is on none"),
        ("container:donor", "shares another container&#x27;s network"),
    ],
)
def test_it_says_why_special_containers_stay(
    engine: PrivateEngine, followed: Engine, browser: Client, mode: str, words: str
) -> None:
    engine.run("donor")
    network = engine.cli("network", "create", "front")
    container = seen(engine, Container, engine.run("odd", "--network", mode))
    seen(engine, Network, network)

    from_network = browser.post(reverse("network_connect", args=[followed.slug, network]), {"container_id": container})
    from_container = browser.post(reverse("container_connect", args=[followed.slug, container]), {"network_id": network})
    disconnect = browser.get(reverse("network_disconnect", args=[followed.slug, network, container]))

    assert [from_network.status_code, from_container.status_code, disconnect.status_code] == [422, 422, 200]
    for page in (from_network, from_container, disconnect):
        assert words in page.content.decode()
    assert not Action.objects.exists()


def test_it_names_who_holds_an_address(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    network = engine.cli("network", "create", "--subnet", "172.72.0.0/16", "front")
    engine.run("holder", "--network", "front", "--ip", "172.72.0.10")
    container = seen(engine, Container, engine.run("web"))
    wait_until(lambda: Endpoint.objects.filter(ipv4="172.72.0.10").exists(), "the holder's address")

    url = reverse("container_connect", args=[followed.slug, container])
    response = browser.post(url, {"network_id": network, "ipv4": "172.72.0.10"})

    assert response.status_code == 422
    assert "holder has 172.72.0.10." in text_of(response)
    assert 'value="ipv4=172.72.0.2"' in response.content.decode()


def test_it_says_what_an_automatic_subnet_lacks(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    network = seen(engine, Network, engine.cli("network", "create", "front"))
    container = seen(engine, Container, engine.run("web"))
    subnet = engine.cli("network", "inspect", "-f", "{{(index .IPAM.Config 0).Subnet}}", "front")

    address = str(ip_network(subnet.strip())[20])
    url = reverse("network_connect", args=[followed.slug, network])
    response = browser.post(url, {"container_id": container, "ipv4": address})

    text = text_of(response)
    assert response.status_code == 409
    assert "user configured subnets" in text
    assert "Fixed addresses need a network that was created with a subnet" in text
    assert "Let Docker choose" in text


def test_it_shows_nothing_to_press_to_viewers(followed: Engine, browser: Client) -> None:
    Grant.objects.update(role=Role.VIEWER)

    assert browser.get(create_url(followed)).status_code == 403
    assert browser.post(create_url(followed), SEED).status_code == 403
