"""What a form's own buttons do to what was typed, before anything is checked: take a suggestion, add a pool, drop one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import QueryDict

from networks.addressing.findings import Level
from networks.addressing.host import ParentLink
from networks.addressing.pool_checks import Pool, check_pool, is_inside
from networks.addressing.reading import IPNetwork
from networks.forms.networks import NetworkForm
from networks.forms.option_fields import VLAN
from networks.forms.pool_form import POOLS, read_pool
from networks.preflight.parents import pool_on
from networks.preflight.places import HARM, suggest_subnet
from networks.queries.engine_context import EngineContext

# What is said of a subnet that another would do for.
COLLISIONS = HARM | {"overlaps"}
_POOL_FIELD = re.compile(rf"pools-([0-9]{{1,2}})-({'|'.join(POOLS.fields)})")

_LENGTH = re.compile(r"/([0-9]{1,3})")


def take_suggestion(data: QueryDict, fields: frozenset[str]) -> QueryDict:
    """Return the data with the suggestion of the pressed button in its place: `use` is "field=value".

    Only `fields` and pools' fields are set; an empty value empties the field; a pool that isn't there yet is added. With a
    subnet that takes another's place, gateway, range and reserved addresses move along.
    """
    field, separator, value = data.get("use", "").partition("=")
    pool = _POOL_FIELD.fullmatch(field)
    if not separator or not (field in fields or (pool and int(pool[1]) < POOLS.most)):
        return data
    edited = data.copy()
    if value:
        edited[field] = value
    else:
        edited.pop(field, None)
    if pool and int(pool[1]) >= POOLS.count(data):
        edited[POOLS.counter] = str(int(pool[1]) + 1)
    if pool and pool[2] == "subnet":
        _move_along(edited, data, int(pool[1]))
    return edited


def take_parent(data: QueryDict, ground: EngineContext, name: str) -> QueryDict:
    """Return the data with a link of the machine as the parent, and in the first row of pools what fits that link's network.

    A row that somebody filled otherwise than such a list did is left as it is. A link that isn't listed changes nothing.
    """
    link = ground.host.parent(name)
    if link is None:
        return data
    edited = data.copy()
    edited["parent"] = name
    edited.pop(VLAN, None)
    row = {field: data.get(f"pools-0-{field}", "") for field in POOLS.fields}
    if not any(row.values()) or row in [_row_on(other) for other in ground.host.parents]:
        for field, text in _row_on(link).items():
            edited[f"pools-0-{field}"] = text
    return edited


def _row_on(link: ParentLink) -> dict[str, str]:
    return dict.fromkeys(POOLS.fields, "") | pool_on(link)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of pools to put a suggestion into. `prefix`: the wanted prefix length, None for the Engine's usual one."""

    index: int
    version: int
    prefix: int | None = None


def suggest_pool(data: QueryDict, form: NetworkForm) -> QueryDict:
    """Return the data with a subnet of which nothing bad is to be said; as it was where there is none, or no row for it.

    It goes into the first row whose subnet collides with something: same prefix length, and gateway, range and reserved
    addresses move along. Else into the first row without a subnet, which may say "/24" alone, or into a new one.
    """
    form.is_valid()
    row = _row_to_fill(form)
    if row is None:
        return data
    others = [each.pool for index, each in enumerate(form.pools) if index != row.index]
    subnet = suggest_subnet(row.version, others, form.ground, prefix=row.prefix)
    if not subnet:
        return data
    edited = data.copy()
    edited[f"pools-{row.index}-subnet"] = subnet
    edited[POOLS.counter] = str(max(POOLS.count(data), row.index + 1))
    _move_along(edited, data, row.index)
    return edited


def _move_along(edited: QueryDict, data: QueryDict, index: int) -> None:
    """Set the other fields of a row as they are in its new subnet; what can't be there is left to Docker."""
    old, new = (read_pool(each, index) for each in (data, edited))
    for field, text in _moved(old, new.subnet) if new.subnet else ():
        edited[f"pools-{index}-{field}"] = text
        findings = check_pool(read_pool(edited, index))
        if any(finding.level is Level.BAD and finding.field == field for finding in findings):
            edited[f"pools-{index}-{field}"] = ""


def _row_to_fill(form: NetworkForm) -> Row | None:
    spec = form.to_spec()
    for index, each in enumerate(form.pools):
        subnet, red = each.pool.subnet, {finding.key for finding in each.findings if finding.level is Level.BAD}
        # A subnet that Docker may drop is moved by nobody: first IPv6 is to be turned on.
        is_kept = subnet is not None and (subnet.version == 4 or spec.enable_ipv6)
        if subnet is not None and is_kept and red and COLLISIONS.issuperset(red):
            return Row(index, subnet.version, subnet.prefixlen)
    typed = {each.pool.subnet.version for each in form.pools if each.pool.subnet is not None}
    # A bridge has one pool of each family, and Docker drops one of IPv6 where that is off.
    free = [version for version in (4, 6) if version not in typed or spec.driver != "bridge"]
    free = [version for version in free if version == 4 or spec.enable_ipv6]
    for index, each in enumerate(form.pools) if free else ():
        text = each.unread.get("subnet", "")
        length = _LENGTH.fullmatch(text)
        wanted = int(length[1]) if length else None
        version = 6 if free == [6] or (wanted or 0) > 32 else 4
        if each.pool == Pool() and (length or not text) and version in free:
            return Row(index, version, wanted)
    return Row(len(form.pools), free[0]) if free and len(form.pools) < POOLS.most else None


def _moved(old: Pool, subnet: IPNetwork) -> Iterator[tuple[str, str]]:
    """Yield the other fields of a row, each at its place in another subnet of the same size; in one of another size as it is."""
    was = old.subnet
    if was is None or was.version != subnet.version:
        return
    by = int(subnet.network_address) - int(was.network_address) if was.prefixlen == subnet.prefixlen else 0
    if old.gateway is not None and is_inside(was, old.gateway):
        yield "gateway", str(old.gateway + by)
    if old.ip_range is not None and is_inside(was, old.ip_range.network_address):
        yield "ip_range", f"{old.ip_range.network_address + by}/{old.ip_range.prefixlen}"
    if old.aux_addresses and all(is_inside(was, address) for address in old.aux_addresses.values()):
        yield "aux_addresses", ", ".join(f"{name}={address + by}" for name, address in old.aux_addresses.items())
