"""What it means that an Engine refuses an address: who holds it, where it had to lie, which is free."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from networks.addressing.endpoint_checks import check_endpoint_address
from networks.addressing.free_addresses import next_free_address
from networks.addressing.pool_checks import default_gateway
from networks.addressing.reading import IPAddress
from networks.engine.specs import ConnectSpec
from networks.preflight.findings import Fix, say_finding
from networks.queries.choices import container_choices
from networks.refusals.meaning import Explanation, Opening, RefusalContext

_KEPT_BACK = frozenset({"address_is_gateway", "address_is_reserved", "address_of_subnet"})


def address_held(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    asked = _addresses_of(around)
    for address in asked:
        place = f"ipv{address.version}"
        fixes = _free_address(around, address.version)
        holder = around.network.holders.get(address) if around.network else None
        if holder is not None:
            text = _("%(name)s has %(address)s on this network. Only one endpoint at a time can use an address.")
            container = _container_named(around, holder)
            opens = (container,) if container else ()
            return replace(plain, field=place, text=text % {"address": address, "name": holder}, fixes=fixes, opens=opens)
        if len(asked) == 1:
            return _held_by_nobody(replace(plain, field=place, fixes=fixes), around, address)
    return _held_by_nobody(replace(plain, fixes=_free_address(around, 4)), around, asked[0]) if asked else None


def _held_by_nobody(plain: Explanation, around: RefusalContext, address: IPAddress) -> Explanation:
    pools = around.network.pools if around.network else ()
    if kept := next((each for each in check_endpoint_address(address, pools, {}, {}) if each.key in _KEPT_BACK), None):
        return replace(plain, text=say_finding(kept))
    families = {pool.subnet.version for pool in pools if pool.subnet is not None}
    if address.version == 4 and families == {4, 6}:
        # Docker 26.1 releases nothing of an endpoint whose second family is refused; nothing short of a restart mends its book.
        text = _(
            "The Engine counts %(address)s as taken, and no container here has it. Docker keeps an IPv4 address when it refuses "
            "the same connect for its IPv6 address."
        )
        advice = _("Use another one. %(address)s is free again after the Engine (dockerd) is restarted.")
        return replace(plain, text=text % {"address": address}, advice=advice % {"address": address})
    if any(pool.subnet and not pool.gateway and default_gateway(pool.subnet, pool.ip_range) == address for pool in pools):
        text = _("%(address)s is most likely the network's gateway: none was set, and Docker then takes the first address.")
        return replace(plain, text=text % {"address": address})
    text = _("The Engine counts %(address)s as taken, and no container here has it: an endpoint may be left over.")
    return replace(plain, text=text % {"address": address})


def address_outside(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    asked = [address for address in _addresses_of(around) if str(address) in sentence] or _addresses_of(around)
    if not asked or around.network is None:
        return None
    if lacking := _without_subnet(plain, around):
        return lacking
    address = asked[0]
    subnets = ", ".join(
        str(pool.subnet) for pool in around.network.pools if pool.subnet and pool.subnet.version == address.version
    )
    text = _("%(address)s is not inside %(subnet)s.") % {"address": address, "subnet": subnets or "–"}
    return replace(plain, field=f"ipv{address.version}", text=text, fixes=_free_address(around, address.version))


def address_on_automatic(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    """Up to 28 an Engine says of a network without a subnet of the family, too, that its subnet wasn't typed."""
    return _without_subnet(plain, around) or let_choose(plain, sentence, around)


def _without_subnet(plain: Explanation, around: RefusalContext) -> Explanation | None:
    families = {pool.subnet.version for pool in (around.network.pools if around.network else ()) if pool.subnet is not None}
    lacking = next((address.version for address in _addresses_of(around) if families and address.version not in families), None)
    if lacking is None:
        return None
    text = _("This network has no IPv4 subnet.") if lacking == 4 else _("This network has no IPv6 subnet.")
    return replace(
        plain, field=f"ipv{lacking}", text=text, fixes=(Fix(_("Let Docker choose"), f"ipv{lacking}=", is_primary=True),)
    )


def let_choose(plain: Explanation, sentence: str, around: RefusalContext) -> Explanation | None:
    """Empty the address that was asked for, of whichever family."""
    asked = [f"ipv{address.version}" for address in _addresses_of(around)]
    if not asked:
        return None
    return replace(plain, field=asked[0], fixes=(Fix(_("Let Docker choose"), f"{asked[0]}=", is_primary=True),))


def _addresses_of(around: RefusalContext) -> list[IPAddress]:
    spec = around.spec
    return [address for address in (spec.ipv4, spec.ipv6) if address is not None] if isinstance(spec, ConnectSpec) else []


def _free_address(around: RefusalContext, version: int) -> tuple[Fix, ...]:
    fixes = [Fix(_("Let Docker choose"), f"ipv{version}=")]
    if around.network is not None:
        taken = {*around.network.holders, *around.network.wishes, *_addresses_of(around)}
        own = [pool for pool in around.network.pools if pool.subnet is not None and pool.subnet.version == version]
        free = next((address for pool in own if (address := next_free_address(pool, taken))), None)
        if free is not None:
            label = _("Use %(suggestion)s, the next free one") % {"suggestion": free}
            fixes.insert(0, Fix(label, f"ipv{version}={free}", is_primary=True))
    return tuple(fixes)


def _container_named(around: RefusalContext, name: str) -> Opening | None:
    found = (choice for choice in container_choices(around.engine_slug) if choice.name == name)
    return next((Opening("container", choice.docker_id, choice.name) for choice in found), None)
