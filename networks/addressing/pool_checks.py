"""Checks of what was typed for a network's pools, before Docker is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv6Network, ip_network

from networks.addressing.capacity import assignable, own_addresses
from networks.addressing.findings import Finding, bad, warn
from networks.addressing.findings import gettext_noop as _
from networks.addressing.ranges import RangeKind, is_of_kind, kind_of
from networks.addressing.reading import IPAddress, IPNetwork

# With a shorter prefix much else may be numbered in it: /16 is the most that Docker takes for one network, /48 what a site gets.
SHORTEST = {4: 16, 6: 48}
_MAPPED = IPv6Network("::ffff:0:0/96")
_ORDINALS = 2**64 - 1  # that many addresses of an IPv6 subnet have a number; the one after the last can't be had
LITTLE_ROOM = 4  # containers: below, a network that grows by a few is full


@dataclass(frozen=True, slots=True)
class Pool:
    """One `--subnet` with its `--ip-range`, `--gateway` and `--aux-address`es. `subnet` None: let Docker choose."""

    subnet: IPNetwork | None = None
    ip_range: IPNetwork | None = None
    gateway: IPAddress | None = None
    aux_addresses: Mapping[str, IPAddress] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TakenPool:
    """A subnet that another network has. `owner`: that network's name, `owner_id` its id."""

    subnet: IPNetwork
    owner: str = ""
    owner_id: str = ""


def is_any_of_size(subnet: IPNetwork) -> bool:
    """Tell whether this means "a block of that size, whichever" to Docker (0.0.0.0/24)."""
    return subnet.network_address.is_unspecified and subnet.prefixlen > 0


def is_reserved_in(subnet: IPNetwork, address: IPAddress) -> bool:
    """Tell whether the address is the subnet's own: its network address or, for IPv4, its broadcast address.

    A /31 and a /32 have neither.
    """
    return address in own_addresses(subnet)


def is_inside(subnet: IPNetwork, address: IPAddress) -> bool:
    """Tell whether the subnet holds the address; families may differ."""
    return address.version == subnet.version and address in subnet


def default_gateway(subnet: IPNetwork, ip_range: IPNetwork | None = None) -> IPAddress:
    """Return the address that Docker gives to a gateway when none is asked for: the first that it could hand out."""
    first = (ip_range or subnet).network_address
    has_own = subnet.version == 6 or subnet.num_addresses > 2  # a /31 and a /32 have no network address
    return first + 1 if first == subnet.network_address and has_own else first


def ends_block(subnet: IPNetwork, address: IPAddress) -> bool:
    """Tell whether it is the last address of a /64 in an IPv6 subnet that has all of it: Docker 26 has no number for that one.

    An ip range that ends with it has no address at all. Source: a real Engine of 26.1.
    """
    return subnet.version == 6 and subnet.prefixlen <= 64 and int(address) & _ORDINALS == _ORDINALS


def last_of_block(field: str, address: IPAddress, version: str, suggestion: object = "") -> Finding:
    """Return that an Engine of that version has no number for the address, which `ends_block`."""
    message = _("%(address)s is the last address of a /64, which Engine %(version)s can't give to anything.")
    return bad(field, "last_of_block", message, suggestion, address=address, version=version)


def overlapping(subnet: IPNetwork, taken: Sequence[TakenPool]) -> list[TakenPool]:
    """Return those of `taken` that share an address with the subnet, in their order."""
    return [other for other in taken if other.subnet.version == subnet.version and other.subnet.overlaps(subnet)]


def check_pool(pool: Pool) -> Iterator[Finding]:
    """Yield what is wrong, or worth knowing, within one pool."""
    if pool.subnet is None:
        if pool.ip_range or pool.gateway or pool.aux_addresses:
            message = _("This range, gateway or reserved address needs a subnet.")
            yield bad("subnet", "subnet_missing", message, _usual_subnet(pool))
        return
    yield from _check_subnet(pool.subnet)
    if is_any_of_size(pool.subnet):
        return
    if pool.ip_range is not None:
        yield from _check_range(pool.subnet, pool.ip_range, pool.gateway)
    if pool.gateway is not None:
        yield from _check_member(pool.subnet, pool.gateway, "gateway", _free_host(pool))
    yield from _check_aux(pool, pool.subnet)


