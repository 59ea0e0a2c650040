"""What isn't for everybody who may use a form: said where it is typed, before the action refuses it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_network

from django.utils.translation import gettext_noop as _

from networks.addressing.findings import Finding, bad
from networks.addressing.host import is_harmful
from networks.addressing.pool_checks import Pool
from networks.engine.image_facts import registry_of
from networks.engine.specs import NetworkSpec, PortSpec, RunSpec
from networks.policy.harmful_subnets import subnets_of
from networks.policy.host_space import read_space
from networks.policy.needed_permissions import (
    HARMLESS_ENDPOINT_OPTIONS,
    LOWEST_PORT,
    has_own_labels,
    is_machines_own,
    is_usual_address,
    permission_to_connect,
    permission_to_create,
    permission_to_pull,
)
from networks.policy.permissions import Permission
from networks.policy.protected_names import find_bearer, names_on
from networks.policy.protection import Protection, read_company
from networks.preflight.places import suggest_subnet
from networks.queries.engine_context import EngineContext, NetworkChoice
from networks.queries.lifecycle.places import read_bindings


def may_create(spec: NetworkSpec, *, may_shape: bool) -> bool:
    """Tell whether driver and options are for whoever asks; labels and subnets are looked at where they stand."""
    return may_shape or permission_to_create(replace(spec, labels={})) is Permission.CONNECT


def check_labels(labels: Iterable[str], *, may_shape: bool) -> Iterator[Finding]:
    """Yield that a label of Netadmin's own isn't for everybody: it may protect what bears it from all others."""
    if has_own_labels(labels) and not may_shape:
        message = _("Labels that begin with netadmin. may protect what has them: they need the role admin.")
        yield bad("labels", "labels_need_admin", message)


_BEYOND = {
    "space_public": _(
        "%(subnet)s is not private: the Engine's machine would send here what is meant for others. It needs the role admin."
    ),
    "space_unseen": _(
        "Netadmin can't see what of the Engine's machine %(subnet)s would take. To choose it needs the role admin. "
        "If the subnet is empty, Docker chooses one."
    ),
    "space_near": _(
        "The Engine's machine has its own network in %(what)s, so others there may have addresses of %(subnet)s. "
        "To choose it needs the role admin."
    ),
    "space_taken": _("%(subnet)s overlaps %(what)s, which the Engine's machine uses. To choose it needs the role admin."),
}


def check_space(
    pools: Sequence[Pool], spec: NetworkSpec, ground: EngineContext, *, may_shape: bool
) -> Iterator[tuple[int, Finding]]:
    """Yield, with the number of its pool, which subnet only an admin chooses. Three queries where one was typed, else none."""
    reached = frozenset(subnets_of(spec))
    if may_shape or not reached:
        return
    space = read_space(ground.engine_slug)
    for index, pool in enumerate(pools):
        found = space.beyond(pool.subnet) if pool.subnet in reached and pool.subnet is not None else None
        if found is None or is_harmful(found.subnet, ground.host):  # that is said already, and why
            continue
        beside = [*space.near, *space.others]
        text = suggest_subnet(found.subnet.version, pools, ground, prefix=found.subnet.prefixlen, beside=beside)
        free = text if text and space.beyond(ip_network(text)) is None else ""
        message = _BEYOND[found.key]
        yield index, bad("subnet", found.key, message, free, fills="subnet", subnet=found.subnet, what=found.what)


def check_endpoint_options(options: Collection[str], *, may_shape: bool) -> Iterator[Finding]:
    """Yield which driver option isn't for everybody."""
    if not may_shape and permission_to_connect(options) is Permission.SHAPE:
        harmful = next(key for key in options if key not in HARMLESS_ENDPOINT_OPTIONS)
        message = _("Docker passes %(key)s to the driver, which may use it to affect the host: it needs the role admin.")
        yield bad("driver_options", "endpoint_shape_needed", message, key=harmful)


def check_company(
    network: NetworkChoice,
    protection: Protection,
    name: str,
    aliases: Iterable[str],
    *,
    half: str,
    may_shape: bool,
    engine_slug: str = "",
) -> Iterator[Finding]:
    """Yield why what is called so can't be on this network beside what is protected there. `half`: the field of the choice."""
    asked = tuple(aliases)
    lock, borne = read_company(engine_slug, network.docker_id, network.name, known=protection)
    if lock is not None and not may_shape:
        message = _("%(by)s, which Netadmin needs, is on %(network)s: to join it needs the role admin.")
        yield bad(half, "own_network_needs_admin", message, network=network.name, by=lock.by)
    if lock is not None and asked:
        message = _("%(by)s, which Netadmin needs, is on %(network)s: nothing gets an alias there.")
        yield bad("aliases", "own_network_alias", message, fills="aliases", fix=_("Drop it"), network=network.name, by=lock.by)
    yield from _check_borne(half, borne, [name], network)
    yield from _check_borne("aliases", borne, asked, network)


def _check_borne(field: str, borne: Mapping[str, str], names: Iterable[str], network: NetworkChoice) -> Iterator[Finding]:
    if found := find_bearer(borne, names):
        message = _("%(by)s, which is protected, is called %(name)s on %(network)s: nothing else gets that name there.")
        yield bad(field, "name_borne", message, name=found[0], by=found[1], network=network.name)


def check_run_rights(
    spec: RunSpec, networks: Sequence[NetworkChoice], protection: Protection, engine_slug: str, *, may_shape: bool
) -> Iterator[Finding]:
    """Yield what of a new container isn't for everybody: its name on these networks, its ports. One query where one is at an
    address.
    """
    for network in networks:
        borne = names_on(protection.names, network.docker_id, network.name)
        yield from _check_borne("name", borne, [spec.name], network)
        yield from _check_borne("hostname", borne, [spec.hostname], network)
    if may_shape:
        return
    yield from _check_publishing(spec.ports, engine_slug, networks)
    if spec.publishes_all:
        message = _("An image may expose any number of ports: to publish them all needs the role admin.")
        yield bad("publishes_all", "publish_all_needs_admin", message, fills="publishes_all", fix=_("Drop it"))


def check_pull(reference: str, engine_slug: str, *, may_shape: bool) -> Iterator[Finding]:
    """Yield that only an admin has it pulled from there. One query."""
    if not may_shape and permission_to_pull(engine_slug, reference) is Permission.SHAPE:
        message = _(
            "To pull from %(registry)s needs the role admin: it isn't among the registries that are permitted on this Engine."
        )
        yield bad("image", "registry_needs_admin", message, registry=registry_of(reference))


def _check_publishing(ports: Iterable[PortSpec], engine_slug: str, networks: Iterable[NetworkChoice]) -> Iterator[Finding]:
    own = next((port for port in ports if is_machines_own(port)), None)
    if own is not None and own.host_first < LOWEST_PORT:
        message = _("Port %(port)s is below %(limit)s, where a machine's own services are: it needs the role admin.")
        yield bad("ports", "port_needs_admin", message, port=own.host_first, limit=LOWEST_PORT)
    elif own is not None:
        yield bad("ports", "port_of_netadmin", _("Netadmin's own port is among these: it needs the role admin."))
    if not any(port.address for port in ports):
        return
    bindings = read_bindings(engine_slug, [network.docker_id for network in networks])
    chosen = next((port for port in ports if not is_usual_address(port, bindings)), None)
    if chosen is not None:
        message = _(
            "To publish at %(address)s, where this Engine doesn't publish by itself, needs the role admin: leave the address out."
        )
        yield bad("ports", "port_address_needs_admin", message, address=chosen.address)
