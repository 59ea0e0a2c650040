"""What a kernel lacks, for real: VLANs and ipvlan up to its refusal, which is shown where it belongs and with its meaning."""

from __future__ import annotations

import subprocess

import pytest
from django.test import Client
from django.urls import reverse

from networks.models import Engine, Network
from networks.policy.host_space import host_side_of
from tests.drivers.reading import facts_inside, pings, text_of
from tests.lan import Lan
from tests.private_engine import PrivateEngine, wait_until

FORM = {"name": "lan", "pools-count": "1", "pools-0-subnet": "10.99.6.0/24"}


def has_links_of(engine: PrivateEngine, *words: str) -> bool:
    """Tell whether the kernel makes such a link."""
    made = subprocess.run([*engine.entering, "ip", "link", "add", *words], capture_output=True, check=False)
    subprocess.run([*engine.entering, "ip", "link", "delete", "try0"], capture_output=True, check=False)
    return made.returncode == 0


def test_it_makes_a_vlan_or_says_that_the_kernel_can_not(engine: PrivateEngine, lan: Lan, watched: Engine, admin: Client) -> None:
    url = reverse("network_create", args=[watched.slug])
    typed = FORM | {"driver": "macvlan", "parent": lan.link, "vlan": "10", "do": "create"}

    response = admin.post(url, typed)
    said = text_of(response.content)

    if has_links_of(engine, "link", lan.link, "name", "try0", "type", "vlan", "id", "10"):
        assert response.status_code == 302, said
        wait_until(lambda: host_side_of(watched.slug).parent(f"{lan.link}.10"), "the VLAN")
        return
    assert response.status_code == 409
    assert f"failed to create {lan.link}.10 vlan link: operation not supported" in said
    assert "The kernel of the Engine's machine makes no VLAN devices." in said
    assert "modprobe 8021q" in said
    assert f"--opt parent={lan.link}.10" in said
    assert 'value="10"' in response.content.decode()
    assert not Network.objects.filter(name="lan").exists()


def test_it_connects_by_ipvlan_or_says_that_the_kernel_can_not(
    engine: PrivateEngine, lan: Lan, watched: Engine, admin: Client
) -> None:
    url = reverse("network_create", args=[watched.slug])
    made = admin.post(url, FORM | {"driver": "ipvlan", "parent": lan.link, "ipvlan_mode": "l2", "do": "create"})
    assert made.status_code == 302, text_of(made.content)
    assert engine.cli("network", "inspect", "-f", "{{json .Options}}", "lan") == f'{{"ipvlan_mode":"l2","parent":"{lan.link}"}}'
    container = engine.run("first", "--network", "none")
    engine.cli("network", "disconnect", "none", "first")

    network = Network.objects.get(name="lan").docker_id
    wait_until(lambda: "first" in text_of(admin.get(reverse("container_list")).content), "the container")
    response = admin.post(reverse("network_connect", args=[watched.slug, network]), {"container_id": container, "do": "connect"})

    if has_links_of(engine, "link", lan.link, "name", "try0", "type", "ipvlan"):
        assert response.status_code == 302, text_of(response.content)
        assert facts_inside(engine, "first")["mac"]
        return
    said = text_of(response.content)
    assert response.status_code == 409
    assert "failed to create the ipvlan port: operation not supported" in said
    assert (
        "The kernel of the Engine's machine doesn't support such devices: the network can be created, but no container can start "
        "on it." in said
    )


@pytest.mark.parametrize(
    ("setup", "options", "sentence", "meaning"),
    [
        (
            "ip link add bb type bridge; ip link set lan0 master bb",
            "",
            "failed to create the macvlan port: device or resource busy",
            "The network's parent is a bridge's port",
        ),
        (
            "true",
            "macvlan_mode=passthru",
            "failed to create the macvlan port: invalid argument",
            "One container has the parent for itself",
        ),
    ],
)
def test_it_says_what_the_kernel_says_of_a_busy_parent(
    engine: PrivateEngine, lan: Lan, followed: Engine, admin: Client, setup: str, options: str, sentence: str, meaning: str
) -> None:
    engine.check_inside("sh", "-c", setup)
    more = ("-o", options) if options else ()
    engine.cli("network", "create", "-d", "macvlan", "-o", "parent=lan0", *more, "--subnet", "10.99.6.0/24", "lan")
    if options:
        engine.run("holder", "--network", "lan")
    container = engine.run("first")
    wait_until(lambda: Network.objects.filter(name="lan").exists(), "the network")
    wait_until(lambda: "first" in text_of(admin.get(reverse("container_list")).content), "the container")
    network = Network.objects.get(name="lan").docker_id

    response = admin.post(reverse("network_connect", args=[followed.slug, network]), {"container_id": container, "do": "connect"})

    said = text_of(response.content)
    engine.empty()
    engine.check_inside("sh", "-c", "ip link delete bb 2>/dev/null || true")
    assert (response.status_code, sentence in said, meaning in said) == (409, True, True), said


def test_it_connects_a_running_container_with_an_address_of_the_lan(
    engine: PrivateEngine, lan: Lan, watched: Engine, admin: Client
) -> None:
    options = ("-d", "macvlan", "-o", f"parent={lan.link}", "--subnet", "192.168.77.0/24", "--gateway", "192.168.77.1")
    engine.cli("network", "create", *options, "lan")
    container = engine.run("first")
    wait_until(lambda: Network.objects.filter(name="lan").exists(), "the network")
    wait_until(lambda: "first" in text_of(admin.get(reverse("container_list")).content), "the container")
    url = reverse("network_connect", args=[watched.slug, Network.objects.get(name="lan").docker_id])

    taken = admin.post(url, {"container_id": container, "ipv4": "192.168.77.4", "do": "connect"})
    done = admin.post(url, {"container_id": container, "ipv4": "192.168.77.240", "do": "connect"})

    assert "192.168.77.4 is the host's address on lan0." in text_of(taken.content)
    assert done.status_code == 302, text_of(done.content)
    assert facts_inside(engine, "first", "eth1")["addresses"] == {"192.168.77.240/24"}
    assert pings(engine, "first", "192.168.77.9")
    engine.empty()
