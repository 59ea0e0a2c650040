"""Networks drawn: the list, and one network with its endpoints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from networks.engine.cli import named_command
from networks.engine.docker_names import SINGLE_DRIVERS, WITHOUT_ENDPOINTS
from networks.engine.states import LEAVING, WITH_STACK
from networks.partials import words
from networks.partials.addresses.history import draw_history_part, history_url_of, keep_url
from networks.partials.addresses.network import draw_network_addresses
from networks.partials.cache import draw, draw_kept, draw_row, draw_rows
from networks.partials.commands import connect_commands, create_command
from networks.partials.framed import draw_framed
from networks.partials.interfaces.hostside import host_side
from networks.partials.screen import DrawnRow, Screen, ScreenKey, url_of
from networks.partials.traffic.page import draw_network_traffic, draw_no_traffic
from networks.policy.permissions import granted
from networks.policy.protection import Lock, read_protection
from networks.queries.addresses.history import last_of_network
from networks.queries.addresses.marks import Mark, endpoint_mark, read_marks
from networks.queries.details import read_gone, read_network_detail
from networks.queries.filters import NetworkFilter, read_network_filter
from networks.queries.masking import masked
from networks.queries.networks import network_rows
from networks.queries.rows import EndpointRow, EngineRow, NetworkRow
from networks.templatetags.times import was


def draw_networks(key: ScreenKey) -> Screen:
    """Draw the list: region `network-rows`; parts `lede`, `network-picks`, `network-shown`, `network-empty`, `network-foot`."""
    return draw_framed(key, _draw_list, foot="network-foot")


def _draw_list(key: ScreenKey, engine: EngineRow) -> Screen:
    everything = network_rows(engine)
    asked = read_network_filter(key.query)
    shown = asked.pick(everything)
    rights = frozenset(key.rights.split(","))
    locks = read_protection(engine)
    idle = [row for row in everything if not _guests(row)]
    unused = sum(row.is_told for row in idle)
    rows = draw_rows(
        key,
        shown,
        lambda row, lock: _draw_line(row, key, engine.epoch, lock),
        beside=lambda row: locks.lock_on_removal(row.docker_id),
    )
    context = {
        "engine": engine,
        "filter": asked,
        "rights": rights,
        "shown": len(shown),
        "total": len(everything),
        "unused": unused,
        "untold": len(idle) - unused,
        "own": sum(not row.is_predefined for row in everything),
    }
    picks = {"filter": asked, **_choices(everything, asked)}
    return Screen(
        regions={"network-rows": rows},
        parts={
            "lede": draw("networks/_lede.html", context),
            "network-picks": draw_kept("networks/_picks.html", "network-picks", key=key, context=picks),
            "network-shown": draw("components/shown.html", context | {"dom_id": "network-shown"}),
            "network-empty": draw("networks/_empty.html", context),
        },
    )


def _draw_line(row: NetworkRow, key: ScreenKey, epoch: str, lock: Lock | None) -> DrawnRow:
    def context() -> Mapping[str, Any]:
        where = [row.engine_slug, row.docker_id]
        pools = words.pool_texts(row)
        return {
            "row": row,
            "pools": pools,
            "gateway": next((pool for pool in pools if pool["gateway"]), None),
            "flags": [*words.network_flags(row), *words.protection_flags(lock)],
            "free": None if row.capacity is None else max(row.capacity - (row.used or 0), 0),
            "url": reverse("network_detail", args=where),
            "choice": words.choice(key.rights.split(","), can_be_chosen=row.name not in WITHOUT_ENDPOINTS),
            "remove_url": url_of("network_remove", *where) if "connect" in key.rights.split(",") and lock is None else "",
        }

    return draw_row("networks/_row.html", f"net-{row.docker_id}", key=key, version=(epoch, row.revision, lock), context=context)


def _guests(row: NetworkRow) -> int:
    return row.running + row.paused + row.stopped + row.failed


def _choices(rows: Iterable[NetworkRow], asked: NetworkFilter) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return what the picks offer: what there is, and what is asked for though it isn't there."""
    return {
        f"{column}s": words.offered({getattr(row, column) for row in rows} | {getattr(asked, column)})
        for column in ("driver", "scope", "project")
    }


def draw_network(key: ScreenKey) -> Screen:
    """Draw one network: region `endpoint-rows`; parts `network-facts`, `network-notes`, `endpoint-count`, `endpoint-empty`,
    `network-pools`, `network-addresses`, `network-history`, `network-options`, `network-connect`, `network-commands`,
    `traffic-now`, `traffic-minutes`. One that is gone has a note and nothing to connect.
    """

    def draw_traffic(engine: EngineRow, subject: tuple[str, int] | None) -> Mapping[str, str]:
        if subject is None:
            return draw_no_traffic(_("This network is not there any more."))
        return draw_network_traffic(engine, key.docker_id, subject[0], running=subject[1])

    return draw_framed(key, _draw_detail, apart=draw_traffic)


