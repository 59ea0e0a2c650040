"""A container's endpoints, out of `NetworkSettings.Networks` of its list entry or of its inspection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from networks.engine.allow_list import is_full_id
from networks.engine.docker_names import PREDEFINED
from networks.engine.facts import EndpointFact
from networks.engine.parsing.joined import leave_over
from networks.engine.parsing.values import address_4, address_6, child, integer, parse_text, text_map, texts
from networks.engine.states import ENDED, WITH_STACK


def parse_endpoints(
    answer: Any, container_id: str, *, state: str, has_detail: bool, container_name: str = ""
) -> tuple[EndpointFact, ...]:
    """Return the endpoints, sorted by the network's name; none for anything that isn't an object. `state`: the container's."""
    if not answer or type(answer) is not dict:
        return ()
    found = (
        _parse_endpoint(parse_text(name), entry, container_id, has_detail, container_name)
        for name, entry in (sorted(answer.items()) if len(answer) > 1 else answer.items())
        if type(entry) is dict
    )
    return tuple(_told(fact, state) for fact in found)


def _told(fact: EndpointFact, state: str) -> EndpointFact:
    """Return the endpoint with what is so: nothing is assigned without a stack, and no wish is known where none can be."""
    if fact.hides_wishes:
        fact = replace(fact, requested_ipv4=None, requested_ipv6=None)
    if state in WITH_STACK or not (fact.endpoint_id or fact.ipv4 or fact.ipv6):
        return fact
    is_left = state in ENDED and (fact.ipv4 or fact.ipv6)
    return leave_over(fact) if is_left else replace(leave_over(fact), leftover=None)


def _parse_endpoint(name: str, answer: dict[str, Any], container_id: str, has_detail: bool, container_name: str) -> EndpointFact:
    get = answer.get
    network_id = get("NetworkID")
    ipv4, ipv6 = address_4(get("IPAddress")), address_6(get("GlobalIPv6Address"))
    asked = get("IPAMConfig") or None
    short_id = container_id[:12]  # which older Engines add to the aliases
    return EndpointFact(
        network_name=name,
        network_id=network_id if type(network_id) is str and is_full_id("network", network_id) else "",
        endpoint_id=parse_text(get("EndpointID"), 64),
        ipv4=ipv4,
        ipv4_prefix_length=_prefix_length(get("IPPrefixLen"), 32) if ipv4 else None,
        ipv4_gateway=address_4(get("Gateway")),
        ipv6=ipv6,
        ipv6_prefix_length=_prefix_length(get("GlobalIPv6PrefixLen"), 128) if ipv6 else None,
        ipv6_gateway=address_6(get("IPv6Gateway")),
        mac=parse_text(get("MacAddress"), 17),
        requested_ipv4=address_4(child(asked, "IPv4Address")) if asked else None,
        requested_ipv6=address_6(child(asked, "IPv6Address")) if asked else None,
        link_local_ips=texts(child(asked, "LinkLocalIPs")) if asked else (),
        aliases=tuple(alias for alias in texts(get("Aliases")) if alias != short_id) if has_detail else (),
        # Docker's own networks have no DNS. A rename writes names down there all the same (measured: 26.1).
        dns_names=_dns_names(answer, container_name) if has_detail and name not in PREDEFINED else (),
        links=texts(get("Links")) if has_detail else (),
        driver_options=text_map(get("DriverOpts")) if has_detail else {},
        gateway_priority=integer(get("GwPriority")) or 0,
        has_detail=has_detail,
    )


def _dns_names(answer: dict[str, Any], container_name: str) -> tuple[str, ...]:
    """Return the names by which others find the container; before API 1.44 they are its own and the aliases, of one that runs."""
    if "DNSNames" in answer or not answer.get("EndpointID"):
        return texts(answer.get("DNSNames"))
    aliases = texts(answer.get("Aliases"))
    return tuple(dict.fromkeys((container_name, *aliases))) if aliases and container_name else aliases


def _prefix_length(value: object, longest: int) -> int | None:
    found = integer(value)
    return found if found is not None and 0 <= found <= longest else None