def check_between(pools: Sequence[Pool]) -> Iterator[tuple[int, Finding]]:
    """Yield (index, finding) for pools of one network that share addresses."""
    for index, pool in enumerate(pools):
        for earlier in pools[:index]:
            if pool.subnet and earlier.subnet and overlapping(pool.subnet, [TakenPool(earlier.subnet)]):
                message = _("%(subnet)s overlaps %(other)s, another pool of this network.")
                yield index, bad("subnet", "overlaps_own_pool", message, subnet=pool.subnet, other=earlier.subnet)
                break


_OF_KIND = {
    "loopback": _("%(subnet)s is in the loopback range: packets to it never leave the machine. Docker may accept it."),
    "loopback_in_it": _(
        "%(subnet)s has the loopback range in it: packets to those never leave the machine. Docker may accept it."
    ),
    "multicast": _("%(subnet)s is in the multicast range: no container can have such an address. Docker may accept it."),
    "multicast_in_it": _(
        "%(subnet)s has the multicast range in it: no container can have those addresses. Docker may accept it."
    ),
    RangeKind.LINK_LOCAL: _("%(subnet)s is link-local: routers don't forward such packets."),
    RangeKind.PUBLIC: _("%(subnet)s is public address space: these containers can't reach its real owners."),
    RangeKind.RESERVED: _("%(subnet)s is reserved; some systems refuse to use it."),
    RangeKind.SHARED: _(
        "%(subnet)s is used by providers (CGNAT) and some VPNs: where that is the case, they become unreachable."
    ),
    RangeKind.DOCUMENTATION: _("%(subnet)s is reserved for examples in documentation; some routers drop it."),
}


def _check_subnet(subnet: IPNetwork) -> Iterator[Finding]:
    kind = kind_of(subnet)
    if subnet.prefixlen == 0:
        yield bad("subnet", "whole_address_space", _("%(subnet)s covers all addresses."), subnet=subnet)
    elif isinstance(subnet, IPv6Network) and subnet.subnet_of(_MAPPED):
        message = _("%(subnet)s is an IPv4 range written as IPv6: Docker reads it as IPv4 and refuses it.")
        yield bad("subnet", "ipv4_mapped", message, subnet=subnet)
    elif kind in (RangeKind.LOOPBACK, RangeKind.MULTICAST):
        key = str(kind) if is_of_kind(subnet, kind) else f"{kind}_in_it"
        yield bad("subnet", key, _OF_KIND[key], subnet=subnet)
    elif is_any_of_size(subnet):
        return
    elif kind is not RangeKind.PRIVATE:
        yield warn("subnet", str(kind), _OF_KIND[kind], subnet=subnet)
    elif subnet.prefixlen < SHORTEST[subnet.version]:
        smaller = ip_network((subnet.network_address, SHORTEST[subnet.version]))
        message = _("%(subnet)s is very large: no other address in it can be reached from here.")
        yield warn("subnet", "too_big", message, smaller, subnet=subnet)


def check_room(pool: Pool, *, is_gateway_given: bool = True) -> Iterator[Finding]:
    """Yield how many containers have room, where they are few; nothing of a pool that is wrong already.

    `is_gateway_given`: an address is taken for a gateway that nobody typed. Docker accepts a pool without room, and no container
    can start there.
    """
    subnet = pool.subnet
    if subnet is None or is_any_of_size(subnet) or kind_of(subnet) in (RangeKind.LOOPBACK, RangeKind.MULTICAST):
        return
    if pool.ip_range and not _lies_in(pool.ip_range, subnet):
        return
    if subnet.num_addresses < 4 and assignable(subnet, is_gateway_given=is_gateway_given) == 0:
        wider = subnet.supernet(new_prefix=subnet.max_prefixlen - 3)
        message = _("%(subnet)s has no address left for a container. Docker may accept it.")
        yield bad("subnet", "too_small", message, wider, subnet=subnet)
        return
    aux = set(pool.aux_addresses.values())
    room = assignable(subnet, ip_range=pool.ip_range, gateway=pool.gateway, aux=aux, is_gateway_given=is_gateway_given)
    if room == 0 and pool.ip_range:
        message = _("%(ip_range)s has no address left to hand out: each container would have to request one outside it.")
        yield warn("ip_range", "range_full", message, ip_range=pool.ip_range)
    elif room == 0:
        message = _("%(subnet)s has no address left for a container: the gateway and the reserved addresses take them all.")
        yield bad("subnet", "no_room", message, subnet=subnet)
    elif room is not None and room < LITTLE_ROOM:
        message = _("%(subnet)s has room for few containers: %(count)s.")
        yield warn("ip_range" if pool.ip_range else "subnet", "little_room", message, subnet=pool.ip_range or subnet, count=room)


