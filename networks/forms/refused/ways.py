"""What a refusal means here: who holds the address or the port, which network overlaps, what is free, what there is instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from networks.addressing.pools import Pool, overlapping
from networks.addressing.reading import IPAddress
from networks.addressing.suggest import next_free_address
from networks.engine.specs import ConnectSpec, NetworkSpec
from networks.engine.transport.listeners import find_listener
from networks.forms.findings import Way
from networks.forms.network_checks import SINGLE_DRIVERS
from networks.forms.preflight.ground import read_whole_ground
from networks.forms.preflight.places import suggest_subnet
from networks.forms.refused.meaning import Meaning
from networks.queries.consequences import affected_by
from networks.queries.engines import read_engine
from networks.queries.ground import BRIDGE_NAME, ContainerChoice, NetworkChoice, container_choices, find_network, read_ground
from networks.queries.ground import unused_networks as read_unused

MAX_NAMES = 5  # in one sentence
_ADDRESS_TEXT = r"(?:\[[^\]]*\]|[0-9.]*|[0-9a-f:]*)"
_PORT = re.compile(rf"(?:bind for|bind host port(?: for)?|listen \w+) {_ADDRESS_TEXT}:([0-9]{{1,5}})(?![0-9])", re.IGNORECASE)
_PLUGIN = re.compile(r'plugin "([^"]*)"', re.IGNORECASE)
_DEVICE = re.compile(r"(?:found on the host:|vlan name|parent interface) ([^\s,:)]+)", re.IGNORECASE)
_ENDPOINT = re.compile(r'name:"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Around:
    """What a refused request was about. `pools`: a creation's, by the form's rows. Each part may be missing."""

    engine_slug: str
    network: NetworkChoice | None = None
    container: ContainerChoice | None = None
    spec: ConnectSpec | NetworkSpec | None = None
    pools: Sequence[Pool] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """A network or container whose page shows more. `kind`: "network" or "container"."""

    kind: str
    docker_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`field`: as in Meaning. `text`: what it means; `advice`: what to do; `ways`: buttons of the form; `opens`: pages."""

    field: str
    text: str
    advice: str
    ways: tuple[Way, ...] = ()
    opens: tuple[Opening, ...] = ()


def work_out(meanings: Sequence[Meaning], sentence: str, around: Around) -> Explanation | None:
    """Return what the Engine's sentence means here, by its meanings in the catalogue; None where there are none."""
    if not meanings:
        return None
    meaning = meanings[0]
    text = " ".join(str(each.text) for each in meanings)
    empty = Way(_("Let Docker choose"), f"{meaning.empties}=", is_primary=True)
    plain = Explanation(meaning.field, text, str(meaning.advice), (empty,) if meaning.empties else ())
    worker = _WORKERS.get(meaning.key)
    return (worker(plain, sentence, around) if worker and len(meanings) == 1 else None) or plain


def _address_held(plain: Explanation, sentence: str, around: Around) -> Explanation | None:
    for address in _addresses_of(around):
        place = f"ipv{address.version}"
        ways = _free_address(around, address.version)
        holder = around.network.holders.get(address) if around.network else None
        if holder is not None:
            text = _("%(address)s belongs to %(name)s on this network. An address serves one endpoint at a time.")
            container = _container_named(around, holder)
            opens = (container,) if container else ()
            return replace(plain, field=place, text=text % {"address": address, "name": holder}, ways=ways, opens=opens)
        if len(_addresses_of(around)) == 1:
            text = _("The Engine counts %(address)s as taken, and no container here has it: an endpoint may be left over.")
            return replace(plain, field=place, text=text % {"address": address}, ways=ways)
    return None


def _address_outside(plain: Explanation, sentence: str, around: Around) -> Explanation | None:
    asked = [address for address in _addresses_of(around) if str(address) in sentence] or _addresses_of(around)
    if not asked or around.network is None:
        return None
    address = asked[0]
    subnets = ", ".join(
        str(pool.subnet) for pool in around.network.pools if pool.subnet and pool.subnet.version == address.version
    )
    text = _("%(address)s is not inside %(subnet)s.") % {"address": address, "subnet": subnets or "–"}
    return replace(plain, field=f"ipv{address.version}", text=text, ways=_free_address(around, address.version))


def _let_choose(plain: Explanation, sentence: str, around: Around) -> Explanation | None:
    """Empty the address that was asked for, of whichever family."""
    asked = [f"ipv{address.version}" for address in _addresses_of(around)]
    if not asked:
        return None
    return replace(plain, field=asked[0], ways=(Way(_("Let Docker choose"), f"{asked[0]}=", is_primary=True),))


