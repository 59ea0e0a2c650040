"""Reading cells: what several pages write the same way."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from tests.truth.claims import Claim, Page, Subject
from tests.truth.elements import Element

ADDRESS = re.compile(r"^(?P<asks>asks for |requests )?(?P<address>[0-9a-f.:]+)(?:/\d+)?(?P<static> static)?(?P<rest>.*)$")
_COUNTED = re.compile(r"([\d,]+) (running|paused|stopped|failed)")
DASH = "–"


def number(text: str) -> int | None:
    """Return a number as pages write it: "65,533"; None for a dash."""
    return None if text in (DASH, "") else int(text.replace(",", ""))


def labelled(row: Element) -> dict[str, Element]:
    """Return a row's cells by their labels."""
    return {cell.attributes["data-l"]: cell for cell in row.cells() if "data-l" in cell.attributes}


def counted(text: str) -> dict[str, int]:
    """Return "2 running 1 failed" as numbers."""
    return {state: int(figure.replace(",", "")) for figure, state in _COUNTED.findall(text)}


def link_id(element: Element, what: str) -> str:
    """Return the id of the first thing of this kind ("containers", "networks") that a cell leads to, "" for none."""
    for anchor in [element, *element.all("a")]:
        if found := re.search(rf"/{what}/[^/]+/([0-9a-f]{{64}})/", anchor.attributes.get("href", "")):
            return found[1]
    return ""


def read_address(cell: Element) -> tuple[str, str, bool]:
    """Return (what is assigned, what is asked for, whether it is said to be static) of an address cell."""
    first = cell.first(css="st") or cell
    found = ADDRESS.match(first.text)
    if first.text == DASH or found is None:
        return "", "", False
    is_static = first.first(css="sr") is not None and "static" in first.text
    return ("", found["address"], is_static) if found["asks"] else (found["address"], "", is_static)


def read_endpoint(page: Page, cells: dict[str, Element], subject: Subject) -> Iterator[Claim]:
    """Yield what an endpoint's cells say, on either page. `subject`: (container, network's name or id)."""
    for version, label in ((4, "IPv4"), (6, "IPv6")):
        assigned, asked, is_static = read_address(cells[label])
        yield page.claim(f"endpoint.ipv{version}", subject, assigned, cells[label])
        yield page.claim(f"endpoint.asks{version}", subject, asked, cells[label])
        if version == 4 and (assigned or asked):
            yield page.claim("endpoint.static", subject, is_static, cells[label])
    mac = cells["MAC"].text
    yield page.claim("endpoint.mac", subject, "" if mac == DASH else mac, cells["MAC"])
    names = cells["DNS names"].text
    yield page.claim("endpoint.names", subject, () if names == DASH else tuple(sorted(names.split(", "))), cells["DNS names"])


def read_orders(page: Page, element: Element, subject: Subject) -> Iterator[Claim]:
    """Yield which orders are offered to a container: those that can be pressed."""
    offered = set()
    for button in element.all(css="btn"):
        target = button.attributes.get("formaction") or button.attributes.get("href", "")
        if (found := re.search(r"/containers/[^/]+/[0-9a-f]{64}/(\w+)/$", target)) and not button.is_disabled:
            offered.add(found[1])
    offered.discard("move")  # leads to a page, and is no order
    yield page.claim("container.orders", subject, tuple(sorted(offered)), element)


def read_connects(page: Page, commands: Element) -> Iterator[Claim]:
    """Yield what the commands say that connect a container as it is: (container, network) and the options."""
    for line in commands.all("code"):
        if line.text.startswith("docker network connect "):
            *options, network, container = shlex.split(line.text)[3:]
            pairs = tuple(sorted(zip(options[::2], options[1::2], strict=True)))
            yield page.claim("command.connect", (container, network), pairs, line)
    page.take(commands)
