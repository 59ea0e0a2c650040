"""A plugin that tells Docker no MAC address: its links are found all the same, and every page says the same of them."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from networks.models import Endpoint, Engine, Network
from networks.sync.host.board import picture_of
from tests.drivers.plugged import Plugin
from tests.drivers.reading import facts_inside, text_of
from tests.lan import Lan
from tests.private_engine import PrivateEngine, wait_until

NO_CONTAINER, MOVED_WHOLE = "of no known container", "moved into the container whole"
NO_LINK = "no links on the host that could be counted"


def shown(admin: Client, name: str, engine: Engine, *args: str) -> str:
    """Return the words of a page."""
    return text_of(admin.get(reverse(name, args=[engine.slug, *args] if args else [])).content)


def test_it_shows_the_same_of_a_link_without_a_mac_on_every_page(
    engine: PrivateEngine, lan: Lan, plugin: Plugin, watched: Engine, admin: Client
) -> None:
    engine.cli("network", "create", "-d", plugin.name, "-o", "mac=unsaid", "--subnet", "10.99.8.0/24", "plugged")
    first = engine.run("first", "--network", "plugged")
    engine.cli("network", "connect", "bridge", "first")
    second = engine.run("second", "--network", "plugged")
    wait_until(lambda: Endpoint.objects.filter(ipv4__startswith="10.99.8.").count() == 2, "both in the snapshot")
    assert set(Endpoint.objects.filter(network_name="plugged").values_list("mac", flat=True)) == {""}

    ends: dict[str, str] = {}

    def named() -> bool:
        links = picture_of(watched.slug).links
        told = {
            f"{one.peer.container_name} {one.peer.ifname} {one.peer.network_name}": one.fact.name for one in links if one.peer
        }
        ends.clear()
        ends.update(told)
        return set(told) == {"first eth0 plugged", "first eth1 bridge", "second eth0 plugged"}

    try:
        wait_until(named, "each link with its network")
    except TimeoutError as error:
        raise AssertionError(ends) from error
    # What is true by the namespace's own words: which index is at the other end of which.
    assert ends["second eth0 plugged"] == far_end(engine, "second", "eth0")
    assert ends["first eth0 plugged"] == far_end(engine, "first", "eth0")
    network = shown(admin, "network_detail", watched, Network.objects.get(name="plugged").docker_id)
    pages = [shown(admin, "container_detail", watched, one) for one in (first, second)]
    interfaces = shown(admin, "interface_list", watched)
    for name, page in zip(("first", "second"), pages, strict=True):
        link = ends[f"{name} eth0 plugged"]
        assert f"plugged eth0 {link}" in page
        assert f"{name} eth0 {link}" in network
        assert f"{name} eth0" in interfaces
    for page in (*pages, network):
        assert [words for words in (NO_CONTAINER, MOVED_WHOLE, NO_LINK) if words in page] == []


def far_end(engine: PrivateEngine, container: str, interface: str) -> str:
    """Return what the machine calls the other end of a container's interface, by the index that the container's `ip` tells."""
    assert facts_inside(engine, container, interface)["mac"]
    inside = engine.cli("exec", container, "ip", "link", "show", "dev", interface)
    index = inside.split("@if", 1)[1].split(":", 1)[0]
    [line] = [one for one in engine.check_inside("ip", "-o", "link").splitlines() if one.startswith(f"{index}: ")]
    return line.split(": ", 2)[1].split("@")[0]