def _pool_overlaps(plain: Explanation, sentence: str, around: Around) -> Explanation | None:
    ground, driver = read_whole_ground(around.engine_slug), _driver_of(around)
    for index, pool in enumerate(around.pools):
        if pool.subnet is None:
            continue
        free = suggest_subnet(pool.subnet.version, around.pools, ground, prefix=pool.subnet.prefixlen)
        way = Way(_("Use %(suggestion)s, which is free") % {"suggestion": free}, f"pools-{index}-subnet={free}", is_primary=True)
        clash = next(iter(overlapping(pool.subnet, ground.pools_beside(driver))), None)
        if clash is not None:
            names = {"subnet": pool.subnet, "other": clash.subnet, "owner": clash.owner}
            text = _("%(subnet)s overlaps %(other)s, which the network %(owner)s has.") % names
            opens = (Opening("network", clash.owner_id, clash.owner),)
            return replace(plain, text=text, ways=(way,) if free else (), opens=opens)
        if len(around.pools) == 1:
            text = _("No other network has any of %(subnet)s: the Engine's machine itself has an address or a route there.")
            return replace(plain, text=text % {"subnet": pool.subnet}, ways=(way,) if free else ())
    return None


def _defaults_used(plain: Explanation, sentence: str, around: Around) -> Explanation | None:
    free = suggest_subnet(4, around.pools, read_whole_ground(around.engine_slug))
    index = next((row for row, pool in enumerate(around.pools) if pool.subnet is None), len(around.pools))
    label = _("Use %(suggestion)s, which is free") % {"suggestion": free}
    ways = (Way(label, f"pools-{index}-subnet={free}", is_primary=True),) if free else ()
    unused = read_unused(around.engine_slug)
    if not unused:
        return replace(plain, ways=ways)
    names = {"names": _listed([name for _id, name in unused])}
    advice = _("Name a subnet yourself, or remove networks on which nothing is: %(names)s.") % names
    opens = tuple(Opening("network", docker_id, name) for docker_id, name in unused[:1])
    return replace(plain, advice=advice, ways=ways, opens=opens)


def _plugin_missing(plain: Explanation, sentence: str, around: Around) -> Explanation | None:
    found, ground = _PLUGIN.search(sentence), read_ground(around.engine_slug)
    known = ", ".join(name for name in ground.drivers if name not in SINGLE_DRIVERS)
    if not found:
        return None
    if isinstance(around.spec, NetworkSpec) and found[1] == around.spec.ipam_driver != around.spec.driver:
        text = _("This Engine has no IPAM driver “%(driver)s”.") % {"driver": found[1]}
        return replace(plain, field="ipam_driver", text=text, ways=(Way(_("Use Docker's own"), "ipam_driver=", is_primary=True),))
    text = _("This Engine has no driver “%(driver)s”. It has %(known)s.") % {"driver": found[1], "known": known or "–"}
    return replace(plain, text=text, ways=_bridge_instead())


def _no_swarm(plain: Explanation, sentence: str, around: Around) -> Explanation | None:
    return replace(plain, ways=_bridge_instead())


def _name_taken(plain: Explanation, sentence: str, around: Around) -> Explanation | None:
    if not isinstance(around.spec, NetworkSpec):
        return None
    name, names = around.spec.name, read_ground(around.engine_slug).names
    free = next(f"{name}-{number}" for number in range(2, len(names) + 3) if f"{name}-{number}" not in names)
    way = Way(_("Did you mean %(suggestion)s?") % {"suggestion": free}, f"name={free}", is_primary=True)
    docker_id = find_network(around.engine_slug, name)
    return replace(plain, ways=(way,), opens=(Opening("network", docker_id, name),) if docker_id else ())


def _bridge_name_taken(plain: Explanation, sentence: str, around: Around) -> Explanation | None:
    value = around.spec.options.get(BRIDGE_NAME, "") if isinstance(around.spec, NetworkSpec) else ""
    owner = read_ground(around.engine_slug).bridge_names.get(value)
    if owner is None:
        return None
    docker_id = find_network(around.engine_slug, owner)
    text = _("The network %(owner)s has the bridge %(value)s already.") % {"owner": owner, "value": value}
    return replace(plain, text=text, opens=(Opening("network", docker_id, owner),) if docker_id else ())


