"""A pool as a grid with what is said of it, and those grids on a network's own page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.addressing.address_states import AddressClaim, State
from networks.addressing.blocks import block_size, blocks_of, first_shown
from networks.addressing.capacity import COUNTABLE
from networks.addressing.next_address import NextKnown
from networks.partials.cache import draw
from networks.partials.screen import ScreenKey, url_of
from networks.policy.permissions import read_reach
from networks.queries.addresses.networks import AddressedNetwork, addressed_networks
from networks.queries.addresses.pools import PoolView, pool_views, views_with
from networks.queries.engines import list_engines
from networks.queries.rows import EngineRow
from networks.templatetags.cells import DrawnPart, Links
from networks.templatetags.ui import count_text
from networks.templatetags.wording import spell


def say_use(view: PoolView) -> str:
    """Return how much of a pool is in use: "3 of 65,532 in use"; of a huge one only what is taken."""
    use = view.use
    in_use = count_text(use.counts.get(State.IN_USE, 0))
    if use.capacity > COUNTABLE:
        return _("%(count)s in use") % {"count": in_use}
    return _("%(used)s of %(capacity)s in use") % {"used": in_use, "capacity": count_text(use.room)}


def say_other_addresses(view: PoolView) -> str:
    """Return what else there is: "1 asked for, 1 reserved, 65,528 free, 65,273 of them outside of the IP range."."""
    use, parts = view.use, []
    if asked := use.counts.get(State.REQUESTED, 0):
        parts.append(_("%(count)s asked for") % {"count": count_text(asked)})
    if reserved := use.counts.get(State.AUX, 0):
        parts.append(_("%(count)s reserved") % {"count": count_text(reserved)})
    if use.capacity <= COUNTABLE:
        parts.append(_("%(count)s free") % {"count": count_text(use.free)})
        if use.outside:
            parts.append(_("%(count)s of them outside the IP range") % {"count": count_text(use.outside)})
    return f"{', '.join(parts)}." if parts else ""


def say_next(view: PoolView) -> str:
    """Return which address Docker hands out next, or why that can't be known."""
    if view.turn.address is None:
        return _say_why(view)
    address = str(view.turn.address)
    if view.next_number is None:
        return _("The next container gets %(address)s, of another pool of this network.") % {"address": address}
    cell = view.use.cells.get(view.next_number)
    if cell is not None and cell.claim is not None:  # a wish: Docker hands out nothing else that is claimed
        words = _("The next container gets %(address)s. Docker doesn't hold it back for %(name)s, which requests it.")
        said = words % {"address": address, "name": spell(cell.claim.container_name)[:60]}
        return f"{said} {_reserve()}" if view.turn.why is NextKnown.UNLESS_REFUSED else said
    if view.turn.why is NextKnown.UNLESS_REFUSED:
        words = _("The next container that requests no address gets %(address)s.") % {"address": address}
        return f"{words} {_reserve()}"
    return _("The next container that requests no address gets %(address)s.") % {"address": address}


def _reserve() -> str:
    return _(
        "If Docker ever refused an IPv6 address in a connect or a start, it may still hold the IPv4 address of that one and skip "
        "it, until dockerd restarts."
    )


def say_dispute(view: PoolView) -> str:
    """Return how the Engine's own count of a pool differs from ours, "" where it doesn't."""
    if view.dispute is None:
        return ""
    more, left = view.dispute.in_use, view.dispute.available
    if more > 0:
        words = ngettext(
            "The Engine counts %(count)s more address in use here than its networks and containers explain.",
            "The Engine counts %(count)s more addresses in use here than its networks and containers explain.",
            more,
        )
    elif more < 0:
        words = ngettext(
            "The Engine counts %(count)s fewer address in use here than its networks and containers explain.",
            "The Engine counts %(count)s fewer addresses in use here than its networks and containers explain.",
            -more,
        )
    elif left > 0:
        words = ngettext(
            "According to the Engine, %(count)s more address is left to hand out here than Netadmin counts.",
            "According to the Engine, %(count)s more addresses are left to hand out here than Netadmin counts.",
            left,
        )
    else:
        words = ngettext(
            "According to the Engine, %(count)s fewer address is left to hand out here than Netadmin counts.",
            "According to the Engine, %(count)s fewer addresses are left to hand out here than Netadmin counts.",
            -left,
        )
    return words % {"count": count_text(abs(more or left))}


