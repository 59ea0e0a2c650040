"""New networks as people might type them: made from a seed, sane ones and odd ones, and the ground of a private Engine."""

from __future__ import annotations

import http.client
import json
import random
import socket
from collections.abc import Mapping
from contextlib import closing
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from django.http import QueryDict

from networks.addressing.pool_checks import TakenPool
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.docker_names import BRIDGE_NAME, PARENTED
from networks.forms.networks import NetworkForm
from networks.queries.engine_context import EngineContext
from tests.private_engine import PrivateEngine

Typed = dict[str, str]

PARENTS = ("ve0", "ve1", "ve2")
CONFIG = "plan"
ANY = "0.0.0.0"  # noqa: S104
LETTERS = "abcXYZ019_.-"
ODD = "'\"$`\\ \t!%&;|<>(){}[]*?~#=^,:/@+ é한글日🦆\u00a0\u200b\u202e\u2028\x1b\x7f\ufe0f"


def ask(engine: PrivateEngine, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Ask an Engine something past our own client; return status and document."""
    connection = http.client.HTTPConnection("localhost", timeout=60)
    with closing(connection):
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(engine.socket)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        said = answer.read()
        return answer.status, json.loads(said) if said.strip() else None


def add_parents(engine: PrivateEngine) -> None:
    """Give the Engine's machine devices that a macvlan or ipvlan network may have as parent."""
    for name in PARENTS:
        engine.check_inside("ip", "link", "add", name, "type", "veth", "peer", "name", f"{name}p")
        engine.check_inside("ip", "link", "set", name, "up")


def remove_parents(engine: PrivateEngine) -> None:
    """Take them away again."""
    for name in PARENTS:
        engine.check_inside("ip", "link", "del", name)


def read_ground_of(engine: PrivateEngine) -> EngineContext:
    """Return what the form knows of an Engine, read from it rather than from a snapshot."""
    client = EngineClient(engine.url, Profile.READ)
    try:
        info, networks = client.info(), client.picture().networks
    finally:
        client.close()
    major, _, minor = info.api_version.partition(".")
    return EngineContext(
        "local",
        names=frozenset(network.name for network in networks),
        pools=tuple(
            (network.scope, TakenPool(pool.subnet, network.name))
            for network in networks
            for pool in network.pools
            if not network.is_config_only
        ),
        bridge_names={network.options[BRIDGE_NAME]: network.name for network in networks if BRIDGE_NAME in network.options},
        parents={
            (network.driver, network.options["parent"]): network.name
            for network in networks
            if network.driver in PARENTED and network.options.get("parent")
        },
        config_networks=tuple(network.name for network in networks if network.is_config_only),
        ipam_drivers=frozenset(network.ipam_driver for network in networks),
        drivers=info.network_drivers,
        default_pools=info.default_address_pools,
        version=info.version,
        api_version=(int(major), int(minor)),
        is_swarm_manager=info.swarm.is_manager,
    )


def form_of(typed: Mapping[str, str], ground: EngineContext) -> NetworkForm:
    """Return the form with what was typed, as a browser would send it."""
    data = QueryDict(mutable=True)
    data.update(typed)
    return NetworkForm(data, ground=ground, may_shape=True)


def type_network(seed: int) -> Typed:
    """Return a network whose every part is most likely fine, with hostile text where any text is."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    driver = chance.choice(("bridge", "bridge", "bridge", "bridge", "macvlan", "ipvlan"))
    typed: Typed = {
        "name": _name(chance, seed),
        "driver": driver,
        "labels": _labels(chance),
        "masquerade-shown": "1",
        "icc-shown": "1",
    }
    if chance.random() < 0.08:
        return {"name": typed["name"], "driver": "bridge", "config_from": CONFIG}  # the others would lack a parent
    typed |= _pools(chance)
    if chance.random() < 0.1:
        typed["is_config_only"] = "on"
    else:
        typed |= {field: "on" for field in ("is_internal", "is_attachable") if chance.random() < 0.2}
        typed |= {"scope": "local"} if chance.random() < 0.2 else {}
    typed |= {"is_ipv6_off": "on"} if "enable_ipv6" not in typed and chance.random() < 0.3 else {}
    typed |= {"ipam_options": _pairs(chance)} if chance.random() < 0.2 else {}
    typed |= {"options": "\n".join(f"com.example.{line}" for line in _pairs(chance).split("\n") if "=" in line)}
    return typed | (_bridge_options(chance) if driver == "bridge" else _parent_options(chance, driver))


def type_anything(seed: int) -> Typed:
    """Return a network with several parts that may be wrong, each in a way that people get them wrong."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    typed = type_network(seed)
    share = chance.choice((0.02, 0.05, 0.12))
    for field, values in _ODDITIES.items():
        if chance.random() < share:
            typed[field] = chance.choice(values)
    if chance.random() < 0.3:
        typed.pop(chance.choice(list(typed)))
    return typed


def _name(chance: random.Random, seed: int) -> str:
    return f"n{seed}" + "".join(chance.choices(LETTERS, k=chance.randrange(12)))


def _text(chance: random.Random, most: int) -> str:
    return "".join(chance.choices(LETTERS + ODD, k=chance.randrange(most)))


def _pairs(chance: random.Random) -> str:
    return "\n".join(f"k{n}{_text(chance, 8).replace('=', '')}={_text(chance, 24)}" for n in range(chance.randrange(4)))


def _labels(chance: random.Random) -> str:
    pairs = (line.partition("=") for line in _pairs(chance).split("\n") if line)
    return "\n".join("".join(key.split()) + f"={value}" for key, _, value in pairs)


def _pools(chance: random.Random) -> Typed:
    kind = chance.choice(("none", "ipv4", "ipv4", "ipv4", "both", "ipv6"))
    typed: Typed = {}
    rows = {"none": (), "ipv4": (4,), "both": chance.choice(((4, 6), (6, 4))), "ipv6": (6,)}[kind]
    for row, version in enumerate(rows):
        typed |= {f"pools-{row}-{field}": text for field, text in _pool(chance, version, row).items()}
    if 6 in rows:
        typed["enable_ipv6"] = "on"
    return typed | {"pools-count": str(max(len(rows), 1))}


def _pool(chance: random.Random, version: int, row: int) -> Typed:
    subnet: IPv4Network | IPv6Network
    if version == 4:
        length = chance.randrange(20, 29)
        base = int(ip_network("10.64.0.0/12").network_address) | (chance.getrandbits(20) >> (32 - length) << (32 - length))
        subnet = ip_network((base, length))
    else:
        subnet = ip_network((0xFD << 120 | chance.getrandbits(40) << 80, 64))
    pool: Typed = {"subnet": str(subnet)}
    if chance.random() < 0.4:
        length = min(subnet.prefixlen + chance.randrange(3), 29 if version == 4 else 80)
        pool["ip_range"] = str(ip_network((subnet.network_address, length)))
    if chance.random() < 0.5:
        pool["gateway"] = str(subnet[chance.choice((1, 2, subnet.num_addresses // 2, -2))])
    if chance.random() < 0.3:
        odd = _text(chance, 6).replace("=", "").replace(",", "")
        pool["aux_addresses"] = f"r{row}{odd}={subnet[5]}, printer{row}={subnet[6]}"
    return pool


def _bridge_options(chance: random.Random) -> Typed:
    values = {
        "bridge_name": f"br{chance.randrange(10_000)}",
        "mtu": str(chance.choice((1280, 1400, 1500, 9000))),
        "masquerade": "on",
        "icc": "on",
        "inhibit_ipv4": "on",
        "host_binding_ipv4": "127.0.0.1",
        "host_ipv4": "192.0.2.7",
        "iface_prefix": "lan",
    }
    return {field: value for field, value in values.items() if chance.random() < (0.8 if field in ("masquerade", "icc") else 0.2)}


def _parent_options(chance: random.Random, driver: str) -> Typed:
    typed = {"parent": chance.choice(PARENTS)}
    if driver == "macvlan" and chance.random() < 0.6:
        typed["macvlan_mode"] = chance.choice(("bridge", "private", "vepa", "passthru"))
    if driver == "ipvlan" and chance.random() < 0.6:
        typed["ipvlan_mode"] = chance.choice(("l2", "l3", "l3s"))
        typed["ipvlan_flag"] = chance.choice(("bridge", "private", "vepa"))
    return typed


_ODDITIES: Mapping[str, tuple[str, ...]] = {
    "name": ("front", "bridge", "a b", "-x", "x" * 120, "deadbeef", "../containers/x", ""),
    "driver": ("bridge", "macvlan", "ipvlan", "overlay", "host", "null", "nosuch"),
    "pools-0-subnet": (
        *("10.20.0.0/24", "10.20.0.0/16", "10.20.0.128/25", "10.77.0.5/24", "10.77.0.0/30", "10.77.0.0/29", "10.77.0.0/31"),
        *("10.77.0.0", "127.0.0.0/24", "224.0.0.0/24", "0.0.0.0/24", "0.0.0.0/0", "169.254.9.0/24", "255.255.255.0/24"),
        *("240.1.0.0/24", "100.64.9.0/24", "192.0.2.0/24", "8.8.8.0/24", "10.0.0.0/8", "fd00:77::/64", "fd00:77::/125"),
        *("fe80::/64", "ff00::/64", "::/64", "2001:db8:7::/48", "::ffff:10.77.0.0/112", "10.077.0.0/24", ""),
    ),
    "pools-0-ip_range": ("10.20.0.0/25", "10.77.0.0/25", "10.64.0.0/12", "10.77.0.8/29", "fd00:77::/80", "10.77.0.0/32", "x"),
    "pools-0-gateway": ("10.77.0.0", "10.77.0.1", "10.77.0.255", "10.20.0.1", "fd00:77::", "fd00:77::1", ANY, "x"),
    "pools-0-aux_addresses": (
        "a=10.77.0.1",
        "a=10.77.0.0",
        "a=10.77.0.9",
        "a=10.77.0.9, b=10.77.0.9",
        "a=x",
        "=",
        "a=fd00:77::1",
    ),
    "pools-1-subnet": ("10.78.0.0/24", "10.20.0.0/24", "fd00:78::/64", "fd00:78::/127", "x"),
    "pools-count": ("1", "2", "3"),
    "enable_ipv6": ("on",),
    "is_internal": ("on",),
    "is_ingress": ("on",),
    "is_config_only": ("on",),
    "config_from": (CONFIG, "nothing"),
    "scope": ("local", "swarm", "global"),
    "enable_ipv4": ("true", "false"),
    "ipam_driver": ("default", "null", "nosuch"),
    "bridge_name": (
        "docker0",
        "br-front",
        "lo",
        "ve0",
        "br x",
        "br/x",
        "b" * 15,
        "b" * 16,
        "한글",
        ".",
        "br%d",
        "-x",
        "!x",
        "br+",
    ),
    "mtu": ("0", "67", "68", "576", "1279", "65535", "65536", "-1", "9e3", "１４００"),
    "host_binding_ipv4": ("::1", ANY, "127.0.0.300", "localhost", "224.0.0.1", "192.0.2.9"),
    "host_ipv4": (ANY, "fd00::1", "10.77.0.1", "255.255.255.255", "x"),
    "host_ipv6": ("::", "::1", "10.77.0.1", "fe80::1%ve0", "x"),
    "gateway_mode_ipv4": ("nat", "routed", "isolated", "x"),
    "iface_prefix": ("eth", "e", "x" * 12, "x" * 13, "a/b", "a b", "lo", "%d"),
    "parent": ("ve0", "ve9", "lo", "docker0", "ve0.10", "ve0.5000", "x y", "br-front"),
    "macvlan_mode": ("bridge", "open", "BRIDGE"),
    "ipvlan_mode": ("l2", "l4"),
    "ipvlan_flag": ("private", "x"),
    "options": (
        "com.docker.network.driver.mtu=1400",
        "com.docker.network.bridge.enable_icc=perhaps",
        "com.docker.network.bridge.default_bridge=true",
        "com.docker.network.bridge.gateway_mode_ipv6=nonsense",
        "parent=ve1",
        "nonsense",
    ),
    "labels": ("a", "=a", "com.docker.compose.project=x", "a=b=c"),
}
