"""Checks of a new network against what its Engine has: name, driver, options, pools."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv6Network

from networks.addressing.findings import Finding, Level, bad, fine, warn
from networks.addressing.pools import Pool, TakenPool, is_any_of_size, overlapping
from networks.addressing.reading import IPNetwork
from networks.addressing.suggest import suggest_free_ipv6_subnet, suggest_free_subnet
from networks.queries.ground import BRIDGE_NAME, Ground

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")  # what the docker command wants; the Engine itself takes anything
NAME_LIMIT = 128  # characters; Docker has no limit, tables do
PREDEFINED = frozenset({"bridge", "host", "none", "default", "docker_gwbridge", "ingress"})
SINGLE_DRIVERS = frozenset({"host", "null"})
BRIDGE_NAME_LIMIT = 15  # Linux: IFNAMSIZ without its NUL

_MTU = "com.docker.network.driver.mtu"
_BRIDGE = "com.docker.network.bridge."
_BOOLEANS = frozenset({f"{_BRIDGE}enable_icc", f"{_BRIDGE}enable_ip_masquerade", f"{_BRIDGE}inhibit_ipv4"})
_TRUTHS = frozenset({"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"})  # Go's ParseBool
_SINCE_27 = frozenset({f"{_BRIDGE}gateway_mode_ipv4", f"{_BRIDGE}gateway_mode_ipv6"})
_ANYWHERE = frozenset({_MTU, "com.docker.network.container_iface_prefix"})
_KNOWN: dict[str, frozenset[str]] = {
    "bridge": _ANYWHERE
    | _BOOLEANS
    | _SINCE_27
    | {BRIDGE_NAME, f"{_BRIDGE}host_binding_ipv4", f"{_BRIDGE}trusted_host_interfaces"}
    | {"com.docker.network.host_ipv4", "com.docker.network.host_ipv6"},
    "macvlan": _ANYWHERE | {"parent", "macvlan_mode"},
    "ipvlan": _ANYWHERE | {"parent", "ipvlan_mode", "ipvlan_flag"},
    "overlay": _ANYWHERE | {"encrypted", "com.docker.network.driver.overlay.vxlanid_list"},
}


def check_name(name: str, ground: Ground) -> Iterator[Finding]:
    """Yield what there is to say of a name that was typed."""
    if not name:
        return
    if not NAME.fullmatch(name):
        cleaned = re.sub(r"[^a-zA-Z0-9_.-]+", "-", name).strip("_.-")[:NAME_LIMIT]
        yield bad("name", "name_invalid", cleaned)
    elif len(name) > NAME_LIMIT:
        yield bad("name", "name_too_long", name[:NAME_LIMIT], length=len(name), limit=NAME_LIMIT)
    elif name in PREDEFINED:
        yield bad("name", "name_predefined", f"my-{name}", name=name)
    elif name in ground.names:
        number = next(number for number in range(2, len(ground.names) + 3) if f"{name}-{number}" not in ground.names)
        yield bad("name", "name_taken", f"{name}-{number}", name=name)
    elif re.fullmatch(r"[0-9a-f]{4,64}", name):
        yield warn("name", "name_like_id")
    else:
        yield fine("name", "name_free", name=name)


def check_driver(driver: str, options: Mapping[str, str], ground: Ground, *, may_shape: bool) -> Iterator[Finding]:
    """Yield what there is to say of a driver. An unknown one is refused here: the Engine would look for it for 15 s."""
    if driver in SINGLE_DRIVERS:
        yield bad("driver", "driver_single", "bridge", driver=driver)
    elif ground.drivers and driver not in ground.drivers:
        known = ", ".join(name for name in ground.drivers if name not in SINGLE_DRIVERS)
        yield bad("driver", "driver_unknown", "bridge", driver=driver, known=known)
    elif driver == "overlay" and ground.drivers and not ground.is_swarm_manager:
        yield bad("driver", "driver_needs_swarm", "bridge")
    elif not may_shape:
        yield bad("driver", "shape_needed", "bridge" if driver != "bridge" else "")
    elif driver in ("macvlan", "ipvlan") and "parent" not in options:
        yield warn("options", "no_parent")
    elif ground.drivers:
        yield fine("driver", "driver_known", driver=driver)


def check_options(driver: str, options: Mapping[str, str], ground: Ground) -> Iterator[Finding]:
    """Yield what Docker would refuse of a driver's options, or take and ignore."""
    for key, value in options.items():
        others = "\n".join(f"{other}={text}" for other, text in options.items() if other != key)
        if driver in _KNOWN and key not in _KNOWN[driver]:
            yield Finding(Level.WARN, "options", "option_unknown", {"key": key}, others, "options")
        elif key in _SINCE_27 and ground.is_before_27:
            parameters = {"key": key, "version": ground.version}
            yield Finding(Level.WARN, "options", "option_not_yet", parameters, others, "options")
        elif key in _BOOLEANS and value not in _TRUTHS:
            yield bad("options", "option_not_bool", key=key)
        elif key == _MTU and not (value.isascii() and value.isdigit() and 68 <= int(value) <= 65535):
            yield bad("options", "mtu_invalid")
        elif key == BRIDGE_NAME:
            yield from _check_bridge_name(value, ground)