def _say_why(view: PoolView) -> str:
    ipam_driver, driver = (spell(name)[:40] for name in (view.network.place.ipam_driver, view.network.place.driver))
    sentences = {
        NextKnown.FULL: _("No address is left to hand out: the next container is refused."),
        NextKnown.IPAM_DRIVER: _("The IPAM driver %(driver)s decides which address comes next.") % {"driver": ipam_driver},
        NextKnown.DRIVER: _("The driver %(driver)s decides which address comes next.") % {"driver": driver},
        NextKnown.SWARM: _(
            "Swarm managers hand these out in turn, also to load balancers and services, which no figure here counts: the next "
            "address can't be known."
        ),
        NextKnown.HIDDEN: _(
            "Docker gives addresses here to containers on overlay networks and to sandboxes of its own, which no figure here "
            "counts: the next address can't be known."
        ),
        NextKnown.FROM_MAC: _(
            "Up to Engine 27 the default bridge derives IPv6 addresses from the MAC address: the next address can't be known."
        ),
        NextKnown.GATEWAY: _("The Engine doesn't say whether a gateway has an address here: the next address can't be known."),
        NextKnown.COUNT: _("The Engine's count differs from Netadmin's: the next address can't be known."),
    }
    if view.turn.why is NextKnown.FULL and view.use.free:
        return _(
            "Every address that Docker may hand out is taken. A free one outside the IP range has to be requested with --ip."
        )
    return sentences.get(view.turn.why, "")


def say_lede(pools: int, in_use: int, asked: int) -> str:
    """Return the page in a sentence."""
    if not pools:
        return _("no pools known yet")
    parts = [
        ngettext("%(count)s pool", "%(count)s pools", pools) % {"count": count_text(pools)},
        ngettext("%(count)s address in use", "%(count)s addresses in use", in_use) % {"count": count_text(in_use)},
    ]
    if asked:
        parts.append(_("%(count)s asked for") % {"count": count_text(asked)})
    return ", ".join(parts)


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


def overlay_views(engine: EngineRow, docker_id: str, others: Iterable[EngineRow]) -> tuple[tuple[PoolView, ...], int]:
    """Return a network's pools as all Engines that share it use them, and how many of `others` do; none and 0 where nobody does.

    Claims of theirs name their Engine.

    At most four queries for each Engine, none for one where nothing changed since.
    """
    found = [(other, network) for other in others for network in addressed_networks(other) if network.docker_id == docker_id]
    if not found:
        return (), 0

    def with_theirs(network: AddressedNetwork) -> AddressedNetwork:
        return replace(
            network,
            held=(*network.held, *(claim for other, theirs in found for claim in _named(theirs.held, other))),
            wished=(*network.wished, *(claim for other, theirs in found for claim in _named(theirs.wished, other))),
            told=tuple(dict.fromkeys((*network.told, *(address for _other, theirs in found for address in theirs.told)))),
            # Whether what an Engine counts of a swarm's network is of all nodes is nowhere said.
            counted=tuple(None for _pool in network.pools),
        )

    return views_with(engine, docker_id, with_theirs), len(found)


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
    seen = read_reach(key.reach) - {engine.slug}
    shared, sharers = overlay_views(engine, key.docker_id, [row for row in list_engines() if row.slug in seen] if seen else [])
    views = shared or [view for view in pool_views(engine) if view.network.docker_id == key.docker_id]
    may_connect = may_connect and "connect" in key.rights.split(",")
    connect_url = url_of("network_connect", engine.slug, key.docker_id) if may_connect else ""
    return draw(
        "networks/_addresses.html",
        {
            "grids": [_grid(engine, view, connect_url, is_shared=bool(shared)) for view in views[:MOST_GRIDS]],
            "sharers": sharers,
            "left_out": [{"subnet": view.use.subnet, "url": _pool_url(engine, view)} for view in views[MOST_GRIDS:]],
        },
    )


def _pool_url(engine: EngineRow, view: PoolView) -> str:
    return addresses_url(engine.slug, pool=view.key)


def _grid(engine: EngineRow, view: PoolView, connect_url: str, *, is_shared: bool) -> Mapping[str, Any]:
    here = _pool_url(engine, view)
    # The Addresses page knows its own Engine's endpoints alone.
    swarm_url = url_of("network_swarm", engine.slug, view.network.docker_id) if is_shared else ""
    taken = f"{swarm_url}#at-" if swarm_url else f"{here}&address="
    free = f"{connect_url}?ipv{view.use.subnet.version}=" if connect_url and not view.is_default_bridge else ""
    block = first_shown(view.use, next_number=view.next_number)
    return {**grid_context(view, block, links=Links(free=free, taken=taken)), "all_url": here}
