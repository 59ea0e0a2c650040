"""Where a subnet lies: among the Engine's networks and default pools, and beside the machine's routes and addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from ipaddress import ip_network

from django.utils.translation import gettext_noop as _

from networks.addressing.capacity import span
from networks.addressing.findings import Finding, Level, bad, fine, warn
from networks.addressing.free_addresses import default_pools_of, suggest_subnet_of
from networks.addressing.host import check_host, collisions, occupied_by, quiet_range
from networks.addressing.pool_checks import Pool, TakenPool, default_gateway, is_any_of_size, overlapping
from networks.addressing.reading import IPAddress, IPNetwork
from networks.engine.docker_names import OWN_DRIVERS, PARENTED
from networks.engine.specs import NetworkSpec
from networks.hostnet.plugins import PluginFact
from networks.models import Engine
from networks.models.access import url_from_here
from networks.policy.harmful_subnets import subnets_of, takes_routes
from networks.policy.host_space import host_side_of
from networks.queries.engine_context import EngineContext, read_ground
from networks.queries.networks import GATEWAYS_LEFT_OUT
from networks.sync.plugins import plugins_of

# What only who may shape may let happen, by typing the subnet.
HARM = frozenset({"host_gateway", "host_lan", "host_address", "host_on_link", "host_name_server"})


def check_place(pool: Pool, pools: Sequence[Pool], spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    """Yield what the pool's subnet collides with, each red with a subnet that collides with nothing; else that it is free."""
    subnet = pool.subnet
    if subnet is None:
        raise ValueError("A pool without a subnet collides with nothing")
    if subnet.prefixlen == 0:  # it collides with everything, and is refused for that alone
        return
    found = [*_check_networks(pool, subnet, spec, ground), *_check_machine(subnet, spec, ground)]
    if found and any(each.level is Level.BAD for each in found):
        free = suggest_subnet(subnet.version, pools, ground, prefix=subnet.prefixlen)
        fix = _("Use %(suggestion)s, which is free")
        found = [replace(each, suggestion=free, fix=fix) if each.level is Level.BAD else each for each in found]
    yield from found
    if spec.driver in PARENTED:
        yield from _check_on_parent(pool, subnet, spec, ground)
    # A configuration takes nothing, and link-local addresses are on every link.
    if not (spec.is_config_only or subnet.is_link_local or any(each.field == "subnet" for each in found)):
        sees_all = (
            takes_routes(spec.driver, spec.options, subnet.version) and ground.host.is_known and ground.host.knows_name_servers
        )
        if sees_all:
            message = _(
                "%(subnet)s is free: no network overlaps it, and no address, name server or route (main table) of the host."
            )
            yield fine("subnet", "subnet_free_all", message, subnet=subnet)
        else:
            yield fine("subnet", "subnet_free", _("%(subnet)s is free: no other network overlaps it."), subnet=subnet)


