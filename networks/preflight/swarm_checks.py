"""Checks of what was typed for a swarm, before Docker is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_network

from django.utils.translation import gettext_noop as _

from networks.addressing.findings import Finding, bad, fine, warn
from networks.addressing.host import HostSide, collisions
from networks.addressing.pool_checks import TakenPool, overlapping
from networks.addressing.reading import IPAddress, IPNetwork, to_address
from networks.queries.engine_context import EngineContext

DOCKERS_POOL = ip_network("10.0.0.0/8")
SMALLEST = 29  # of a block: Docker's own limit
# What Linux lets a link be called, and a host's name.
_LINK = re.compile(r"[^\s/:]{1,15}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_TOKEN = re.compile(r"SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}")
MOST_NAMED = 4  # networks that a pool collides with


def split_port(text: str) -> tuple[str, str]:
    """Return host and port of "192.0.2.1:2377", "[2001:db8::1]:2377" or of either alone; "" for no port."""
    if text.startswith("["):
        host, _bracket, rest = text[1:].partition("]")
        return host, rest.removeprefix(":")
    host, colon, port = text.rpartition(":")
    return (host, port) if colon and ":" not in host else (text, "")


def check_address(field: str, typed: str, host: HostSide, *, is_listening: bool = False) -> Iterator[Finding]:
    """Yield what there is to say of an address that this machine shall be reached by, or listen on; "" leaves it to Docker."""
    if not typed:
        yield from () if is_listening else _check_no_address(field, host)
        return
    name, port = split_port(typed)
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        yield bad(field, "swarm_port_invalid", _("A port is a number from 1 to 65535."))
        return
    address = to_address(name)
    if address is None:
        if not _LINK.fullmatch(name):
            message = _("“%(typed)s” is neither an IP address nor the name of a link.")
            yield bad(field, "swarm_address_unreadable", message, typed=typed)
        return
    if is_listening:
        return
    if address.is_unspecified or address.is_multicast:
        message = _("Others can't reach %(address)s: it means this machine itself, or no address.")
        yield bad(field, "swarm_address_nowhere", message, _likely(host), address=address)
    elif address.is_loopback:
        message = _("%(address)s is loopback: no other machine can join this swarm.")
        advice = _("It is enough for trying overlay networks on one machine.")
        yield warn(field, "swarm_address_loopback", message, advice=advice, address=address)
    elif host.is_known:
        link = next((own.link for own in host.addresses if own.interface.ip == address), "")
        if link:
            message = _("%(address)s is the machine's own, on %(link)s.")
            yield fine(field, "swarm_address_known", message, address=address, link=link)
        else:
            message = _("The machine doesn't have the address %(address)s, as far as can be seen from here.")
            yield warn(field, "swarm_address_not_here", message, _likely(host), fix=_("Use %(suggestion)s"), address=address)


def check_remote(field: str, typed: str) -> Iterator[Finding]:
    """Yield what is wrong with the address of a manager."""
    name, port = split_port(typed)
    if not typed:
        yield bad(field, "swarm_no_remote", _("The address of a manager is needed, such as 192.0.2.1:2377."))
    elif port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        yield bad(field, "swarm_port_invalid", _("A port is a number from 1 to 65535."))
    elif to_address(name) is None and not _HOST.fullmatch(name):
        yield bad(field, "swarm_no_remote", _("The address of a manager is needed, such as 192.0.2.1:2377."))


def check_token(field: str, typed: str) -> Iterator[Finding]:
    """Yield what is wrong with a token, never the token."""
    if not typed:
        yield bad(field, "swarm_no_token", _("A join token is needed."))
    elif not _TOKEN.fullmatch(typed):
        yield bad(field, "swarm_token_shape", _("A join token begins with SWMTKN-1- and has two parts after it."))


def check_pools(field: str, pools: Sequence[IPNetwork], size: int, ground: EngineContext) -> Iterator[Finding]:
    """Yield what there is to say of the pools that overlay networks get their blocks from; none: Docker's own."""
    if not pools:
        yield fine(field, "swarm_pool_docker", _("Docker uses 10.0.0.0/8 if no pool is given."))
        field = ""  # beside an empty field it would stand there still when something is typed
    for index, pool in enumerate(pools or (DOCKERS_POOL,)):
        if pool.version != 4:
            message = _("%(subnet)s is IPv6: overlay networks get IPv4 blocks from these pools.")
            yield bad(field, "swarm_pool_ipv6", message, subnet=pool)
        elif not pool.prefixlen <= size <= SMALLEST:
            usual = min(max(24, pool.prefixlen), SMALLEST)
            message = _("Blocks of /%(size)s are bigger than the pool %(subnet)s, or too small: /29 is the smallest.")
            yield bad("subnet_size", "swarm_pool_size", message, usual, fix=_("Use /%(suggestion)s"), size=size, subnet=pool)
        elif earlier := overlapping(pool, [TakenPool(other) for other in pools[:index]]):
            message = _("%(subnet)s overlaps %(other)s, another of these pools.")
            yield bad(field, "swarm_pool_twice", message, subnet=pool, other=earlier[0].subnet)
        else:
            yield from _check_place(field, pool, size, ground)


def machine_addresses(host: HostSide) -> list[IPAddress]:
    """Return the machine's own addresses that others may reach it by, those of a way out first."""
    ways_out = host.ways_out
    usable = [own for own in host.addresses if not own.interface.ip.is_loopback and not own.interface.ip.is_link_local]
    ordered = sorted(usable, key=lambda own: (own.link not in ways_out, own.interface.version, own.link))
    return list(dict.fromkeys(own.interface.ip for own in ordered))


def _check_no_address(field: str, host: HostSide) -> Iterator[Finding]:
    """Yield what follows from leaving the choice to Docker, which refuses it where there are several addresses."""
    found = machine_addresses(host)
    if len(found) > 1:
        message = _("The machine has several addresses: Docker won't choose one.")
        yield bad(field, "swarm_address_several", message, found[0], fix=_("Use %(suggestion)s"))
    elif host.is_known and not found:
        message = _("The machine has no address that others could reach: Docker has none to choose.")
        yield warn(field, "swarm_address_none", message)
    else:
        yield fine(field, "swarm_address_by_docker", _("Docker chooses the address that others reach this machine by."))


def _check_place(field: str, pool: IPNetwork, size: int, ground: EngineContext) -> Iterator[Finding]:
    met = overlapping(pool, [taken for scope, taken in ground.pools if scope != "swarm"])
    for taken in met[:MOST_NAMED]:
        message = _("%(other)s of the network %(owner)s is inside %(subnet)s: once the two overlap, no container can use both.")
        advice = _(
            "Docker takes blocks from the pool in turn and ignores the networks of single machines. The pools can't "
            "be changed later."
        )
        yield warn(field, "swarm_pool_network", message, advice=advice, subnet=pool, other=taken.subnet, owner=taken.owner)
    found = collisions(pool, ground.host)
    if found:
        message = _("%(subnet)s contains %(what)s, which the host uses: a container on that block can't reach it.")
        advice = _("The pools can't be changed later: choose one that no machine of the swarm uses.")
        yield warn(field, "swarm_pool_host", message, advice=advice, subnet=pool, what=found[0].what)
    if not met and not found:
        message = _("%(subnet)s overlaps no network and no route of this machine; overlay networks that fit into it: %(count)s.")
        yield fine(field, "swarm_pool_free", message, subnet=pool, count=2 ** (size - pool.prefixlen))


def _likely(host: HostSide) -> object:
    return next(iter(machine_addresses(host)), "")