def _parent_missing(plain: Explanation, sentence: str, around: Around) -> Explanation | None:
    found = _DEVICE.search(sentence)
    text = _("The Engine's machine has no device called %(device)s, which the option parent names.")
    return replace(plain, text=text % {"device": found[1]}) if found else None


def _port_allocated(plain: Explanation, sentence: str, around: Around) -> Explanation | None:
    found = _PORT.search(sentence)
    mine = around.container.docker_id if around.container else ""
    if not found:
        return None
    for choice in container_choices(around.engine_slug):
        if int(found[1]) in choice.ports and choice.docker_id != mine:
            text = _("The container %(name)s publishes port %(port)s.") % {"name": choice.name, "port": found[1]}
            return replace(plain, text=text, opens=(Opening("container", choice.docker_id, choice.name),))
    return replace(plain, text=_("Another container publishes port %(port)s.") % {"port": found[1]})


def _port_bound(plain: Explanation, sentence: str, around: Around) -> Explanation | None:
    found, engine = _PORT.search(sentence), read_engine(around.engine_slug)
    if not found or engine is None:
        return None
    is_udp = "/udp" in sentence or "listen udp" in sentence
    listener = find_listener(engine.url, int(found[1]), "udp" if is_udp else "tcp")
    if listener is None:
        text = _("A process on the Engine's machine has port %(port)s. There, this names it: ss -lnp 'sport = :%(port)s'")
        return replace(plain, text=text % {"port": found[1]})
    choices = {choice.docker_id: choice for choice in container_choices(around.engine_slug)}
    if inside := choices.get(listener.container_id):
        text = _("The process %(process)s of the container %(name)s has port %(port)s.")
        opens = (Opening("container", inside.docker_id, inside.name),)
        names = {"process": listener.name, "name": inside.name, "port": found[1]}
        return replace(plain, text=text % names, opens=opens)
    names = {"process": listener.name, "pid": str(listener.pid), "port": found[1]}
    return replace(plain, text=_("The process %(process)s (pid %(pid)s) on the Engine's machine has port %(port)s.") % names)


def _active_endpoints(plain: Explanation, sentence: str, around: Around) -> Explanation | None:
    if around.network is None:
        return None
    running = [each for each in affected_by(around.engine_slug, around.network.docker_id) if each.is_running]
    names = [each.name for each in running] or _ENDPOINT.findall(sentence)
    if not names:
        return None
    opens = tuple(Opening("container", each.docker_id, each.name) for each in running[:MAX_NAMES])
    return replace(plain, text=_("Running containers are on this network: %(names)s.") % {"names": _listed(names)}, opens=opens)


def _open_container(plain: Explanation, sentence: str, around: Around) -> Explanation | None:
    if around.container is None:
        return None
    return replace(plain, opens=(Opening("container", around.container.docker_id, around.container.name),))


def _addresses_of(around: Around) -> list[IPAddress]:
    spec = around.spec
    return [address for address in (spec.ipv4, spec.ipv6) if address is not None] if isinstance(spec, ConnectSpec) else []


def _free_address(around: Around, version: int) -> tuple[Way, ...]:
    ways = [Way(_("Let Docker choose"), f"ipv{version}=")]
    if around.network is not None:
        taken = {*around.network.holders, *around.network.wishes, *_addresses_of(around)}
        own = [pool for pool in around.network.pools if pool.subnet is not None and pool.subnet.version == version]
        free = next((address for pool in own if (address := next_free_address(pool, taken))), None)
        if free is not None:
            label = _("Use %(suggestion)s, the next free one") % {"suggestion": free}
            ways.insert(0, Way(label, f"ipv{version}={free}", is_primary=True))
    return tuple(ways)


def _bridge_instead() -> tuple[Way, ...]:
    return (Way(_("Use the driver bridge"), "driver=bridge", is_primary=True),)


def _container_named(around: Around, name: str) -> Opening | None:
    found = (choice for choice in container_choices(around.engine_slug) if choice.name == name)
    return next((Opening("container", choice.docker_id, choice.name) for choice in found), None)


def _driver_of(around: Around) -> str:
    return around.spec.driver if isinstance(around.spec, NetworkSpec) else "bridge"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MAX_NAMES])
    return shown if len(names) <= MAX_NAMES else f"{shown}, … ({len(names)})"


_WORKERS: Mapping[str, Callable[[Explanation, str, Around], Explanation | None]] = {
    "address_held": _address_held,
    "address_outside": _address_outside,
    "static_on_default_bridge": _let_choose,
    "static_on_automatic": _let_choose,
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
    "on_none": _open_container,
}
