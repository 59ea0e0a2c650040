"""Words for what Docker writes as numbers and modes: pure functions of facts."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from itertools import groupby

from django.utils.translation import gettext as _

from networks.addressing.next_address import HIDDEN_GUESTS
from networks.engine.cli import reads_as_mode
from networks.engine.states import LEAVING, WITH_STACK
from networks.policy.protection import Lock, Reason
from networks.queries.lifecycle.stacks import Stack, Whose, stack_of
from networks.queries.ordering import natural
from networks.queries.rows import ContainerRow, NetworkRow, PortRow
from networks.templatetags.ui import CONTAINER_STATES


def write_ports(ports: Iterable[PortRow]) -> tuple[str, ...]:
    """Return the ports as `docker ps` writes them: "0.0.0.0:49153->80/tcp", "80/tcp", runs as "0.0.0.0:8000-8002->80-82/tcp"."""
    ordered = sorted(ports, key=lambda port: (port.public_port is None, port.address, port.protocol, port.private_port))
    return tuple(_write_run(list(run)) for _, run in groupby(enumerate(ordered), key=_run_key))


def _run_key(numbered: tuple[int, PortRow]) -> tuple[object, ...]:
    """Return what ports of one run share: neighbours in the order whose numbers rise by one, inside and outside."""
    index, port = numbered
    outside = None if port.public_port is None else port.public_port - index
    return port.address, port.protocol, port.private_port - index, outside


def _write_run(run: list[tuple[int, PortRow]]) -> str:
    first, last = run[0][1], run[-1][1]
    inside = f"{_span(first.private_port, last.private_port)}/{first.protocol}"
    if first.public_port is None:
        return inside
    address = f"[{first.address}]" if ":" in first.address else first.address
    outside = _span(first.public_port, last.public_port or first.public_port)
    return f"{address}:{outside}->{inside}" if address else f"{outside}->{inside}"


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def choice(rights: Iterable[str], *, can_be_chosen: bool) -> str:
    """Return how a row can be chosen for a job: "yes", "no", or "" where this person changes nothing (components/choose.html)."""
    if "connect" not in rights:
        return ""
    return "yes" if can_be_chosen else "no"


def network_flags(row: NetworkRow) -> list[dict[str, object]]:
    """Return what is unusual about a network, for components/flags.html."""
    said = (
        (row.is_predefined, _("built-in"), ""),
        (row.is_internal, _("internal"), "lock"),
        (row.is_ingress, _("ingress"), ""),
        (row.is_attachable, _("attachable"), ""),
        (row.has_ipv6, "IPv6", ""),
        (not row.has_ipv4, _("no IPv4"), ""),
        (row.is_masquerade_off, _("masquerade off"), ""),
        (row.is_icc_off, _("ICC off"), ""),
    )
    flags: list[dict[str, object]] = [{"word": word, "icon": icon} for holds, word, icon in said if holds]
    if public_subnets(row):
        flags.append({"word": _("public range"), "is_warning": True})
    return flags


def protection_flags(lock: Lock | None) -> list[dict[str, object]]:
    """Return the flag of a protected network, for components/flags.html; "built-in" says it of Docker's own already."""
    if lock is None or lock.reason is Reason.PREDEFINED:
        return []
    return [{"word": _("protected"), "icon": "lock"}]


def said_lock(lock: Lock | None) -> str:
    """Return in words why something is protected, "" where it isn't, and for Docker's own networks."""
    return "" if lock is None or lock.reason is Reason.PREDEFINED else lock.sentence


def public_subnets(row: NetworkRow) -> tuple[str, ...]:
    """Return the network's subnets that belong to somebody on the internet, who can then not be reached from here."""
    return tuple(pool.subnet for pool in row.pools if _is_public(pool.subnet))


def pool_texts(row: NetworkRow) -> list[dict[str, object]]:
    """Return the pools for templates, each with the prefix length of its subnet (`length`) and of its range (`range`: "/24")."""
    return [
        {
            "pool": pool,
            "subnet": pool.subnet,
            "length": _length(pool.subnet),
            "ip_range": pool.ip_range,
            "range": f"/{_length(pool.ip_range)}" if pool.ip_range else "",
            "gateway": pool.gateway,
            "free": None if pool.capacity is None else max(pool.capacity - pool.used, 0),
        }
        for pool in row.pools
    ]


def _length(subnet: str) -> int | None:
    length = subnet.rpartition("/")[2]
    return int(length) if length.isascii() and length.isdigit() and len(length) <= 3 else None


def prefix_length_for(address: str, row: NetworkRow) -> int | None:
    """Return the prefix length of the network's subnet that holds the address, None where none does."""
    for pool in row.pools:
        try:
            if ip_address(address) in ip_network(pool.subnet, strict=False):
                return _length(pool.subnet)
        except ValueError:
            continue
    return None


def _is_public(subnet: str) -> bool:
    try:
        return ip_network(subnet, strict=False).is_global
    except ValueError:
        return False


