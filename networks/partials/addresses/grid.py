"""What a grid's template needs, on the page of all pools and on a network's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from networks.addressing.address_states import State
from networks.addressing.blocks import block_size, blocks_of
from networks.partials.addresses.words import say_dispute, say_next, say_rest, say_use
from networks.queries.addresses.pools import PoolView
from networks.templatetags.cells import Links, Shown

# Of these every page shows what they mean, of the others where there is one.
USUAL = (State.GATEWAY, State.IN_USE, State.FREE)


def addresses_url(engine_slug: str, **asked: object) -> str:
    """Return the address of the Addresses page that asks for this; it names the Engine: the reader may have chosen another."""
    given = {name: str(value) for name, value in asked.items() if value not in ("", None)}
    return f"{reverse('address_list')}?{urlencode({'engine': engine_slug, **given}, safe='/:@')}"


def grid_context(view: PoolView, block: int, *, links: Links, picked: int | None = None, columns: str = "") -> Mapping[str, Any]:
    """Return what addresses/_grid.html draws of a pool: its blocks where it has several, one block, and what is said of it."""
    use = view.use
    size = block_size(use)
    following = view.next_number
    seen = {use.state_at(number) for number in range(block, block + size)}
    blocks = blocks_of(use, *[number for number in (block, following) if number is not None])
    return {
        "view": view,
        "use": use,
        "shown": Shown(use, block, picked, following),
        "links": links,
        "columns": columns,
        "blocks": blocks if blocks.total > 1 else None,
        "block": block,
        "block_name": f"{use.address(block)}/{blocks.prefix_length}",
        "states": [state for state in State if state in seen or state in USUAL],
        "has_next": following is not None and block <= following < block + size,
        "counts": say_use(view),
        "rest": say_rest(view),
        "next": say_next(view),
        "dispute": say_dispute(view),
    }
