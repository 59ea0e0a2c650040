"""Checks of what an endpoint may be asked to have: addresses, aliases, links, a MAC address, a priority, driver options."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from networks.addressing.endpoint_checks import check_endpoint_address
from networks.addressing.findings import Finding, Misread, bad, warn
from networks.addressing.host import HostSide
from networks.addressing.pool_checks import ends_block, last_of_block
from networks.addressing.reading import IPAddress, parse_address
from networks.engine.docker_names import BUILT_IN_DRIVERS, INTERFACE_NAME, SYSCTLS
from networks.engine.specs import ConnectSpec
from networks.preflight.option_checks import option_unknown
from networks.queries.engine_context import API_OF_ENGINE_27, ContainerChoice, EngineVersion, NetworkChoice

ALIAS = re.compile(r"[a-zA-Z0-9_](?:[a-zA-Z0-9_.-]{0,253}[a-zA-Z0-9_])?")
# Docker's own drivers look at no other option of an endpoint; a plugin may.
INTERFACE_NAME_LIMIT = 15  # Linux: IFNAMSIZ without its NUL
PRIORITY_LIMIT = 2**31 - 1  # Docker takes 64 bits; the snapshot keeps 32, and nobody has so many networks
MAX_SEEN = 200  # networks of one container; of more nobody is told that they changed

_CONTAINER_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}")
_MAC = re.compile(r"[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}")
# "IFNAME" stands for the interface, whatever it will be called. Source: moby, daemon/network.go, validateEndpointSettings
_SYSCTL = re.compile(r"(net\.(?:ipv4|ipv6|mpls)\.[a-z0-9_-]+\.(?:IFNAME|ifname)\.[a-z0-9_.-]+)=(\S+)")
_NAMED_SYSCTL = re.compile(r"(net\.(?:ipv4|ipv6|mpls)\.[a-z0-9_-]+)\.[^.=]+\.([a-z0-9_.-]+=\S+)")


@dataclass(frozen=True, slots=True)
class NewMember:
    """A field that not every Engine honours: from which API version on, and which Engine that is."""

    api: tuple[int, int]
    engine: str


# Older Engines take each of these with a 200 and ignore it.
NEW_MEMBERS: Mapping[str, NewMember] = {
    "sysctls": NewMember((1, 46), "27"),
    "interface_name": NewMember((1, 48), "28"),
    "gateway_priority": NewMember((1, 48), "28"),
    "mac": NewMember((1, 54), "29.3"),
}
OPTION_FIELDS: Mapping[str, str] = {"sysctls": SYSCTLS, "interface_name": INTERFACE_NAME}


def is_too_new(field: str, version: EngineVersion) -> bool:
    """Tell whether this Engine is known to ignore what the field asks for."""
    return field in NEW_MEMBERS and version.is_before(NEW_MEMBERS[field].api)


def not_yet(field: str, version: EngineVersion, target: str = "") -> Finding:
    """Return that this Engine would ignore a field (or a driver option that has one), with the emptying of it as the way out."""
    message = _("Engine %(version)s would accept this and ignore it. It came with Engine %(since)s.")
    field, fix, since = target or field, _("Leave it to Docker"), NEW_MEMBERS[field].engine
    return bad(field, "endpoint_not_yet", message, fills=field, fix=fix, version=version.text, since=since)


def check_wishes(network: NetworkChoice, read: Mapping[str, Any], host: HostSide, version: EngineVersion) -> Iterator[Finding]:
    """Yield what there is to say of the addresses and aliases in `read` (`ipv4`, `ipv6`, `aliases`)."""
    pools = network.pools
    for field in ("ipv4", "ipv6"):
        address = read.get(field)
        if address is None:
            continue
        if network.name == "bridge":
            message = _("Docker's default bridge doesn't support fixed addresses; a network of your own does.")
            yield bad(field, "static_on_default_bridge", message, fills=field, fix=_("Let Docker choose"))
        elif version.is_before(API_OF_ENGINE_27) and any(pool.subnet and ends_block(pool.subnet, address) for pool in pools):
            yield last_of_block(field, address, version.text)
        else:
            yield from check_endpoint_address(address, pools, network.holders, network.wishes, host)
    aliases = read["aliases"]
    if aliases and network.name == "bridge":
        message = _("Docker's default bridge has no aliases; a network of your own does.")
        yield bad("aliases", "alias_on_default_bridge", message, fills="aliases", fix=_("Remove them"))
        return
    for alias in aliases:
        if not ALIAS.fullmatch(alias):
            yield bad("aliases", "alias_invalid", _("“%(alias)s” is not a valid DNS name."), alias=alias)


def parse_link_local(words: Iterable[str]) -> tuple[tuple[IPAddress, ...], list[Finding]]:
    """Return the link-local addresses among the words, and what is wrong with others."""
    addresses: list[IPAddress] = []
    findings: list[Finding] = []
    for word in words:
        try:
            address = parse_address(word, "link_local_ips")
        except Misread as error:
            findings.append(error.finding.without_fix())
            continue
        if not address.is_link_local:
            message = _("%(address)s is not link-local: such addresses are in 169.254.0.0/16 or fe80::/10.")
            findings.append(bad("link_local_ips", "link_local_not", message, address=address))
        elif address in addresses:
            findings.append(bad("link_local_ips", "pairs_twice", _("%(key)s is set twice."), key=address))
        else:
            addresses.append(address)
    return tuple(addresses), findings


def check_link_local(addresses: Iterable[IPAddress], network: NetworkChoice) -> Iterator[Finding]:
    """Yield what Docker would refuse (of a stopped container, at its start): the kernel has IPv6 off on such an interface."""
    for address in addresses:
        if address.version == 6 and not network.has_ipv6:
            message = _("%(address)s needs IPv6, which is off for this network.")
            yield bad("link_local_ips", "link_local_no_ipv6", message, address=address)


def check_links(
    links: tuple[str, ...], network: NetworkChoice, container: ContainerChoice | None, others: Iterable[ContainerChoice]
) -> Iterator[Finding]:
    """Yield what there is to say of links, each "container" or "container:name"."""
    by_name = {choice.name: choice for choice in others}
    if links and network.name == "bridge":
        message = _(
            "On Docker's default bridge, links can be set only when a container is created; on a network of your "
            "own, at any time."
        )
        yield bad("links", "link_on_default_bridge", message, fills="links", fix=_("Remove them"))
        return
    for link in links:
        name, separator, alias = link.partition(":")
        if not _CONTAINER_NAME.fullmatch(name) or (separator and not ALIAS.fullmatch(alias)):
            yield bad("links", "link_unreadable", _("“%(typed)s” is not container:name."), typed=link)
        elif name not in by_name:
            close = get_close_matches(name, by_name, 1)
            meant = [f"{close[0]}{separator}{alias}" if other == link else other for other in links] if close else []
            message = _("This Engine has no container called %(name)s.")
            yield bad("links", "link_container_missing", message, ", ".join(meant), name=name)
        elif container is not None and name == container.name:
            yield bad("links", "link_to_itself", _("%(name)s can't be linked to itself."), name=name)
        elif network.name not in by_name[name].networks:
            message = _("%(name)s is not on %(network)s, so this link doesn't resolve yet.")
            yield warn("links", "link_elsewhere", message, name=name, network=network.name)


def parse_mac(text: str) -> str:
    """Return a MAC address as Docker writes it. Raises Misread for what no single interface can have."""
    typed = text.strip().lower()
    digits = re.sub(r"[^0-9a-f]", "", typed)
    mac = ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))
    if not _MAC.fullmatch(typed):
        is_near = len(digits) == 12 and re.fullmatch(r"[0-9a-f:. -]+", typed)
        message = _("“%(typed)s” is not a MAC address. It looks like 02:42:ac:48:00:0a.")
        raise Misread(bad("mac", "mac_unreadable", message, mac if is_near else "", typed=text.strip()))
    first = int(mac[:2], 16)
    if first & 1:
        message = _("%(mac)s is a multicast address; an interface can't have it.")
        raise Misread(bad("mac", "mac_multicast", message, f"{first & 0xFE | 0x02:02x}{mac[2:]}", mac=mac))
    if not int(digits, 16):
        raise Misread(bad("mac", "mac_zero", _("%(mac)s can't be the address of an interface."), mac=mac))
    return mac


def check_mac(mac: str, network: NetworkChoice, *, has_flag: bool = False) -> Iterator[Finding]:
    """Yield what there is to say of a MAC address that can be one. `has_flag`: the docker command takes one there."""
    if mac in network.macs:
        message = _("%(name)s already has %(mac)s: with a duplicate MAC address, packets get lost.")
        yield warn("mac", "mac_held", message, mac=mac, name=network.macs[mac])
    if not has_flag:
        yield warn("mac", "mac_no_flag", _("The docker command has no option for the MAC address here; only the API accepts it."))


def parse_priority(text: str) -> int:
    """Return a gateway priority. Raises Misread."""
    typed = text.strip()
    if not _NUMBER.fullmatch(typed) or not -PRIORITY_LIMIT <= int(typed) <= PRIORITY_LIMIT:
        message = _("A priority is a whole number from -%(limit)s to %(limit)s.")
        raise Misread(bad("gateway_priority", "priority_invalid", message, limit=PRIORITY_LIMIT))
    return int(typed)


def parse_interface_name(text: str, field: str = "interface_name") -> str:
    """Return a name that Linux gives to an interface. Raises Misread."""
    name = text.strip()
    if len(name.encode("utf-8", "replace")) > INTERFACE_NAME_LIMIT or name in (".", "..", "lo") or re.search(r"[\s/:%]", name):
        message = _("%(value)s can't be the name of an interface: up to %(limit)s characters, no space, “/”, “:” or “%%”.")
        raise Misread(bad(field, "interface_name_invalid", message, value=name, limit=INTERFACE_NAME_LIMIT))
    return name


def parse_endpoint_sysctls(text: str, field: str = "sysctls") -> str:
    """Return sysctls of the endpoint's interface as Docker wants them, comma between. Raises Misread for the first bad one."""
    settings: dict[str, str] = {}
    words = [word for word in re.split(r"[\s,]+", text) if word]
    for word in words:
        found = _SYSCTL.fullmatch(word)
        if found is None:
            named = _NAMED_SYSCTL.fullmatch(word)
            meant = [f"{named[1]}.IFNAME.{named[2]}" if named and other == word else other for other in words]
            suggestion = ",".join(meant) if named and field == "sysctls" else ""
            message = _("“%(typed)s” must look like net.ipv4.conf.IFNAME.forwarding=1, with ipv4, ipv6 or mpls.")
            raise Misread(bad(field, "sysctl_unreadable", message, suggestion, typed=word))
        if found[1] in settings:
            raise Misread(bad(field, "pairs_twice", _("%(key)s is set twice."), key=found[1]))
        settings[found[1]] = found[2]
    return ",".join(f"{key}={value}" for key, value in settings.items())


