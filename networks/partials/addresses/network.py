"""The grid on a network's own page: each of its pools, or the block of it where the next address is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from networks.addressing.address_states import AddressClaim, State
from networks.addressing.blocks import block_size, blocks_of, first_shown
from networks.partials.addresses.words import say_dispute, say_next, say_other_addresses, say_use
from networks.partials.cache import draw
from networks.partials.links import url_of
from networks.partials.screen import ScreenKey
from networks.policy.permissions import read_reach
from networks.queries.addresses.networks import AddressedNetwork, addressed_networks
from networks.queries.addresses.pools import PoolView, pool_views, views_with
from networks.queries.engines import list_engines
from networks.queries.rows import EngineRow
from networks.templatetags.cells import DrawnPart, Links

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
        "shown": DrawnPart(use, block, picked, following),
        "links": links,
        "columns": columns,
        "blocks": blocks if blocks.total > 1 else None,
        "block": block,
        "block_name": f"{use.address(block)}/{blocks.prefix_length}",
        "states": [state for state in State if state in seen or state in USUAL],
        "has_next": following is not None and block <= following < block + size,
        "counts": say_use(view),
        "rest": say_other_addresses(view),
        "next": say_next(view),
        "dispute": say_dispute(view),
    }


@dataclass(frozen=True, slots=True)
class Everywhere:
    """A network's pools as all Engines that share it use them. `sharers`: the others that have it."""

    views: tuple[PoolView, ...] = ()
    sharers: tuple[EngineRow, ...] = ()


def overlay_views(engine: EngineRow, docker_id: str, others: Iterable[EngineRow]) -> Everywhere:
    """Return a network's pools with the claims of its endpoints on `others` as well; claims of theirs name their Engine.

    At most four queries for each Engine, none for one where nothing changed since.
    """
    found = [(other, network) for other in others for network in addressed_networks(other) if network.docker_id == docker_id]
    if not found:
        return Everywhere()

    def with_theirs(network: AddressedNetwork) -> AddressedNetwork:
        return replace(
            network,
            held=(*network.held, *(claim for other, theirs in found for claim in _named(theirs.held, other))),
            wished=(*network.wished, *(claim for other, theirs in found for claim in _named(theirs.wished, other))),
            told=tuple(dict.fromkeys((*network.told, *(address for _other, theirs in found for address in theirs.told)))),
            # Whether what an Engine counts of a swarm's network is of all nodes is nowhere said.
            counted=tuple(None for _pool in network.pools),
        )

    return Everywhere(views_with(engine, docker_id, with_theirs), tuple(other for other, _theirs in found))


def _named(claims: Sequence[AddressClaim], engine: EngineRow) -> Iterable[AddressClaim]:
    return (replace(claim, container_name=f"{claim.container_name} · {engine.name}") for claim in claims)


# A bridge network has two; of an overlay with dozens the others stand on the Addresses page.
MOST_GRIDS = 4


def draw_network_addresses(key: ScreenKey, engine: EngineRow, *, may_connect: bool) -> str:
    """Return the part `network-addresses` of the network's page that the key is of; at most four queries.

    On an overlay network endpoints of other Engines count as well, where the reader may see them: one query more, and four for
    each of these. A free cell leads to the form that connects a container, with its address, where this person may and Docker
    would.
    """
    everywhere = _read_everywhere(key, engine)
    views = everywhere.views or [view for view in pool_views(engine) if view.network.docker_id == key.docker_id]
    may_connect = may_connect and "connect" in key.rights.split(",")
    connect_url = url_of("network_connect", engine.slug, key.docker_id) if may_connect else ""
    return draw(
        "networks/_addresses.html",
        {
            "grids": [_grid(engine, view, connect_url, is_shared=bool(everywhere.views)) for view in views[:MOST_GRIDS]],
            "sharers": len(everywhere.sharers),
            "left_out": [{"subnet": view.use.subnet, "url": _pool_url(engine, view)} for view in views[MOST_GRIDS:]],
        },
    )


def _pool_url(engine: EngineRow, view: PoolView) -> str:
    return addresses_url(engine.slug, pool=view.key)


def _read_everywhere(key: ScreenKey, engine: EngineRow) -> Everywhere:
    seen = read_reach(key.reach) - {engine.slug}
    return overlay_views(engine, key.docker_id, [row for row in list_engines() if row.slug in seen] if seen else [])


def _grid(engine: EngineRow, view: PoolView, connect_url: str, *, is_shared: bool) -> Mapping[str, Any]:
    here = _pool_url(engine, view)
    # The Addresses page knows its own Engine's endpoints alone.
    swarm_url = url_of("network_swarm", engine.slug, view.network.docker_id) if is_shared else ""
    taken = f"{swarm_url}#at-" if swarm_url else f"{here}&address="
    free = f"{connect_url}?ipv{view.use.subnet.version}=" if connect_url and not view.is_default_bridge else ""
    block = first_shown(view.use, next_number=view.next_number)
    return {**grid_context(view, block, links=Links(free=free, taken=taken)), "all_url": here}
