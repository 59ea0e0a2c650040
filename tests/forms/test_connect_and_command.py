"""On a real Engine: connecting by form and by the command beside it gives the same endpoint, of a stopped container too."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from random import Random
from typing import Any

import pytest
from django.http import QueryDict

from networks.addressing.pool_checks import Pool
from networks.engine.allow_list import Profile
from networks.engine.bodies import connect_body
from networks.engine.cli import connect_lines
from networks.engine.client import EngineClient
from networks.forms.connecting import ContainerToConnectForm
from networks.queries.engine_context import ContainerChoice, EngineVersion, NetworkChoice
from networks.views.acting import make_aside
from tests.conftest import IS_FULL
from tests.forms.test_form_and_command import paste
from tests.forms.typed_networks import ask
from tests.private_engine import PrivateEngine

SAME = 500 if IS_FULL else 12
POOLS = (
    Pool(ip_network("172.72.0.0/16"), gateway=ip_address("172.72.0.1")),
    Pool(ip_network("fd00:72::/64"), gateway=ip_address("fd00:72::1")),
)
ALIASES = ("blog", "cms.example", "x_1", "a-b", "a" * 63)
VALUES = ("9000", "a,b", 'say "hi", then', "$HOME `id` !x", "it's", "한글 값", "a=b=c", "", "\\n", "#%&;|<>*?[]{}~")


@pytest.fixture
def network(engine: PrivateEngine) -> NetworkChoice:
    options = ("--subnet", "172.72.0.0/16", "--gateway", "172.72.0.1", "--ipv6", "--subnet", "fd00:72::/64")
    docker_id = engine.cli("network", "create", *options, "--gateway", "fd00:72::1", "front")
    return NetworkChoice(docker_id, "front", "bridge", has_ipv6=True, pools=POOLS)


@pytest.fixture
def containers(engine: PrivateEngine, network: NetworkChoice) -> tuple[ContainerChoice, ...]:
    ids = {name: engine.run(name) for name in ("web", "stopped")}
    ids["db"] = engine.run("db", "--network", "front")
    engine.cli("stop", "stopped")
    states = {"web": "running", "stopped": "exited", "db": "running"}
    on = {"web": "bridge", "stopped": "bridge", "db": "front"}
    return tuple(ContainerChoice(ids[name], name, states[name], on[name], (on[name],)) for name in states)


@pytest.fixture
def client(engine: PrivateEngine) -> Iterator[EngineClient]:
    opened = EngineClient(engine.url, Profile.NETWORK)
    yield opened
    opened.close()


def typed(seed: int, containers: tuple[ContainerChoice, ...]) -> QueryDict:
    """Return what somebody might type; always the same for the same seed."""
    random = Random(seed)  # noqa: S311  repeatable, no secret
    data = QueryDict(mutable=True)
    data["container_id"] = containers[seed % 2].docker_id
    wishes = {
        "ipv4": lambda: f"172.72.{random.randrange(256)}.{random.randrange(9, 250)}",
        "ipv6": lambda: f"fd00:72::{random.randrange(16, 65536):x}",
        "aliases": lambda: ", ".join(random.sample(ALIASES, random.randrange(1, 4))),
        "link_local_ips": lambda: random.choice(("169.254.7.1", "fe80::7", "169.254.7.9 fe80::9")),
        "links": lambda: random.choice(("db", "db:database", "db:database, db:data")),
        "driver_options": lambda: "\n".join(
            f"{key}={random.choice(VALUES)}" for key in random.sample(("x", "com.example.some", "y.z"), random.randrange(1, 3))
        ),
    }
    data.update({field: make() for field, make in wishes.items() if random.random() < 0.45})
    return data


def endpoint(engine: PrivateEngine, form: ContainerToConnectForm) -> Any:
    """Return how the container is on the network, without what differs each time, and take it off."""
    assert form.container is not None
    assert form.network is not None
    status, document = ask(engine, "GET", f"/containers/{form.container.docker_id}/json")
    assert status == 200
    found = document["NetworkSettings"]["Networks"]["front"]
    engine.cli("network", "disconnect", "front", form.container.docker_id)
    found.pop("EndpointID")
    spec = form.to_spec()
    if spec.ipv4 is None:  # Docker chose an address, and the MAC address that follows from it
        found.pop("IPAddress")
        found.pop("MacAddress")
    if spec.ipv6 is None:
        found.pop("GlobalIPv6Address")
    return found


def test_it_connects_as_the_command_beside_it_does(
    engine: PrivateEngine, client: EngineClient, network: NetworkChoice, containers: tuple[ContainerChoice, ...]
) -> None:
    compared, options = Counter[str](), Counter[str]()
    for seed in range(SAME):
        data = typed(seed, containers)
        options_of = {"version": EngineVersion("26.1.5", (1, 45)), "may_shape": True}
        form = ContainerToConnectForm(data, network=network, containers=containers, **options_of)
        assert form.is_valid(), (form.errors, dict(data.items()))
        spec = form.to_spec()
        assert form.container is not None

        client.connect_container(spec)
        by_form = endpoint(engine, form)
        paste(engine, make_aside(connect_lines(spec, "front", form.container.name), ()).text)
        by_command = endpoint(engine, form)
        status, said = ask(engine, "POST", f"/networks/{network.docker_id}/connect", connect_body(spec))
        assert status == 200, said
        by_body = endpoint(engine, form)

        assert by_form == by_command == by_body, json.dumps(dict(data.items()), ensure_ascii=False)
        compared[form.container.state] += 1
        options.update(field for field in data if data[field])

    assert set(compared) == {"running", "exited"}
    assert {"ipv4", "ipv6", "aliases", "link_local_ips", "links", "driver_options"} <= set(options)


def test_it_refuses_what_the_engine_would_refuse(
    engine: PrivateEngine, client: EngineClient, network: NetworkChoice, containers: tuple[ContainerChoice, ...]
) -> None:
    web = containers[0]
    for field, text, body in (
        ("link_local_ips", "10.0.0.1", {"IPAMConfig": {"LinkLocalIPs": ["10.0.0.1"]}}),
        ("ipv4", "10.0.0.1", {"IPAMConfig": {"IPv4Address": "10.0.0.1"}}),
        ("ipv6", "fd00:73::1", {"IPAMConfig": {"IPv6Address": "fd00:73::1"}}),
        ("links", "a:b:c", {"Links": ["a:b:c"]}),
    ):
        data = QueryDict(mutable=True)
        data.update({"container_id": web.docker_id, field: text})
        form = ContainerToConnectForm(data, network=network, containers=containers)

        asked = {"Container": web.docker_id, "EndpointConfig": body}
        status, _said = ask(engine, "POST", f"/networks/{network.docker_id}/connect", asked)

        assert status >= 400, field
        assert not form.is_valid()
        assert list(form.errors) == [field]
