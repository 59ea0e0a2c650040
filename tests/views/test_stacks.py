"""What pages say of a container's network stack, on a real Engine: after moves, and where a donor is gone."""

from __future__ import annotations

import re
from html import unescape

from django.test import Client
from django.urls import reverse

from networks.actions.jobs.moving import MoveRun
from networks.hostnet.linux.opening import open_host
from networks.models import Container, Engine, Job, Network
from networks.partials.interfaces.sums import say_other_links, sum_links
from networks.queries.containers import container_rows
from networks.queries.engines import read_engine
from networks.sync.once import look_once
from networks.sync.requests import request_sync
from tests.partials.looking import words
from tests.private_engine import PrivateEngine, wait_until
from tests.views.pages import log_in
from tests.views.test_forms import browser, seen

__all__ = ["browser"]


def page(client: Client, name: str, *args: str, **query: str) -> str:
    return unescape(words(client.get(reverse(name, args=args), query).content.decode()))


def panel(client: Client, container_id: str, name: str) -> str:
    """Return what one part of a container's page says, such as "container-mode"."""
    html = client.get(reverse("container_detail", args=["local", container_id])).content.decode()
    found = re.search(rf'<(div|span|dl) id="{name}".*?(?=<section|<div id="(?!{name})|</section>)', html, re.DOTALL)
    assert found, name
    return unescape(words(found[0]))


def row_of(client: Client, name: str, **query: str) -> str:
    html = client.get(reverse("container_list"), query).content.decode()
    rows = re.findall(r'<tr id="con-.*?</tr>', html, re.DOTALL)
    return next((unescape(words(row)) for row in rows if f">{name}</a>" in row), "")


def interfaces(engine: PrivateEngine, name: str) -> list[str]:
    return re.findall(r"^\d+: ([^:@]+)", engine.cli("exec", name, "ip", "-o", "link"), re.MULTILINE)


def rest_of(engine: Engine) -> str:
    row = read_engine(engine.slug)
    assert row is not None
    return " ".join(say_other_links(sum_links(look_once(engine, open_host), container_rows(row))))


def reread(engine: Engine) -> None:
    assert request_sync(engine.slug)


