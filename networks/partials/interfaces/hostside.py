"""What Docker asks Linux for, for one network, and how its containers reach the outside: of each family, by Engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from networks.engine.docker_names import BRIDGE_NAME, HOST_ADDRESS, INHIBIT_IPV4, MTU, VXLAN_IDS
from networks.engine.parsing.engines import is_27_or_newer
from networks.queries.networks import GATEWAY_MODES, TRUE_WORDS
from networks.queries.rows import NetworkRow

_HOST_ADDRESSES = {"IPv4": f"{HOST_ADDRESS}4", "IPv6": f"{HOST_ADDRESS}6"}


def host_side(row: NetworkRow, options: Mapping[str, str], *, api_version: str) -> list[dict[str, str]]:
    """Return what Docker asked Linux for, as (word, value, code) rows; empty where there is nothing on the host."""
    if row.driver in ("macvlan", "ipvlan"):
        return _on_parent(row, options)
    if row.driver == "overlay":
        return _over_machines(row, options)
    if row.driver != "bridge":
        return []
    between = _("refused: ICC is off") if row.is_icc_off else _("allowed")
    rows = [
        {"word": _("Linux bridge"), "code": options.get(BRIDGE_NAME) or f"br-{row.docker_id[:12]}"},
        *_ways_out(row, options, api_version),
        {"word": _("Between its containers"), "value": between},
    ]
    if options.get(MTU):
        rows.append({"word": "MTU", "value": options[MTU]})
    return rows


def _on_parent(row: NetworkRow, options: Mapping[str, str]) -> list[dict[str, str]]:
    parent = options.get("parent", "")
    rows = [
        {"word": _("Parent"), "code": parent or _("a dummy link: no way out")},
        {"word": _("Mode"), "value": options.get(f"{row.driver}_mode", "bridge" if row.driver == "macvlan" else "l2")},
    ]
    if row.is_internal and parent:
        rows.append(
            {
                "word": _("To the outside"),
                "value": _("no gateway, for the network is internal; what is on its parent's link, directly"),
            }
        )
    return rows


def _over_machines(row: NetworkRow, options: Mapping[str, str]) -> list[dict[str, str]]:
    outside = _("over docker_gwbridge, unless another network of the container leads out")
    between = _("encrypted (IPsec)") if "encrypted" in options else _("not encrypted")
    return [
        {"word": "VXLAN", "code": options.get(VXLAN_IDS) or "–"},
        {"word": _("Linux bridge"), "value": _("in a network namespace of Docker's own, not among the host's links")},
        {"word": _("Between machines"), "value": between},
        {"word": _("To the outside"), "value": _("nothing: the network is internal") if row.is_internal else outside},
    ]


def families_of(row: NetworkRow) -> tuple[str, ...]:
    """Return which families a network has. An Engine that can't turn IPv4 off says nothing of it: its subnets do."""
    has_ipv4 = row.has_ipv4 and (not row.has_ipv6 or any(":" not in pool.subnet for pool in row.pools) or not row.pools)
    return (*(("IPv4",) if has_ipv4 else ()), *(("IPv6",) if row.has_ipv6 else ()))


def is_routed(row: NetworkRow, family: str, api_version: str) -> bool:
    """Tell whether a bridge network's gateway mode lets its containers' own addresses out."""
    modes = dict(zip(GATEWAY_MODES, row.gateway_modes, strict=False))
    return is_27_or_newer(api_version) and modes.get(family) == "routed"


def _ways_out(row: NetworkRow, options: Mapping[str, str], api_version: str) -> Iterator[dict[str, str]]:
    if row.is_internal:
        yield {"word": _("To the outside"), "value": _("nothing: the network is internal")}
        return
    families = families_of(row)
    is_bare = str(options.get(INHIBIT_IPV4, "")).lower() in TRUE_WORDS
    for family in families:
        word = _("To the outside") if families == ("IPv4",) else _("To the outside, %(family)s") % {"family": family}
        if family == "IPv4" and is_bare:
            yield {"word": word, "value": _("not through the host: its bridge has no IPv4 address (inhibit_ipv4)")}
        else:
            yield {"word": word, "value": _say_way_out(row, family, options.get(_HOST_ADDRESSES[family], ""), api_version)}


def _say_way_out(row: NetworkRow, family: str, address: str, api_version: str) -> str:
    """No call of the Engine tells whether it was started with iptables or ip6tables off: what hangs on it is said with that."""
    if row.is_masquerade_off:
        return _("routed with the containers' own addresses: masquerade is off")
    if is_routed(row, family, api_version):
        return _("routed with the containers' own addresses: its gateway mode is routed")
    if family == "IPv6" and not is_27_or_newer(api_version):
        return _("routed with the containers' own addresses, unless this Engine was started with ip6tables on")
    switch = "iptables" if family == "IPv4" else "ip6tables"
    if address:
        words = _("translated to %(address)s, unless this Engine was started with %(switch)s off")
        return words % {"address": address, "switch": switch}
    return _("masqueraded behind the host's address, unless this Engine was started with %(switch)s off") % {"switch": switch}