def check_sight(spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    """Yield what of the machine could not be looked at, where a typed subnet may collide with it."""
    subnets = subnets_of(spec, ground.config_subnets.get(spec.config_from, ()))
    if not any(not is_any_of_size(subnet) for subnet in subnets):
        return
    if not ground.host.is_known:
        message = _("The host's own routes, addresses and name servers could not be checked: they are not seen from here.")
        advice = _("Look yourself where the Engine runs: ip route; ip address; cat /etc/resolv.conf")
        yield warn("pools", "host_unknown", message, advice=advice)
    elif not ground.host.knows_name_servers:
        message = _("The host's name servers could not be checked: they are not seen from here.")
        advice = _("Look yourself where the Engine runs: cat /etc/resolv.conf")
        yield warn("pools", "name_servers_unknown", message, advice=advice)


def check_config(spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    """Yield what the subnets of a config-only network, taken from by this one, would take from the machine."""
    for subnet in ground.config_subnets.get(spec.config_from, ()):
        for finding in _check_networks(Pool(subnet), subnet, spec, ground):
            if finding.level is Level.BAD:
                yield replace(finding, field="config_from")
        taken = takes_routes(spec.driver, spec.options, subnet.version)
        for finding in check_host(subnet, ground.host, takes_routes=taken):
            yield replace(finding, field="config_from")


def suggest_subnet(
    version: int, pools: Sequence[Pool], ground: EngineContext, *, prefix: int | None = None, beside: Iterable[IPNetwork] = ()
) -> str:
    """Return a subnet of which no check says anything but that it is free, "" for none.

    `prefix`: the prefix length that is wanted; None: the one that the Engine itself takes. `beside`: what it overlaps neither.
    """
    occupied: list[IPNetwork | IPAddress] = [taken.subnet for _scope, taken in ground.pools]
    occupied += [pool.subnet for pool in pools if pool.subnet is not None and not is_any_of_size(pool.subnet)]
    occupied += [*default_pools_of(ground.default_pools), *occupied_by(ground.host), *beside]
    if prefix is None:
        prefix = next((size for base, size in ground.default_pools if ip_network(base, strict=False).version == version), None)
    return str(suggest_subnet_of(version, occupied, prefix) or "")


def _check_networks(pool: Pool, subnet: IPNetwork, spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    if spec.is_config_only:  # it takes no addresses
        return
    clash = next(iter(overlapping(subnet, ground.pools_beside(spec.driver))), None)
    if clash is not None and spec.driver != "bridge" and clash.subnet == subnet and pool.ip_range is not None:
        message = _("The network %(owner)s has the same subnet: the IP ranges must not overlap.")
        yield warn("subnet", "shared_subnet", message, owner=clash.owner)
    elif clash is not None:
        message = _("%(subnet)s overlaps %(other)s, which the network %(owner)s has.")
        yield bad("subnet", "overlaps", message, subnet=subnet, other=clash.subnet, owner=clash.owner)
    for other in overlapping(subnet, ground.pools_elsewhere(spec.driver))[:1]:
        message = _("%(subnet)s overlaps %(other)s of the network %(owner)s: no container can use both.")
        yield warn("subnet", "overlaps_other_scope", message, subnet=subnet, other=other.subnet, owner=other.owner)
    if clash is None and spec.driver != "overlay":
        defaults = [TakenPool(base) for base in default_pools_of(ground.default_pools)]
        for base in overlapping(subnet, defaults)[:1]:
            message = _("%(subnet)s is inside %(pool)s, from which Docker takes subnets for networks without one of their own.")
            advice = _("Nothing breaks: Docker skips it from now on, and has one subnet less to choose from.")
            yield warn("subnet", "in_default_pools", message, advice=advice, subnet=subnet, pool=base.subnet)


def _check_machine(subnet: IPNetwork, spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    if spec.driver in PARENTED:
        parent = spec.options.get("parent", "")
        # A network on a parent is there to have its subnet; without one, its containers reach only each other.
        if not parent or any(collision.by == parent for collision in collisions(subnet, ground.host)):
            return
    for finding in check_host(subnet, ground.host, takes_routes=takes_routes(spec.driver, spec.options, subnet.version)):
        # A configuration makes nothing yet.
        yield replace(finding, level=Level.WARN) if spec.is_config_only else finding


def _check_on_parent(pool: Pool, subnet: IPNetwork, spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    """What is on the parent's own network already, and Docker would hand out all the same."""
    parent = spec.options.get("parent", "")
    yield from _check_lan(pool, subnet, spec, ground)
    gateway = pool.gateway or default_gateway(subnet, pool.ip_range)
    first, last = span(subnet, pool.ip_range)
    kept = {gateway, *pool.aux_addresses.values()}
    routers = [route.gateway for route in ground.host.routes if route.is_default and route.link == parent]
    router = next((each for each in routers if each is not None and each.version == subnet.version and each in subnet), None)
    if router is not None and router != gateway:
        key, message = "not_the_router", _("The router on %(link)s is %(address)s, not %(gateway)s.")
        if pool.gateway is None:
            key = "other_router"
            message = _("The router on %(link)s is %(address)s; if no gateway is set here, Docker uses %(gateway)s.")
        fix = _("Use %(suggestion)s")
        yield warn("gateway", key, message, router, fix=fix, address=router, link=parent, gateway=gateway)
    elif router is None and pool.gateway is None and _takes_gateway(spec, ground) and ground.host.parent(parent) is not None:
        message = _("Docker gives the containers %(gateway)s as their gateway, and the host knows no router on %(link)s.")
        yield warn("gateway", "no_router", message, link=parent, gateway=gateway)
    for each in ground.host.addresses:
        address = each.interface.ip
        if each.link == parent and address.version == subnet.version and first <= int(address) <= last and address not in kept:
            message = _("%(address)s is the host's address on %(link)s, and Docker may hand it out.")
            reserved, fix = _with_reserved(pool, address), _("Reserve it")
            yield warn("aux_addresses", "host_in_range", message, reserved, fix=fix, address=address, link=parent)


def _takes_gateway(spec: NetworkSpec, ground: EngineContext) -> bool:
    """Tell whether Docker gives such containers a gateway that nobody typed: up to Engine 27, and where they share their LAN."""
    is_on_lan = spec.options.get("ipvlan_mode", "l2") == "l2" and not spec.is_internal
    return is_on_lan and (0, 0) < ground.api_version < GATEWAYS_LEFT_OUT


def _check_lan(pool: Pool, subnet: IPNetwork, spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    """Whether the subnet is that of the parent's own network, and what else may hand out its addresses there."""
    link = ground.host.parent(spec.options.get("parent", ""))
    lan = link.subnet(subnet.version) if link is not None else None
    # In the modes l3 and l3s the machine routes to the containers, whose subnet is one of their own.
    if link is None or lan is None or spec.options.get("ipvlan_mode", "l2") != "l2":
        return
    fix = _("Use %(suggestion)s")
    if not subnet.overlaps(lan):
        message = _("%(subnet)s is not the subnet that %(link)s is in (%(other)s): nothing there will answer.")
        yield warn("subnet", "subnet_not_parents", message, lan, fix=fix, subnet=subnet, link=link.name, other=lan)
    elif pool.ip_range is None and subnet.version == 4:
        kept = [each for each in (pool.gateway, *link.routers, *link.own_addresses(subnet)) if each is not None]
        message = _(
            "Docker hands out any address of %(subnet)s, and so may a DHCP server on %(link)s: set an IP range for Docker."
        )
        advice = _("And exclude that range from what the DHCP server hands out.")
        quiet = quiet_range(subnet, kept) or ""
        yield warn("ip_range", "dhcp_range", message, quiet, fix=fix, advice=advice, subnet=subnet, link=link.name)


def _with_reserved(pool: Pool, address: IPAddress) -> str:
    name = next(name for name in ("host", *(f"host{n}" for n in range(2, 99))) if name not in pool.aux_addresses)
    return ", ".join(f"{key}={value}" for key, value in {**pool.aux_addresses, name: address}.items())


_PLUGINS = {
    "dead": _("The plugin %(driver)s isn't running: nothing answers at %(address)s."),
    "gone": _("The plugin %(driver)s is gone; networks that use it are still there."),
    "other": _("%(driver)s is a plugin, but not one for networks."),
    "silent": _("The plugin %(driver)s doesn't answer at %(address)s."),
}
_IPAM_PLUGINS = {
    "dead": _("The IPAM plugin %(driver)s isn't running: nothing answers at %(address)s."),
    "gone": _("The IPAM plugin %(driver)s is gone; networks that use it are still there."),
    "other": _("%(driver)s is a plugin, and hands out no addresses."),
    "silent": _("The IPAM plugin %(driver)s doesn't answer at %(address)s."),
}


def plugin_trouble(
    driver: str, trouble: str, plugin: PluginFact | None, suggestion: str = "", *, field: str = "driver"
) -> Finding:
    """Return that a plugin can't serve, as `Plugins.trouble_of` has it. `field`: "ipam_driver" for one that was to hand out
    addresses.
    """
    start_it = _(
        "Start it on the Engine's machine. Docker would retry for 15 s, for this and for anything else that uses such a network."
    )
    advice, address = "" if trouble == "other" else start_it, plugin.address if plugin else ""
    if field == "driver":
        message, fix = _PLUGINS[trouble], _("Use the driver %(suggestion)s")
        return bad(field, f"plugin_{trouble}", message, suggestion, fix=fix, advice=advice, driver=driver, address=address)
    message, fix = _IPAM_PLUGINS[trouble], _("Use Docker's own")
    return bad(field, f"ipam_plugin_{trouble}", message, fills=field, fix=fix, advice=advice, driver=driver, address=address)


def check_plugin(engine_slug: str, driver: str) -> Iterator[Finding]:
    """Yield that a network's driver is a plugin that can't serve, where that can be seen from here.

    Nothing is asked about Docker's own drivers; about others once in two seconds, for half a second per plugin at most.
    """
    if not driver or driver in OWN_DRIVERS:
        return
    url = Engine.objects.filter(slug=engine_slug).values_list("url", flat=True).first()
    plugins = plugins_of(url_from_here(engine_slug, url or ""))
    if trouble := plugins.trouble_of(driver):
        yield plugin_trouble(driver, trouble, plugins.found.get(driver))


def read_whole_ground(engine_slug: str) -> EngineContext:
    """Return what a new network lies among, machine and plugins included. Three queries; where the plugins weren't looked at for
    two seconds, they are asked.
    """
    ground = read_ground(engine_slug)
    return replace(ground, host=host_side_of(engine_slug), plugins=plugins_of(ground.engine_url))
