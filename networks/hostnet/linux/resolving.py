"""Name servers, as resolv.conf names them. Source: resolv.conf(5)."""

from __future__ import annotations

import contextlib
import os
from ipaddress import ip_address

from networks.addressing.reading import IPAddress
from networks.hostnet.errors import HostError
from networks.hostnet.facts import ResolverFact
from networks.hostnet.linux.processes import Process, read_below

PATH = "etc/resolv.conf"
# Where systemd-resolved lists the servers that it asks itself, and its own address that stands in the other file instead.
BEHIND_STUB, STUB = "run/systemd/resolve/resolv.conf", ip_address("127.0.0.53")
_MOST_BYTES = 65_536
# The C library heeds 3, 6 and a handful; a page shows no more than this.
_MOST_ENTRIES = 64
UNKNOWN = ResolverFact(is_known=False)


def parse_resolver(content: bytes) -> ResolverFact:
    """Return what a resolv.conf says; of several `search` lines the last counts, and lines that say nothing are passed over."""
    servers: list[IPAddress] = []
    search: list[str] = []
    options: list[str] = []
    for line in content.decode("utf-8", "backslashreplace").split("\n"):
        keyword, *values = line.split() or [""]
        if keyword == "nameserver" and values:
            with contextlib.suppress(ValueError):
                servers.append(ip_address(values[0]))
        elif keyword in ("search", "domain"):
            search = values
        elif keyword == "options":
            options.extend(values)
    return ResolverFact(tuple(servers[:_MOST_ENTRIES]), tuple(search[:_MOST_ENTRIES]), tuple(options[:_MOST_ENTRIES]))


def resolver_of(process: Process) -> ResolverFact:
    """Read a process's own. What can't be read is not known, and no error."""
    with contextlib.suppress(HostError):
        root = process.open("root", os.O_PATH | os.O_DIRECTORY)
        try:
            return resolver_below(root)
        finally:
            os.close(root)
    return UNKNOWN


def resolver_below(root: int, path: str = PATH) -> ResolverFact:
    """Read the one below an open root. What can't be read is not known, and no error."""
    try:
        return parse_resolver(read_below(root, path, _MOST_BYTES))
    except HostError:
        return UNKNOWN


def host_resolver_below(root: int, netns_name: str = "") -> ResolverFact:
    """Read a host's as its Engine does: where there is only systemd-resolved's stub, the servers behind it.

    `netns_name`: of a namespace under /run/netns; /etc/netns/NAME/resolv.conf takes the other's place in it, ip-netns(8).
    """
    if netns_name:
        own = resolver_below(root, f"etc/netns/{netns_name}/resolv.conf")
        if own.is_known:
            return own
    told = resolver_below(root)
    if told.name_servers != (STUB,):
        return told
    behind = resolver_below(root, BEHIND_STUB)
    return behind if behind.is_known and behind.name_servers else told
