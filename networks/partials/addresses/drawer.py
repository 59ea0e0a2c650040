"""The drawer of one address: who has it, where, and what can be done with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from networks.addressing.address_states import AddressClaim, Cell, State
from networks.addressing.keys import address_key
from networks.addressing.reading import IPAddress
from networks.engine.facts import is_of_swarm
from networks.partials.addresses.history import HistoryDrawing, history_url
from networks.partials.addresses.network import addresses_url
from networks.partials.interfaces.links import interfaces_url
from networks.partials.links import url_of
from networks.partials.screen import ScreenKey
from networks.queries.addresses.asked import AddressQuery, AddressSearch
from networks.queries.addresses.history import last_of_address
from networks.queries.addresses.history_lines import HistoryLineKind, lines_of_address
from networks.queries.addresses.pools import PoolView
from networks.queries.endpoints import endpoint_rows
from networks.queries.rows import EndpointRow, EngineRow
from networks.sync.host.board import picture_of
from networks.templatetags.cells import EMPTY, STATE_WORDS

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
    drawing = HistoryDrawing(engine, key.rights.split(","))
    return {
        "lines": drawing.lines(line for line in lines if line.kind is not HistoryLineKind.SINCE),
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
