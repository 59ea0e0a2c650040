"""Who reaches a container that has a stack of its own, and whom it doesn't: by its ports' addresses, networks and Engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_address

from django.utils.translation import gettext as _

from networks.engine.parsing.engines import is_27_or_newer
from networks.queries.lifecycle.stacks import Stack
from networks.queries.rows import PortRow

Line = tuple[str, str]  # what it is about, and how it is
_MOST_SAID = 5  # addresses or ports in one sentence


def reach_lines(stack: Stack, ports: Sequence[PortRow], api_version: str) -> Iterator[Line]:
    """Yield it in words."""
    yield from _by_ports(ports)
    if stack.is_behind_bridges:
        yield _("Kept apart"), _say_apart(stack, api_version)
    if stack.is_shut_in and stack.is_on_parents:
        yield (
            _("To the outside"),
            _(
                "no gateway: the networks that it is on are internal. What is on the link of a network's parent it reaches "
                "directly."
            ),
        )
    elif stack.is_shut_in:
        yield _("To the outside"), _("nothing: the networks that it is on are internal.")


def _by_ports(ports: Sequence[PortRow]) -> Iterator[Line]:
    """A published port is open at the addresses that it is published on, and where these are loopback's, to the host."""
    published = sorted({port.address for port in ports if port.public_port}, key=lambda address: (":" in address, address))
    outside = [address for address in published if not _is_loopback(address)]
    inside = [address for address in published if _is_loopback(address)]
    words = _("by ports published on %(addresses)s, as far as the host passes them on.")
    if "" in outside:
        yield _("From outside"), _("by published ports, as far as the host passes them on.")
    elif outside:
        yield _("From outside"), words % {"addresses": _written(outside)}
    if inside:
        yield _("From the host"), words % {"addresses": _written(inside)}
    # An Engine names an address without a port of the host's for what it publishes on a network whose gateway mode is routed.
    routed = sorted({(port.private_port, port.protocol) for port in ports if port.address and not port.public_port})
    if routed:
        opened = _written([f"{number}/{protocol}" for number, protocol in routed])
        yield (
            _("From outside"),
            _("at its own address, by the published ports %(ports)s: the gateway mode is routed.") % {"ports": opened},
        )


def _say_apart(stack: Stack, api_version: str) -> str:
    """No call of the Engine tells whether it was started with iptables or ip6tables off."""
    if is_27_or_newer(api_version):
        return _(
            "from containers on bridge networks that it isn't on: their addresses don't answer from here, unless a gateway mode "
            "of theirs (routed, nat-unprotected) or a rule in DOCKER-USER lets others in, or this Engine was started with its "
            "firewall rules off."
        )
    if stack.leads_out_by_ipv6:
        return _(
            "by IPv4 alone, from containers on bridge networks that it isn't on, unless a rule in DOCKER-USER lets others in or "
            "this Engine was started with iptables off. By IPv6 their addresses answer from here, unless it was started with "
            "ip6tables on or their network is internal."
        )
    return _(
        "from containers on bridge networks that it isn't on: their addresses don't answer from here, unless a rule in "
        "DOCKER-USER lets others in or this Engine was started with iptables off."
    )


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _written(words: Sequence[str]) -> str:
    shown = ", ".join(f"[{word}]" if ":" in word else word for word in words[:_MOST_SAID])
    return shown if len(words) <= _MOST_SAID else f"{shown}, …"
