"""A driver that is no part of Docker, for real: found, chosen in the page, its containers plugged in, its death said at once."""

from __future__ import annotations

import os
import time

from django.test import Client
from django.urls import reverse

from networks.actions.actors import CONSOLE
from networks.actions.networks import connect_container
from networks.engine.specs import ConnectSpec
from networks.models import Action, Endpoint, Engine, Network, OutcomeKind
from networks.sync.host.board import picture_of
from networks.sync.plugins import look_again
from tests.drivers.plugged import Plugin
from tests.drivers.reading import facts_inside, pings, text_of
from tests.lan import Lan
from tests.private_engine import PrivateEngine, wait_until


def typed(plugin: Plugin, name: str = "plugged", **more: str) -> dict[str, str]:
    return {"name": name, "driver": plugin.name, "pools-count": "1", "pools-0-subnet": "10.99.8.0/24"} | more


def asked(admin: Client, engine: Engine, data: dict[str, str], **more: str) -> tuple[int, str]:
    """Send the form, and return the status and the words of the answer."""
    look_again(engine.url)  # else what was found up to two seconds ago counts
    response = admin.post(reverse("network_create", args=[engine.slug]), data | more)
    return response.status_code, text_of(response.content)


def test_it_plugs_containers_into_open_vswitch(
    engine: PrivateEngine, lan: Lan, plugin: Plugin, watched: Engine, admin: Client
) -> None:
    _, form = asked(admin, watched, {"driver": "bridge", "do": "check"})
    assert plugin.name in form  # the Engine lists a plugin's driver only once a network has it
    _, foreseen = asked(admin, watched, typed(plugin, options="colour=blue"), preview="1")
    assert f"The plugin {plugin.name} answers at {plugin.socket}." in foreseen
    assert f"docker network create \\ --driver {plugin.name}" in foreseen
    assert "--opt colour=blue" in foreseen

    status, said = asked(admin, watched, typed(plugin, options="colour=blue"), do="create")
    assert status == 302, said
    first, second = (engine.run(name, "--network", "plugged") for name in ("first", "second"))

    assert pings(engine, "first", "10.99.8.3")
    assert plugin.switch.ask("list-ports", plugin.switch.ask("list-br")).count("vp") == 2
    for container, name in ((first, "first"), (second, "second")):
        inside = reverse("container_inside", args=[watched.slug, container])
        [mac] = facts_inside(engine, name)["mac"]
        wait_until(lambda url=inside, mac=mac: mac in text_of(admin.get(url).content), "the view from inside")
    interfaces = reverse("interface_list")

    def labelled() -> bool:
        page = text_of(admin.get(interfaces).content)
        return "first eth0" in page and "second eth0" in page and "Open vSwitch, by its name" in page

    wait_until(labelled, "the links, each with its container")
    [link] = [each for each in linked(watched) if each.startswith("first")]
    assert link == "first plugged 10.99.8.2"
    page = text_of(admin.get(reverse("network_detail", args=[watched.slug, network_id()])).content)
    assert f"--driver {plugin.name}" in page
    assert "--opt colour=blue" in page


def linked(engine: Engine) -> list[str]:
    """Return container, network and address of each link that leads to one."""
    peers = (link.peer for link in picture_of(engine.slug).links)
    return [f"{peer.container_name} {peer.network_name} {peer.ipv4}" for peer in peers if peer]


def network_id() -> str:
    return Network.objects.get(name="plugged").docker_id


