"""A network's page: figures, endpoints, pools, grids, the host's side and what may be done."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.truth.claims import Claim, Page, reads
from tests.truth.elements import Element
from tests.truth.pages.parts import DASH, counted, labelled, link_id, number, read_connects, read_endpoint

_CELL = re.compile(r"^(?P<address>[0-9a-f.:]+) (?P<state>[a-z ,A-Z]+?)(?:: (?P<name>.+?))?(?P<next>, next to be handed out)?$")
_SHARED = re.compile(r"shared with (.+)$")


def terms(element: Element | None) -> dict[str, Element]:
    """Return a list of terms by their names."""
    if element is None:
        return {}
    heads, values = element.all("dt"), element.all("dd")
    return {head.text: value for head, value in zip(heads, values, strict=True)}


@reads("network")
def read_facts(page: Page) -> Iterator[Claim]:
    """The row of facts, and the line beside Endpoints."""
    facts = terms(page.at("network-facts"))
    if "Subnet" in facts:
        yield page.claim("network.pools", page.subject, tuple(one.text for one in facts["Subnet"].all(css="addr")))
        yield page.claim("network.gateways", page.subject, tuple(one.text for one in facts["Gateway"].all(css="addr")))
        used, _, capacity = facts["Used"].text.partition(" of ")
        yield page.claim("network.used", page.subject, number(used))
        yield page.claim("network.capacity", page.subject, number(capacity))
    if "Linux bridge" in facts:
        yield page.claim("network.bridge", page.subject, facts["Linux bridge"].text)
    yield page.claim("network.scope", page.subject, facts["Scope"].text)
    flags = facts.get("Flags")
    yield page.claim("network.flags", page.subject, tuple(flag.text for flag in flags.all(css="flag")) if flags else ())
    page.take(page.at("network-facts"))
    count = page.at("endpoint-count")
    asking = re.search(r"; ([\d,]+) asks? for", count.text)
    said = counted(count.text)
    yield page.claim("network.counts.line", page.subject, said | {"asking": int(asking[1]) if asking else 0}, count)


@reads("network")
def read_endpoints(page: Page) -> Iterator[Claim]:
    """Each endpoint's row."""
    rows = page.at("endpoint-rows").all("tr")
    yield page.claim("network.endpoints", page.subject, tuple(sorted(link_id(row.cells()[0], "containers") for row in rows)))
    for row in rows:
        head, cells = row.cells()[0], labelled(row)
        container = link_id(head, "containers")
        name = head.first(css="nm")
        assert name is not None
        yield page.claim("container.name", (container,), name.text)
        state = head.text.replace(name.text, "").strip() or "running"
        yield page.claim("container.status", (container,), state, head)
        yield from read_endpoint(page, cells, (container, page.subject[0]))
        yield page.claim("endpoint.leavable", (container, page.subject[0]), "Disconnect" in row.cells()[-1].text)
        page.take(row)


@reads("network")
def read_pools(page: Page) -> Iterator[Claim]:
    """The table of pools."""
    part = page.main.by_id("network-pools")
    if part is None:
        return
    for row in part.all("tr")[1:]:
        cells = row.cells()
        subject = (*page.subject, cells[0].text)
        yield page.claim("pool.range", subject, "" if "whole subnet" in cells[1].text else cells[1].text)
        yield page.claim("pool.gateway", subject, cells[2].text)
        yield page.claim("pool.reserved", subject, "" if cells[3].text == DASH else cells[3].text)
        used, _, capacity = cells[4].text.partition(" of ")
        yield page.claim("pool.used", subject, number(used))
        if capacity:
            yield page.claim("pool.capacity", subject, number(capacity))
            yield page.claim("pool.free", subject, number(cells[5].text))
        page.take(row)


