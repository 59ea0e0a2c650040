"""What forms offer: containers and networks to choose from, with what is said of each, and what can be pressed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.truth.claims import Claim, Page, reads

_STATES = {"running", "paused", "exited", "created", "restarting", "dead", "removing"}
_TARGET = re.compile(r"^[0-9a-f]{64}$")


@reads("run", "connect:network", "connect:container", "move:container")
def read_choices(page: Page) -> Iterator[Claim]:
    """Each option: "web · running · on front", or "front · bridge · 10.0.0.0/24"."""
    for field in page.main.all("select"):
        name = field.attributes.get("name", "")
        if not re.search(r"(network_id|container_id|donor_id)$", name):
            continue
        offered = []
        for option in field.all("option"):
            key = option.attributes.get("value", "")
            if _TARGET.match(key):
                parts = option.text.split(" · ")
                kind = "choice.container" if name.endswith(("container_id", "donor_id")) else "choice.network"
                yield page.claim(kind, (key,), tuple(parts), option)
                if not option.is_disabled:
                    offered.append(key)
        yield page.claim(f"offered.{name.rpartition('-')[2]}", (page.kind, *page.subject), tuple(sorted(offered)), field)


@reads("prune")
def read_prunable(page: Page) -> Iterator[Claim]:
    """Which networks it would remove."""
    rows = [box.attributes["value"] for box in page.main.all("input") if _TARGET.match(box.attributes.get("value", ""))]
    yield page.claim("prune.listed", (), tuple(sorted(rows)))


@reads("remove:network")
def read_affected(page: Page) -> Iterator[Claim]:
    """Who is named as touched by a removal."""
    named = {found[1] for one in page.main.all("a", css="nm") if (found := _LINK.search(one.attributes.get("href", "")))}
    named |= {found[1] for one in page.main.all("a") if (found := _LINK.search(one.attributes.get("href", "")))}
    elsewhere = [one for part in page.main.all("ul", css="orphans") for one in part.all("a")]  # made with it, and on others
    named -= {found[1] for one in elsewhere if (found := _LINK.search(one.attributes.get("href", "")))}
    if "It is protected" not in page.main.text:
        yield page.claim("network.endpoints", page.subject, tuple(sorted(named)))


_LINK = re.compile(r"^/containers/[^/]+/([0-9a-f]{64})/$")
