"""macvlan for real: made in the page on a listed parent, two containers on it, and what the pages say of them is true."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from networks.models import Engine
from networks.policy.host_space import host_side_of
from tests.drivers.reading import facts_inside, pings, text_of, value_of
from tests.lan import NEIGHBOUR, OWN, ROUTER, SUBNET, Lan
from tests.private_engine import PrivateEngine, wait_until

DRAFT = {"name": "lan", "driver": "macvlan", "pools-count": "1"}
POOL = ("subnet", "ip_range", "gateway", "aux_addresses")


def chosen(admin: Client, engine: Engine, link: str) -> dict[str, str]:
    """Press the button of a listed link, and return what the form then holds."""
    page = admin.post(reverse("network_create", args=[engine.slug]), DRAFT | {"do": f"on-{link}"}).content
    names = ["parent", *(f"pools-0-{field}" for field in POOL)]
    return DRAFT | {name: value_of(page, name) for name in names}


def created(admin: Client, engine: Engine, typed: dict[str, str]) -> str:
    """Create the network, and return its page's address."""
    response = admin.post(reverse("network_create", args=[engine.slug]), typed | {"do": "create"})
    assert response.status_code == 302, text_of(response.content)
    return str(response["Location"])


def test_it_puts_containers_onto_the_host_s_own_lan(engine: PrivateEngine, lan: Lan, watched: Engine, admin: Client) -> None:
    form = admin.post(reverse("network_create", args=[watched.slug]), DRAFT | {"do": "check"}).content
    assert f"{lan.link}veth,defaultroute{SUBNET}{ROUTER}Use" in text_of(form).replace(" ", "")
    typed = chosen(admin, watched, lan.link)
    assert [typed[f"pools-0-{field}"] for field in POOL] == [SUBNET, "192.168.77.224/27", ROUTER, ""]
    foreseen = text_of(admin.post(reverse("network_create", args=[watched.slug]), typed | {"preview": "1"}).content)
    assert "These containers and the host can't reach each other" in foreseen
    assert f"--opt parent={lan.link} \\ lan" in foreseen

    page = created(admin, watched, typed)
    first, second = (engine.run(name, "--network", "lan") for name in ("first", "second"))

    assert facts_inside(engine, "first")["addresses"] == {"192.168.77.224/24"}
    assert pings(engine, "first", "192.168.77.225")
    assert pings(engine, "first", ROUTER)
    assert pings(engine, "second", NEIGHBOUR)
    # What the form foretold: the parent's own machine and its children don't meet.
    assert not lan.pings("192.168.77.224")
    assert not pings(engine, "first", OWN)
    assert lan.pings(ROUTER)
    for container in (first, second):
        look_inside(engine, watched, admin, container)
    shown = text_of(admin.get(page).content)
    assert f"Parent {lan.link}" in shown
    wait_until(lambda: "parent of lan , default route" in interfaces(admin), "the parent's line")
    assert "2 endpoints have none on the host" in interfaces(admin)
    engine.empty()


def look_inside(engine: PrivateEngine, row: Engine, admin: Client, container: str) -> None:
    """The page's view from inside is what the container's own tools say."""
    real = facts_inside(engine, container)
    url = reverse("container_inside", args=[row.slug, container])
    wait_until(lambda: "eth0" in text_of(admin.get(url).content), "the container's interface")
    page = text_of(admin.get(url).content)

    told = engine.cli("exec", container, "ifconfig", "eth0")
    received = re.search(r"HWaddr (\S+)", told)
    assert received
    assert received[1].lower() == next(iter(real["mac"]))
    for words in (*real["mac"], f"mtu {next(iter(real['mtu']))}", *(each.partition("/")[0] for each in real["addresses"])):
        assert words in page, words


def interfaces(admin: Client) -> str:
    return text_of(admin.get(reverse("interface_list")).content)


