"""The Addresses page as a screen: all pools at the left, one of them as a grid, and the drawer of one address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from networks.addressing.address_states import AddressClaim, Cell, State
from networks.addressing.reading import IPAddress, address_key
from networks.engine.facts import is_of_swarm
from networks.partials.addresses.history import draw_lines, history_url
from networks.partials.addresses.network import addresses_url, grid_context, say_lede
from networks.partials.cache import draw, draw_row
from networks.partials.framed import draw_framed
from networks.partials.interfaces.asked import interfaces_url
from networks.partials.screen import DrawnRow, Screen, ScreenKey, url_of
from networks.queries.addresses.asked import AddressQuery, AddressSearch, Match, find, read_address_query, sort_views
from networks.queries.addresses.history import last_of_address
from networks.queries.addresses.history_lines import HistoryLineKind, lines_of_address
from networks.queries.addresses.pools import SHORT_ID_LENGTH, PoolView, pool_views
from networks.queries.endpoints import endpoint_rows
from networks.queries.rows import EndpointRow, EngineRow
from networks.sync.host.board import picture_of
from networks.templatetags.cells import EMPTY, STATE_WORDS, Links

MOST_LINES = 10  # assignments; the page of the history has all


def drawer_context(key: ScreenKey, engine: EngineRow, asked: AddressQuery, found: AddressSearch) -> dict[str, Any]:
    """Return what addresses/_drawer.html draws: nothing where no address is picked."""
    if found.address is None:
        return {"address": None}
    view, number = found.view, found.number
    closed = addresses_url(engine.slug, pool=view.key if view else "", sort="" if asked.sort == "subnet" else asked.sort)
    context: dict[str, Any] = {"address": found.address, "engine": engine, "view": view, "close_url": closed}
    context["history"] = _history(key, engine, found.address)
    if view is None or number is None:
        return context | {"state": None}
    state, cell = view.use.state_at(number), view.use.cells.get(number)
    return context | {
        "state": state.value,
        "word": STATE_WORDS[state],
        "cell": cell,
        "is_next": number == view.next_number,
        "network_url": reverse("network_detail", args=[engine.slug, view.network.docker_id]),
        "connect_url": _connect_url(key, engine, view, state, found),
        "is_default_bridge": view.is_default_bridge,
        "is_by_swarm": is_of_swarm(view.network.docker_id),
        **_holder(engine, cell),
        "others": [_named(engine, claim) for claim in cell.others] if cell else [],
    }


def _history(key: ScreenKey, engine: EngineRow, address: IPAddress) -> dict[str, Any]:
    """Return who had the address of late. Nothing in it changes by itself: it is pushed when it does."""
    page = last_of_address(engine.slug, address_key(address), limit=MOST_LINES)
    lines = lines_of_address(page.rows, page.spans, now=datetime.now(UTC), is_end=not page.older)
    return {
        "lines": draw_lines(engine, key.rights.split(","), (line for line in lines if line.kind is not HistoryLineKind.SINCE)),
        "since": next((line for line in lines if line.kind is HistoryLineKind.SINCE), None),
        "older": bool(page.older),
        "url": history_url(engine.slug, q=address),
    }


def _holder(engine: EngineRow, cell: Cell | None) -> dict[str, Any]:
    """Return who has the address or asks for it, as its endpoint is, and the link that its interface has on the host."""
    if cell is None or cell.claim is None:
        return {"claim": None}
    claim = cell.claim
    endpoint = _endpoint(engine, claim)
    link = picture_of(engine.slug).link_of(claim.container_id, claim.network_id)
    return {
        **_named(engine, claim),
        "endpoint": endpoint,
        "link": link,
        "ifname": link.peer.ifname if link and link.peer else "",
        "link_url": interfaces_url(engine.slug, link=link) if link else "",
    }


def _named(engine: EngineRow, claim: AddressClaim) -> dict[str, Any]:
    return {"claim": claim, "container_url": reverse("container_detail", args=[engine.slug, claim.container_id])}


def _endpoint(engine: EngineRow, claim: AddressClaim) -> EndpointRow | None:
    rows = endpoint_rows(engine.slug, network_id=claim.network_id, container_id=claim.container_id)
    return rows[0] if rows else None


def _connect_url(key: ScreenKey, engine: EngineRow, view: PoolView, state: State, found: AddressSearch) -> str:
    """Return where a container is connected with this address, "" where Docker would not or this person may not."""
    if state not in EMPTY or "connect" not in key.rights.split(",") or view.is_default_bridge:
        return ""
    url = url_of("network_connect", engine.slug, view.network.docker_id)
    return f"{url}?ipv{view.use.subnet.version}={found.address}" if url else ""


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
