"""Which permission a change needs by its shape: harmless bridges, permitted registries, and a few at once, are for operators."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings

from networks.addressing.ranges import RangeKind, kind_of
from networks.engine.docker_names import DONOR_PREFIX, ICC, INTERFACE_NAME, INTERFACE_PREFIX, MASQUERADE, MTU, SYSCTLS
from networks.engine.image_facts import DOCKER_HUB, registry_of
from networks.engine.specs import NetworkSpec, PortSpec
from networks.models import Engine
from networks.policy.permissions import Permission

# All other options are taken to touch the host: bridge name, host binding, gateway mode, trusted interfaces, parent, …
HARMLESS_OPTIONS = frozenset({MTU, ICC, MASQUERADE, INTERFACE_PREFIX})
# What an endpoint's driver options ask for inside the container's own network stack: the name of its interface there, and
# settings of that interface (the Engine refuses any other). A container can do as much to its own stack when it may at all, and
# neither reaches the host's. All others go to the driver unread: a plugin may do anything on the host with them.
HARMLESS_ENDPOINT_OPTIONS = frozenset({SYSCTLS, INTERFACE_NAME})
# What Netadmin itself reads of a label: protection, which its author could not lift again, and what is the lab's.
OWN_LABELS = "netadmin."
# Below, ports are the machine's own services': 22, 53, 443.
LOWEST_PORT = 1024
# Beyond, one slip takes a whole machine's networks away.
MOST_AT_ONCE = 5


def permission_to_create(spec: NetworkSpec) -> Permission:
    """Return what a person needs to create this network.

    A network that takes its configuration from another has that one's options; one that is only a configuration is there to be
    taken from; scope and ingress concern a whole swarm; another IPAM driver is a plugin; a label of ours may protect it.
    """
    is_plain = spec.driver in ("", "bridge") and spec.scope in ("", "local") and spec.ipam_driver in ("", "default")
    is_special = spec.is_ingress or spec.is_config_only or bool(spec.config_from or spec.ipam_options)
    if is_plain and not is_special and HARMLESS_OPTIONS.issuperset(spec.options) and not has_own_labels(spec.labels):
        return Permission.CONNECT
    return Permission.SHAPE


def permission_to_connect(driver_options: Iterable[str]) -> Permission:
    """Return what a person needs to connect a container with these driver options."""
    return Permission.CONNECT if HARMLESS_ENDPOINT_OPTIONS.issuperset(driver_options) else Permission.SHAPE


def permission_to_order(network_mode: str) -> Permission:
    """Return what a person needs to start, stop or remove a container of this network mode.

    One on the host's own network belongs to that, one in another's stack to that container.
    """
    return Permission.SHAPE if network_mode == "host" or network_mode.startswith(DONOR_PREFIX) else Permission.RUN


def has_own_labels(labels: Iterable[str]) -> bool:
    """Tell whether one of these labels, by their keys, says something to Netadmin itself."""
    return any(key.strip().lower().startswith(OWN_LABELS) for key in labels)


def permission_to_publish(ports: Iterable[PortSpec], bindings: Collection[str] = ()) -> Permission:
    """Return what a person needs to publish these ports. `bindings`: where the networks publish what names no address, as their
    option host_binding_ipv4 has it; another address may be one at which the machine serves something itself.
    """
    is_shaping = any(is_machines_own(port) or not is_usual_address(port, bindings) for port in ports)
    return Permission.SHAPE if is_shaping else Permission.RUN


def is_machines_own(port: PortSpec) -> bool:
    """Tell whether a port of the machine is one for its own services, Netadmin's among them."""
    last = max(port.host_last, port.host_first + port.last - port.first)
    return 0 < port.host_first < LOWEST_PORT or port.host_first <= settings.NETADMIN_PORT <= last


def is_usual_address(port: PortSpec, bindings: Collection[str] = ()) -> bool:
    """Tell whether a port is published just where these networks publish one that names no address.

    Without an address it is bound for both families, and refused where a service has one of them. 0.0.0.0 and :: are one family
    each: beside a service that listens at 127.0.0.1 alone, :: is free, and localhost means it first.
    """
    if port.address is None:
        return True
    is_bound = bool(bindings) and all(each == str(port.address) for each in bindings)
    return is_bound and not port.address.is_unspecified


def permission_to_run(network_mode: str, driver_options: Iterable[str] = (), labels: Iterable[str] = ()) -> Permission:
    """Return what a person needs to run a container in this network mode, with these options of its endpoints and labels."""
    is_shaping = permission_to_connect(driver_options) is Permission.SHAPE or has_own_labels(labels)
    return Permission.SHAPE if is_shaping else permission_to_order(network_mode)


def permission_for_several(count: int) -> Permission:
    """Return what a person needs to change this many things at once."""
    return Permission.CONNECT if count <= MOST_AT_ONCE else Permission.SHAPE


# Registries: an Engine asks them from where it stands, which may be behind a wall.
MOST_REGISTRIES = 50
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::[0-9]{{1,5}})?")
# Top-level domains that aren't the internet's. Sources: RFC 6761, RFC 6762, ICANN's reservation of .internal, and usage.
_PRIVATE_DOMAINS = frozenset(
    {"localhost", "local", "internal", "lan", "home", "corp", "intranet", "private", "test", "localdomain"}
)


def permission_to_pull(engine_slug: str, reference: str) -> Permission:
    """Return what a person needs to have an Engine pull this image. One query."""
    found = Engine.objects.filter(slug=engine_slug).values_list("registries", "status__registries").first() or ((), ())
    permitted, told = (frozenset(map(str, each or ())) for each in found)
    return Permission.RUN if is_permitted(registry_of(reference), permitted, told) else Permission.SHAPE


def permitted_registries(permitted: Iterable[str], told: Iterable[str]) -> tuple[str, ...]:
    """Return those that operators may pull from. `permitted`: as written down here; `told`: as in EngineInfo.registries."""
    public = {each for each in told if not is_private_registry(each)}
    return tuple(sorted({DOCKER_HUB, *permitted, *public}))


def is_permitted(registry: str, permitted: Collection[str], told: Collection[str]) -> bool:
    """Tell whether operators may pull from a registry: from one at a private address only where a superuser wrote it down."""
    return registry in permitted_registries(permitted, told)


def is_private_registry(registry: str) -> bool:
    """Tell whether a registry is given by an address that isn't public, or by a name that only a private network knows."""
    host = (urlsplit(f"//{registry}").hostname or "").rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or host.rpartition(".")[2] in _PRIVATE_DOMAINS or host.endswith(".home.arpa")
    return kind_of(ip_network(address)) is not RangeKind.PUBLIC


def read_registry(typed: str) -> str | None:
    """Return a registry as Docker names it, "registry.example:5000", of what was typed; None where it can be none."""
    text = typed.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/")
    if text == "index.docker.io":
        return DOCKER_HUB
    return text if _NAME.fullmatch(text) and ({".", ":"} & set(text) or text == "localhost") else None
