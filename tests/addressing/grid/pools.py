"""Pools for the tests of the grid: small ones, of any shape, with holders and wishes."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from hypothesis import strategies as st

from networks.addressing.address_states import AddressClaim, PoolUse, measure
from networks.addressing.pool_checks import Pool
from networks.addressing.reading import IPAddress, IPNetwork


@dataclass(frozen=True, slots=True)
class Case:
    """A pool and what is claimed of it."""

    subnet: IPNetwork
    ip_range: IPNetwork | None
    gateway: IPAddress | None
    aux: tuple[IPAddress, ...]
    held: tuple[IPAddress, ...]
    wished: tuple[IPAddress, ...]

    @property
    def use(self) -> PoolUse:
        """What is measured of it."""
        pool = Pool(self.subnet, self.ip_range, self.gateway, {f"aux-{index}": address for index, address in enumerate(self.aux)})
        return measure(
            pool,
            gateway=self.gateway,
            held=[claim(address) for address in self.held],
            wished=[claim(address) for address in self.wished],
        )


def claim(address: IPAddress, name: str = "") -> AddressClaim:
    """Return the claim of a container that is named after the address."""
    return AddressClaim(address.version, int(address), f"id of {address}", name or f"guest at {address}")


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a pool of at most 1,024 addresses of either family."""
    is_v6 = draw(st.booleans())
    bits = 128 if is_v6 else 32
    make: type[IPv4Network] | type[IPv6Network] = IPv6Network if is_v6 else IPv4Network
    base = 0xFD00 << 112 if is_v6 else 10 << 24
    subnet = make((base + draw(st.integers(0, 4_096)), draw(st.integers(bits - 10, bits))), strict=False)
    members = st.integers(int(subnet.network_address), int(subnet.broadcast_address)).map(
        lambda number: make((number, bits)).network_address
    )
    length = draw(st.integers(subnet.prefixlen, bits))
    ip_range = draw(st.none() | members.map(lambda member: make((member, length), strict=False)))
    lists = st.lists(members, max_size=12, unique=True).map(tuple)
    return Case(subnet, ip_range, draw(st.none() | members), draw(lists), draw(lists), draw(lists))


def use_of(subnet: str, *held: str, wished: tuple[str, ...] = (), gateway: str = "", ip_range: str = "") -> PoolUse:
    """Return the use of a pool that is written as text."""
    return Case(
        ip_network(subnet),
        ip_network(ip_range) if ip_range else None,
        ip_address(gateway) if gateway else None,
        (),
        tuple(map(ip_address, held)),
        tuple(map(ip_address, wished)),
    ).use
