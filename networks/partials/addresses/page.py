"""The Addresses page as a screen: all pools at the left, one of them as a grid, and the drawer of one address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from networks.addressing.address_states import State
from networks.partials.addresses.drawer import drawer_context
from networks.partials.addresses.network import addresses_url, grid_context
from networks.partials.addresses.words import say_lede
from networks.partials.cache import draw, draw_row
from networks.partials.framed import draw_framed
from networks.partials.screen import DrawnRow, Screen, ScreenKey
from networks.queries.addresses.asked import AddressQuery, AddressSearch, Match, find, read_address_query, sort_views
from networks.queries.addresses.pools import SHORT_ID_LENGTH, PoolView, pool_views
from networks.queries.rows import EngineRow
from networks.templatetags.cells import Links

PICKED = "#address-drawer"


def draw_addresses(key: ScreenKey) -> Screen:
    """Draw the page: region `pool-rows`; parts `lede`, `address-found`, `address-pool`, `address-drawer`, `pool-empty`,
    `pool-foot`. Eleven queries at most, whatever its size.
    """
    return draw_framed(key, _draw, foot="pool-foot")


def _draw(key: ScreenKey, engine: EngineRow) -> Screen:
    asked = read_address_query(key.query)
    views = pool_views(engine)
    found = find(asked, views)
    context = {"engine": engine, "asked": asked, "found": found, "total": len(views)}
    lede = say_lede(len(views), _total(views, State.IN_USE), _total(views, State.REQUESTED))
    return Screen(
        regions={"pool-rows": tuple(_draw_line(view, key, engine, asked, found) for view in sort_views(views, asked.sort))},
        parts={
            "lede": draw("components/lede.html", {"text": lede}),
            "address-found": draw("addresses/_found.html", context | {"matches": _matches(found.matches, engine)}),
            "address-pool": draw("addresses/_pool.html", _pool_context(key, engine, asked, found)),
            "address-drawer": draw("addresses/_drawer.html", drawer_context(key, engine, asked, found)),
            "pool-empty": draw("addresses/_empty.html", context),
        },
    )


def _total(views: Sequence[PoolView], state: State) -> int:
    return sum(view.use.counts.get(state, 0) for view in views)


def _draw_line(view: PoolView, key: ScreenKey, engine: EngineRow, asked: AddressQuery, found: AddressSearch) -> DrawnRow:
    is_current = found.view is view
    sort = "" if asked.sort == "subnet" else asked.sort
    network, use = view.network, view.use
    in_use, asking = (use.counts.get(state, 0) for state in (State.IN_USE, State.REQUESTED))
    version = (network.name, network.hue, use.used, use.room, in_use, asking, is_current, sort, view.key)
    return draw_row(
        "addresses/_row.html",
        f"pool-{network.docker_id[:SHORT_ID_LENGTH]}-{view.position}",
        key=key,
        version=version,
        context=lambda: {
            "view": view,
            "use": use,
            "in_use": in_use,
            "asked": asking,
            "is_current": is_current,
            "range": f"/{use.subnet.max_prefixlen - (use.last - use.first + 1).bit_length() + 1}" if use.has_range else "",
            "url": addresses_url(engine.slug, pool=view.key, sort=sort),
        },
    )


def _pool_context(key: ScreenKey, engine: EngineRow, asked: AddressQuery, found: AddressSearch) -> dict[str, Any]:
    view = found.view
    if view is None:
        return {"view": None}
    here = addresses_url(engine.slug, pool=view.key, sort="" if asked.sort == "subnet" else asked.sort)
    links = Links(free=f"{here}&address=", taken=f"{here}&address=", end=PICKED)
    return {
        **grid_context(view, found.block, links=links, picked=found.number, columns="g16"),
        "network_url": reverse("network_detail", args=[engine.slug, view.network.docker_id]),
        "block_link": f"{here}&block=",
    }


def _matches(matches: Sequence[Match], engine: EngineRow) -> list[dict[str, Any]]:
    return [
        {
            "view": match.view,
            "address": None if match.number is None else match.view.use.address(match.number),
            "container_name": match.container_name,
            "url": addresses_url(
                engine.slug,
                pool=match.view.key,
                address="" if match.number is None else match.view.use.address(match.number),
            ),
        }
        for match in matches
    ]
