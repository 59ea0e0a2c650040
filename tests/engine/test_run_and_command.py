"""On a real Engine: what a spec makes is what the command beside it makes, of every option and in one inspect."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from random import Random
from typing import Any

import pytest

from networks.engine.allow_list import Profile
from networks.engine.cli import command_of, run_lines
from networks.engine.client import EngineClient
from networks.engine.specs import EndpointSpec, Mode, PortSpec, RunSpec
from tests.conftest import IS_FULL
from tests.forms.typed_networks import ask
from tests.private_engine import IMAGE, PrivateEngine

SAME = 300 if IS_FULL else 6
# Made anew each time: which network gets which address by itself, ids, times, paths.
DIFFERS = {"Id", "Created", "State", "LogPath", "ResolvConfPath", "HostnamePath", "HostsPath", "Name", "GraphDriver"}
CHOSEN = {"EndpointID", "IPAddress", "MacAddress", "GlobalIPv6Address", "DNSNames", "NetworkID", "Gateway"}
VALUES = ("1", "a,b", 'say "hi", then', "$HOME `id` !x", "it's", "한글 값", "a=b=c", "", "\\n", "#%&;|<>*?[]{}~")


@pytest.fixture
def places(engine: PrivateEngine) -> dict[str, str]:
    """Return the ids of two networks and of a container to share with."""
    ipv6 = ("--ipv6", "--subnet", "fd00:72::/64")
    front = engine.cli("network", "create", "--subnet", "172.72.0.0/16", *ipv6, "front")
    back = engine.cli("network", "create", "--subnet", "172.73.0.0/16", "back, the 2nd")
    return {"front": front, "back, the 2nd": back, "donor": engine.run("donor"), "bridge": "0" * 64}


@pytest.fixture
def client(engine: PrivateEngine) -> Iterator[EngineClient]:
    opened = EngineClient(engine.url, Profile.RUN)
    yield opened
    opened.close()


def some(random: Random, *choices: Any, most: int = 2) -> tuple[Any, ...]:
    return tuple(random.sample(choices, random.randrange(0, most + 1)))


def endpoint(random: Random, name: str, docker_id: str) -> EndpointSpec:
    if name == "bridge":
        return EndpointSpec(docker_id, name)
    second = 72 if name == "front" else 73
    return EndpointSpec(
        docker_id,
        name,
        ipv4=IPv4Address(f"172.{second}.{random.randrange(256)}.{random.randrange(9, 250)}") if random.random() < 0.5 else None,
        ipv6=IPv6Address(f"fd00:72::{random.randrange(16, 65536):x}") if name == "front" and random.random() < 0.5 else None,
        aliases=some(random, "blog", "cms.example", "x_1"),
        link_local_ips=some(random, *map(ip_address, ("169.254.7.1", "fe80::7")[: 2 if name == "front" else 1]), most=1),
        driver_options={key: random.choice(VALUES) or "-" for key in some(random, "x", "com.example.some")},
        mac=random.choice(("", f"02:42:ac:{second}:00:{random.randrange(16, 99)}")),
    )


def ports(random: Random) -> tuple[PortSpec, ...]:
    here, six = ip_address("127.0.0.1"), ip_address("::1")
    several = PortSpec(90, 92, "udp", 9090, 9092), PortSpec(99, 99, "tcp", 9900, 9910, six), PortSpec(70, 71, address=here)
    return some(random, PortSpec(80, 80), PortSpec(53, 53, "udp", 5353, 5353, here), *several, most=4)


def wish(seed: int, places: dict[str, str]) -> RunSpec:
    """Return what somebody might ask for; always the same for the same seed."""
    random = Random(seed)  # noqa: S311  repeatable, no secret
    mode = (Mode.NETWORK, Mode.NETWORK, Mode.NETWORK, Mode.HOST, Mode.NONE, Mode.CONTAINER)[seed % 6]
    entrypoint, command = random.choice(
        (
            (None, ("sh", "-c", "sleep 1000", random.choice(VALUES))),
            (("sleep",), ("1000",)),
            (("sh", "-c"), ("sleep 1000", random.choice(VALUES))),
            ((), ("sleep", "1000")),
            (None, ()),
        )
    )
    restart = random.choice(("", "no", "always", "unless-stopped", "on-failure"))
    # The docker command takes the default bridge alone only.
    on = (some(random, "front", "back, the 2nd") or ("bridge",)) if mode is Mode.NETWORK else ()
    has_own_stack = mode is not Mode.CONTAINER
    return RunSpec(
        image=IMAGE,
        entrypoint=entrypoint,
        command=command,
        has_terminal=random.random() < 0.3,
        mode=mode,
        networks=tuple(endpoint(random, name, places[name]) for name in on),
        donor_id=places["donor"] if mode is Mode.CONTAINER else "",
        donor_name="donor" if mode is Mode.CONTAINER else "",
        ports=ports(random) if mode is Mode.NETWORK else (),
        publishes_all=mode is Mode.NETWORK and random.random() < 0.3,
        dns=some(random, ip_address("127.0.0.53"), ip_address("fd00::53")) if has_own_stack else (),
        dns_options=some(random, "ndots:2", "timeout:1") if has_own_stack else (),
        dns_search=some(random, "example.test", "test", ".") if has_own_stack else (),
        extra_hosts=some(random, ("db", "10.0.0.9"), ("host.docker.internal", "host-gateway"), ("six", "fd00::6"))
        if has_own_stack
        else (),
        hostname=random.choice(("", "web-1")) if has_own_stack else "",
        domainname=random.choice(("", "example.test")) if has_own_stack else "",
        sysctls={"net.ipv4.ip_unprivileged_port_start": "0"} if mode is Mode.NETWORK and random.random() < 0.4 else {},
        environment={key: random.choice(VALUES) for key in some(random, "SECRET", "A_B", "ANY")},
        labels={key: random.choice(VALUES) for key in some(random, "team", "com.example.k")},
        restart=restart,
        restart_most=random.choice((0, 3)) if restart == "on-failure" else 0,
        stop_signal=random.choice(("", "SIGKILL", "9")),
    )


def inspected(engine: PrivateEngine, container_id: str, spec: RunSpec) -> Any:
    """Return a container's inspection without what differs each time, and remove it."""
    _status, document = ask(engine, "GET", f"/containers/{container_id}/json")
    assert ask(engine, "DELETE", f"/containers/{container_id}?force=1&v=1")[0] == 204
    for member in DIFFERS:
        document.pop(member)
    document["NetworkSettings"] = document["NetworkSettings"]["Networks"]
    for each in document["NetworkSettings"].values():
        for member in CHOSEN:
            each.pop(member, None)
        each["DriverOpts"] = each["DriverOpts"] or None
    if not spec.hostname:  # the container's own id, its donor's or the machine's name
        document["Config"].pop("Hostname")
    # What differs between a client that says "nothing" and one that says nothing.
    for part in ("HostConfig", "Config"):
        document[part] = {member: value for member, value in document[part].items() if value not in (None, [], {}, "")}
    document["HostConfig"].pop("ConsoleSize", None)
    if "Env" in document["Config"]:  # the docker command sends its variables in an order of chance (it walks a Go map)
        document["Config"]["Env"].sort()
    policy = document["HostConfig"]["RestartPolicy"]
    document["HostConfig"]["RestartPolicy"] = policy | {"Name": policy["Name"] or "no"}
    return document