def check_pool_list(pools: Sequence[Pool], driver: str, *, has_ipv6: bool, ground: Ground) -> Iterator[tuple[int, Finding]]:
    """Yield (index, finding) for what only all pools together, and the Engine's other networks, show."""
    taken = ground.pools_beside(driver)
    for index, pool in enumerate(pools):
        if pool.subnet is None:
            continue
        if pool.subnet.version == 6 and not has_ipv6:
            yield (
                index,
                Finding(Level.BAD, "subnet", "ipv6_off", {"subnet": str(pool.subnet)}, "on", "enable_ipv6"),
            )
        earlier = [other.subnet.version for other in pools[:index] if other.subnet]
        if driver == "bridge" and pool.subnet.version in earlier:
            yield index, bad("subnet", "bridge_two_pools")
        if is_any_of_size(pool.subnet) and ground.is_before_27:
            yield index, Finding(Level.BAD, "subnet", "any_of_size_not_yet", {"version": ground.version}, "", "subnet")
        elif is_any_of_size(pool.subnet):
            yield index, fine("subnet", "any_of_size", length=pool.subnet.prefixlen)
        else:
            yield index, _check_overlap(pool, driver, taken, suggest_subnet(pool.subnet.version, pools, ground, driver))


def suggest_subnet(version: int, pools: Sequence[Pool], ground: Ground, driver: str = "bridge") -> str:
    """Return a subnet that is free on the Engine and among the pools typed so far, "" for none."""
    occupied: list[IPNetwork] = [pool.subnet for pool in ground.pools_beside(driver)]
    occupied += [pool.subnet for pool in pools if pool.subnet is not None and not is_any_of_size(pool.subnet)]
    found = suggest_free_ipv6_subnet(occupied) if version == 6 else suggest_free_subnet(occupied, ground.default_pools)
    return str(found or "")


def check_families(pools: Sequence[Pool], *, has_ipv6: bool, ground: Ground, driver: str) -> Iterator[Finding]:
    """Yield what the families of the pools mean: IPv6 without a pool, IPv6 alone, none at all."""
    subnets = [pool.subnet for pool in pools if pool.subnet is not None]
    has_ipv6_pool = any(isinstance(subnet, IPv6Network) for subnet in subnets)
    if has_ipv6 and not has_ipv6_pool and ground.is_before_27 and driver != "overlay":
        free = next((index for index, pool in enumerate(pools) if pool.subnet is None), len(pools))
        parameters = {"version": ground.version}
        suggestion = suggest_subnet(6, pools, ground)
        yield Finding(Level.BAD, "enable_ipv6", "ipv6_without_pool", parameters, suggestion, f"pools-{free}-subnet")
    elif subnets and all(isinstance(subnet, IPv6Network) for subnet in subnets):
        yield warn("pools", "only_ipv6_pool")
    elif not subnets:
        yield fine("pools", "subnet_by_docker")


def _check_overlap(pool: Pool, driver: str, taken: Sequence[TakenPool], suggestion: str) -> Finding:
    subnet = pool.subnet
    if subnet is None:
        raise ValueError("A pool without a subnet overlaps nothing")
    clash = next(iter(overlapping(subnet, taken)), None)
    if clash is None:
        return fine("subnet", "subnet_free", subnet=subnet)
    if driver != "bridge" and clash.subnet == subnet and pool.ip_range is not None:
        return warn("subnet", "shared_subnet", owner=clash.owner)
    return bad("subnet", "overlaps", suggestion, subnet=subnet, other=clash.subnet, owner=clash.owner)


def _check_bridge_name(value: str, ground: Ground) -> Iterator[Finding]:
    if len(value.encode()) > BRIDGE_NAME_LIMIT:
        yield bad("options", "bridge_name_long", value=value, length=len(value.encode()))
    elif not value or value in (".", "..") or re.search(r"[\s/:]", value):
        yield bad("options", "bridge_name_invalid", value=value)
    elif value in ground.bridge_names:
        yield bad("options", "bridge_name_taken", value=value, owner=ground.bridge_names[value])
