"""Checks of a new network against what its Engine has: name, driver, pools, and what only some networks have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from networks.addressing.findings import Finding, Level, bad, fine, warn
from networks.addressing.pools import Pool, check_room, default_gateway, ends_block, is_any_of_size
from networks.addressing.reading import IPNetwork
from networks.engine.cli import reads_as_mode
from networks.engine.docker_names import OWN_DRIVERS, RESERVED_NAMES, SINGLE_DRIVERS
from networks.engine.specs import NetworkSpec
from networks.hostnet.plugins import IPAM_DRIVER, PluginState
from networks.preflight.known_options import MEMBERS_SINCE
from networks.preflight.places import check_place, suggest_subnet
from networks.queries.engine_context import API_OF_ENGINE_27, PARENTED, EngineContext
from networks.queries.networks import gives_gateway

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")  # what the docker command wants; the Engine itself takes anything
NAME_LIMIT = 128  # characters; Docker has no limit, tables do
OF_SWARM = frozenset({"docker_gwbridge", "ingress"})  # Docker takes these names from anybody (measured: 26.1)
# How the names of drivers begin that tutorials speak of; "net-plugin" is Weave Net's own as Docker manages it.
_OF_TUTORIALS = (
    ("weave", "weave"),
    ("net-plugin", "weave"),
    ("flannel", "flannel"),
    ("openvswitch", "openvswitch"),
    ("ovs", "openvswitch"),
    ("ovn", "openvswitch"),
)
BUILT_IN_IPAM = frozenset({"default", "null"})
_LINK_LOCAL = IPv6Network("fe80::/64")  # what each bridge has; Docker takes this subnet or one that has nothing of it


def check_name(name: str, ground: EngineContext) -> Iterator[Finding]:
    """Yield what there is to say of a name that was typed."""
    if not name:
        return
    if not NAME.fullmatch(name):
        cleaned = re.sub(r"[^a-zA-Z0-9_.-]+", "-", name).strip("_.-")[:NAME_LIMIT]
        yield bad("name", "name_invalid", cleaned)
    elif len(name) > NAME_LIMIT:
        yield bad("name", "name_too_long", name[:NAME_LIMIT], length=len(name), limit=NAME_LIMIT)
    elif name in RESERVED_NAMES:
        yield bad("name", "name_predefined", f"my-{name}", name=name)
    elif name in ground.names:
        number = next(number for number in range(2, len(ground.names) + 3) if f"{name}-{number}" not in ground.names)
        yield bad("name", "name_taken", f"{name}-{number}", name=name)
    elif name in OF_SWARM:
        yield warn("name", "name_of_swarm", f"my-{name}", name=name)
    elif reads_as_mode(name):
        yield warn("name", "name_like_mode", f"my-{name}", name=name)
    elif re.fullmatch(r"[0-9a-f]{4,64}", name):
        yield warn("name", "name_like_id")
    else:
        yield fine("name", "name_free", name=name)


def check_driver(spec: NetworkSpec, ground: EngineContext, *, may_create: bool) -> Iterator[Finding]:
    """Yield what there is to say of a driver. An unknown one is refused here: the Engine would look for it for 15 s."""
    driver = spec.driver
    if driver in SINGLE_DRIVERS:
        yield bad("driver", "driver_single", "bridge", driver=driver)
    elif driver not in OWN_DRIVERS and (trouble := ground.plugins.trouble_of(driver)):
        yield from _check_plugin(driver, trouble, ground)
    elif ground.drivers and driver not in ground.all_drivers and driver not in ground.plugins.found:
        yield bad("driver", _unknown(driver), "bridge", driver=driver, known=_known_drivers(ground))
    elif driver == "overlay" and ground.drivers and not ground.is_swarm_manager:
        yield bad("driver", "driver_needs_swarm", "bridge")
    elif not may_create:
        yield bad("driver", "shape_needed", "bridge" if driver != "bridge" else "")
    elif driver in PARENTED and "parent" not in spec.options and not spec.config_from:
        yield warn("parent", "no_parent")
    elif ground.drivers:
        yield from _found_driver(driver, ground)


def _check_plugin(driver: str, trouble: str, ground: EngineContext) -> Iterator[Finding]:
    """Yield that a plugin can't serve: Docker would try for 15 s, whether or not it lists the driver."""
    plugin = ground.plugins.found.get(driver)
    if plugin is None and driver not in ground.drivers:
        yield bad("driver", _unknown(driver), "bridge", driver=driver, known=_known_drivers(ground))
    else:
        address = plugin.address if plugin else ""
        yield bad("driver", f"plugin_{trouble}", "bridge", driver=driver, address=address)


def _found_driver(driver: str, ground: EngineContext) -> Iterator[Finding]:
    plugin = ground.plugins.found.get(driver)
    if driver in OWN_DRIVERS or plugin is None:
        yield fine("driver", "driver_known", driver=driver)
    elif plugin.state is PluginState.UNASKED:
        yield warn("driver", "plugin_unasked", driver=driver, address=plugin.address)
    else:
        yield fine("driver", "plugin_answers", driver=driver, address=plugin.address)


