"""Who an Engine is, which API versions it speaks, and the swarm that it is in.

Out of `GET /version`, `GET /info`, `GET /nodes`, `GET /swarm` and the answer to `POST /swarm/init`.
"""

from __future__ import annotations

import re
from typing import Any

from networks.engine.allow_list import is_full_id
from networks.engine.errors import Incompatible, ProtocolFault
from networks.engine.facts import EngineInfo, SwarmStanding
from networks.engine.parsing.values import (
    child,
    flag,
    identity,
    integer,
    listing,
    members,
    names,
    objects,
    parse_json,
    parse_text,
    texts,
)
from networks.engine.swarm_facts import JoinTokens, NodeFact

API_OF_27 = (1, 46)  # with gateway modes, and firewall rules for IPv6
API_OF_MODES = (1, 44)  # it came with Engine 25
OLDEST_API = (1, 24)  # what Engines up to 28 still speak
NEWEST_API = (1, 55)  # the newest whose specification we have read

_ADDRESS, _WORD = 100, 40  # characters
_MOST_REGISTRIES = 100
_MOST_MANAGERS = 100  # a swarm has seven at most that make sense

_API = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})")


def choose_version(answer: Any) -> str:
    """Return the newest API version that both speak. Raises Incompatible, and ProtocolFault where none is named."""
    newest = read_api_version(child(answer, "ApiVersion"))
    if newest is None:
        raise ProtocolFault("The answer names no API version.")
    oldest = read_api_version(child(answer, "MinAPIVersion")) or OLDEST_API
    if newest < OLDEST_API or oldest > NEWEST_API:
        raise Incompatible(
            f"The Engine speaks API versions {_written(oldest)} to {_written(newest)}, "
            f"Netadmin {_written(OLDEST_API)} to {_written(NEWEST_API)}."
        )
    return _written(min(newest, NEWEST_API))


def parse_engine(version: Any, about: Any) -> EngineInfo:
    """Return who answers. Raises ProtocolFault for what isn't an object."""
    if type(version) is not dict or type(about) is not dict:
        raise ProtocolFault("The answer doesn't describe an Engine.")
    pools = ((parse_text(pool.get("Base"), 50), integer(pool.get("Size"))) for pool in objects(about.get("DefaultAddressPools")))
    drivers = members(child(about, "Plugins", "Network"))
    return EngineInfo(
        engine_id=parse_text(about.get("ID"), 80),
        name=parse_text(about.get("Name"), 255),
        version=parse_text(version.get("Version"), 60) or parse_text(about.get("ServerVersion"), 60),
        api_version=parse_text(version.get("ApiVersion"), 12),
        min_api_version=parse_text(version.get("MinAPIVersion"), 12),
        os=parse_text(about.get("OperatingSystem"), 120) or parse_text(version.get("Os"), 120),
        kernel=parse_text(about.get("KernelVersion"), 120) or parse_text(version.get("KernelVersion"), 120),
        architecture=parse_text(about.get("Architecture"), 40) or parse_text(version.get("Arch"), 40),
        network_drivers=tuple(sorted({parse_text(driver, 200) for driver in drivers if type(driver) is str})),
        default_address_pools=tuple((base, size) for base, size in pools if base and size is not None),
        swarm=_parse_standing(about.get("Swarm")),
        is_rootless="name=rootless" in texts(about.get("SecurityOptions")),
        registries=_parse_registries(about.get("RegistryConfig")),
    )


def _parse_registries(config: object) -> tuple[str, ...]:
    """Return the registries of a configuration by name. Ranges of addresses (127.0.0.0/8 is always there) name none."""
    named = names(child(config, "IndexConfigs"))
    return tuple(sorted({each[:255].lower() for each in named} - {""})[:_MOST_REGISTRIES])


def _parse_standing(swarm: object) -> SwarmStanding:
    cluster = child(swarm, "Cluster")
    managers = {parse_text(each.get("Addr"), 100) for each in objects(child(swarm, "RemoteManagers"))} - {""}
    return SwarmStanding(
        state=parse_text(child(swarm, "LocalNodeState"), 20),
        node_id=parse_text(child(swarm, "NodeID"), 40),
        address=parse_text(child(swarm, "NodeAddr"), 100),
        is_manager=flag(child(swarm, "ControlAvailable")),
        error=parse_text(child(swarm, "Error"), 2_000),
        managers=tuple(sorted(managers)[:_MOST_MANAGERS]),
        swarm_id=parse_text(child(cluster, "ID"), 40),
        pools=tuple(pool[:100] for pool in texts(child(cluster, "DefaultAddrPool"))[:_MOST_MANAGERS]),
        subnet_size=integer(child(cluster, "SubnetSize")) or 0,
        data_path_port=integer(child(cluster, "DataPathPort")) or 0,
    )


def read_api_version(value: object) -> tuple[int, int] | None:
    """Return an API version such as "1.45" as numbers that can be compared, None where it is none."""
    found = _API.fullmatch(value) if type(value) is str else None
    return (int(found[1]), int(found[2])) if found else None


def _written(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def holds_to_modes(api_version: str) -> bool:
    """Tell whether an Engine that speaks this version, as "1.45", holds a container to the network that it was made with:
    it starts it on no other where that one isn't there. False for a version that isn't known. Source: docs/engine-behaviour.md.
    """
    return (read_api_version(api_version) or OLDEST_API) >= API_OF_MODES


def is_27_or_newer(api_version: str) -> bool:
    """Tell whether an Engine that speaks this version knows gateway modes, and writes firewall rules for IPv6 unless told not to:
    older ones do where they are told to. Measured: 26.1 has none, 27.5 has. False for a version that isn't known.
    """
    return (read_api_version(api_version) or OLDEST_API) >= API_OF_27


def parse_nodes(answer: Any) -> tuple[NodeFact, ...]:
    """Return the nodes by name and id. Raises ProtocolFault for what isn't a list of nodes."""
    nodes = map(_parse_node, objects(listing(answer, "nodes")))
    return tuple(sorted(nodes, key=lambda node: (node.hostname, node.node_id)))


def parse_tokens(answer: Any) -> JoinTokens:
    """Return the two join tokens. Raises ProtocolFault where one is missing."""
    found = child(answer, "JoinTokens")
    tokens = JoinTokens(parse_text(child(found, "Worker")), parse_text(child(found, "Manager")))
    if not tokens.worker or not tokens.manager:
        raise ProtocolFault("The answer holds no join tokens.")
    return tokens


def parse_new_node(body: bytes) -> str:
    """Return the node id in the answer to an init. Raises ProtocolFault: the swarm may have begun."""
    answer = parse_json(body)
    if type(answer) is str and is_full_id("node", answer):
        return answer
    raise ProtocolFault("The answer names no node; the swarm may have begun.")


def _parse_node(entry: dict[str, Any]) -> NodeFact:
    manager = entry.get("ManagerStatus")
    return NodeFact(
        node_id=identity(entry.get("ID"), "node"),
        hostname=parse_text(child(entry, "Description", "Hostname"), 255),
        role=parse_text(child(entry, "Spec", "Role"), _WORD),
        availability=parse_text(child(entry, "Spec", "Availability"), _WORD),
        state=parse_text(child(entry, "Status", "State"), _WORD),
        address=parse_text(child(entry, "Status", "Addr"), _ADDRESS),
        version=parse_text(child(entry, "Description", "Engine", "EngineVersion"), 60),
        is_leader=flag(child(manager, "Leader")),
        reachability=parse_text(child(manager, "Reachability"), _WORD),
    )
