"""What a refusal means here: who has the port, which network overlaps, what is free, what there is instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from networks.addressing.pool_checks import overlapping
from networks.engine.docker_names import BRIDGE_NAME, SINGLE_DRIVERS
from networks.engine.specs import NetworkSpec
from networks.hostnet.listeners import find_port_owner
from networks.models.access import url_from_here
from networks.preflight.findings import Fix, say_finding
from networks.preflight.pair import check_network
from networks.preflight.places import read_whole_ground, suggest_subnet
from networks.queries.choices import container_choices
from networks.queries.engine_context import find_network, read_ground
from networks.queries.engine_context import unused_networks as read_unused
from networks.queries.engines import read_engine
from networks.queries.lifecycle.consequences import affected_by
from networks.queries.lifecycle.places import published_ports
from networks.refusals.addresses import address_held, address_on_automatic, address_outside, let_choose
from networks.refusals.meaning import Explanation, Meaning, Opening, RefusalContext

MAX_NAMES = 5  # in one sentence
_ADDRESS_TEXT = r"(?:\[[^\]]*\]|[0-9.]*|[0-9a-f:]*)"
_PORT = re.compile(rf"(?:bind for|bind host port(?: for)?|listen \w+) {_ADDRESS_TEXT}:([0-9]{{1,5}})(?![0-9])", re.IGNORECASE)
_PLUGIN = re.compile(r'plugin "([^"]*)"', re.IGNORECASE)
_DEVICE = re.compile(r"(?:found on the host:|vlan name|parent interface) ([^\s,:)]+)", re.IGNORECASE)
_ENDPOINT = re.compile(r'name:"([^"]+)"')


def work_out(meanings: Sequence[Meaning], sentence: str, around: RefusalContext) -> Explanation | None:
    """Return what the Engine's sentence means here, by its meanings in the catalogue; None where there are none."""
    if not meanings:
        return None
    meaning = meanings[0]
    text = " ".join(str(each.text) for each in meanings)
    empty = Fix(_("Let Docker choose"), f"{meaning.field}=", is_primary=True)
    plain = Explanation(meaning.field, text, str(meaning.advice), (empty,) if meaning.empties else ())
    worker = _WORKERS.get(meaning.key)
    found = (worker(plain, sentence, around) if worker and len(meanings) == 1 else None) or plain
    return replace(found, fixes=tuple(replace(fix, value=f"{around.prefix}{fix.value}") for fix in found.fixes))