def _unknown(driver: str) -> str:
    """Return what there is to say of a driver that isn't there: of those that tutorials name, what they are today."""
    begun = driver.lower().rpartition("/")[2]
    known = next((name for begins, name in _OF_TUTORIALS if begun.startswith(begins)), "")
    return f"driver_unknown_{known}" if known else "driver_unknown"


def _known_drivers(ground: EngineContext) -> str:
    return ", ".join(name for name in ground.all_drivers if name not in SINGLE_DRIVERS)


def check_pool_list(pools: Sequence[Pool], spec: NetworkSpec, ground: EngineContext) -> Iterator[tuple[int, Finding]]:
    """Yield (index, finding) for what only all pools together, and the Engine's other networks, show."""
    # A configuration takes no addresses and has no driver of its own.
    driver = "" if spec.is_config_only else spec.driver
    for index, pool in enumerate(pools):
        if pool.subnet is None:
            continue
        if pool.subnet.version == 6 and not spec.enable_ipv6:
            # From 27 on an Engine's default-network-opts can turn it on, and no call tells: measured, 26.1 leaves it off.
            is_known = spec.enable_ipv6 is False or ground.api_version < API_OF_ENGINE_27
            level, key = (Level.BAD, "ipv6_off") if is_known else (Level.WARN, "ipv6_not_on")
            yield index, Finding(level, "subnet", key, {"subnet": str(pool.subnet)}, "on", "enable_ipv6")
        earlier = [other.subnet.version for other in pools[:index] if other.subnet]
        if driver == "bridge" and pool.subnet.version in earlier:
            yield index, bad("subnet", "bridge_two_pools")
        for name in pool.aux_addresses.keys() & {name for other in pools[:index] for name in other.aux_addresses}:
            yield index, bad("aux_addresses", "aux_name_twice", name=name)
        if ground.is_before_27:
            yield from ((index, finding) for finding in _check_last(pool, pool.subnet, ground))
        # Of ::/0 it is said already that it covers all addresses.
        meets = pool.subnet.prefixlen and pool.subnet != _LINK_LOCAL and pool.subnet.overlaps(_LINK_LOCAL)
        if driver == "bridge" and meets:
            yield index, bad("subnet", "link_local_part", _LINK_LOCAL, subnet=pool.subnet)
        if is_any_of_size(pool.subnet) and ground.is_before_27:
            yield index, Finding(Level.BAD, "subnet", "any_of_size_not_yet", {"version": ground.version}, "", "subnet")
        elif is_any_of_size(pool.subnet):
            yield index, fine("subnet", "any_of_size", length=pool.subnet.prefixlen)
        else:
            is_given = _gives_gateway(pool.subnet.version, spec, ground)
            for finding in (*check_room(pool, is_gateway_given=is_given), *check_place(pool, pools, spec, ground)):
                yield index, finding


def _gives_gateway(family: int, spec: NetworkSpec, ground: EngineContext) -> bool:
    api_version = ".".join(map(str, ground.api_version))
    scope = "swarm" if spec.driver == "overlay" else spec.scope
    record = {"driver": spec.driver, "scope": scope, "options": spec.options, "is_internal": spec.is_internal}
    return gives_gateway(record | {"engine__status__api_version": api_version}, family)


def _check_last(pool: Pool, subnet: IPNetwork, ground: EngineContext) -> Iterator[Finding]:
    """Yield where the last address of a /64 is meant, which this Engine has no number for."""
    if pool.ip_range is not None and ends_block(subnet, pool.ip_range.broadcast_address):
        parameters = {"version": ground.version, "ip_range": str(pool.ip_range)}
        yield Finding(Level.BAD, "ip_range", "range_ends_block", parameters, "", "ip_range")
    if pool.gateway is not None and ends_block(subnet, pool.gateway):
        yield bad("gateway", "last_of_block", default_gateway(subnet), version=ground.version, address=pool.gateway)
    for address in pool.aux_addresses.values():
        if ends_block(subnet, address):
            yield bad("aux_addresses", "last_of_block", version=ground.version, address=address)


