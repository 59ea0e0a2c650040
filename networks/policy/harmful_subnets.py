"""Which subnets would cut the Engine's machine off from what it needs: only an admin may go on, by typing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_network

from networks.addressing.host import is_harmful
from networks.addressing.reading import IPNetwork
from networks.engine.docker_names import INHIBIT_IPV4, OWN_DRIVERS
from networks.engine.errors import NotAllowed
from networks.engine.specs import NetworkSpec
from networks.models import Engine, EngineStatus, Pool
from networks.models.access import url_from_here
from networks.models.stored_sentences import say as _
from networks.policy.host_space import host_side_of
from networks.sync.plugins import look_again


def refuse_missing_driver(engine: Engine, driver: str) -> None:
    """Return where the Engine has the driver, or may have it. Raises NotAllowed else. An Engine that was never read is asked."""
    listed = EngineStatus.objects.filter(engine=engine).values_list("network_drivers", flat=True).first()
    if driver in OWN_DRIVERS and (not listed or driver in listed):
        return
    plugins = look_again(url_from_here(engine.slug, engine.url))
    if listed and driver not in listed and driver not in plugins.found:
        known = ", ".join(sorted(listed))
        raise NotAllowed(_("This Engine has no driver “%(driver)s”. It has %(known)s.") % {"driver": driver, "known": known})
    _refuse(driver, plugins.trouble_of(driver) if driver not in OWN_DRIVERS else "")


def refuse_dead_plugin(engine: Engine, driver: str) -> None:
    """Return where a network's driver can be asked: Docker's own, and plugins that answer. Raises NotAllowed else."""
    if driver not in OWN_DRIVERS:
        _refuse(driver, look_again(url_from_here(engine.slug, engine.url)).trouble_of(driver))


def _refuse(driver: str, trouble: str) -> None:
    if trouble:
        words = {
            "dead": _("The plugin %(driver)s isn't running: nothing answers at its socket."),
            "gone": _("The plugin %(driver)s is gone; networks that use it are still there."),
            "silent": _("The plugin %(driver)s doesn't answer at its socket."),
            "other": _("%(driver)s is a plugin, but not one for networks."),
        }
        raise NotAllowed(words[trouble] % {"driver": driver})


# Drivers whose networks live beside the machine's own routes: on a parent's network, or in namespaces of their own.
BESIDE_HOST = frozenset({"macvlan", "ipvlan", "overlay", "host", "null"})
_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})  # as Go's strconv.ParseBool reads it


def takes_routes(driver: str, options: Mapping[str, str], version: int) -> bool:
    """Tell whether such a network gives the machine an address and a route in its subnet. A plugin's may."""
    if version == 4 and driver in ("", "bridge") and options.get(INHIBIT_IPV4, "") in _TRUE:
        return False
    return driver not in BESIDE_HOST


def subnets_of(spec: NetworkSpec, config_subnets: Iterable[IPNetwork] = ()) -> tuple[IPNetwork, ...]:
    """Return the subnets that a network would have on the machine, those that it takes from a config-only one included."""
    if spec.is_config_only:
        return ()
    typed = [pool.subnet for pool in spec.pools if pool.subnet is not None]
    return tuple(each for each in (*typed, *config_subnets) if takes_routes(spec.driver, spec.options, each.version))


def harmful_subnets(engine_slug: str, spec: NetworkSpec, config_subnets: Iterable[IPNetwork] = ()) -> tuple[IPNetwork, ...]:
    """Return the subnets that would take from the machine what it needs, as it was seen last; () where it isn't seen."""
    host = host_side_of(engine_slug)
    return tuple(subnet for subnet in subnets_of(spec, config_subnets) if is_harmful(subnet, host))


def read_config_subnets(engine_slug: str, name: str) -> tuple[IPNetwork, ...]:
    """Return the subnets that others take from a config-only network, () where there is none of this name. One query."""
    if not name:
        return ()
    found = Pool.objects.filter(network__engine__slug=engine_slug, network__name=name, network__is_config_only=True)
    return tuple(ip_network(subnet) for subnet in found.values_list("subnet", flat=True))


def words_to_type(subnets: Sequence[IPNetwork]) -> str:
    """Return what a person types to go on: "192.168.0.0/24", or several with comma and blank between."""
    return ", ".join(dict.fromkeys(str(subnet) for subnet in subnets))


def are_typed(typed: str, subnets: Sequence[IPNetwork]) -> bool:
    """Tell whether the subnets were typed exactly."""
    return typed.strip() == words_to_type(subnets)


def refuse_untyped(subnets: Sequence[IPNetwork], typed: str) -> None:
    """Return where nothing is taken from the machine, or just that was typed. Raises NotAllowed else."""
    if subnets and not are_typed(typed, subnets):
        words = _("%(subnet)s would cut the Engine's machine off from what it needs: only an admin can continue, by typing it.")
        raise NotAllowed(words % {"subnet": words_to_type(subnets)})
