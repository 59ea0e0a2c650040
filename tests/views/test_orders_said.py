"""What the pages of orders promise, held against what the Engine does then: addresses, `--rm`, Compose, exit codes, a pause."""

from __future__ import annotations

import json
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from networks.models import Container, Engine
from tests.private_engine import PrivateEngine, wait_until
from tests.views.pages import shown_by
from tests.views.test_forms import browser, text_of
from tests.views.test_orders import known, order

__all__ = ["browser"]
DUAL = ("--ipv6", "--subnet", "10.5.0.0/24", "--subnet", "fd05::/64", "dual")
CONNECT = "import socket; socket.create_connection(('127.0.0.1', 8085), 5).close()"


def said(browser: Client, url: str) -> str:
    return unescape(text_of(browser.get(url)))


def held(engine: PrivateEngine, name: str) -> tuple[str, str]:
    end = json.loads(engine.cli("inspect", "-f", "{{json .NetworkSettings.Networks.dual}}", name))
    return end["IPAddress"], end["GlobalIPv6Address"]


@pytest.mark.parametrize(
    ("wish", "comes_back", "is_taken"),
    [(("--ip6", "fd05::5"), "fd05::5", "10.5.0.2"), (("--ip", "10.5.0.5"), "10.5.0.5", "fd05::2")],
)
def test_it_promises_back_the_family_alone_that_was_asked_for(
    engine: PrivateEngine, followed: Engine, browser: Client, wish: tuple[str, str], comes_back: str, is_taken: str
) -> None:
    engine.cli("network", "create", *DUAL)
    container_id = known(engine.run("half", "--network", "dual", *wish))
    before = held(engine, "half")
    url = order(followed, "stop", container_id)

    alone = said(browser, url)
    late = engine.cli("create", "--name", "late", "--network", "dual", "netadmin-test:1", "sleep", "1000000")
    known(late, state="created")
    rivalled = said(browser, url)

    assert set(before) == {comes_back, is_taken}
    assert f"It asked for {comes_back} on dual and gets it again" in alone
    assert f"It gets {is_taken} again unless another container starts in the meantime" in alone
    assert f"It may get an address other than {is_taken}" in rivalled
    assert f"It may get an address other than {comes_back}" not in rivalled
    refused = browser.post(url)
    assert (refused.status_code, f"{is_taken} on dual may go to another container" in rivalled) == (200, False)
    assert browser.post(url, {"shown": shown_by(refused)}).status_code == 302
    engine.cli("start", "late", "half")
    after = held(engine, "half")
    assert comes_back in after  # as was said
    assert is_taken in held(engine, "late")
    assert is_taken not in after