def check_families(pools: Sequence[Pool], spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    """Yield what the families of the pools mean: IPv6 without a pool, IPv6 alone, none at all."""
    if spec.is_config_only or spec.config_from:
        return
    subnets = [pool.subnet for pool in pools if pool.subnet is not None]
    has_ipv6_pool = any(isinstance(subnet, IPv6Network) for subnet in subnets)
    is_dockers = spec.ipam_driver in ("", "default")
    has_ipv4_pool = any(isinstance(subnet, IPv4Network) for subnet in subnets)
    if spec.enable_ipv4 is False and has_ipv4_pool:
        yield bad("enable_ipv4", "ipv4_off", "true")
    elif spec.enable_ipv4 is False and not spec.enable_ipv6:
        yield Finding(Level.BAD, "enable_ipv4", "no_family", {}, "on", "enable_ipv6")
    elif spec.enable_ipv6 and not has_ipv6_pool and ground.is_before_27 and spec.driver != "overlay":
        free = next((index for index, pool in enumerate(pools) if pool.subnet is None), len(pools))
        parameters = {"version": ground.version}
        suggestion = suggest_subnet(6, pools, ground)
        yield Finding(Level.BAD, "enable_ipv6", "ipv6_without_pool", parameters, suggestion, f"pools-{free}-subnet")
    elif subnets and not has_ipv4_pool and spec.enable_ipv4 is not False:
        yield warn("pools", "only_ipv6_pool") if is_dockers else warn("pools", "ipv4_by_ipam", driver=spec.ipam_driver)
    elif not subnets and is_dockers:
        yield fine("pools", "subnet_by_docker")
    elif not subnets and spec.ipam_driver != "null":
        yield fine("pools", "subnet_by_ipam", driver=spec.ipam_driver)


def check_special(spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    """Yield what is wrong with members that only some networks have, or that this Engine is too old for."""
    asked = {name: getattr(spec, name) for name in MEMBERS_SINCE}
    for name, since in MEMBERS_SINCE.items():
        if asked[name] not in (None, False, "") and since.is_after(ground.api_version):
            yield Finding(Level.BAD, name, "member_not_yet", {"version": ground.version, "since": since.engine}, "", name)
    if spec.enable_ipv4 is False and MEMBERS_SINCE["enable_ipv4"].is_after(ground.api_version):
        parameters = {"version": ground.version, "since": MEMBERS_SINCE["enable_ipv4"].engine}
        yield Finding(Level.BAD, "enable_ipv4", "member_not_yet", parameters, "", "enable_ipv4")
    yield from _check_config(spec, ground)
    is_of_swarm = spec.driver == "overlay" or spec.scope == "swarm"
    if is_of_swarm and not (spec.is_attachable or spec.is_ingress or spec.is_config_only):
        yield Finding(Level.WARN, "is_attachable", "services_only", {}, "on", "is_attachable")
    elif spec.is_attachable and not is_of_swarm and spec.driver in OWN_DRIVERS and not spec.is_config_only:
        yield Finding(Level.WARN, "is_attachable", "attachable_idle", {}, "", "is_attachable")
    if spec.is_ingress and spec.driver != "overlay":
        yield Finding(Level.BAD, "is_ingress", "ingress_needs_overlay", {}, "overlay", "driver")
    if spec.scope == "swarm" and ground.drivers and not ground.is_swarm_manager:
        yield Finding(Level.BAD, "scope", "scope_needs_swarm", {}, "", "scope")
    elif spec.scope == "local" and spec.driver == "overlay":
        yield Finding(Level.BAD, "scope", "scope_local_overlay", {}, "", "scope")
    yield from _check_ipam(spec, ground)


def _check_config(spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    if spec.is_config_only:
        for name in ("is_internal", "is_attachable", "is_ingress", "scope"):
            if getattr(spec, name):
                yield Finding(Level.BAD, name, "config_only_alone", {}, "", name)
        if spec.config_from:
            yield Finding(Level.BAD, "config_from", "config_both", {}, "", "config_from")
        else:
            yield warn("is_config_only", "config_only_use")
    elif spec.config_from and spec.config_from not in ground.config_networks:
        yield Finding(Level.BAD, "config_from", "config_from_missing", {"name": spec.config_from}, "", "config_from")
    elif spec.config_from and (
        spec.pools or spec.options or spec.labels or spec.ipam_options or spec.ipam_driver != "default" or spec.enable_ipv6
    ):
        yield Finding(Level.BAD, "config_from", "config_from_alone", {"name": spec.config_from}, "", "config_from")


def _check_ipam(spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    """An IPAM driver that nothing here shows is refused: the Engine would look for it for 15 s."""
    known = BUILT_IN_IPAM | ground.all_ipam_drivers
    trouble = ground.plugins.trouble_of(spec.ipam_driver, kind=IPAM_DRIVER) if spec.ipam_driver not in BUILT_IN_IPAM else ""
    plugin = ground.plugins.found.get(spec.ipam_driver)
    if trouble and (plugin is not None or spec.ipam_driver in known):
        parameters = {"driver": spec.ipam_driver, "address": plugin.address if plugin else ""}
        yield Finding(Level.BAD, "ipam_driver", f"ipam_plugin_{trouble}", parameters, "", "ipam_driver")
    elif spec.ipam_driver not in known and plugin is None and ground.drivers:
        yield Finding(Level.BAD, "ipam_driver", "ipam_driver_unknown", {"driver": spec.ipam_driver}, "", "ipam_driver")
    elif spec.ipam_driver == "null" and spec.driver in OWN_DRIVERS and not spec.is_config_only:
        yield Finding(Level.BAD, "ipam_driver", "ipam_null_own", {}, "", "ipam_driver")
    elif spec.ipam_driver == "null" and spec.pools:
        yield Finding(Level.BAD, "ipam_driver", "ipam_null_pools", {}, "", "ipam_driver")