def test_it_works_on_a_device_that_leads_nowhere(engine: PrivateEngine, watched: Engine, admin: Client) -> None:
    engine.check_inside("sh", "-c", "ip link add ifb5 type ifb && ip link set ifb5 up")
    try:
        wait_until(lambda: host_side_of(watched.slug).parent("ifb5"), "ifb5")
        typed = chosen(admin, watched, "ifb5")
        assert (typed["parent"], typed["pools-0-subnet"]) == ("ifb5", "")  # it has no address to go by

        typed["pools-0-subnet"] = "10.99.7.0/24"
        foreseen = text_of(admin.post(reverse("network_create", args=[watched.slug]), typed | {"preview": "1"}).content)
        assert "Docker gives the containers 10.99.7.1 as their gateway, and the host knows no router on ifb5." in foreseen
        named = typed | {"pools-0-gateway": "10.99.7.9", "preview": "1"}
        assert "knows no router" not in text_of(admin.post(reverse("network_create", args=[watched.slug]), named).content)
        created(admin, watched, typed)
        engine.run("first", "--network", "lan")
        assert "default via 10.99.7.1 dev eth0" in engine.cli("exec", "first", "ip", "route")
        engine.run("second", "--network", "lan")

        assert pings(engine, "first", "10.99.7.3")
        assert facts_inside(engine, "second")["addresses"] == {"10.99.7.3/24"}
        again = text_of(admin.post(reverse("network_create", args=[watched.slug]), typed | {"preview": "1"}).content)
        assert "The macvlan network lan already uses ifb5 as its parent; Docker allows one." in again
    finally:
        engine.empty()


@pytest.mark.parametrize(
    ("setup", "parent", "words", "answer"),
    [
        (
            "true",
            "lo",
            "lo is the loopback device: Docker creates no macvlan network on it.",
            "loopback interface is not a valid",
        ),
        ("true", "lo.5", "lo is the loopback device: the kernel allows no VLAN on it.", "operation not supported"),
        ("true", "docker0", "docker0 is the bridge of the network bridge: these containers will be on the same wire", ""),
        ("ip tuntap add dev odd mode tun", "odd", "odd is no Ethernet device", "invalid argument"),
        ("ip link add odd link lan0 type macvlan mode bridge", "odd", "odd is a macvlan device itself: these containers", ""),
        ("ip link add odd type veth peer name other; ip link set odd master docker0", "odd", "odd is a port of docker0", "busy"),
    ],
)
def test_it_says_of_any_link_what_docker_and_the_kernel_make_of_it(
    engine: PrivateEngine, watched: Engine, admin: Client, setup: str, parent: str, words: str, answer: str
) -> None:
    engine.check_inside("sh", "-c", setup)
    url = reverse("network_create", args=[watched.slug])
    try:
        page = wait_until(lambda: words in text_of(said(admin, url, parent)) and said(admin, url, parent), words)
        made = engine.cli(
            "network", "create", "-d", "macvlan", "-o", f"parent={parent}", "--subnet", "10.55.0.0/24", "n", check=False
        )
        started = engine.cli("run", "--rm", "--network", "n", engine.import_image(), "true", check=False)

        assert "The host has no device called" not in text_of(page)
        assert (answer in made or answer in started) if answer else not started
        assert ('id="id_parent" aria-invalid="true"' in page.decode() or "stop it" in text_of(page)) is bool(answer)
    finally:
        engine.empty()
        engine.check_inside("sh", "-c", "ip link delete odd 2>/dev/null; true")


def said(admin: Client, url: str, parent: str) -> bytes:
    return admin.post(url, DRAFT | {"parent": parent, "preview": "1"}).content


@pytest.mark.parametrize(
    ("setup", "typed", "field", "words"),
    [
        ("", {"parent": "nosuch0"}, "parent", "The host has no device called nosuch0."),
        ("ip link set lan0 down", {"parent": "lan0"}, "parent", "lan0 is down: until it is up"),
        ("ip link add bb type bridge; ip link set lan0 master bb", {"parent": "lan0"}, "parent", "lan0 is a port of bb"),
    ],
)
def test_it_sees_at_once_what_is_wrong_with_a_parent(
    engine: PrivateEngine, watched: Engine, admin: Client, setup: str, typed: dict[str, str], field: str, words: str
) -> None:
    engine.check_inside("sh", "-c", setup or "true")
    url = reverse("network_create", args=[watched.slug])
    try:
        wait_until(lambda: words in text_of(admin.post(url, DRAFT | typed | {"preview": "1"}).content), words)
    finally:
        engine.check_inside("sh", "-c", "ip link delete bb 2>/dev/null; ip link set lan0 up")