def test_it_promises_nothing_back_to_one_with_rm(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    engine.cli("network", "create", *DUAL)
    once = known(engine.run("once", "--rm", "--network", "dual", "--ip", "10.5.0.9"), is_auto_removed=True)
    known(engine.run("guest", "--network", "container:once"))
    stop, kill, restart = (order(followed, verb, once) for verb in ("stop", "kill", "restart"))

    of_restart, of_stop, of_kill = (said(browser, url) for url in (restart, stop, kill))

    assert "It asked for 10.5.0.9 on dual and gets it again" in of_restart
    assert "1 container shares its network and stays behind in the old stack" in of_restart
    for words in (of_stop, of_kill):
        assert "Docker removes it when it stops" in words
        assert "1 container shares its network and can never start again" in words
        assert "again unless" not in words
        assert "gets it again" not in words
        assert "once this container has been started again" not in words
    engine.cli("restart", "-t", "0", "once")
    assert held(engine, "once")[0] == "10.5.0.9"
    engine.cli("stop", "-t", "0", "once", "guest")
    # Docker answers the stop before it has removed the container.
    wait_until(lambda: not engine.cli("ps", "-aq", "--filter", "name=^once$").strip(), "the removal of once")
    assert "No such container" in engine.cli("start", "guest", check=False)


def test_it_asks_whoever_stops_one_with_rm_for_its_stopped_guests_too(
    engine: PrivateEngine, followed: Engine, browser: Client
) -> None:
    once = known(engine.run("once", "--rm", "--network", "none"), is_auto_removed=True)
    guest = engine.cli("create", "--name", "guest", "--network", "container:once", "netadmin-test:1", "sleep", "1000000")
    known(guest, state="created")

    words = said(browser, order(followed, "stop", once))

    assert "1 container shares its network and can never start again" in words


def test_it_says_of_one_with_rm_that_never_ran_that_a_stop_does_nothing_to_it(
    engine: PrivateEngine, followed: Engine, browser: Client
) -> None:
    made = known(engine.cli("create", "--rm", "--name", "made", "netadmin-test:1", "sleep", "1"), state="created")

    assert "Docker removes it when it stops" not in said(browser, order(followed, "stop", made))
    engine.cli("stop", "made")
    assert engine.cli("inspect", "-f", "{{.State.Status}}", "made") == "created"


@pytest.mark.parametrize(
    ("label", "of_stop", "of_remove"),
    [
        ("False", "“docker compose up” starts it again.", "“docker compose up” recreates it, with another ID."),
        ("True", *["“docker compose run” made it, so “docker compose up” neither starts it nor recreates it."] * 2),
    ],
)
def test_it_knows_what_compose_made_by_run(
    engine: PrivateEngine, followed: Engine, browser: Client, label: str, of_stop: str, of_remove: str
) -> None:
    labels = ("--label", "com.docker.compose.project=shop", "--label", f"com.docker.compose.oneoff={label}")
    container_id = known(engine.run("shop-web", *labels))

    told = {verb: said(browser, order(followed, verb, container_id)) for verb in ("stop", "kill", "remove")}

    assert [of_stop in told["stop"], of_stop in told["kill"], of_remove in told["remove"]] == [True] * 3
    assert ("up” starts it again" in told["stop"]) == (label == "False")


@pytest.mark.parametrize(
    ("command", "ending", "sentence"),
    [
        ("sleep 1; exit 130", "itself", "Its exit code is the one of SIGINT, which wasn't sent through Docker."),
        (
            "sh -c 'x=a; while :; do x=$x$x; done'; exit 137",  # the shell goes on, and ends by itself
            "memory",
            "It ran out of memory: the kernel killed a process in it, and its exit code is the one of SIGKILL.",
        ),
    ],
)
def test_it_takes_no_exit_code_for_a_signal(
    engine: PrivateEngine, followed: Engine, browser: Client, command: str, ending: str, sentence: str
) -> None:
    container_id = engine.run("ended", "-m", "32m", "--memory-swap", "32m", command=("sh", "-c", command))
    wait_until(lambda: Container.objects.filter(docker_id=container_id, ending=ending).exists(), "who ended it")

    words = said(browser, reverse("container_detail", args=[followed.slug, container_id]))

    assert sentence in words
    assert "was ended by SIG" not in words


def test_it_says_what_still_answers_of_a_paused_one(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    engine.cli("network", "create", *DUAL)
    ports = ("-p", "127.0.0.1:8085:80")
    paused = known(engine.run("web", "--network", "dual", *ports, command=("httpd", "-f", "-p", "80")))
    url = order(followed, "pause", paused)

    asked = browser.post(url)
    words = unescape(text_of(asked))
    assert "It keeps its addresses, and its processes answer nothing until it is resumed" in words
    assert "The kernel still answers pings for it and accepts TCP connections on ports on which it listens" in words
    assert "Nothing behind its published ports answers in the meantime" in words
    assert "The network stays, but no container's processes answer on it until it is resumed." in words
    assert browser.post(url, {"shown": shown_by(asked)}).status_code == 302

    known(engine.run("peer", "--network", "dual"))
    address = held(engine, "web")[0]
    assert "1 packets received" in engine.cli("exec", "peer", "ping", "-c", "1", "-W", "5", address)
    engine.check_inside("python3", "-c", CONNECT)  # the published port takes a connection
    got = engine.cli("exec", "peer", "timeout", "2", "wget", "-q", "-O", "-", f"http://{address}/", check=False)
    assert "404" not in got, "a server that runs answers so"
    bare = known(engine.run("bare", "--network", "none"))
    words = said(browser, order(followed, "pause", bare))
    assert "Its processes answer nothing until it is resumed" in words
    assert "It keeps its addresses" not in words