def _lies_in(inner: IPNetwork, outer: IPNetwork) -> bool:
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _check_range(subnet: IPNetwork, ip_range: IPNetwork, gateway: IPAddress | None) -> Iterator[Finding]:
    outside = _("%(ip_range)s is not inside the subnet %(subnet)s.")
    if ip_range.version != subnet.version:
        yield bad("ip_range", "range_outside", outside, subnet, ip_range=ip_range, subnet=subnet)
    elif ip_range.prefixlen < subnet.prefixlen:
        message = _("%(ip_range)s is larger than its subnet %(subnet)s.")
        yield bad("ip_range", "range_bigger", message, subnet, ip_range=ip_range, subnet=subnet)
    elif not subnet.overlaps(ip_range):
        first = ip_network((subnet.network_address, ip_range.prefixlen))
        yield bad("ip_range", "range_outside", outside, first, ip_range=ip_range, subnet=subnet)
    elif gateway is None and ip_range.num_addresses == 1 and is_reserved_in(subnet, ip_range.network_address):
        message = _("%(ip_range)s has no address for the gateway: Docker takes it from the range where none is named.")
        fix = _("Leave out the IP range")
        yield bad("ip_range", "range_without_gateway", message, fills="ip_range", fix=fix, ip_range=ip_range)


def _check_member(subnet: IPNetwork, address: IPAddress, field: str, suggestion: object) -> Iterator[Finding]:
    if not is_inside(subnet, address):
        message = _("%(address)s is not inside the subnet %(subnet)s.")
        yield bad(field, f"{field}_outside", message, suggestion, address=address, subnet=subnet)
    elif address == subnet.network_address and is_reserved_in(subnet, address):
        message = _("%(address)s is the address of the subnet itself.")
        yield bad(field, f"{field}_is_network_address", message, suggestion, address=address, subnet=subnet)
    elif is_reserved_in(subnet, address):
        message = _("%(address)s is the broadcast address of %(subnet)s.")
        yield bad(field, f"{field}_is_broadcast_address", message, suggestion, address=address, subnet=subnet)


def _check_aux(pool: Pool, subnet: IPNetwork) -> Iterator[Finding]:
    seen: dict[IPAddress, str] = {}
    for name, address in pool.aux_addresses.items():
        yield from _check_member(subnet, address, "aux_addresses", "")
        if address == (pool.gateway or default_gateway(subnet, pool.ip_range)):
            yield bad("aux_addresses", "aux_is_gateway", _("%(address)s is the gateway already."), address=address)
        elif address in seen:
            message = _("%(address)s is reserved twice, as %(other)s and as %(name)s.")
            yield bad("aux_addresses", "aux_twice", message, address=address, name=name, other=seen[address])
        seen[address] = name


def _free_host(pool: Pool) -> object:
    """Return the first address that could be the gateway instead, "" where none is left."""
    if pool.subnet is None:
        return ""
    reserved = set(pool.aux_addresses.values())
    candidate = default_gateway(pool.subnet)
    while is_inside(pool.subnet, candidate) and not is_reserved_in(pool.subnet, candidate):
        if candidate not in reserved:
            return candidate
        candidate += 1
    return ""


def _usual_subnet(pool: Pool) -> object:
    if pool.ip_range is not None:
        return pool.ip_range
    member = pool.gateway or next(iter(pool.aux_addresses.values()))
    return ip_network((member, 64 if member.version == 6 else 24), strict=False)
