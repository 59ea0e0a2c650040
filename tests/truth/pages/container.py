"""A container's page, and its page from inside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.truth.claims import Claim, Page, reads
from tests.truth.pages.lists import read_mode_word, read_ports, read_status
from tests.truth.pages.network import terms
from tests.truth.pages.parts import labelled, link_id, read_connects, read_endpoint, read_orders

_LINK = re.compile(r"^(\S+): flags=\d+<([A-Z,_]*)>\s+mtu (\d+)", re.MULTILINE)

GUESTS = {
    "container.guests": "Sharing its network:",
    "container.left_guests": "In its old stack",
    "container.idle_guests": "Not running, and on its network",
}


@reads("container")
def read_facts(page: Page) -> Iterator[Claim]:
    """The title and the row of facts."""
    yield page.claim("container.name", page.subject, page.at("container-name").text, page.at("container-name"))
    yield page.claim("container.status", page.subject, page.at("container-state").text, page.at("container-state"))
    facts = terms(page.at("container-facts"))
    yield from read_status(page, page.subject, facts["Status"])
    yield page.claim("container.image", page.subject, facts["Image"].text)
    yield from read_mode_word(page, page.subject, facts["Network mode"])
    if "Hostname" in facts:
        yield page.claim("container.hostname", page.subject, facts["Hostname"].text)
    if "Command" in facts:
        yield page.claim("container.command", page.subject, facts["Command"].text)
    page.take(page.at("container-facts"))


@reads("container")
def read_endpoints(page: Page) -> Iterator[Claim]:
    """Each endpoint's row."""
    rows = page.at("endpoint-rows").all("tr")
    names = []
    for row in rows:
        head, cells = row.cells()[0], labelled(row)
        name = head.first(css="nm")
        assert name is not None
        network = link_id(head, "networks")
        names.append(name.text)
        yield page.claim("endpoint.network", (*page.subject, name.text), network)
        yield from read_endpoint(page, cells, (*page.subject, name.text))
        yield page.claim("endpoint.gateway", (*page.subject, name.text), cells["Gateway"].text.strip("–"))
        if network:
            yield page.claim("endpoint.leavable", (*page.subject, network), "Disconnect" in row.cells()[-1].text)
        page.take(row)
    yield page.claim("container.networks", page.subject, tuple(sorted(names)))


@reads("container")
def read_beside(page: Page) -> Iterator[Claim]:
    """Ports, orders, who shares its stack, and the commands."""
    ports = page.at("container-ports")
    yield from read_ports(page, page.subject, ports)
    page.take(*ports.all(css="list"))
    yield from read_orders(page, page.at("container-acts"), page.subject)
    for kind, words in GUESTS.items():
        lines = [one for one in page.at("container-mode").all("p") if one.text.startswith(words)]
        named = tuple(sorted(link_id(anchor, "containers") for one in lines for anchor in one.all("a")))
        yield page.claim(kind, page.subject, named)
        page.take(*lines)
    page.take(page.at("container-labels"))
    yield from read_connects(page, page.at("container-commands"))


@reads("container")
def read_ways(page: Page) -> Iterator[Claim]:
    """Whether it is said to be able to join one more network, or to be moved."""
    part = page.at("container-connect")
    targets = {one.attributes.get("href", "").rstrip("/").rpartition("/")[2] for one in part.all("a", css="btn")}
    yield page.claim("container.connectable", page.subject, "connect" in targets)
    yield page.claim("container.movable", page.subject, "move" in targets)


@reads("inside")
def read_inside(page: Page) -> Iterator[Claim]:
    """The interfaces as ifconfig writes them, the routes, the name servers and the names that are answered for."""
    for block in page.main.all("pre"):
        for text in block.raw_text.split("\n\n"):
            yield from _read_ifconfig(page, text)
        page.take(block)
    for table in page.main.all("table"):
        caption = table.first("caption")
        if caption is not None and caption.text == "Routes":
            rows = table.all("tr")[1:]
            said = tuple(sorted((row.cells()[0].text, row.cells()[1].text, row.cells()[2].text) for row in rows))
            yield page.claim("inside.routes", page.subject, said, table)
    for name, value in (pair for found in page.main.all("dl") for pair in terms(found).items()):
        codes = tuple(one.text for one in value.all("code"))
        if name == "Name servers":
            yield page.claim("inside.servers", page.subject, codes, value)
        elif name not in ("Options", "Search"):
            yield page.claim("inside.names", (*page.subject, name), tuple(sorted(codes)), value)


def _read_ifconfig(page: Page, text: str) -> Iterator[Claim]:
    found = _LINK.search(text)
    if found is None:
        return
    subject = (*page.subject, found[1])
    yield page.claim("inside.mtu", subject, int(found[3]))
    yield page.claim("inside.up", subject, "UP" in found[2].split(","))
    yield page.claim("inside.addresses", subject, tuple(sorted(re.findall(r"^\s+inet6? (\S+)", text, re.MULTILINE))))
    mac = re.search(r"^\s+ether (\S+)", text, re.MULTILINE)
    yield page.claim("inside.mac", subject, mac[1] if mac else "")