def _draw_detail(key: ScreenKey, engine: EngineRow) -> Screen:
    detail = read_network_detail(key.engine_slug, key.docker_id)
    if detail is None:
        gone = read_gone(key.engine_slug, "network", key.docker_id)
        notes = draw("networks/_notes.html", {"gone": gone, "engine_slug": key.engine_slug})
        connect = draw("networks/_connect.html", {"why_not": _("This network is not there any more.")})
        return Screen(regions={"endpoint-rows": ()}, parts={"network-notes": notes, "network-connect": connect})
    rights = frozenset(key.rights.split(","))
    sees_secrets = "shape" in granted(rights)
    protection = read_protection(engine)
    lock = protection.lock_on_removal(detail.row.docker_id)
    command, is_shortened = create_command(detail, sees_secrets=sees_secrets)
    context = {
        "detail": detail,
        "row": detail.row,
        "engine": engine,
        "rights": rights,
        "pools": words.pool_texts(detail.row),
        "flags": [*words.network_flags(detail.row), *words.protection_flags(lock)],
        "lock": words.said_lock(lock),
        "about": words.explain_network(detail.row),
        "host": host_side(detail.row, dict(detail.options), api_version=engine.api_version),
        "public": words.public_subnets(detail.row),
        "why_not": words.why_no_connect(detail.row, is_config_only=detail.row.is_config_only)
        or words.said_lock(protection.networks.get(detail.row.docker_id)),
        "unused": words.say_unused(detail.row),
        "is_told": detail.row.is_told,
        "states": Counter(endpoint.container_state for endpoint in detail.endpoints),
        "asking": sum(_is_asking(endpoint) for endpoint in detail.endpoints),
        "labels": masked(detail.labels, sees_secrets=sees_secrets),
        "options": masked(detail.options, sees_secrets=sees_secrets),
        "inspect": named_command("docker network inspect", detail.row.name, detail.row.docker_id),
        "command": command,
        "is_shortened": is_shortened,
        "connects": connect_commands(detail.endpoints[:MOST_CONNECTS], sees_secrets=sees_secrets),
    }
    parts = {part: draw(f"networks/_{part.removeprefix('network-').replace('-', '_')}.html", context) for part in _DETAIL_PARTS}
    name, docker_id = detail.row.name, detail.row.docker_id
    parts["network-history"] = draw_history_part(
        "network-history",
        engine,
        rights,
        last_of_network(engine.slug, name, limit=MOST_LAST),
        history_url_of(engine.slug, name, docker_id),
        why_none=words.why_no_addresses(detail.row, is_config_only=detail.row.is_config_only),
    )
    parts["network-addresses"] = draw_network_addresses(key, engine, may_connect=not context["why_not"])
    rows = draw_endpoints(key, engine, detail.endpoints, network=detail.row)
    running = sum(endpoint.container_state in WITH_STACK for endpoint in detail.endpoints)
    return Screen(regions={"endpoint-rows": rows}, parts=parts, subject=(detail.row.driver, running))


MOST_LAST = 5  # assignments
MOST_CONNECTS = 20  # commands that one page shows; more are nothing to read

_DETAIL_PARTS = (
    "network-facts",
    "network-notes",
    "endpoint-count",
    "endpoint-empty",
    "network-pools",
    "network-host",
    "network-options",
    "network-connect",
    "network-commands",
)


def _is_asking(endpoint: EndpointRow) -> bool:
    return not endpoint.ipv4 and not endpoint.ipv6 and bool(endpoint.requested_ipv4 or endpoint.requested_ipv6)


def draw_endpoints(
    key: ScreenKey, engine: EngineRow, endpoints: Sequence[EndpointRow], *, network: NetworkRow | None = None
) -> tuple[DrawnRow, ...]:
    """Return the rows of endpoints: of a `network` on its own page, else of a container on that one's."""
    rights, marks, protection = frozenset(key.rights.split(",")), read_marks(engine), read_protection(engine)

    def draw_line(position: int, endpoint: EndpointRow) -> DrawnRow:
        mark, lock = endpoint_mark(marks, endpoint), protection.lock_on_pair(endpoint.network_id, endpoint.container_id)
        # A network that isn't there has no id; its place among the endpoints tells it apart.
        other_end = endpoint.container_id if network else endpoint.network_id or f"missing-{position}"
        return draw_row(
            "networks/_endpoint.html" if network else "containers/_endpoint.html",
            f"ep-{other_end}",
            key=key,
            version=(endpoint, lock, mark),
            context=lambda: _endpoint_context(endpoint, network, rights, lock, mark),
        )

    return tuple(draw_line(position, endpoint) for position, endpoint in enumerate(endpoints))


def _endpoint_context(
    endpoint: EndpointRow, network: NetworkRow | None, rights: frozenset[str], lock: Lock | None, mark: Mark | None
) -> Mapping[str, Any]:
    slug, network_id, container_id = endpoint.engine_slug, endpoint.network_id, endpoint.container_id
    requested_length = words.prefix_length_for(endpoint.requested_ipv4, network) if network else None
    is_fixed = endpoint.network_driver in SINGLE_DRIVERS or endpoint.container_state in LEAVING
    may_leave = "connect" in rights and network_id and lock is None and not is_fixed and not endpoint.is_remnant
    return {
        "endpoint": endpoint,
        "length": endpoint.ipv4_prefix_length or requested_length,
        "is_asking": _is_asking(endpoint),
        "is_static": endpoint.ipv4 != "" and endpoint.ipv4 == endpoint.requested_ipv4,
        "names": [] if endpoint.is_remnant else list(dict.fromkeys([*endpoint.dns_names, *endpoint.aliases])),
        "container_url": reverse("container_detail", args=[slug, container_id]),
        "network_url": reverse("network_detail", args=[slug, network_id]) if network_id else "",
        "disconnect_url": url_of("network_disconnect", slug, network_id, container_id) if may_leave else "",
        "lock": words.said_lock(lock),
        "was": was(mark) if mark else "",
        "keep_url": keep_url(slug, network_id, container_id) if mark and "connect" in rights and network_id else "",
    }
