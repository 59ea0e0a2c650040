"""Machines and subnets for Hypothesis: close together, so that they collide often."""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network, ip_address, ip_interface, ip_network

from hypothesis import strategies as st

from networks.addressing.host import HostAddress, HostRoute, HostSide

LINKS = st.sampled_from(("eth0", "eth1", "wg0"))


def _near(number: int, shift: int, length: int, version: int) -> IPv4Network | IPv6Network:
    """Where suggestions begin, mostly: the first of 10.128.0.0/9, 172.16.0.0/12 and fd00::/8."""
    if version == 4:
        base = (10 << 24 | 128 << 16, 10 << 24 | 128 << 16, 172 << 24 | 16 << 16)[number % 3]
        return ip_network((base | number >> shift, length), strict=False)
    return ip_network((0xFD << 120 | (number >> shift) << 60, length + 40 if length < 32 else 128), strict=False)


SUBNETS = st.builds(_near, st.integers(0, 2**20), st.integers(0, 20), st.integers(8, 32), st.sampled_from((4, 4, 6)))
_ADDRESSES = SUBNETS.map(lambda subnet: subnet.network_address + min(1, subnet.num_addresses - 1))
_DEFAULTS = st.sampled_from(tuple(map(ip_network, ("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "2000::/3"))))


def _address(address: object, length: int, link: str) -> HostAddress:
    read = ip_address(str(address))
    interface: IPv4Interface | IPv6Interface = ip_interface(f"{read}/{min(length + (32 if read.version == 6 else 0), 128)}")
    return HostAddress(interface, link)


_ROUTES = st.one_of(
    st.builds(HostRoute, SUBNETS, LINKS, is_on_link=st.just(True)),
    st.builds(HostRoute, SUBNETS, LINKS, _ADDRESSES),
    st.builds(HostRoute, SUBNETS),
    st.builds(HostRoute, _DEFAULTS, LINKS, st.none() | _ADDRESSES),
)
HOSTS = st.builds(
    HostSide,
    addresses=st.lists(st.builds(_address, _ADDRESSES, st.integers(8, 32), LINKS), max_size=6).map(tuple),
    routes=st.lists(_ROUTES, max_size=8).map(tuple),
    name_servers=st.lists(_ADDRESSES, max_size=2).map(tuple),
    is_known=st.just(True),
    knows_name_servers=st.just(True),
)