def check_driver_options(options: Mapping[str, str], driver: str, typed: Collection[str]) -> Iterator[Finding]:
    """Yield what there is to say of free driver options. `typed`: the options whose own fields are filled."""
    for key in options:
        others = "\n".join(f"{other}={text}" for other, text in options.items() if other != key)
        if key in typed:
            message = _("%(key)s has its own field above, and that is filled in.")
            fix = _("Drop it here")
            yield bad("driver_options", "endpoint_option_above", message, others, fills="driver_options", fix=fix, key=key)
        elif key not in OPTION_FIELDS.values() and driver in BUILT_IN_DRIVERS:
            yield option_unknown("driver_options", key, others, "driver_options")


def is_as_asked(spec: ConnectSpec, endpoint: Mapping[str, Any]) -> bool:
    """Tell whether an endpoint (queries.ground.read_endpoint) has all that was asked for; what wasn't may be as it is."""
    if not endpoint["has_detail"]:  # aliases, links and options aren't known
        return False
    addresses = (("ipv4", spec.ipv4), ("ipv6", spec.ipv6))
    return (
        all(address is None or str(address) in (endpoint[name], endpoint[f"requested_{name}"]) for name, address in addresses)
        and set(spec.aliases) <= set(endpoint["aliases"])
        and set(map(str, spec.link_local_ips)) <= set(endpoint["link_local_ips"])
        and set(spec.links) <= set(endpoint["links"])
        and spec.driver_options.items() <= dict(endpoint["driver_options"]).items()
        and spec.gateway_priority == endpoint["gateway_priority"]
        and spec.mac in ("", endpoint["mac"])
    )


def seen_of(container: ContainerChoice | None) -> str:
    """Return what a page says of a container now, to be sent along with its form; `changes_since` reads it."""
    if container is None or len(container.networks) > MAX_SEEN:
        return ""
    return json.dumps([container.docker_id, container.name, *container.networks])


def changes_since(seen: str, container: ContainerChoice | None) -> list[str]:
    """Return in words what of the container isn't any more as it was seen; nothing where nothing was sent along."""
    try:
        docker_id, name, *networks = json.loads(seen)
    except (TypeError, ValueError, RecursionError):
        return []
    if container is None or container.docker_id != docker_id:
        return []
    changes = []
    if container.name != name:
        changes.append(gettext("The container %(old)s is called %(new)s now.") % {"old": name, "new": container.name})
    if list(container.networks) != networks:
        words = {"container": container.name, "networks": ", ".join(container.networks) or "–"}
        changes.append(gettext("%(container)s is on other networks now: %(networks)s.") % words)
    return changes
