"""Keeping an address: what an endpoint is asked for then, whether the network takes a chosen one, and what was left undone."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.db.models import F, Q

from networks.addressing.reading import IPAddress, to_address
from networks.engine.facts import EndpointFact, is_of_swarm
from networks.engine.specs import ConnectSpec
from networks.engine.states import WITH_STACK
from networks.models import Endpoint, JobState, JobStep, Pool, StepState
from networks.queries.addresses.marks import Mark
from networks.queries.networks import api_version as parse_version
from networks.queries.rows import EndpointRow

KEEP = "keep_address"  # a job's verb
CONNECT, DISCONNECT = "connect_container", "disconnect_container"  # its steps'

# Engines before take a MAC address at connect and ignore it.
API_WITH_MAC = (1, 54)
_LEFT = frozenset({JobState.ATTENTION.value, JobState.RUNNING.value, JobState.STOPPED.value})


def spec_to_restore(network_id: str, container_id: str, endpoint: EndpointFact, *, api_version: str) -> ConnectSpec:
    """Return what connects a container as it is now: its wishes, and a MAC address of its own where the Engine takes one.

    `endpoint`: with detail, as inspect gives it. `api_version`: "1.45", of the Engine.
    """
    own_mac = endpoint.mac if parse_version(api_version) >= API_WITH_MAC and not is_made_of_address(endpoint) else ""
    return ConnectSpec(
        network_id=network_id,
        container_id=container_id,
        ipv4=endpoint.requested_ipv4,
        ipv6=endpoint.requested_ipv6,
        aliases=endpoint.aliases,
        link_local_ips=tuple(ip_address(text) for text in endpoint.link_local_ips),
        links=endpoint.links,
        driver_options=dict(endpoint.driver_options),
        gateway_priority=endpoint.gateway_priority,
        mac=own_mac,
    )


def is_mac_lost(endpoint: EndpointRow, *, api_version: str) -> bool:
    """Tell whether a MAC that is not made of the address goes: Engines before 29.3 take none at connect (measured: 26.1)."""
    made = mac_of(IPv4Address(endpoint.ipv4)) if endpoint.ipv4 else ""
    return bool(endpoint.mac) and endpoint.mac.lower() != made and parse_version(api_version) < API_WITH_MAC


def with_address(spec: ConnectSpec, address: IPAddress) -> ConnectSpec:
    """Return the same with this address; that of the other family stays as it was."""
    return replace(spec, ipv4=address) if isinstance(address, IPv4Address) else replace(spec, ipv6=address)


def is_made_of_address(endpoint: EndpointFact) -> bool:
    """Tell whether the MAC address is the one that Engines up to 27 make of the IPv4 address: 02:42 and its bytes."""
    return endpoint.ipv4 is not None and endpoint.mac.lower() == mac_of(endpoint.ipv4)


def mac_of(address: IPv4Address) -> str:
    """Return that MAC address."""
    return "02:42:" + ":".join(f"{byte:02x}" for byte in address.packed)


def spec_of_row(endpoint: EndpointRow) -> ConnectSpec:
    """Return what a snapshot's endpoint was asked for, to be shown; what is done reads it anew."""
    ipv4, ipv6 = to_address(endpoint.requested_ipv4), to_address(endpoint.requested_ipv6)
    return ConnectSpec(
        network_id=endpoint.network_id,
        container_id=endpoint.container_id,
        ipv4=ipv4 if isinstance(ipv4, IPv4Address) else None,
        ipv6=ipv6 if isinstance(ipv6, IPv6Address) else None,
        aliases=endpoint.aliases,
        link_local_ips=tuple(filter(None, map(to_address, endpoint.link_local_ips))),
        links=endpoint.links,
        driver_options=dict(endpoint.driver_options),
        gateway_priority=endpoint.gateway_priority,
    )


def unrequested_addresses(endpoint: EndpointRow, mark: Mark | None = None) -> tuple[IPAddress, ...]:
    """Return the addresses that an endpoint has without having asked for them; with a mark, the one that it had before them."""
    pairs = ((4, endpoint.ipv4, endpoint.requested_ipv4), (6, endpoint.ipv6, endpoint.requested_ipv6))
    free = [(family, text) for family, text, requested in pairs if text and text != requested]
    if mark is None:
        return tuple(ip_address(text) for _family, text in free)
    return (ip_address(mark.was_address),) if mark.family in dict(free) and mark.was_address else ()


def takes_chosen_addresses(engine_slug: str, network_id: str) -> bool | None:
    """Tell whether a network takes chosen addresses, None where nothing tells: Docker doesn't say whether a subnet was typed.

    A swarm's network takes them, typed or not (measured: 26.1). An IP range, reserved addresses, a bridge without a typed gateway
    (Docker shows the one that goes with a subnet of its own choice) and an address that somebody chose go with a typed subnet
    alone. That the Engine refused one is remembered as long as the job that asked. Three statements at most.
    """
    if is_of_swarm(network_id):
        return True
    endpoints = Endpoint.objects.filter(network__engine__slug=engine_slug, network__docker_id=network_id)
    is_4, is_6 = (Q(**{f"requested_ipv{family}": F(f"ipv{family}")}) & ~Q(**{f"ipv{family}": ""}) for family in (4, 6))
    pools = Pool.objects.filter(network__engine__slug=engine_slug, network__docker_id=network_id)
    typed = ~Q(ip_range="") | ~Q(aux_addresses={}) | Q(gateway="", network__driver="bridge")
    if endpoints.filter(is_4 | is_6).exists() or pools.filter(typed).exists():
        return True
    asked = JobStep.objects.filter(job__engine_slug=engine_slug, network_id=network_id, state=StepState.REFUSED)
    return False if asked.filter(sentence__contains="user configured subnets").exists() else None


def is_on_network(endpoint: EndpointRow) -> bool:
    """Tell whether an endpoint is more than a wish: a refused connect leaves the network in a running container's settings."""
    return bool(endpoint.ipv4 or endpoint.ipv6) or endpoint.container_state not in WITH_STACK


def step_left_off(engine_slug: str, container_id: str, network_id: str = "") -> JobStep | None:
    """Return the connect that the newest job which took a container off a network to keep its address has not done.

    `network_id`: of this network alone. Whether the container is on it by now is the caller's to look. One statement.
    """
    steps = JobStep.objects.filter(job__engine_slug=engine_slug, job__verb=KEEP, container_id=container_id, verb=CONNECT)
    steps = steps.filter(network_id=network_id) if network_id else steps
    newest = steps.select_related("job").order_by("-job", "position").first()
    return newest if newest is not None and newest.state != StepState.DONE and newest.job.state in _LEFT else None
