"""The page that runs a container, on a real Engine: done, refused, found before, created and not startable, forged."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from networks.actions import images
from networks.models import Action, Container, Engine, Outcome
from tests.private_engine import IMAGE, PrivateEngine, wait_until
from tests.views.test_forms import browser, text_of

__all__ = ["browser"]
BASE = {"image": IMAGE, "mode": "network", "networks-count": "1"}


@pytest.fixture(autouse=True)
def forget_images() -> Iterator[None]:
    images._kept.clear()
    yield
    images._kept.clear()


def url(followed: Engine) -> str:
    return reverse("container_run", args=[followed.slug])


def network_id(engine: PrivateEngine, name: str) -> str:
    return engine.cli("network", "inspect", "-f", "{{.Id}}", name)


def raw(answer: Any) -> str:
    return str(answer.content.decode())


def inspect(engine: PrivateEngine, name: str) -> Any:
    return json.loads(engine.cli("inspect", name))[0]


def on(engine: PrivateEngine, network: str, /, **more: str) -> dict[str, str]:
    return BASE | {"networks-0-network_id": network_id(engine, network)} | more


@pytest.mark.usefixtures("as_admin")
def test_it_runs_a_container_with_all_that_was_typed(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    front = engine.cli("network", "create", "--subnet", "172.72.0.0/16", "front")
    back = engine.cli("network", "create", "--subnet", "172.73.0.0/16", "back")
    wait_until(lambda: followed.networks.filter(name="back").exists(), "the networks")
    data = BASE | {
        "name": "web",
        "command": "sh -c 'sleep 1000'",
        "networks-count": "2",
        "networks-0-network_id": front,
        "networks-0-ipv4": "172.72.0.9",
        "networks-0-aliases": "blog",
        "networks-0-mac": "02:42:ac:48:00:09",
        "networks-1-network_id": back,
        "ports": "127.0.0.1:8085:80",
        "environment": "PASSWORD=hunter2",
        "dns": "172.72.0.53",
        "stop_signal": "SIGKILL",
    }

    answer = browser.post(url(followed), data)

    web = inspect(engine, "web")
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        reverse("container_detail", args=[followed.slug, web["Id"]]),
    )
    on_front = web["NetworkSettings"]["Networks"]["front"]
    assert (on_front["IPAddress"], on_front["MacAddress"]) == ("172.72.0.9", "02:42:ac:48:00:09")
    assert web["NetworkSettings"]["Networks"]["back"]["IPAddress"]
    assert "PASSWORD=hunter2" in web["Config"]["Env"]
    action = Action.objects.get(verb="run_container")
    assert "hunter2" not in f"{action.command} {action.asked}"
    assert action.command.startswith("docker run -d --name web --network name=front,ip=172.72.0.9,alias=blog")
    assert "172.72.0.9" in engine.cli("exec", "web", "ip", "addr")


def test_it_sends_nothing_that_has_no_field(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    forged = {
        "privileged": "1",
        "HostConfig": '{"Privileged": true}',
        "binds": "/:/host",
        "cap_add": "ALL",
        "pid": "host",
        "security_opt": "seccomp=unconfined",
        "runtime": "x",
        "networks-0-links": "web",
        "devices": "/dev/sda",
    }

    answer = browser.post(url(followed), on(engine, "bridge", name="plain", stop_signal="SIGKILL") | forged)

    config = inspect(engine, "plain")["HostConfig"]
    assert answer.status_code == 302
    assert (config["Privileged"], config["Binds"], config["CapAdd"], config["PidMode"]) == (False, None, None, "")
    assert (config["SecurityOpt"], config["Links"], config["Devices"]) == (None, None, None)


@pytest.mark.parametrize("mode", ["host", "container"])
def test_it_takes_more_than_an_operator_to_use_another_stack(
    engine: PrivateEngine, followed: Engine, browser: Client, mode: str
) -> None:
    donor = engine.run("donor", "--network", "none")
    wait_until(lambda: Container.objects.filter(docker_id=donor).exists(), "the donor")

    answer = browser.post(url(followed), BASE | {"mode": mode, "donor_id": donor})

    assert answer.status_code == 422
    assert "The host's network, or another container's, needs the role admin." in html.unescape(text_of(answer))
    assert engine.cli("ps", "-aq").count("\n") == 0


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"image": "not-there:1"}, "image", "This Engine doesn't have the image not-there:1"),
        ({"name": "taken"}, "name", "Another container is called taken."),
        ({"ports": "8086:80"}, "ports", "The container taken already publishes port 8086."),
        ({"ports": "8087:80\n8087:81"}, "ports", "Port 8087 is given twice, for one address or for all of them."),
        ({"networks-0-ipv4": "172.17.0.99"}, "networks-0-ipv4", "default bridge doesn't support fixed addresses"),
        ({"mode": "container"}, "donor_id", "Choose the container to share the network with"),
        ({"sysctls": "kernel.msgmax=1"}, "sysctls", "only net.* can be set here"),
        ({"restart_most": "3"}, "restart_most", "Maximum retries can be set only with “on failure”."),
        ({"command": "sh 'a"}, "command", "quotation mark"),
    ],
)
def test_it_finds_the_fault_before_docker_does(
    engine: PrivateEngine, followed: Engine, browser: Client, typed: dict[str, str], field: str, sentence: str
) -> None:
    taken = engine.run("taken", "-p", "8086:80")
    wait_until(lambda: Container.objects.filter(docker_id=taken, state="running").exclude(ports=[]).exists(), "the ports")

    answer = browser.post(url(followed), on(engine, "bridge") | typed)

    words = raw(answer).split(f'id="id_{field}_error"', 1)
    assert answer.status_code == 422
    assert sentence in html.unescape(words[1].split('<span class="hint"')[0])
    assert not Action.objects.filter(verb="run_container").exists()
    assert engine.cli("ps", "-aq").count("\n") == 0


def test_it_finds_the_process_that_has_a_port(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    holder = engine.enter("busybox", "nc", "-ll", "-p", "8099", "-e", "cat")
    try:
        answer = wait_until(
            lambda: (
                (got := browser.post(url(followed), on(engine, "bridge", ports="8099:80", do="check"))).status_code == 200
                and "uses port 8099" in text_of(got)
                and got
            ),
            "the process",
        )
        assert "The process busybox on the Engine's machine uses port 8099." in html.unescape(raw(answer))
    finally:
        holder.kill()
        holder.wait()


def test_it_keeps_what_cannot_start_and_offers_to_remove_it(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    data = on(engine, "bridge", name="broken", command="no-such-program", environment="A=hunter2")

    refused = browser.post(url(followed), data)

    broken = inspect(engine, "broken")
    words = html.unescape(raw(refused))
    assert (refused.status_code, broken["State"]["Status"]) == (409, "created")
    assert "broken was created and can't start" in words
    assert "executable file not found" in words
    assert "The image has no such program" in words.split('id="id_command_error"', 1)[1]
    (action,) = Action.objects.filter(verb="run_container")
    assert Outcome.objects.get(action_id=action.pk).kind == "refused"
    wait_until(lambda: Container.objects.filter(docker_id=broken["Id"], state="created").exists(), "it in the snapshot")

    removed = browser.post(url(followed), data | {"remove": broken["Id"]})

    assert removed.status_code == 200
    assert engine.cli("ps", "-aq") == ""
    assert "no-such-program" in raw(removed)


def test_it_removes_nothing_else_that_way(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    running = engine.run("web")
    wait_until(lambda: Container.objects.filter(docker_id=running).exists(), "the container")

    browser.post(url(followed), on(engine, "bridge", remove=running))

    assert engine.cli("ps", "-q")


def test_it_says_what_only_the_engine_knows_at_the_right_field(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    front = engine.cli("network", "create", "front")  # Docker chose the subnet: no fixed address, which no list tells
    wait_until(lambda: followed.networks.filter(docker_id=front).exists(), "the network")
    subnet = engine.cli("network", "inspect", "-f", "{{(index .IPAM.Config 0).Subnet}}", "front")
    address = subnet.rpartition(".")[0] + "." + str(int(subnet.rpartition(".")[2].partition("/")[0]) + 9)
    data = on(engine, "front", name="fixed") | {"networks-0-ipv4": address}

    refused = browser.post(url(followed), data)

    assert refused.status_code == 409
    at_field = html.unescape(raw(refused).split('id="id_networks-0-ipv4_error"', 1)[1])
    assert "Docker chose this network's subnet" in at_field.split('<span class="hint"')[0]
    assert 'name="use" value="networks-0-ipv4="' in raw(refused)
    assert engine.cli("ps", "-aq") == ""
    assert 'name="remove"' not in raw(refused)


def test_it_previews_without_a_word_to_the_engine(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    page = browser.get(url(followed))
    preview = browser.post(url(followed), on(engine, "bridge", name="web", environment="A=hunter2", preview="1", show="api"))

    assert IMAGE in text_of(page)
    words = html.unescape(raw(preview))
    assert "--name" in words
    assert "hunter2" not in words
    assert '"A=…"' in words
    assert not Action.objects.filter(verb="run_container").exists()


def test_it_adds_and_drops_networks(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    added = browser.post(url(followed), on(engine, "bridge", do="add-network"))
    dropped = browser.post(url(followed), on(engine, "bridge") | {"networks-count": "2", "do": "drop-0"})

    assert 'name="networks-1-network_id"' in raw(added)
    assert 'name="networks-1-network_id"' not in raw(dropped)
    assert browser.get(reverse("container_run_chosen")).headers["Location"] == url(followed)