def paste(engine: PrivateEngine, command: str, environment: dict[str, str]) -> str:
    """Run a command as somebody who pastes it into a shell that has the variables, and return what it says."""
    known = {**os.environ, "DOCKER_HOST": engine.url, "DOCKER_CONFIG": str(engine.folder / "client"), **environment}
    done = subprocess.run(["sh", "-c", command], env=known, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout.strip()


def test_it_runs_what_the_command_beside_it_runs(engine: PrivateEngine, client: EngineClient, places: dict[str, str]) -> None:
    places["bridge"] = engine.cli("network", "inspect", "-f", "{{.Id}}", "bridge")
    asked: Counter[str] = Counter()
    for seed in range(SAME):
        spec = wish(seed, places)

        made = client.create_container(spec)
        client.start_container(made)
        by_spec = inspected(engine, made, spec)
        by_command = inspected(engine, paste(engine, command_of(run_lines(spec)), dict(spec.environment)), spec)

        assert by_spec == by_command, f"{seed}: {command_of(run_lines(spec))}\n{json.dumps(by_spec, indent=1)[:2000]}"
        asked[spec.mode] += 1
        asked.update(name for name in RunSpec.__dataclass_fields__ if getattr(spec, name))

    assert set(Mode) | {"entrypoint", "ports", "dns", "environment", "labels", "restart"} <= set(asked)