def test_it_says_at_once_that_a_plugin_died(engine: PrivateEngine, followed: Engine, plugin: Plugin, admin: Client) -> None:
    assert asked(admin, followed, typed(plugin), do="create")[0] == 302
    container = engine.run("first")
    plugin.kill()
    began = time.monotonic()

    status, said = asked(admin, followed, typed(plugin, "another", **{"pools-0-subnet": "10.99.9.0/24"}), do="create")
    there = {"network_name": "plugged", "container_name": "first"}
    refused = connect_container(CONSOLE, followed, ConnectSpec(network_id(), container), **there)

    assert time.monotonic() - began < 5  # Docker itself would try for 15 s, twice
    assert status == 422
    assert f"The plugin {plugin.name} isn't running: nothing answers at {plugin.socket}." in said
    assert "Docker would retry for 15 s" in said
    assert (refused.kind, refused.sentence.split(":")[0]) == (OutcomeKind.DENIED, f"The plugin {plugin.name} isn't running")
    plugin.socket.unlink()
    # The Engine still lists it, for there is a network of it.
    assert plugin.name in engine.cli("info", "--format", "{{json .Plugins.Network}}")
    assert f"The plugin {plugin.name} is gone" in asked(admin, followed, typed(plugin, "another"), do="create")[1]
    plugin.start()
    assert f"The plugin {plugin.name} answers" in asked(admin, followed, typed(plugin, "another"), preview="1")[1]


def test_it_says_so_before_anything_is_asked_of_a_dead_plugin_s_network(
    engine: PrivateEngine, followed: Engine, plugin: Plugin, admin: Client
) -> None:
    assert asked(admin, followed, typed(plugin), do="create")[0] == 302
    container = engine.run("first")
    member = engine.run("member", "--network", "plugged")
    seen = Endpoint.objects.filter(container__docker_id=member, network_name="plugged", ipv4__isnull=False)
    wait_until(seen.exists, "the member to be seen")
    plugin.kill()
    look_again(followed.url)
    slug, network = followed.slug, network_id()
    dead = f"The plugin {plugin.name} isn't running: nothing answers at {plugin.socket}."
    began = time.monotonic()

    forms = [
        ("network_connect", [slug, network], {"container_id": container}),
        ("container_connect", [slug, container], {"network_id": network}),
        ("container_run", [slug], {"name": "x", "mode": "network", "networks-count": "1", "networks-0-network_id": network}),
    ]
    for name, place, data in forms:
        typing = admin.post(reverse(name, args=place), data | {"preview": "1"})
        assert dead in text_of(typing.content), name
    sent = admin.post(reverse("network_connect", args=[slug, network]), {"container_id": container, "do": "connect"})
    removing = text_of(admin.get(reverse("network_remove", args=[slug, network])).content)
    parting = text_of(admin.get(reverse("network_disconnect", args=[slug, network, member])).content)

    assert time.monotonic() - began < 5
    assert sent.status_code == 422
    assert "Docker would retry for 15 s" in text_of(sent.content)
    assert f"{dead} Docker looks for it for 15 s." in removing
    assert f"{dead} Docker looks for it for 30 s" in parting
    assert set(Action.objects.values_list("verb", flat=True)) == {"create_network"}
    plugin.start()
    look_again(followed.url)
    assert dead not in text_of(admin.get(reverse("network_remove", args=[slug, network])).content)


def test_it_passes_on_what_a_plugin_refuses(engine: PrivateEngine, followed: Engine, plugin: Plugin, admin: Client) -> None:
    status, said = asked(admin, followed, typed(plugin, options="refuse=red"), do="create")

    assert status == 409
    assert "NetworkDriver.CreateNetwork: no network of the colour red" in said
    assert "These are the plugin's own words" in said
    assert "plugged" not in engine.cli("network", "ls", "--format", "{{.Name}}")


def test_it_says_at_once_that_there_is_no_such_plugin(engine: PrivateEngine, followed: Engine, admin: Client) -> None:
    began = time.monotonic()
    status, said = asked(admin, followed, {"name": "x", "driver": "nobody"}, do="create")

    assert (status, time.monotonic() - began < 5) == (422, True)
    assert "This Engine has no driver “nobody”." in said
    assert not Action.objects.exists()
    status, said = asked(admin, followed, {"name": "x", "driver": "overlay"}, do="create")
    assert (status, "An overlay network needs a swarm, and this Engine is not a swarm manager." in said) == (422, True)
    assert not os.path.exists("/run/docker/plugins/nobody.sock")
