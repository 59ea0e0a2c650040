"""Checks of a new network against what its Engine has: name, driver, pools, and what only some networks have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from django.utils.translation import gettext_noop as _

from networks.addressing.findings import Finding, bad, fine, warn
from networks.addressing.pool_checks import Pool, check_room, default_gateway, ends_block, is_any_of_size, last_of_block
from networks.addressing.reading import IPNetwork
from networks.engine.cli import reads_as_mode
from networks.engine.docker_names import MADE_BY_SWARM, OWN_DRIVERS, PARENTED, RESERVED_NAMES, SINGLE_DRIVERS
from networks.engine.specs import NetworkSpec
from networks.hostnet.plugins import IPAM_DRIVER, PluginState
from networks.preflight.known_options import MEMBERS_SINCE
from networks.preflight.places import check_place, plugin_trouble, suggest_subnet
from networks.queries.engine_context import API_OF_ENGINE_27, EngineContext
from networks.queries.networks import gives_gateway

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")  # what the docker command wants; the Engine itself takes anything
NAME_LIMIT = 128  # characters; Docker has no limit, tables do
# Drivers that tutorials name and Docker doesn't bring (docs/third-party-drivers.md): how their names begin, and what they are
# today. "net-plugin" is Weave Net's own name as Docker manages it.
_OF_TUTORIALS = {
    "weave": (
        ("weave", "net-plugin"),
        _("Weave Net is a plugin that is no longer maintained: its company closed in 2024. Docker doesn't bring it."),
    ),
    "flannel": (
        ("flannel",),
        _(
            "flannel is no driver for Docker: it gives each machine a subnet, and dockerd takes that for its default bridge "
            "(--bip, --mtu)."
        ),
    ),
    "openvswitch": (
        ("openvswitch", "ovs", "ovn"),
        _("Open vSwitch is no driver by itself: Docker needs a plugin for it, and none runs here."),
    ),
}
BUILT_IN_IPAM = frozenset({"default", "null"})
_LINK_LOCAL = IPv6Network("fe80::/64")  # what each bridge has; Docker takes this subnet or one that has nothing of it


def check_name(name: str, ground: EngineContext) -> Iterator[Finding]:
    """Yield what there is to say of a name that was typed."""
    if not name:
        return
    if not NAME.fullmatch(name):
        cleaned = re.sub(r"[^a-zA-Z0-9_.-]+", "-", name).strip("_.-")[:NAME_LIMIT]
        message = _("A name begins with a letter or digit; letters, digits, “_”, “.” and “-” may follow.")
        yield bad("name", "name_invalid", message, cleaned)
    elif len(name) > NAME_LIMIT:
        message = _("This name has %(length)s characters; the limit here is %(limit)s.")
        yield bad("name", "name_too_long", message, name[:NAME_LIMIT], length=len(name), limit=NAME_LIMIT)
    elif name in RESERVED_NAMES:
        message = _("Docker keeps the name %(name)s for itself and makes no network of that name.")
        yield bad("name", "name_predefined", message, f"my-{name}", name=name)
    elif name in ground.names:
        number = next(number for number in range(2, len(ground.names) + 3) if f"{name}-{number}" not in ground.names)
        yield bad("name", "name_taken", _("There is already a network called %(name)s."), f"{name}-{number}", name=name)
    elif name in MADE_BY_SWARM:  # Docker takes these names from anybody (measured: 26.1)
        message = _("In a swarm Docker has a network called %(name)s itself. One of that name can't be removed here.")
        yield warn("name", "name_of_swarm", message, f"my-{name}", name=name)
    elif reads_as_mode(name):
        message = _("docker run reads --network %(name)s as another container's network: only this network's ID works there.")
        yield warn("name", "name_like_mode", message, f"my-{name}", name=name)
    elif re.fullmatch(r"[0-9a-f]{4,64}", name):
        yield warn("name", "name_like_id", _("This name looks like an ID: a short ID of another network may be mistaken for it."))
    else:
        yield fine("name", "name_free", _("No other network is called %(name)s."), name=name)


def check_driver(spec: NetworkSpec, ground: EngineContext, *, may_create: bool) -> Iterator[Finding]:
    """Yield what there is to say of a driver. An unknown one is refused here: the Engine would look for it for 15 s."""
    driver = spec.driver
    if driver in SINGLE_DRIVERS:
        message = _("There can be only one network with the driver %(driver)s, and Docker made it already.")
        yield bad("driver", "driver_single", message, "bridge", driver=driver)
    elif driver not in OWN_DRIVERS and (trouble := ground.plugins.trouble_of(driver)):
        plugin = ground.plugins.found.get(driver)
        is_known = plugin is not None or driver in ground.drivers
        yield plugin_trouble(driver, trouble, plugin, "bridge") if is_known else _unknown(driver, ground)
    elif ground.drivers and driver not in ground.all_drivers and driver not in ground.plugins.found:
        yield _unknown(driver, ground)
    elif driver == "overlay" and ground.drivers and not ground.is_swarm_manager:
        message = _("An overlay network needs a swarm, and this Engine is not a swarm manager.")
        yield bad("driver", "driver_needs_swarm", message, "bridge")
    elif not may_create:
        message = _("A network with this driver or these options affects the host: it needs the role admin.")
        yield bad("driver", "shape_needed", message, "bridge" if driver != "bridge" else "")
    elif driver in PARENTED and "parent" not in spec.options and not spec.config_from:
        yield warn("parent", "no_parent", _("Without the option parent, the containers reach only each other."))
    elif ground.drivers:
        yield from _found_driver(driver, ground)


def _found_driver(driver: str, ground: EngineContext) -> Iterator[Finding]:
    plugin = ground.plugins.found.get(driver)
    if driver in OWN_DRIVERS or plugin is None:
        yield fine("driver", "driver_known", _("This Engine has the driver %(driver)s."), driver=driver)
    elif plugin.state is PluginState.UNASKED:
        message = _("The plugin %(driver)s listens at %(address)s, where it can't be asked from here.")
        advice = _("If it isn't running there, Docker tries for 15 s and gives up.")
        yield warn("driver", "plugin_unasked", message, advice=advice, driver=driver, address=plugin.address)
    else:
        message = _("The plugin %(driver)s answers at %(address)s.")
        yield fine("driver", "plugin_answers", message, driver=driver, address=plugin.address)


def _unknown(driver: str, ground: EngineContext) -> Finding:
    """Return what there is to say of a driver that isn't there: of those that tutorials name, what they are today."""
    begun = driver.lower().rpartition("/")[2]
    name = next((name for name, (begins, _advice) in _OF_TUTORIALS.items() if begun.startswith(begins)), "")
    message = _("This Engine has no driver “%(driver)s”. It has %(known)s.")
    known = ", ".join(name for name in ground.all_drivers if name not in SINGLE_DRIVERS)
    if not name:
        return bad("driver", "driver_unknown", message, "bridge", driver=driver, known=known)
    fix, advice = _("Use the driver %(suggestion)s"), _OF_TUTORIALS[name][1]
    key = f"driver_unknown_{name}"
    return bad("driver", key, message, "bridge", fix=fix, advice=advice, driver=driver, known=known)


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
            fix = _("Turn IPv6 on")
            if is_known:
                message = _("Docker would silently drop %(subnet)s: IPv6 is off for this network.")
                yield index, bad("subnet", "ipv6_off", message, "on", fills="enable_ipv6", fix=fix, subnet=pool.subnet)
            else:
                message = _("Docker silently drops %(subnet)s, unless this Engine was started with IPv6 on for new networks.")
                yield index, warn("subnet", "ipv6_not_on", message, "on", fills="enable_ipv6", fix=fix, subnet=pool.subnet)
        earlier = [other.subnet.version for other in pools[:index] if other.subnet]
        if driver == "bridge" and pool.subnet.version in earlier:
            yield index, bad("subnet", "bridge_two_pools", _("A bridge network has at most one pool for IPv4 and one for IPv6."))
        for name in pool.aux_addresses.keys() & {name for other in pools[:index] for name in other.aux_addresses}:
            message = _("%(name)s is reserved in another pool too; the docker command takes a name once.")
            yield index, bad("aux_addresses", "aux_name_twice", message, name=name)
        if ground.is_before_27:
            yield from ((index, finding) for finding in _check_last(pool, pool.subnet, ground))
        # Of ::/0 it is said already that it covers all addresses.
        meets = pool.subnet.prefixlen and pool.subnet != _LINK_LOCAL and pool.subnet.overlaps(_LINK_LOCAL)
        if driver == "bridge" and meets:
            message = _(
                "%(subnet)s overlaps fe80::/64, which each bridge has: Docker accepts exactly that subnet, or one apart from it."
            )
            yield index, bad("subnet", "link_local_part", message, _LINK_LOCAL, subnet=pool.subnet)
        if is_any_of_size(pool.subnet) and ground.is_before_27:
            message = _("Engine %(version)s would treat this as an ordinary subnet. Leave it empty and Docker chooses.")
            fix = _("Let Docker choose")
            yield index, bad("subnet", "any_of_size_not_yet", message, fills="subnet", fix=fix, version=ground.version)
        elif is_any_of_size(pool.subnet):
            message = _("Docker chooses a free subnet with prefix length /%(length)s.")
            yield index, fine("subnet", "any_of_size", message, length=pool.subnet.prefixlen)
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
        message = _("%(ip_range)s ends with the last address of a /64: Engine %(version)s hands out none of such a range.")
        yield bad("ip_range", "range_ends_block", message, fills="ip_range", fix=_("Leave out the IP range"), **parameters)
    if pool.gateway is not None and ends_block(subnet, pool.gateway):
        yield last_of_block("gateway", pool.gateway, ground.version, default_gateway(subnet))
    for address in pool.aux_addresses.values():
        if ends_block(subnet, address):
            yield last_of_block("aux_addresses", address, ground.version)


