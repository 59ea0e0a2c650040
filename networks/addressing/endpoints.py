"""Checks of an address that somebody wants for one endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from networks.addressing.findings import Finding, bad, fine, warn
from networks.addressing.host import HostSide
from networks.addressing.pools import Pool, default_gateway, is_inside, is_reserved_in
from networks.addressing.reading import IPAddress
from networks.addressing.suggest import next_free_address


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
    field = f"ipv{address.version}"
    beside = _addresses_beside(host or HostSide())
    own = [pool for pool in pools if pool.subnet is not None and pool.subnet.version == address.version]
    free = next((found for pool in own if (found := next_free_address(pool, {*holders, *wishes, *beside}))), "")
    pool = next((pool for pool in own if pool.subnet and is_inside(pool.subnet, address)), None)
    if not own:
        yield bad(field, f"{field}_no_pool", address=address)
    elif pool is None or pool.subnet is None:
        subnets = ", ".join(str(pool.subnet) for pool in own)
        yield bad(field, "address_outside", free, address=address, subnet=subnets)
    elif is_reserved_in(pool.subnet, address):
        yield bad(field, "address_of_subnet", free, address=address, subnet=pool.subnet)
    elif address == pool.gateway:
        yield bad(field, "address_is_gateway", free, address=address)
    elif name := _aux_name(pool, address):
        yield bad(field, "address_is_reserved", free, address=address, name=name)
    elif address in holders:
        yield bad(field, "address_held", free, address=address, name=holders[address])
    elif address in wishes:
        yield warn(field, "address_wished", free, address=address, name=wishes[address])
    elif pool.gateway is None and address == default_gateway(pool.subnet, pool.ip_range):
        yield warn(field, "address_likely_gateway", free, address=address)
    elif address in beside:
        key, name = beside[address]
        # A container may well be the machine's name server; its own address or its router's is never a container's.
        say = warn if key == "address_is_name_server" else bad
        yield say(field, key, free, address=address, name=name)
    else:
        yield fine(field, "address_free", address=address)


def _addresses_beside(host: HostSide) -> dict[IPAddress, tuple[str, str]]:
    """Return what is the machine's or on its own network: key of the sentence, and link."""
    found: dict[IPAddress, tuple[str, str]] = dict.fromkeys(host.name_servers, ("address_is_name_server", ""))
    found |= {route.gateway: ("address_is_router", route.link) for route in host.routes if route.gateway is not None}
    return found | {each.interface.ip: ("address_of_host", each.link) for each in host.addresses}


def _aux_name(pool: Pool, address: IPAddress) -> str:
    # A reserved address without a name is still reserved.
    return next((name or "?" for name, reserved in pool.aux_addresses.items() if reserved == address), "")