def test_it_says_where_one_that_was_moved_is_now(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    network = seen(engine, Network, engine.cli("network", "create", "front"))
    moved = seen(engine, Container, engine.run("nonet", "--network", "none"))
    seen(engine, Container, engine.run("quiet", "--network", "none"))
    assert "nothing in it but loopback" in panel(browser, moved, "container-mode")

    browser.post(reverse("container_move", args=[followed.slug, moved]), {"key": "k" * 24, "network_id": network})
    MoveRun(followed, Job.objects.get()).run()
    reread(followed)

    assert interfaces(engine, "nonet") == ["lo", "eth0"]
    assert "PING" in engine.cli("exec", "nonet", "ping", "-c1", "-W2", "nonet"), "Docker's DNS knows it by name"
    said = page(browser, "container_detail", followed.slug, moved)
    assert "by name, alias or short ID on front" in said
    assert "Made with --network none; its networks were changed since." in said
    for birth in ("nothing in it but loopback", "loopback and nothing else", "nobody reaches it", "Reaches nobody"):
        assert birth not in said
    assert "No packet" not in said
    assert "made with none" in row_of(browser, "nonet")
    assert row_of(browser, "nonet", mode="network")
    assert not row_of(browser, "nonet", mode="none")
    assert row_of(browser, "quiet", mode="none")
    assert "1 has none" in page(browser, "overview")
    assert "quiet has none." in rest_of(followed)
    assert "nonet" not in rest_of(followed)
    none = engine.cli("network", "inspect", "-f", "{{.Id}}", "none")
    assert "nonet" not in page(browser, "network_detail", followed.slug, none)
    assert "leaves it for another network" in page(browser, "network_detail", followed.slug, none)
    inside = page(browser, "container_inside", followed.slug, moved)
    assert "eth0" in inside
    assert "nothing in it but loopback" not in inside


def test_it_says_what_is_left_of_one_that_left_its_networks(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    engine.cli("network", "create", "--internal", "inner")
    web = seen(engine, Container, engine.run("web", "-p", "8080:80"))
    both = seen(engine, Container, engine.run("both"))
    engine.cli("network", "connect", "inner", "both")
    engine.cli("network", "disconnect", "bridge", "web")
    reread(followed)

    assert interfaces(engine, "web") == ["lo"]
    said = page(browser, "container_detail", followed.slug, web)
    assert "It has a network stack with nothing in it but loopback" in said
    assert "May join any network: there is nothing that it has to leave first." in said
    assert "Made with --network bridge" in said
    assert "ports published" not in panel(browser, web, "container-mode")
    assert "Docker lists no port of it" in said
    assert "It is on no network that gives it an interface" in said
    assert row_of(browser, "web", mode="none")
    assert "web has none." in rest_of(followed)
    mode = panel(browser, both, "container-mode")
    assert "by name, alias or short ID on inner" in mode
    assert "On the default bridge by address" in mode
    assert "To the outside" not in mode
    assert "both" in engine.cli("exec", "both", "ping", "-c1", "-W2", "both")

    engine.cli("network", "disconnect", "bridge", "both")
    reread(followed)

    assert "To the outside nothing: the networks that it is on are internal." in panel(browser, both, "container-mode")
    assert "default" not in engine.cli("exec", "both", "ip", "route")
    engine.cli("network", "connect", "bridge", "web")
    reread(followed)
    assert "From outside by ports published on 0.0.0.0" in panel(browser, web, "container-mode")
    assert "Made with" not in panel(browser, web, "container-mode")


def test_it_says_what_is_in_the_stack_of_a_donor_that_is_old_stopped_or_gone(
    engine: PrivateEngine, followed: Engine, browser: Client
) -> None:
    engine.cli("network", "create", "front")
    donor = seen(engine, Container, engine.run("donor", "--network", "front", "-p", "8081:80"))
    guest = seen(engine, Container, engine.run("guest", "--network", "container:donor"))
    reread(followed)
    assert interfaces(engine, "guest") == ["lo", "eth0"]
    shared = page(browser, "container_detail", followed.slug, guest)
    assert "It shares another container's network stack" in shared
    assert "The ports of its stack are those of donor : 0.0.0.0:8081->80/tcp" in shared
    assert "Sharing its network: guest" in panel(browser, donor, "container-mode")
    assert "which it shares with guest" in panel(browser, donor, "container-mode")
    assert "guest shares donor's." in rest_of(followed)

    for change, banner in (
        (("restart", "donor"), "this one is in the old one, alone"),
        (("stop", "donor"), "nothing but loopback is left here"),
        (("rm", "donor"), "nothing but loopback is left of it"),
    ):
        engine.cli(*change)
        wait_until(lambda banner=banner: banner in _reread_page(browser, followed, guest), banner)  # type: ignore[misc]
        said = page(browser, "container_detail", followed.slug, guest)
        inside = page(browser, "container_inside", followed.slug, guest)
        row = row_of(browser, "guest")

        assert interfaces(engine, "guest") == ["lo"]
        assert "It runs in what is left of a stack that it shared: loopback." in said
        assert "It has nothing but loopback: no packet comes in or goes out." in said
        assert "nothing but loopback is left of the stack that it shared" in said
        for birth in ("It shares another", "the same interfaces", "figures of the network stack", "The ports of its stack"):
            assert birth not in said
            assert birth not in inside
        assert "This is what is left of the network stack that it shared" in inside
        assert "Only loopback" in inside
        assert "those of donor" not in row
        assert "shares donor" not in row
        assert row_of(browser, "guest", mode="none")
        assert not row_of(browser, "guest", mode="container")
        assert "shares donor's" not in rest_of(followed)
        assert "guest has none." in rest_of(followed)
        if change[0] == "restart":
            of_donor = panel(browser, donor, "container-mode")
            assert "These share its network" not in of_donor
            assert "nobody on the machine shares them" in of_donor
            assert "In its old stack, with loopback alone, until restarted: guest" in of_donor
            stop = page(browser, "container_stop", followed.slug, donor)
            assert "shares its network" not in stop


def _in_namespace_of(engine: PrivateEngine, name: str) -> str:
    pid = engine.cli("inspect", "-f", "{{.State.Pid}}", name)
    return engine.check_inside("readlink", f"/proc/{pid}/ns/net").strip() if pid != "0" else ""


def test_it_leaves_the_hosts_network_to_the_guest_of_a_donor_on_the_host(
    engine: PrivateEngine, followed: Engine, browser: Client
) -> None:
    donor = seen(engine, Container, engine.run("donor", "--network", "host"))
    guest = seen(engine, Container, engine.run("guest", "--network", "container:donor"))
    reread(followed)
    machines = engine.check_inside("readlink", "/proc/self/ns/net").strip()
    admin = log_in("anna", followed, "admin")
    stop = page(admin, "container_stop", followed.slug, donor)
    assert "1 container shares its network and keeps it" in stop
    assert "cut off" not in stop
    assert "stays behind" not in page(admin, "container_restart", followed.slug, donor)

    for change, banner in (
        (("restart", "donor"), ""),
        (("stop", "donor"), "doesn't run: this one keeps that network."),
        (("rm", "donor"), "Docker doesn't tell whether more than loopback is left of it"),
    ):
        engine.cli(*change)
        said = wait_until(lambda banner=banner: (now := _reread_page(browser, followed, guest)) * (banner in now), banner)  # type: ignore[misc]
        everything = said + page(browser, "container_inside", followed.slug, guest) + row_of(browser, "guest")

        assert _in_namespace_of(engine, "guest") == machines
        for lie in (
            "nothing but loopback",
            "Nobody reaches it",
            "loopback alone",
            "old stack",
            "It exposes and publishes no ports",
        ):
            assert lie not in everything
        if change[0] != "rm":
            assert "it uses the host's interfaces and ports directly" in said
            assert "what it listens on, the machine listens on" in said
            assert row_of(browser, "guest", mode="host")


def test_it_follows_a_chain_of_containers_that_share_one_stack(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    engine.cli("network", "create", "front")
    owner = seen(engine, Container, engine.run("owner", "--network", "front", "-p", "8082:80"))
    middle = seen(engine, Container, engine.run("middle", "--network", "container:owner"))
    guest = seen(engine, Container, engine.run("guest", "--network", "container:middle"))

    said = "which it shares with middle, guest"  # once all three were inspected
    wait_until(lambda: (reread(followed), said in panel(browser, owner, "container-mode"))[1], said)
    assert "The ports of its stack are those of owner : 0.0.0.0:8082->80/tcp" in panel(browser, guest, "container-ports")
    assert "2 containers share its network and are cut off" in page(browser, "container_stop", followed.slug, owner)
    assert "1 container shares its network and keeps it" in page(
        log_in("anna", followed, "admin"), "container_stop", followed.slug, middle
    )
    assert row_of(browser, "guest")

    engine.cli("restart", "middle")
    wait_until(lambda: "Docker doesn't tell whether both are in one stack" in _reread_page(browser, followed, guest), "a doubt")
    assert _in_namespace_of(engine, "guest") == _in_namespace_of(engine, "middle") == _in_namespace_of(engine, "owner")
    assert "Perhaps in an old stack of it, until restarted: guest" in panel(browser, middle, "container-mode")

    engine.cli("restart", "guest")
    engine.cli("stop", "owner")
    wait_until(lambda: "has itself lost the one that it shares" in _reread_page(browser, followed, guest), "a cut")
    assert interfaces(engine, "guest") == interfaces(engine, "middle") == ["lo"]

    engine.cli("start", "owner")
    engine.cli("restart", "middle")
    wait_until(lambda: "this one is in the old one, alone" in _reread_page(browser, followed, guest), "an old stack")
    assert interfaces(engine, "guest") == ["lo"]
    assert interfaces(engine, "middle") == ["lo", "eth0"]


def _reread_page(browser: Client, engine: Engine, container_id: str) -> str:
    reread(engine)
    return page(browser, "container_detail", engine.slug, container_id)


def test_a_guest_that_was_connected_while_it_was_stopped_is_on_nothing(
    engine: PrivateEngine, followed: Engine, browser: Client
) -> None:
    plain = engine.cli("network", "create", "plain")
    donor = engine.run("donor")
    made = ("create", "--name", "guest", "--network", f"container:{donor}", "--stop-signal", "SIGKILL")
    guest = engine.cli(*made, engine.import_image(), "sleep", "1000")
    assert engine.cli("network", "connect", "plain", "guest") == ""
    engine.cli("start", "guest")
    seen(engine, Container, guest)
    seen(engine, Network, plain)
    reread(followed)

    assert engine.cli("exec", "guest", "ip", "addr") == engine.cli("exec", "donor", "ip", "addr")
    assert "plain" not in panel(browser, guest, "container-notes")
    assert "plain" not in row_of(browser, "guest")
    assert "guest" not in page(browser, "network_remove", "local", plain)
    assert "refuses" not in page(browser, "container_rename", "local", guest)
    assert "It may not start again" not in page(browser, "container_restart", "local", guest)

    engine.cli("rename", "guest", "renamed")
    engine.cli("network", "rm", "plain")
    engine.cli("restart", "renamed")
    assert engine.cli("exec", "renamed", "ip", "addr") == engine.cli("exec", "donor", "ip", "addr")


def test_it_knows_who_is_in_a_stack_whose_middle_has_stopped(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    base = seen(engine, Container, engine.run("base", "--network", "bridge"))
    middle = seen(engine, Container, engine.run("middle", "--network", "container:base"))
    leaf = seen(engine, Container, engine.run("leaf", "--network", "container:middle"))
    engine.cli("kill", "middle")
    wait_until(lambda: Container.objects.get(docker_id=middle).state == "exited", "its end")
    reread(followed)

    assert engine.cli("exec", "leaf", "ip", "addr") == engine.cli("exec", "base", "ip", "addr")
    assert "doesn't run: this one keeps that network." in panel(browser, leaf, "container-notes")
    assert "which it shares with leaf" in panel(browser, base, "container-mode")
    for name in ("container_stop", "container_remove"):
        assert "leaf" in page(browser, name, "local", base)

    engine.cli("restart", "-t", "0", "base")
    assert interfaces(engine, "leaf") == ["lo"]
