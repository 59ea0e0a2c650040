"""Addresses of the Interfaces page, and what they ask for: which links, one of them open, as a table or as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

from networks.partials.interfaces.sight import NAMES
from networks.queries.filters import TEXT_LIMIT
from networks.sync.host.board import HostLink
from networks.sync.host.traffic import Traffic

# Digits alone would be taken for an index.
_TELLING_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._@-]{0,62}")


def row_id(link: HostLink) -> str:
    return f"lnk-{link.fact.index}"


def open_word(link: HostLink) -> str:
    """Return what `?open=` says of a link: its name, or its index where the name is odd."""
    name = link.fact.name
    return name if _TELLING_NAME.fullmatch(name) else str(link.fact.index)


def interfaces_url(engine_slug: str, asked: Mapping[str, str] | None = None, link: HostLink | None = None) -> str:
    """Return the address of the page, with what is asked of it, `link` open and in sight.

    It names the Engine: the reader may have chosen another.
    """
    given = {"engine": engine_slug, **(asked or {})}
    if link is not None:
        given.pop("open", None)
    page = f"{reverse('interface_list')}?{urlencode({name: value for name, value in given.items() if value}, safe='@')}"
    return opening(page, link) if link is not None else page


def opening(page: str, link: HostLink) -> str:
    """Return an address of the page, on which nothing is open, with a link open and in sight."""
    return f"{page}&open={open_word(link)}#{row_id(link)}"


STATES = ("up", "down")
# Something goes over it now; something ever did; something went wrong.
TRAFFIC = ("now", "ever", "trouble")
TEXT = "ifconfig"
ID_LENGTH = 6
# What the page's parameters are called, by field; and what some of them may be.
_PARAMS = {"q": "q", "kind": "kind", "network": "network", "state": "state", "traffic": "traffic", "form": "as", "opened": "open"}
_KNOWN = {"state": STATES, "traffic": TRAFFIC, "form": (TEXT,)}
INTERFACE_PARAMS = tuple(_PARAMS.values())


@dataclass(frozen=True, slots=True)
class InterfaceQuery:
    """What is asked for; "" is any, or nothing. `network`: a name. `form`: "" for the table or TEXT. `opened`: name or index."""

    q: str = ""
    kind: str = ""
    network: str = ""
    state: str = ""
    traffic: str = ""
    form: str = ""
    opened: str = ""

    @property
    def is_active(self) -> bool:
        return bool(self.q or self.kind or self.network or self.state or self.traffic)

    @property
    def is_text(self) -> bool:
        return self.form == TEXT

    @property
    def params(self) -> dict[str, str]:
        return {param: getattr(self, field) for field, param in _PARAMS.items()}

    def url(self, engine_slug: str, link: HostLink | None = None) -> str:
        """Return the page's address, `link` open instead of what is."""
        return interfaces_url(engine_slug, self.params, link)

    def pick(self, links: Iterable[HostLink], traffic: Traffic) -> list[HostLink]:
        """Return the links asked for, in their order."""
        if not self.is_active:
            return list(links)
        words = self.q.casefold().split()
        belonging = networks_of(links := tuple(links)) if self.network or words else {}
        return [
            link
            for link in links
            if (not self.kind or link.fact.kind == self.kind)
            and (not self.state or (self.state == "up") == link.fact.is_up)
            and (not self.network or self.network in belonging[link.fact.index])
            and (not self.traffic or _has_traffic(link, traffic, self.traffic))
            and (not words or _is_found(link, belonging[link.fact.index], words))
        ]

    def opens(self, links: Iterable[HostLink]) -> HostLink | None:
        """Return the link that is to be open: by its index, else by its name."""
        if not self.opened:
            return None
        known = tuple(links)
        by_index = next((link for link in known if str(link.fact.index) == self.opened), None)
        return by_index or next((link for link in known if link.fact.name == self.opened), None)


def read_interface_query(query: str) -> InterfaceQuery:
    """Return what a query string asks for; what isn't known is left aside."""
    try:
        given = dict(parse_qsl(query, max_num_fields=100))
    except ValueError:
        return InterfaceQuery()
    asked = {field: given.get(param, "").strip()[:TEXT_LIMIT] for field, param in _PARAMS.items()}
    return InterfaceQuery(**{field: value for field, value in asked.items() if value in _KNOWN.get(field, (value,))})


def networks_of(links: Iterable[HostLink]) -> Mapping[int, tuple[str, ...]]:
    """Return the names of the networks that each link serves, by index: as bridge, port or parent."""
    links = tuple(links)
    bridges = {link.fact.index: link.network_name for link in links if link.network_name}
    found: dict[int, tuple[str, ...]] = {}
    for link in links:
        peer = link.peer.network_name if link.peer else ""
        named = (link.network_name, bridges.get(link.fact.master, ""), peer, *(name for _id, name in link.parent_of))
        found[link.fact.index] = tuple(dict.fromkeys(name for name in named if name))
    return found


def _has_traffic(link: HostLink, traffic: Traffic, wanted: str) -> bool:
    index = link.fact.index
    if wanted == "now":
        rate = traffic.rate(index)
        return rate is not None and bool(rate.rx_packets or rate.tx_packets)
    counters = traffic.counters(index) or link.fact.counters
    if wanted == "ever":
        return bool(counters.rx_packets or counters.tx_packets)
    return bool(counters.rx_errors or counters.tx_errors or counters.rx_dropped or counters.tx_dropped or counters.collisions)


def _is_found(link: HostLink, networks: Iterable[str], words: Iterable[str]) -> bool:
    """Tell whether every word stands in the link's names and addresses, or begins the container's id."""
    fact, peer = link.fact, link.peer
    said = [fact.name, fact.kind, fact.mac, link.master_name, *networks]
    said += [str(address.interface) for address in fact.addresses]
    if link.belonging is not None:
        said += [link.belonging.software.value, NAMES[link.belonging.software]]
    if peer is not None:
        said += [peer.container_name, peer.ifname, peer.ipv4, *peer.sharing]
    text = "\n".join(said).casefold()
    container_id = peer.container_id if peer else ""
    return all(word in text or (len(word) >= ID_LENGTH and container_id.startswith(word)) for word in words)
