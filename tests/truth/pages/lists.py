"""The lists of networks and of containers, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.truth.claims import Claim, Page, reads
from tests.truth.elements import Element
from tests.truth.pages.parts import DASH, counted, labelled, link_id, number


@reads("networks")
def read_networks(page: Page) -> Iterator[Claim]:
    """Each network: figures, pools, flags, and whether its removal is offered."""
    rows = [row for row in page.at("network-rows").all("tr") if row.id.startswith("net-")]
    yield page.claim("networks.listed", (), tuple(sorted(row.id.removeprefix("net-") for row in rows)))
    for row in rows:
        subject = (row.id.removeprefix("net-"),)
        cells, by_label = row.cells(), labelled(row)
        name = row.first(css="nm")
        assert name is not None
        yield page.claim("network.name", subject, name.text)
        yield page.claim("network.driver", subject, cells[3].text)
        yield page.claim("network.scope", subject, cells[4].text)
        yield page.claim("network.pools", subject, _pools(by_label["Subnets"]))
        yield page.claim("network.gateway", subject, by_label["Gateway"].text.replace(DASH, ""))
        yield page.claim("network.used", subject, number(by_label["Used"].text))
        yield page.claim("network.free", subject, number(cells[8].text))
        yield page.claim("network.counts", subject, counted(by_label["Containers"].text))
        flags = row.first(css="flags")
        said = tuple(flag.text for flag in flags.all(css="flag")) if flags else ()
        yield page.claim("network.flags", subject, said)
        removal = next((one for one in row.all("a") if one.attributes["href"].endswith("/remove/")), None)
        yield page.claim("network.removable", subject, removal is not None)
        page.take(row)


def _pools(cell: Element) -> tuple[str, ...]:
    return tuple(one.text for one in cell.all(css="addr"))


@reads("containers")
def read_containers(page: Page) -> Iterator[Claim]:
    """Each container: state, mode, addresses, ports, and what may be ordered."""
    rows = [row for row in page.at("container-rows").all("tr") if row.id.startswith("con-")]
    yield page.claim("containers.listed", (), tuple(sorted(row.id.removeprefix("con-") for row in rows)))
    for row in rows:
        subject = (row.id.removeprefix("con-"),)
        cells, by_label = row.cells(), labelled(row)
        name = row.first(css="nm")
        assert name is not None
        yield page.claim("container.name", subject, name.text)
        yield page.claim("container.image", subject, by_label["Image"].text)
        yield page.claim("container.command", subject, cells[4].text)
        yield from read_status(page, subject, by_label["Status"])
        yield from read_ports(page, subject, by_label["Ports"])
        yield from read_mode_word(page, subject, by_label["Network mode"])
        yield page.claim("container.places", subject, _places(by_label["Addresses"]), by_label["Addresses"])
        for button in cells[-1].all("button"):
            order = button.attributes.get("formaction", "").rstrip("/").rpartition("/")[2]
            if order:  # one that can't be given has no address
                yield page.claim("order.taken", (*subject, order), not button.is_disabled)
        page.take(row)


def read_status(page: Page, subject: tuple[str, ...], cell: Element) -> Iterator[Claim]:
    """Yield the state, as "exited (1)", and when it began or ended."""
    status = cell.first(css="status")
    assert status is not None
    time = status.first("time")
    yield page.claim("container.status", subject, status.text.partition(" started ")[0].partition(" 20")[0], cell)
    if time is not None:
        yield page.claim("container.since", subject, time.attributes["datetime"][:19])


def read_ports(page: Page, subject: tuple[str, ...], cell: Element) -> Iterator[Claim]:
    """Yield the ports as they are written; where only some are shown, that they are among its ports; else whose they are."""
    if cell.text.startswith("those of "):
        yield page.claim("container.ports_of", subject, cell.text.removeprefix("those of "), cell)
        return
    said = tuple(port.attributes["title"] for port in cell.all(css="port"))
    yield page.claim("container.some_ports" if re.search(r" of \d+$", cell.text) else "container.ports", subject, said)


def read_mode_word(page: Page, subject: tuple[str, ...], cell: Element) -> Iterator[Claim]:
    """Yield the mode, and what is said to have become of a stack that is shared."""
    flag = cell.first(css="flag")
    donor = link_id(cell, "containers")
    words = cell.text.removesuffix(flag.text).strip() if flag else cell.text
    # What a container was made with is said as history where it isn't so any more.
    words = words.removeprefix("made with ")
    if words.startswith("shares ") and not donor:  # the short id of one that is gone
        donor = words.removeprefix("shares ")
    yield page.claim("container.mode", subject, f"container:{donor}" if donor else words)
    yield page.claim("container.broken", subject, flag.text if flag else "", cell)


def _places(cell: Element) -> tuple[tuple[str, str, str], ...]:
    """Return (address, "asks for" before it, network; "" where the page says that there is none of this name)."""
    places = cell.first(css="places")
    if places is None:
        return ()
    found = []
    for line in places.all(css="st"):
        address = line.first(css="addr")
        asks = "asks for" if line.text.startswith("asks for") else ""
        network = line.first("a")
        missing = line.first(css="warn")
        name = network.text if network else missing.text.removesuffix(": not listed here") if missing else ""
        found.append((address.text if address else "", asks, name if network else f"no {name}"))
    return tuple(sorted(found))