def check_families(pools: Sequence[Pool], spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    """Yield what the families of the pools mean: IPv6 without a pool, IPv6 alone, none at all."""
    if spec.is_config_only or spec.config_from:
        return
    subnets = [pool.subnet for pool in pools if pool.subnet is not None]
    has_ipv6_pool = any(isinstance(subnet, IPv6Network) for subnet in subnets)
    is_dockers = spec.ipam_driver in ("", "default")
    has_ipv4_pool = any(isinstance(subnet, IPv4Network) for subnet in subnets)
    if spec.enable_ipv4 is False and has_ipv4_pool:
        message = _("IPv4 is off for this network, and a pool has an IPv4 subnet.")
        yield bad("enable_ipv4", "ipv4_off", message, "true", fix=_("Turn IPv4 on"))
    elif spec.enable_ipv4 is False and not spec.enable_ipv6:
        message = _("With IPv4 off and without IPv6, no container would get an address.")
        yield bad("enable_ipv4", "no_family", message, "on", fills="enable_ipv6", fix=_("Turn IPv6 on"))
    elif spec.enable_ipv6 and not has_ipv6_pool and ground.is_before_27 and spec.driver != "overlay":
        free = next((index for index, pool in enumerate(pools) if pool.subnet is None), len(pools))
        subnet, fills, fix = suggest_subnet(6, pools, ground), f"pools-{free}-subnet", _("Add %(suggestion)s")
        message = _("Engine %(version)s does not choose an IPv6 subnet by itself.")
        yield bad("enable_ipv6", "ipv6_without_pool", message, subnet, fills=fills, fix=fix, version=ground.version)
    elif subnets and (has_ipv4_pool or spec.enable_ipv4 is False):
        return
    elif subnets and is_dockers:
        yield warn("pools", "only_ipv6_pool", _("Docker adds an IPv4 subnet that it chooses itself."))
    elif subnets:
        message = _("The IPAM driver %(driver)s is asked for an IPv4 subnet as well.")
        yield warn("pools", "ipv4_by_ipam", message, driver=spec.ipam_driver)
    elif is_dockers:
        yield fine("pools", "subnet_by_docker", _("Docker chooses the subnet. Containers then can't request a fixed address."))
    elif spec.ipam_driver != "null":
        message = _("The IPAM driver %(driver)s is asked for a subnet. Containers then can't request a fixed address.")
        yield fine("pools", "subnet_by_ipam", message, driver=spec.ipam_driver)


def check_special(spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    """Yield what is wrong with members that only some networks have, or that this Engine is too old for."""
    asked = {name: getattr(spec, name) for name in MEMBERS_SINCE}
    for name, since in MEMBERS_SINCE.items():
        if asked[name] not in (None, False, "") and since.is_after(ground.api_version):
            yield _member_not_yet(name, ground)
    if spec.enable_ipv4 is False and MEMBERS_SINCE["enable_ipv4"].is_after(ground.api_version):
        yield _member_not_yet("enable_ipv4", ground)
    yield from _check_config(spec, ground)
    is_of_swarm = spec.driver == "overlay" or spec.scope == "swarm"
    if is_of_swarm and not (spec.is_attachable or spec.is_ingress or spec.is_config_only):
        message = _("Only services of the swarm could be on it: no container that is run or connected by hand.")
        yield warn("is_attachable", "services_only", message, "on", fills="is_attachable", fix=_("Make it attachable"))
    elif spec.is_attachable and not is_of_swarm and spec.driver in OWN_DRIVERS and not spec.is_config_only:
        message = _("This changes nothing: on a network of one machine any container may be.")
        yield warn("is_attachable", "attachable_idle", message, fills="is_attachable", fix=_("Drop it"))
    if spec.is_ingress and spec.driver != "overlay":
        message = _("Only an overlay network can be the swarm's ingress.")
        yield bad("is_ingress", "ingress_needs_overlay", message, "overlay", fills="driver", fix=_("Use the driver overlay"))
    if spec.scope == "swarm" and ground.drivers and not ground.is_swarm_manager:
        message = _("The scope swarm needs a swarm, and this Engine is not a swarm manager.")
        yield bad("scope", "scope_needs_swarm", message, fills="scope", fix=_("Leave it to the driver"))
    elif spec.scope == "local" and spec.driver == "overlay":
        message = _("An overlay network always spans the swarm; it can't be local.")
        yield bad("scope", "scope_local_overlay", message, fills="scope", fix=_("Leave it to the driver"))
    yield from _check_ipam(spec, ground)


def _member_not_yet(name: str, ground: EngineContext) -> Finding:
    message, fix = _("Engine %(version)s does not know this. It came with Engine %(since)s."), _("Leave it to Docker")
    since = MEMBERS_SINCE[name].engine
    return bad(name, "member_not_yet", message, fills=name, fix=fix, version=ground.version, since=since)


def _check_config(spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    if spec.is_config_only:
        for name in ("is_internal", "is_attachable", "is_ingress", "scope"):
            if getattr(spec, name):
                message = _("A config-only network can't have this; the networks that use its configuration can.")
                yield bad(name, "config_only_alone", message, fills=name, fix=_("Drop it"))
        if spec.config_from:
            message = _("A config-only network can't take its configuration from another one.")
            yield bad("config_from", "config_both", message, fills="config_from", fix=_("Drop it"))
        else:
            message = _("No container can join it: it only provides configuration for other networks.")
            yield warn("is_config_only", "config_only_use", message)
    elif spec.config_from and spec.config_from not in ground.config_networks:
        message = _("This Engine has no config-only network called %(name)s.")
        yield bad("config_from", "config_from_missing", message, fills="config_from", fix=_("Drop it"), name=spec.config_from)
    elif spec.config_from and (
        spec.pools or spec.options or spec.labels or spec.ipam_options or spec.ipam_driver != "default" or spec.enable_ipv6
    ):
        message = _("Pools, options, labels, IPAM and IPv6 come from %(name)s; remove what is set here.")
        fix = _("Take no configuration from it")
        yield bad("config_from", "config_from_alone", message, fills="config_from", fix=fix, name=spec.config_from)


def _check_ipam(spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    """An IPAM driver that nothing here shows is refused: the Engine would look for it for 15 s."""
    known, own = BUILT_IN_IPAM | ground.all_ipam_drivers, _("Use Docker's own")
    trouble = ground.plugins.trouble_of(spec.ipam_driver, kind=IPAM_DRIVER) if spec.ipam_driver not in BUILT_IN_IPAM else ""
    plugin = ground.plugins.found.get(spec.ipam_driver)
    if trouble and (plugin is not None or spec.ipam_driver in known):
        yield plugin_trouble(spec.ipam_driver, trouble, plugin, field="ipam_driver")
    elif spec.ipam_driver not in known and plugin is None and ground.drivers:
        message = _("Nothing shows that this Engine has the IPAM driver “%(driver)s”. Docker would look for it for 15 s.")
        yield bad("ipam_driver", "ipam_driver_unknown", message, fills="ipam_driver", fix=own, driver=spec.ipam_driver)
    elif spec.ipam_driver == "null" and spec.driver in OWN_DRIVERS and not spec.is_config_only:
        message = _("The IPAM driver null hands out no addresses, but Docker's own drivers need them.")
        yield bad("ipam_driver", "ipam_null_own", message, fills="ipam_driver", fix=own)
    elif spec.ipam_driver == "null" and spec.pools:
        message = _("The IPAM driver null hands out no addresses, so it takes no pools.")
        yield bad("ipam_driver", "ipam_null_pools", message, fills="ipam_driver", fix=own)
