"""An open line: what `ifconfig` says of the link, and what it can't say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Interface

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.hostnet.facts import LinkFact
from networks.hostnet.ifconfig import write_ifconfig
from networks.partials.cache import digest, draw
from networks.partials.interfaces.asked import InterfaceQuery, row_id
from networks.partials.interfaces.hostside import families_of, is_routed
from networks.partials.interfaces.rows import Figures, LinkPosition, line_context
from networks.partials.interfaces.sight import explain_software
from networks.partials.screen import DrawnRow
from networks.queries.networks import network_rows
from networks.queries.rows import EngineRow, NetworkRow
from networks.sync.host.board import HostLink, HostPicture
from networks.templatetags.ui import count_text
from networks.templatetags.wording import rate_text, spell

MOST_PORTS_LISTED = 3


@dataclass(frozen=True, slots=True)
class Station:
    """A stop on the way from a container to the outside. `word`: what it is; `place`: its address; `url` "" leads nowhere."""

    name: str
    word: str
    place: str = ""
    url: str = ""
    is_here: bool = False


def draw_card(
    engine: EngineRow, asked: InterfaceQuery, link: HostLink, place: LinkPosition, figures: Figures, picture: HostPicture
) -> DrawnRow:
    """Return the line below an open one. Its figures change without its version."""
    counters = figures.counters
    context = {
        **line_context(engine.slug, link, place),
        "dom_id": f"{row_id(link)}-open",
        "text": spell_lines(write_ifconfig(link.fact, counters)),
        "stations": stations_of(engine, asked, link, picture),
        "hidden_addresses": hidden_addresses(link.fact),
        "rates": _rates(figures),
        "troubles": _troubles(link, figures),
        "is_mirrored": link.peer is not None,
        "software": explain_software(link),
    }
    html = draw("interfaces/_card.html", context)
    return DrawnRow(f"{row_id(link)}-open", digest(f"{link.revision} {place}"), html, digest(html))


def spell_lines(text: str) -> str:
    """Return text with nothing hidden in its lines: names come from whoever made the link."""
    return "\n".join(spell(line) for line in text.split("\n"))


def hidden_addresses(fact: LinkFact) -> tuple[str, ...]:
    """Return the IPv4 addresses that `ifconfig` keeps to itself: all but the first."""
    return tuple(str(one.interface) for one in fact.addresses if isinstance(one.interface, IPv4Interface))[1:]


def stations_of(engine: EngineRow, asked: InterfaceQuery, link: HostLink, picture: HostPicture) -> tuple[Station, ...]:
    """Return the way from a container through this link to the outside, as far as it is known; nothing for a link apart."""
    links = {one.fact.index: one for one in picture.links}
    bridge = link if link.network_id else links.get(link.fact.master)
    before = _containers_of(engine, link, picture)
    if bridge is None or not before:
        return before and (*before, _this(link))
    behind = () if bridge is link else (_bridge(engine, asked, bridge),)
    return (*before, _this(link), *behind, *_ways_out(engine, asked, bridge, picture))


def _containers_of(engine: EngineRow, link: HostLink, picture: HostPicture) -> tuple[Station, ...]:
    peer = link.peer
    if peer is not None:
        url = reverse("container_detail", args=[engine.slug, peer.container_id])
        return (Station(peer.container_name, peer.ifname, peer.ipv4, url),)
    ports = [one.peer.container_name for one in picture.links if one.fact.master == link.fact.index and one.peer]
    if not link.network_id or not ports:
        return ()
    words = ngettext("%(count)s container", "%(count)s containers", len(ports)) % {"count": count_text(len(ports))}
    names = ", ".join(sorted(ports)[:MOST_PORTS_LISTED]) + ("…" if len(ports) > MOST_PORTS_LISTED else "")
    return (Station(words, names),)


def _this(link: HostLink) -> Station:
    fact = link.fact
    pair = f"{fact.index} ↔ {fact.peer}" if link.peer else ""
    here = next((str(one.interface.ip) for one in fact.addresses if one.scope == "global"), "")
    return Station(fact.name, _("this link"), _("pair %(pair)s") % {"pair": pair} if pair else here, is_here=True)


def _bridge(engine: EngineRow, asked: InterfaceQuery, bridge: HostLink) -> Station:
    address = next((str(one.interface.ip) for one in bridge.fact.addresses if one.scope == "global"), "")
    word = _("network %(name)s") % {"name": bridge.network_name} if bridge.network_name else bridge.fact.kind
    return Station(bridge.fact.name, word, address, asked.url(engine.slug, bridge))


def _ways_out(engine: EngineRow, asked: InterfaceQuery, bridge: HostLink, picture: HostPicture) -> Iterable[Station]:
    """Return the links of the default route, where the bridge's network is known to lead there."""
    network = _network_of(engine, bridge)
    if network is None or network.driver != "bridge":
        return ()
    if network.is_internal:
        return (Station(_("no way out"), _("the network is internal")),)
    word = _say_way_out(network, engine.api_version)
    return tuple(
        Station(one.fact.name, word, _first_ipv4(one.fact), asked.url(engine.slug, one))
        for one in picture.links
        if one.is_way_out and one is not bridge
    )[:1]


def _say_way_out(network: NetworkRow, api_version: str) -> str:
    """Return how a bridge's network is set to leave: whether the Engine writes the rules for it, no call tells."""
    family = families_of(network)[0]
    if network.is_masquerade_off:
        words = _("%(family)s: masquerade off")
    elif is_routed(network, family, api_version):
        words = _("%(family)s: gateway mode routed")
    else:
        words = _("%(family)s: masquerade on")
    return words % {"family": family}


def _network_of(engine: EngineRow, bridge: HostLink) -> NetworkRow | None:
    return next((row for row in network_rows(engine) if row.docker_id == bridge.network_id), None) if bridge.network_id else None


def _first_ipv4(fact: LinkFact) -> str:
    return next((str(one.interface.ip) for one in fact.addresses if isinstance(one.interface, IPv4Interface)), "")


def _rates(figures: Figures) -> str:
    rate = figures.rate
    if rate is None:
        return ""
    return _("in %(rx)s, %(rx_packets)s packets/s; out %(tx)s, %(tx_packets)s packets/s") % {
        "rx": rate_text(rate.rx_bytes),
        "rx_packets": count_text(round(rate.rx_packets)),
        "tx": rate_text(rate.tx_bytes),
        "tx_packets": count_text(round(rate.tx_packets)),
    }


def _troubles(link: HostLink, figures: Figures) -> tuple[str, ...]:
    """Return what went wrong on the way, in sentences; a veth's TX is what the container was to get."""
    counters = figures.counters
    name = spell(link.peer.container_name)[:60] if link.peer else ""
    said: list[str] = []
    if link.peer and counters.tx_dropped:
        words = ngettext(
            "%(count)s packet to %(name)s was dropped.", "%(count)s packets to %(name)s were dropped.", counters.tx_dropped
        )
        said.append(words % {"count": count_text(counters.tx_dropped), "name": name})
    if link.peer and counters.rx_dropped:
        words = ngettext(
            "%(count)s packet from %(name)s was dropped.", "%(count)s packets from %(name)s were dropped.", counters.rx_dropped
        )
        said.append(words % {"count": count_text(counters.rx_dropped), "name": name})
    errors = counters.rx_errors + counters.tx_errors
    if errors:
        words = ngettext("%(count)s packet had errors.", "%(count)s packets had errors.", errors)
        said.append(words % {"count": count_text(errors)})
    return tuple(said)
