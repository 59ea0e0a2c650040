"""The overview, the links of the machine, and the addresses' history and drawer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.truth.claims import Claim, Page, reads
from tests.truth.elements import Element
from tests.truth.pages.network import terms
from tests.truth.pages.parts import DASH, labelled, link_id, number

_FIGURE = re.compile(r"^([\d,]+) (.+)$")


@reads("overview")
def read_totals(page: Page) -> Iterator[Claim]:
    """The Engine in numbers: each word with its figure."""
    totals = terms(page.at("overview-totals"))
    drivers = dict(_figures(totals["Networks"]))
    yield page.claim("total.drivers", (), drivers)
    yield page.claim("total.states", (), dict(_figures(totals["Containers"])))
    endpoints = totals["Endpoints with an address"]
    first = endpoints.first("span")
    assert first is not None
    yield page.claim("total.endpoints", (), number(first.text))
    for words, figure in _figures(endpoints):
        if len(words) > 1:
            yield page.claim("total.modes", (words.removeprefix("uses ").removeprefix("use ").split(" ")[-1],), figure)
    yield page.claim("total.blocks", (), totals["Default pools"].text)
    page.take(page.at("overview-totals"), page.at("event-rows"))


def _figures(cell: Element) -> Iterator[tuple[str, int]]:
    for part in cell.all("a"):
        if found := _FIGURE.match(part.text):
            yield found[2], int(found[1].replace(",", ""))


@reads("interfaces")
def read_links(page: Page) -> Iterator[Claim]:
    """Each link: its kind, addresses, MAC address and what is at its other end."""
    rows = [row for row in page.at("interface-rows").all("tr") if row.id.startswith("lnk-")]
    yield page.claim("links.listed", (), tuple(sorted(int(row.id.removeprefix("lnk-")) for row in rows)))
    for row in rows:
        subject = (row.id.removeprefix("lnk-"),)
        cells, by_label = row.cells(), labelled(row)
        yield page.claim("link.name", subject, cells[0].all("code")[0].text)
        yield page.claim("link.kind", subject, by_label["Kind"].text.split(" ")[0])
        addresses = tuple(sorted(one.text for one in by_label["Addresses"].all(css="addr")))
        yield page.claim("link.addresses", subject, addresses)
        yield page.claim("link.mac", subject, cells[3].text.replace(DASH, ""))
        yield page.claim("link.mtu", subject, number(cells[4].text))
        yield from _read_end(page, subject, by_label["Other end"])
        page.take(row)
    page.take(*[row for row in page.at("interface-rows").all("tr") if "ifcard" in row.classes])


def _read_end(page: Page, subject: tuple[str, ...], cell: Element) -> Iterator[Claim]:
    container, networks = link_id(cell, "containers"), tuple(sorted(one.text for one in cell.all("a")))
    if container:
        yield page.claim("link.peer", subject, container)
        yield page.claim("link.peer.ifname", subject, cell.all(css="mut")[-1].text.partition(",")[0])
        yield page.claim("link.peer.shared", subject, ", shared" in cell.text)
    elif cell.text.startswith("network "):
        ports = re.search(r"([\d,]+) ports?$", cell.text)
        yield page.claim("link.bridge_of", subject, networks)
        yield page.claim("link.ports", subject, number(ports[1]) if ports else None)
    elif cell.text.startswith("parent of "):
        yield page.claim("link.parent_of", subject, networks)
    elif cell.text.startswith("veth pair with "):
        yield page.claim("link.pair", subject, cell.text.removeprefix("veth pair with "))
    elif cell.text == "in no known container":
        yield page.claim("link.peer", subject, "")


@reads("history", "network", "container")
def read_history(page: Page) -> Iterator[Claim]:
    """Who has an address now, by the last column; what was is no claim that Docker could be asked about."""
    for table in page.main.all("table", css="hist"):
        for row in table.all("tr")[1:]:
            cells = labelled(row)
            address = row.cells()[0].first("b")
            if address is None or "Until" not in cells:
                continue
            container = link_id(cells["Container"], "containers") if "Container" in cells else page.subject[0]
            network = link_id(cells["Network"], "networks") if "Network" in cells else page.subject[0]
            if container and network:
                yield page.claim("history.now", (container, network, address.text), cells["Until"].text == "now")
            mac = cells.get("MAC")
            if mac is not None and cells["Until"].text == "now":
                yield page.claim("endpoint.mac", (container, network), mac.text.replace(DASH, ""))
        page.take(table)


@reads("held")
def read_held(page: Page) -> Iterator[Claim]:
    """A search for a container: the addresses that it has now."""
    held = page.main.first("ul", css="held")
    assert held is not None
    addresses = tuple(sorted(one.text for line in held.all("li") for one in line.all("b")))
    yield page.claim("container.addresses", page.subject, addresses, held)
    page.take(*page.main.all("table", css="hist"))


@reads("addresses")
def read_pools(page: Page) -> Iterator[Claim]:
    """The list of pools."""
    for row in page.at("pool-rows").all("tr"):
        cells = row.cells()
        subnet = cells[0].all(css="addr")[0].text
        network = row.id.removeprefix("pool-").rpartition("-")[0]  # the short id
        yield page.claim("pool.network", (network, subnet), cells[1].text)
        yield page.claim("pool.in_use", (network, subnet), number(cells[2].text))
        page.take(row)


@reads("drawer")
def read_drawer(page: Page) -> Iterator[Claim]:
    """One address: its state, who holds it or asks for it, how, and behind which link."""
    drawer = page.at("address-drawer")
    subject = (page.subject[0], page.subject[1])
    facts = terms(drawer.first("dl"))
    head = drawer.first(css="pagehead")
    assert head is not None
    said = head.text.removeprefix(page.subject[1]).strip()
    yield page.claim("cell.state", subject, re.sub(r"^(running|paused|restarting) ", "", said))
    for label, kind in (("Held by", "cell.holder"), ("Asked for by", "cell.asker")):
        if label in facts:
            yield page.claim(kind, subject, link_id(facts[label], "containers"))
    if "How" in facts:
        yield page.claim("cell.how", subject, facts["How"].text)
    if "MAC" in facts and "Held by" in facts:
        yield page.claim("endpoint.mac", (link_id(facts["Held by"], "containers"), page.subject[0]), facts["MAC"].text)
    if "Link on the host" in facts:
        pair = (link_id(facts["Held by"], "containers"), page.subject[0])
        yield page.claim("link.endpoint", (facts["Link on the host"].text,), pair)
    if "The next container that asks for none gets this address." in drawer.text:
        yield page.claim("cell.next", subject, True)
    page.take(drawer, page.main.by_id("address-pool"), page.main.by_id("pool-rows"))
