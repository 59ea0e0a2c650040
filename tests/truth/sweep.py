"""Every page of a world read, and all that it says checked. A claim is a lie when it is none of what is so, looked at twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from django.test import Client

from networks.sync.requests import request_sync
from tests.private_engine import PrivateEngine
from tests.truth.claims import CHECKERS, Claim, Lie, Page, Subject, read_claims, read_sentences, unknown_sentences
from tests.truth.elements import read_html
from tests.truth.pages.exports import read_documents
from tests.truth.reality import Reality
from tests.truth.records import pools_of

# Each of these modules teaches readers or checkers by being imported.
for _name in (
    *("pages.lists", "pages.network", "pages.container", "pages.machine", "pages.forms"),
    *("so.networks", "so.pools", "so.containers", "so.endpoints", "so.links", "so.forms"),
    *("words.containers", "words.stacks", "words.orders", "words.returning", "words.networks", "words.lacking", "words.ends"),
):
    import_module(f"tests.truth.{_name}")

ORDERS = ("start", "stop", "restart", "kill", "pause", "unpause", "rename", "remove")
# What only doing shows: tests/truth/trials.py.
TRIED = frozenset({"pool.next", "cell.next"})
LOOKS = 3
Where = tuple[str, str, Subject]  # address, kind of page, whose page it is


@dataclass
class Findings:
    """What came of a sweep. `checked`: claims by kind; `unknown`: sentences that nobody knows, with a page each."""

    lies: list[Lie] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)
    to_try: list[Claim] = field(default_factory=list)
    pages: int = 0
    unknown: dict[str, str] = field(default_factory=dict)


def addresses_of(reality: Reality, slug: str) -> Iterator[Where]:
    """Yield the address of every page that says something of this world."""
    at = f"?engine={slug}"
    yield f"/{at}", "overview", ()
    yield f"/networks/{at}", "networks", ()
    yield f"/containers/{at}", "containers", ()
    yield f"/interfaces/{at}", "interfaces", ()
    yield f"/addresses/history/{at}", "history", ()
    yield f"/networks/{slug}/prune/", "prune", ()
    yield f"/containers/{slug}/run/", "run", ()
    for key, net in reality.nets.items():
        page = f"/networks/{slug}/{key}/"
        yield page, "network", (key,)
        yield f"{page}connect/", "connect:network", (key,)
        yield f"{page}remove/", "remove:network", (key,)
        for pool in pools_of(net):
            yield f"/addresses/{at}&pool={pool['Subnet']}", "addresses", (key,)
        for address in {*reality.holders(net), *reality.wishes(net)}:
            yield f"/addresses/{at}&address={address}", "drawer", (key, address)
    for key, box in reality.boxes.items():
        page = f"/containers/{slug}/{key}/"
        yield page, "container", (key,)
        yield f"/addresses/history/{at}&q={key[:12]}", "held", (key,)
        for kind in ("inside", "connect", "move"):
            yield f"{page}{kind}/", kind if kind == "inside" else f"{kind}:container", (key,)
        for order in ORDERS:
            yield f"{page}{order}/", f"order:{order}", (key,)
        for name in box.ends:
            if net := reality.net_of(box, name):
                pair = (net["Id"], key)
                yield f"/networks/{slug}/{net['Id']}/disconnect/{key}/", "disconnect", pair
                yield f"/networks/{slug}/{net['Id']}/keep/{key}/", "keep", pair


class Sweep:
    """Reads the pages of one Engine's world with one browser."""

    def __init__(self, engine: PrivateEngine, client: Client, slug: str, data_dir: Path) -> None:
        self.engine = engine
        self.client = client
        self.slug = slug
        self.data_dir = data_dir

    def read(self, where: Where) -> Page | None:
        """Read a page; None where there is none for this (a special network has no page to disconnect)."""
        url, kind, subject = where
        answer = self.client.get(url)
        if answer.status_code == 404:
            return None
        assert answer.status_code == 200, f"{url}: {answer.status_code}"
        main = read_html(answer.content.decode()).by_id("main")
        assert main is not None, url
        return Page(url, kind, subject, main)

    def run(self) -> Findings:
        """Read and check everything once; what seems a lie is looked at again, page and reality."""
        findings = Findings()
        reality = Reality(self.engine)
        suspects = []
        for where in addresses_of(reality, self.slug):
            page = self.read(where)
            if page is None:
                continue
            findings.pages += 1
            lies = list(self.check(page, reality, findings))
            suspects += [where] if lies else []
            for said in unknown_sentences(page):
                findings.unknown.setdefault(shape_of(said, reality), page.url)
        documents = list(self._check_documents(reality, findings))
        # A container that fails and is restarted again and again is another one between a page and what is asked after it.
        for _ in range(LOOKS):
            if not suspects and not documents:
                break
            # What no event tells of, as of a stop that a crash of dockerd left half done, the next whole reading finds.
            request_sync(self.slug, timeout_s=10)
            reality = Reality(self.engine)
            found = {where: self._lies_at(where, reality) for where in suspects}
            suspects = [where for where in suspects if found[where]]
            documents = list(self._check_documents(reality, Findings())) if documents else []
        findings.lies += [lie for where in suspects for lie in found[where]] + documents
        return findings

    def _lies_at(self, where: Where, reality: Reality) -> list[Lie]:
        page = self.read(where)
        return list(self.check(page, reality, Findings())) if page else []

    def _check_documents(self, reality: Reality, findings: Findings) -> Iterator[Lie]:
        """Yield what the commands and files say that isn't so."""
        for claim in read_documents(self.engine, self.client, self.slug, self.data_dir):
            findings.checked[claim.kind] += 1
            so = _so(reality, claim)
            if not so == claim.said:  # noqa: SIM201
                yield Lie(claim, so)

    def check(self, page: Page, reality: Reality, findings: Findings) -> Iterator[Lie]:
        """Yield what a page says that isn't so."""
        for claim in read_claims(page):
            findings.checked[claim.kind] += 1
            if claim.kind in TRIED:
                findings.to_try.append(claim)
                continue
            so = _so(reality, claim)
            if not so == claim.said:  # noqa: SIM201 what is so may be either of two
                yield Lie(claim, so)
        for one, parts, text in read_sentences(page):
            findings.checked[one.words] += 1
            verdict = one.check(reality, page, **parts)
            if verdict is not True:
                yield Lie(Claim("sentence", page.subject, one.words, f"{page.url} {text[:300]}"), verdict)