def _pool_overlaps(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    ground, driver = read_whole_ground(around.engine_slug), _driver_of(around)
    for index, pool in enumerate(around.pools):
        if pool.subnet is None:
            continue
        free = suggest_subnet(pool.subnet.version, around.pools, ground, prefix=pool.subnet.prefixlen)
        fix = Fix(_("Use %(suggestion)s, which is free") % {"suggestion": free}, f"pools-{index}-subnet={free}", is_primary=True)
        clash = next(iter(overlapping(pool.subnet, ground.pools_beside(driver))), None)
        if clash is not None:
            names = {"subnet": pool.subnet, "other": clash.subnet, "owner": clash.owner}
            text = _("%(subnet)s overlaps %(other)s, which the network %(owner)s has.") % names
            opens = (Opening("network", clash.owner_id, clash.owner),)
            return replace(plain, text=text, fixes=(fix,) if free else (), opens=opens)
        if len(around.pools) == 1:
            text = _("No other network overlaps %(subnet)s: the Engine's machine itself has an address or a route there.")
            return replace(plain, text=text % {"subnet": pool.subnet}, fixes=(fix,) if free else ())
    return None


def _defaults_used(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    free = suggest_subnet(4, around.pools, read_whole_ground(around.engine_slug))
    index = next((row for row, pool in enumerate(around.pools) if pool.subnet is None), len(around.pools))
    label = _("Use %(suggestion)s, which is free") % {"suggestion": free}
    fixes = (Fix(label, f"pools-{index}-subnet={free}", is_primary=True),) if free else ()
    unused = read_unused(around.engine_slug)
    if not unused:
        return replace(plain, fixes=fixes)
    names = {"names": _listed([name for _id, name in unused])}
    advice = _("Name a subnet yourself, or remove networks without containers: %(names)s.") % names
    opens = tuple(Opening("network", docker_id, name) for docker_id, name in unused[:1])
    return replace(plain, advice=advice, fixes=fixes, opens=opens)


def _plugin_missing(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    found, ground = _PLUGIN.search(sentence), read_ground(around.engine_slug)
    known = ", ".join(name for name in ground.drivers if name not in SINGLE_DRIVERS)
    if not found:
        return None
    if isinstance(around.spec, NetworkSpec) and found[1] == around.spec.ipam_driver != around.spec.driver:
        text = _("This Engine has no IPAM driver “%(driver)s”.") % {"driver": found[1]}
        return replace(
            plain, field="ipam_driver", text=text, fixes=(Fix(_("Use Docker's own"), "ipam_driver=", is_primary=True),)
        )
    text = _("This Engine has no driver “%(driver)s”. It has %(known)s.") % {"driver": found[1], "known": known or "–"}
    return replace(plain, text=text, fixes=_bridge_instead())


def _no_swarm(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    return replace(plain, fixes=_bridge_instead())


def _name_taken(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    if not isinstance(around.spec, NetworkSpec):
        return None
    name, names = around.spec.name, read_ground(around.engine_slug).names
    free = next(f"{name}-{number}" for number in range(2, len(names) + 3) if f"{name}-{number}" not in names)
    fix = Fix(_("Did you mean %(suggestion)s?") % {"suggestion": free}, f"name={free}", is_primary=True)
    docker_id = find_network(around.engine_slug, name)
    return replace(plain, fixes=(fix,), opens=(Opening("network", docker_id, name),) if docker_id else ())


def _bridge_name_taken(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    value = around.spec.options.get(BRIDGE_NAME, "") if isinstance(around.spec, NetworkSpec) else ""
    owner = read_ground(around.engine_slug).bridge_names.get(value)
    if owner is None:
        return None
    docker_id = find_network(around.engine_slug, owner)
    text = _("The network %(owner)s already uses the bridge %(value)s.") % {"owner": owner, "value": value}
    return replace(plain, text=text, opens=(Opening("network", docker_id, owner),) if docker_id else ())


def _parent_missing(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    found = _DEVICE.search(sentence)
    text = _("The Engine's machine has no device called %(device)s, which the option parent names.")
    return replace(plain, text=text % {"device": found[1]}) if found else None


def _port_allocated(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    found = _PORT.search(sentence)
    mine = around.container.docker_id if around.container else ""
    if not found:
        return None
    for taken in published_ports(around.engine_slug):
        if taken.port == int(found[1]) and taken.container_id != mine:
            text = _("The container %(name)s publishes port %(port)s.") % {"name": taken.container_name, "port": found[1]}
            return replace(plain, text=text, opens=(Opening("container", taken.container_id, taken.container_name),))
    return replace(plain, text=_("Another container publishes port %(port)s.") % {"port": found[1]})


def _port_bound(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    found, engine = _PORT.search(sentence), read_engine(around.engine_slug)
    if not found or engine is None:
        return None
    is_udp = "/udp" in sentence or "listen udp" in sentence
    listener = find_port_owner(url_from_here(engine.slug, engine.url), int(found[1]), "udp" if is_udp else "tcp")
    if listener is None:
        text = _("A process on the Engine's machine uses port %(port)s. This command shows which: ss -lnp 'sport = :%(port)s'")
        return replace(plain, text=text % {"port": found[1]})
    choices = {choice.docker_id: choice for choice in container_choices(around.engine_slug)}
    if inside := choices.get(listener.container_id):
        text = _("The process %(process)s of the container %(name)s uses port %(port)s.")
        opens = (Opening("container", inside.docker_id, inside.name),)
        names = {"process": listener.name, "name": inside.name, "port": found[1]}
        return replace(plain, text=text % names, opens=opens)
    names = {"process": listener.name, "pid": str(listener.pid), "port": found[1]}
    return replace(plain, text=_("The process %(process)s (pid %(pid)s) on the Engine's machine uses port %(port)s.") % names)


def _active_endpoints(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    if around.network is None:
        return None
    running = [each for each in affected_by(around.engine_slug, around.network.docker_id) if each.is_running]
    names = [each.name for each in running] or _ENDPOINT.findall(sentence)
    if not names:
        return None
    opens = tuple(Opening("container", each.docker_id, each.name) for each in running[:MAX_NAMES])
    return replace(plain, text=_("Running containers are on this network: %(names)s.") % {"names": _listed(names)}, opens=opens)


def _open_container(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    if around.container is None:
        return None
    return replace(plain, opens=(Opening("container", around.container.docker_id, around.container.name),))


def _on_none(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    """The Engine says the same of one that is on none, and of any that is to come there."""
    if around.network is not None and (found := next(check_network(around.network), None)):
        return replace(plain, field="network_id", text=say_finding(found), advice=_("Choose another network."))
    return _open_container(plain, sentence, around)


def _bridge_instead() -> tuple[Fix, ...]:
    return (Fix(_("Use the driver bridge"), "driver=bridge", is_primary=True),)


def _driver_of(around: RefusalContext) -> str:
    return around.spec.driver if isinstance(around.spec, NetworkSpec) else "bridge"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MAX_NAMES])
    return shown if len(names) <= MAX_NAMES else f"{shown}, … ({len(names)})"


_WORKERS: Mapping[str, Callable[[Explanation, str, RefusalContext], Explanation | None]] = {
    "address_held": address_held,
    "address_outside": address_outside,
    "static_on_default_bridge": let_choose,
    "static_on_automatic": address_on_automatic,
    "pool_overlaps": _pool_overlaps,
    "defaults_used": _defaults_used,
    "plugin_missing": _plugin_missing,
    "not_swarm_manager": _no_swarm,
    "name_taken": _name_taken,
    "bridge_name_taken": _bridge_name_taken,
    "parent_missing": _parent_missing,
    "port_allocated": _port_allocated,
    "port_bound": _port_bound,
    "active_endpoints": _active_endpoints,
    "already_connected": _open_container,
    "shared_stack": _open_container,
    "on_none": _on_none,
}