@reads("network", "addresses")
def read_grids(page: Page) -> Iterator[Claim]:
    """Every cell of every grid: what it is, whose it is, and which is the next."""
    for grid in page.main.all(css="agrid"):
        panel = next(one for one in grid.ancestors() if one.tag == "section")
        for cell in grid.walk():
            if found := _CELL.match(cell.attributes.get("title", "")):
                subject = (page.subject[0] if page.kind == "network" else _network_of(panel), found["address"])
                yield page.claim("cell.state", subject, found["state"])
                yield page.claim("cell.name", subject, found["name"] or "")
                if found["next"]:
                    yield page.claim("cell.next", subject, True)
        page.take(grid)
        sum_line = panel.first("p", css="adr-next")
        if sum_line is not None:
            network, subnet = page.subject[0] if page.kind == "network" else _network_of(panel), _subnet_of(panel)
            for kind in ("asked for", "reserved", "free"):
                figure = re.search(rf"([\d,]+) {kind}", sum_line.text)
                yield page.claim(f"pool.sum {kind}", (network, subnet), number(figure[1]) if figure else 0)
            following = re.search(r"gets ([0-9a-f.:]*[0-9a-f])", sum_line.text)
            yield page.claim("pool.next", (network, subnet), following[1] if following else "")
            head = panel.first("header")
            assert head is not None
            use = re.search(r"([\d,]+)(?: of ([\d,]+))? in use", head.text)
            if use is not None:
                yield page.claim("pool.in_use", (network, subnet), number(use[1]))
                if use[2] is not None:
                    yield page.claim("pool.room", (network, subnet), number(use[2]))
            page.take(head)


def _network_of(panel: Element) -> str:
    return link_id(panel, "networks")


def _subnet_of(panel: Element) -> str:
    """Return the subnet that a grid is of; on a network's page the head names the block alone."""
    whole = next((one.text for one in panel.all("a") if one.text.startswith("All of ")), "")
    head = panel.first("h2")
    assert head is not None
    return whole.removeprefix("All of ") or head.text


@reads("network", "container")
def read_traffic(page: Page) -> Iterator[Claim]:
    """Which link of the host is whose interface; the figures move, and are no claims here."""
    table = page.at("traffic-now").first("table")
    if table is not None:
        for row in table.all("tr")[1:]:
            head, link = row.cells()[0], labelled(row).get("Link on the host")
            if link is None or "traffic-sum" in row.classes or link.text == DASH:
                continue
            ifname = head.first("code")
            sharing = _SHARED.search(head.text)
            what = "containers" if page.kind == "network" else "networks"
            target = link_id(head, what)
            if page.kind == "network":
                yield page.claim("link.endpoint", (link.text,), (target, page.subject[0]), row)
            else:
                yield page.claim("link.in_stack", (link.text, page.subject[0]), (True, target), row)
            if ifname is not None:
                yield page.claim("link.ifname", (link.text,), ifname.text)
            if page.kind == "network":
                said = tuple(sorted(sharing[1].split(", "))) if sharing else ()
                yield page.claim("stack.sharing", (target,), said)
        page.take(table)
    page.take(page.main.by_id("traffic-minutes"))


@reads("network")
def read_beside(page: Page) -> Iterator[Claim]:
    """The host's side, what may be removed, and the commands."""
    side = page.main.by_id("network-host")
    found = terms(side)
    for label, kind in (("Linux bridge", "network.bridge"), ("Parent", "network.parent"), ("Mode", "network.link_mode")):
        if label in found:
            yield page.claim(kind, page.subject, found[label].text)
    for label in found:
        if label.startswith("To the outside") and "Between its containers" in found:
            family = label.rpartition(", ")[2] if ", " in label else "IPv4"
            yield page.claim("network.outside", (*page.subject, family), found[label].text)
    if "Between its containers" in found:
        yield page.claim("network.between", page.subject, found["Between its containers"].text)
    page.take(side, page.at("network-options"))
    can_remove = any(one.attributes.get("href", "").endswith("/remove/") for one in page.main.all("a", css="btn-danger"))
    yield page.claim("network.removable", page.subject, can_remove)
    yield from read_connects(page, page.at("network-commands"))