def why_no_connect(row: NetworkRow, *, is_config_only: bool = False) -> str:
    """Return in words why no container can be connected to this network, "" where one can."""
    if row.driver == "host":
        return _("A container can use the host's network only from its creation on: docker run --network host.")
    if row.driver == "null" and not is_config_only:
        return _("none is the absence of a network: a container has it from the start, or leaves it for another network.")
    if is_config_only:
        return _("This network only holds settings for other networks; a container can't be on it.")
    if row.is_ingress:
        return _("This network belongs to the swarm: it distributes incoming traffic over the nodes.")
    if row.scope == "swarm" and not row.is_attachable:
        return _("Only services can be on this network: it isn't attachable.")
    return ""


def say_unused(row: NetworkRow) -> str:
    """Return in words what it means that no container of this Engine is listed on a network."""
    if row.driver == "null" and row.name == "none":
        return _("No container is on none.")
    if row.driver == "host":
        return _("Docker lists no container on the host's network.")
    if row.name in HIDDEN_GUESTS:
        return _("No container was connected to it. What Docker plugs in here by itself, only docker network inspect lists.")
    if row.is_ingress:
        return _("No container is on it, only the swarm's load balancer, which docker network inspect lists.")
    if row.scope == "swarm":
        return _("No container of this Engine is on this network. Services, and containers of other Engines, may be.")
    return _("No container is on this network.")


def explain_network(row: NetworkRow) -> str:
    """Return in words what a network is for that Docker made for a swarm, or that a swarm shares, and what a name gets in the
    way of; "" of any other.
    """
    if reads_as_mode(row.name):
        return _(
            "docker run --network reads this name as another container's network; there, only the network's ID works. "
            "The forms here send the ID."
        )
    if row.name == "docker_gwbridge":
        made = _(
            "Docker uses this bridge for overlay networks: a container on one gets an interface here as its way out, unless "
            "another network that it is on is one."
        )
        return f"{made} {_('Containers do not see each other on it.')}" if row.is_icc_off else made
    if row.is_ingress:
        return _(
            "Docker's own overlay network: what comes in on a published port of a service, on any node, reaches over it a node "
            "where the service runs. Only Docker's load balancer is on it."
        )
    if row.driver == "overlay" and row.is_attachable:
        return _(
            "Every Engine of the swarm can use this network. A worker lists it only while a container of its own is on it; the "
            "forms that run or connect one there offer it all the same."
        )
    return ""


def why_no_network(row: ContainerRow) -> str:
    """Return in words why a container can't be connected to any network, "" where it can."""
    if row.state in LEAVING:
        return _("Docker is removing it, or could not: it can't be connected or disconnected.")
    if row.lost_mode and row.state in WITH_STACK:
        names = {"name": row.lost_mode[:60]}
        return _("While it runs, Docker connects it to nothing: its own network, %(name)s, isn't there any more.") % names
    stack = stack_of(row)
    match stack.whose:
        case Whose.HOST:
            return _("It uses the host's own network. That is chosen when a container is made and can't be changed.")
        case Whose.SHARED:
            return _("It shares another container's network and has none of its own to connect. Connect that container instead.")
        case Whose.LEFT | Whose.GONE | Whose.UNKNOWN:
            return _("It was made to share another container's network, and Docker connects it to none of its own.")
    return ""


def why_no_address(stack: Stack) -> str:
    """Return in words why Docker has given a container no address of its own, "" where it may have."""
    match stack.whose:
        case Whose.HOST:
            return _("It uses the host's own addresses. Docker assigns it none, so there is nothing to record.")
        case Whose.SHARED:
            return _("It uses the addresses of the container whose network it shares; their history is on that container's page.")
        case Whose.GONE | Whose.UNKNOWN:
            return _("It was made to share another container's network: Docker gives it no address of its own.")
        case Whose.LEFT:
            return _("It has loopback alone: what it shared is gone, and Docker gives it no address of its own.")
    if stack.is_bare and stack.is_on_none:
        return _("It is on none, with loopback alone: Docker gives it no address until it is on another network.")
    if stack.is_bare:
        return _("It is on no network, with loopback alone: Docker gives it no address until it is on one.")
    return ""


def why_no_addresses(row: NetworkRow, *, is_config_only: bool) -> str:
    """Return in words why nobody gets an address from a network, "" where somebody may."""
    if is_config_only:
        return _("It is only a configuration for other networks: no container can be on it.")
    if row.driver == "host":
        return _("Its containers use the host's own addresses; Docker gives them none.")
    return _("Its containers have loopback alone; Docker gives them no address.") if row.driver == "null" else ""


def state_text(state: str) -> str:
    """Return the word of a container's state, as Docker has it where we know none."""
    groups = {"all-paused": _("paused or restarting"), "all-stopped": _("stopped"), "all-failed": _("failed")}
    return groups.get(state) or str(CONTAINER_STATES.get(state, ("", state))[1])


def status_text(state: str, exit_code: int | None) -> str:
    """Return a container's status without its times: "running", "exited (137)"."""
    word = state_text(state)
    return word if exit_code is None else _("%(state)s (%(code)s)") % {"state": word, "code": exit_code}


def offered(values: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return (value, text) pairs for a pick. What a browser wouldn't send back as it is (controls, bidi marks) isn't offered."""
    return tuple((value, value) for value in sorted(values, key=natural) if value and value.isprintable())
