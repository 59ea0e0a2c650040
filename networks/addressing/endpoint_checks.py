"""Checks of an address that somebody wants for one endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from networks.addressing.findings import Finding, bad, fine, warn
from networks.addressing.findings import gettext_noop as _
from networks.addressing.free_addresses import next_free_address
from networks.addressing.host import HostSide
from networks.addressing.pool_checks import Pool, default_gateway, is_inside, is_reserved_in
from networks.addressing.reading import IPAddress


def check_endpoint_address(
    address: IPAddress,
    pools: Sequence[Pool],
    holders: Mapping[IPAddress, str],
    wishes: Mapping[IPAddress, str],
    host: HostSide | None = None,
) -> Iterator[Finding]:
    """Yield findings for `--ip` or `--ip6`.

    `holders`: who has which address; `wishes`: which stopped container asks for which; `host`: the Engine's machine, whose own
    network a macvlan or ipvlan network shares.
    """
    field, next_free = f"ipv{address.version}", _("Use %(suggestion)s, the next free one")
    beside = _addresses_beside(host or HostSide())
    own = [pool for pool in pools if pool.subnet is not None and pool.subnet.version == address.version]
    free = next((found for pool in own if (found := next_free_address(pool, {*holders, *wishes, *beside}))), "")
    pool = next((pool for pool in own if pool.subnet and is_inside(pool.subnet, address)), None)
    if not own:
        message = _("This network has no IPv4 subnet.") if address.version == 4 else _("This network has no IPv6 subnet.")
        yield bad(field, f"{field}_no_pool", message, address=address)
    elif pool is None or pool.subnet is None:
        subnets = ", ".join(str(pool.subnet) for pool in own)
        yield bad(field, "address_outside", _("%(address)s is not inside %(subnet)s."), free, address=address, subnet=subnets)
    elif is_reserved_in(pool.subnet, address):
        message = _("%(address)s is reserved by %(subnet)s itself; no container can have it.")
        yield bad(field, "address_of_subnet", message, free, address=address, subnet=pool.subnet)
    elif address == pool.gateway:
        yield bad(field, "address_is_gateway", _("%(address)s is the gateway of this network."), free, address=address)
    elif name := _aux_name(pool, address):
        yield bad(field, "address_is_reserved", _("%(address)s is reserved as %(name)s."), free, address=address, name=name)
    elif address in holders:
        message = _("%(name)s has %(address)s.")
        yield bad(field, "address_held", message, free, fix=next_free, address=address, name=holders[address])
    elif address in wishes:
        message = _("%(name)s, which is stopped, requests %(address)s and could no longer start.")
        yield warn(field, "address_wished", message, free, address=address, name=wishes[address])
    elif pool.gateway is None and address == default_gateway(pool.subnet, pool.ip_range):
        message = _("%(address)s is the network's gateway, most likely: none was named, and Docker takes the first address then.")
        yield warn(field, "address_likely_gateway", message, free, address=address)
    elif address in beside:
        key, message, name = beside[address]
        # A container may well be the machine's name server; its own address or its router's is never a container's.
        say = warn if key == "address_is_name_server" else bad
        yield say(field, key, message, free, fix=next_free, address=address, name=name)
    else:
        message = _("%(address)s is free, as far as Docker knows.")
        advice = _("Where Docker chose the subnet itself it may refuse a chosen address, and it doesn't tell whether it did.")
        yield fine(field, "address_free", message, advice=advice, address=address)


def _addresses_beside(host: HostSide) -> dict[IPAddress, tuple[str, str, str]]:
    """Return what is the machine's or on its own network: key, sentence, and link."""
    server = _("%(address)s is a name server of the host. That is fine if this container is to be that name server.")
    found = dict.fromkeys(host.name_servers, ("address_is_name_server", server, ""))
    router = _("%(address)s is a router of the host (%(name)s).")
    found |= {route.gateway: ("address_is_router", router, route.link) for route in host.routes if route.gateway is not None}
    own = _("%(address)s is the host's address on %(name)s.")
    return found | {each.interface.ip: ("address_of_host", own, each.link) for each in host.addresses}


def _aux_name(pool: Pool, address: IPAddress) -> str:
    # A reserved address without a name is still reserved.
    return next((name or "?" for name, reserved in pool.aux_addresses.items() if reserved == address), "")
