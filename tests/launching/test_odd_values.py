"""Odd values in the form that runs a container, on a real Engine: what passes runs, what Docker would refuse is said before.

What only the kernel refuses is explained at its field, and the container that was left is offered for removal.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from networks.models import Action, Engine
from tests.launching.test_pages import BASE, forget_images, network_id, raw, url
from tests.launching.test_refused_between import names, said_of
from tests.private_engine import IMAGE, PrivateEngine, wait_until
from tests.views.test_forms import browser, text_of

__all__ = ["browser", "forget_images"]
pytestmark = pytest.mark.usefixtures("as_admin")
LAST = "fd00:8::ffff:ffff:ffff:ffff"
Typed = dict[str, str]

# By network, then field: what is said at the field before Docker is asked.
FORESEEN: tuple[tuple[str, str, str, str], ...] = (
    ("front", "networks-0-mac", "01:00:5e:00:00:01", "is a multicast address"),
    ("front", "networks-0-mac", "00:00:00:00:00:00", "can't be the address of an interface"),
    ("front", "networks-0-ipv4", "10.9.0.0", "is reserved by 10.9.0.0/24 itself"),
    ("front", "networks-0-ipv4", "10.9.0.255", "is reserved by 10.9.0.0/24 itself"),
    ("front", "networks-0-ipv4", "10.9.0.1", "is the gateway of this network"),
    ("front", "networks-0-ipv4", "10.9.0.5", "is reserved as r"),
    ("front", "networks-0-ipv4", "10.9.1.1", "is not inside 10.9.0.0/24"),
    ("front", "networks-0-ipv6", "fd00:8::9", "has no IPv6 subnet"),
    ("six", "networks-0-ipv6", "fd00:8::", "is reserved by fd00:8::/64 itself"),
    ("six", "networks-0-ipv6", LAST, "is the last address of a /64, which Engine 26.1.5"),
    ("six", "networks-0-ipv6", "::ffff:10.8.0.3", "is not inside fd00:8::/64"),
    ("bridge", "networks-0-ipv4", "10.9.0.9", "doesn't support fixed addresses"),
    ("bridge", "networks-0-aliases", "db", "has no aliases"),
    ("front", "networks-0-aliases", "a b,-c", "“-c” is not a valid DNS name"),
    ("front", "networks-0-aliases", "x" * 300, "is not a valid DNS name"),
    ("front", "networks-0-link_local_ips", "fe80::5", "needs IPv6, which is off for this network"),
    ("front", "ports", "80:0", "ports go from 1 to 65535"),
    ("front", "ports", "65536:80", "ports go from 1 to 65535"),
    ("front", "ports", "8002-8000:80-82", "ports go from 1 to 65535"),
    ("front", "ports", "8000-8002:80-81", "both ranges need the same number of ports"),
    ("front", "ports", "8080:80\n8080:81", "Port 8080 is given twice"),
    ("front", "ports", "127.0.0.1:8080:80\n8080:81", "Port 8080 is given twice"),
    ("front", "ports", "0.0.0.0:8080:80\n127.0.0.1:8080:81", "Port 8080 is given twice"),
    ("front", "ports", "127.0.0.300:80:80", "is not a port mapping"),
    ("front", "hostname", "a b", "is not a valid host name"),
    ("front", "hostname", "x" * 300, "is not a valid host name"),
    ("front", "domainname", "a b", "is not a valid host name"),
    ("front", "dns", "10.0.0.1/24", "without a prefix length"),
    ("front", "sysctls", "kernel.shmmax=1", "only net.* can be set here"),
    ("front", "sysctls", "net.ipv4.*=1", "only net.* can be set here"),
    ("front", "sysctls", "net.../../kernel.x=1", "only net.* can be set here"),
    ("front", "stop_signal", "SIGNONE", "is not a signal"),
    ("front", "stop_signal", "RTMIN+99", "is not a signal"),
    ("front", "name", "x y", "can't be a container's name"),
    ("front", "name", "-x", "can't be a container's name"),
)
# What only the kernel, or Docker's own book, knows: refused, and explained at the field.
EXPLAINED: tuple[tuple[str, str, str, str], ...] = (
    ("front", "ports", "192.0.2.99:8080:80", "doesn't have the address on which the port is to be published"),
    ("front", "sysctls", "net.ipv4.ip_forward=x", "has no such setting, or rejects this value"),
    ("front", "sysctls", "net.ipv4.ip_local_port_range=65535 1", "has no such setting, or rejects this value"),
    ("front", "sysctls", "net.ipv4.nothing=1", "has no such setting, or rejects this value"),
    ("front", "command", "nothing", "no such program"),
    ("front", "entrypoint", "nothing", "no such program"),
)
# What looks odd and is fine.
RUNNING: tuple[tuple[str, str, str], ...] = (
    ("front", "networks-0-mac", "0242.0a09.0009"),
    ("front", "networks-0-ipv4", "10.9.0.254"),
    ("front", "networks-0-link_local_ips", "169.254.1.1,169.254.1.2"),
    ("six", "networks-0-ipv6", "fd00:8::ffff:ffff:ffff:fffe"),
    ("front", "networks-0-aliases", "A,a_b,10.9.0.3"),
    ("front", "ports", "127.0.0.1:8080:80\n127.0.0.2:8080:80"),
    ("front", "ports", "0.0.0.0:8080:80\n[::]:8080:81"),
    ("front", "ports", "8080:80\n8080:80/udp"),
    ("front", "ports", "8000-8002:80"),
    ("front", "hostname", "x" * 63),
    ("front", "dns", "::1,127.0.0.11"),
    ("front", "stop_signal", "SIGRTMIN+3"),
    ("front", "stop_signal", "64"),
)


@pytest.fixture
def networks(engine: PrivateEngine, followed: Engine) -> Engine:
    """Give the Engine with a network that has all, and one whose gateways nobody named."""
    front = ["--subnet", "10.9.0.0/24", "--gateway", "10.9.0.1", "--aux-address", "r=10.9.0.5", "front"]
    engine.cli("network", "create", *front)
    engine.cli("network", "create", "--ipv6", "--subnet", "10.8.0.0/29", "--subnet", "fd00:8::/64", "six")
    wait_until(lambda: followed.networks.filter(name__in=("front", "six")).count() == 2, "the networks")
    return followed


def typed(engine: PrivateEngine, network: str, field: str, text: str) -> Typed:
    return BASE | {"name": "odd", "networks-0-network_id": network_id(engine, network), "stop_signal": "KILL", field: text}


def given_id(case: Any) -> str:
    return str(case)[:40].replace("\n", ",")


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("network", "field", "text", "sentence"), FORESEEN, ids=given_id)
def test_it_says_at_the_field_what_can_not_be(
    engine: PrivateEngine, networks: Engine, browser: Client, network: str, field: str, text: str, sentence: str
) -> None:
    refused = browser.post(url(networks), typed(engine, network, field, text))

    assert refused.status_code == 422, text_of(refused)
    assert sentence in said_of(refused, field)
    assert names(engine) == set()
    assert not Action.objects.filter(verb="run_container").exists()


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("network", "field", "text", "sentence"), EXPLAINED, ids=given_id)
def test_it_explains_at_the_field_and_takes_away_what_was_left(
    engine: PrivateEngine, networks: Engine, browser: Client, network: str, field: str, text: str, sentence: str
) -> None:
    asked = typed(engine, network, field, text)

    refused = browser.post(url(networks), asked)

    assert refused.status_code == 409, text_of(refused)
    assert sentence in said_of(refused, field)
    offered = re.search(r'name="remove" value="([0-9a-f]{64})"', raw(refused))
    assert offered
    browser.post(url(networks), asked | {"remove": offered[1]})
    assert names(engine) == set()


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("network", "field", "text"), RUNNING, ids=given_id)
def test_it_runs_what_only_looks_odd(
    engine: PrivateEngine, networks: Engine, browser: Client, network: str, field: str, text: str
) -> None:
    done = browser.post(url(networks), typed(engine, network, field, text))

    assert done.status_code == 302, text_of(done)
    assert engine.cli("inspect", "-f", "{{.State.Status}}", "odd") == "running"


@pytest.mark.parametrize(("field", "address"), [("networks-0-ipv4", "10.8.0.1"), ("networks-0-ipv6", "fd00:8::1")])
def test_it_warns_of_a_gateway_that_nobody_named(
    engine: PrivateEngine, networks: Engine, browser: Client, field: str, address: str
) -> None:
    asked = typed(engine, "six", field, address)

    before = browser.post(url(networks), asked | {"preview": "1"})
    refused = browser.post(url(networks), asked)

    assert f"{address} is the network's gateway, most likely" in text_of(before).replace("&#x27;", "'")
    assert f"{address} is free" not in text_of(before)
    assert refused.status_code == 409
    assert "is the network's gateway, most likely" in said_of(refused, field)


@pytest.mark.parametrize("name", ["container", "container:odd", "default "])
def test_it_runs_on_a_network_whose_name_docker_reads_otherwise(
    engine: PrivateEngine, followed: Engine, browser: Client, name: str
) -> None:
    made = engine.cli("network", "create", "--subnet", "10.7.0.0/24", name)
    wait_until(lambda: followed.networks.filter(docker_id=made).exists(), "the network")
    asked = BASE | {"name": "odd", "networks-0-network_id": made, "stop_signal": "KILL"}

    by_name = engine.cli("create", "--network", name, IMAGE, check=False)
    done = browser.post(url(followed), asked)

    assert done.status_code == 302, text_of(done)
    assert "10.7.0." in engine.cli("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", "odd")
    page = text_of(browser.get(f"/networks/{followed.slug}/{made}/"))
    is_read_otherwise = name != "default "
    assert ("docker run --network reads this name as another container" in page) == is_read_otherwise
    assert ("nvalid" in by_name) == (name == "container")