def _so(reality: Reality, claim: Claim) -> Any:
    try:
        return CHECKERS[claim.kind](reality, claim.subject)
    except LookupError as error:
        if claim.kind not in CHECKERS:
            raise
        return f"nothing: {error}"


_MARKS = (
    (re.compile(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b"), "‹id›"),
    (re.compile(r"\b\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?)?( UTC)?|\b\d\d:\d\d:\d\d(\.\d+)? UTC"), "‹time›"),
    (re.compile(r"\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b"), "‹mac›"),
    (re.compile(r"\b\d+\.\d+\.\d+\.\d+(/\d+)?|\b[0-9a-f]+:[0-9a-f:]*:[0-9a-f]*(/\d+)?"), "‹address›"),
    (re.compile(r"\b\d[\d,.]*(?<!\.)"), "‹n›"),
)


def shape_of(said: str, reality: Reality) -> str:
    """Return a sentence without the names and numbers of this world."""
    names = {net["Name"]: "‹network›" for net in reality.nets.values()}
    names |= {name: "‹network›" for box in reality.boxes.values() for name in box.ends}
    names |= {box.name: "‹container›" for box in reality.boxes.values()} | {link.name: "‹link›" for link in reality.host_links}
    own = sorted((name for name in names if name not in ("bridge", "host", "none", "lo")), key=len, reverse=True)
    if own:
        said = re.sub("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in own), lambda found: names[found[0]], said)
    for pattern, mark in _MARKS:
        said = pattern.sub(mark, said)
    return re.sub(r"(‹\w+›)(, \1)+", r"\1", said)
