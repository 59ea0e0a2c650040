"""Containers drawn: the list, and one container with its endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from networks.engine.cli import named_command
from networks.engine.states import container_group
from networks.partials import words
from networks.partials.addresses.history import draw_history_part, history_url_of, keep_url
from networks.partials.cache import draw, draw_kept, draw_row, draw_rows
from networks.partials.commands import connect_commands
from networks.partials.framed import draw_framed
from networks.partials.lifecycle.acts import acts_of, may_order, why_no_acts
from networks.partials.lifecycle.modes import explain_stack, mode_lines, say_origin, say_stack
from networks.partials.lifecycle.returning import say_ending
from networks.partials.networks import draw_endpoints
from networks.partials.screen import DrawnRow, Screen, ScreenKey
from networks.partials.traffic.page import Subject, draw_container_traffic, draw_no_traffic, stack_mark, subject_of
from networks.policy.permissions import granted
from networks.policy.protection import Lock, read_protection
from networks.queries.addresses.history import last_of_container
from networks.queries.addresses.keeping import is_on_network, step_left_off
from networks.queries.containers import container_rows
from networks.queries.details import ContainerDetailRow, Guest, read_container_detail, read_gone
from networks.queries.donors import SharedStack, nest_guests
from networks.queries.filters import MODES, ContainerFilter, read_container_filter
from networks.queries.lifecycle.stacks import Whose, stack_of
from networks.queries.masking import masked
from networks.queries.rows import ContainerRow, EngineRow

MOST_LAST = 5  # assignments
_DETAIL_PARTS = ("name", "acts", "state", "stack", "facts", "notes", "mode", "connect", "ports", "labels", "commands")


def draw_containers(key: ScreenKey) -> Screen:
    """Draw the list: region `container-rows`; parts `lede`, `container-picks`, `container-shown`, `container-empty`,
    `container-foot`.
    """
    return draw_framed(key, _draw_list, foot="container-foot")


def _draw_list(key: ScreenKey, engine: EngineRow) -> Screen:
    everything = container_rows(engine)
    asked = read_container_filter(key.query)
    shown = nest_guests(asked.pick(everything))
    rights = frozenset(key.rights.split(","))
    groups = [container_group(row.state, row.exit_code, row.ending) for row in everything]
    context = {
        "engine": engine,
        "filter": asked,
        "rights": rights,
        "shown": len(shown),
        "total": len(everything),
        "groups": {name: groups.count(name) for name in ("running", "paused", "stopped", "failed")},
    }
    picks = {"filter": asked, **_choices(everything, asked)}
    locks = read_protection(engine).containers

    def draw_line(row: ContainerRow, lock: Lock | None) -> DrawnRow:
        return draw_row(
            "containers/_row.html",
            f"con-{row.docker_id}",
            key=key,
            version=(engine.epoch, row.revision, lock),
            context=lambda: _row_context(row, rights, lock),
        )

    return Screen(
        regions={"container-rows": draw_rows(key, shown, draw_line, beside=lambda row: locks.get(row.docker_id))},
        parts={
            "lede": draw("containers/_lede.html", context),
            "container-picks": draw_kept("containers/_picks.html", "container-picks", key=key, context=picks),
            "container-shown": draw("components/shown.html", context | {"dom_id": "container-shown"}),
            "container-empty": draw("containers/_empty.html", context),
        },
    )


def _row_context(row: ContainerRow, rights: frozenset[str], lock: Lock | None) -> Mapping[str, Any]:
    return {
        "row": row,
        "acts": (acts := acts_of(row, rights, is_locked=lock is not None)),
        "why_no_start": next((act.why_not for act in acts if act.why_not), ""),
        "broken": say_stack(row)[0],
        "choice": words.choice(rights, can_be_chosen=_can_be_chosen(row, rights)),
        "status": words.status_text(row.state, row.exit_code),
        "url": reverse("container_detail", args=[row.engine_slug, row.docker_id]),
        "sees_command": sees_commands(rights),
        "stack": stack_of(row),
        "donor_url": reverse("container_detail", args=[row.engine_slug, row.donor_id]) if row.donor_name else "",
        "ports": words.write_ports(row.ports),
        "places": [
            {
                "address": address,
                "url": reverse("network_detail", args=[row.engine_slug, address.network_id]) if address.network_id else "",
            }
            for address in row.addresses
        ],
    }


def _can_be_chosen(row: ContainerRow, rights: frozenset[str]) -> bool:
    return stack_of(row).whose is Whose.OWN or may_order(row.network_mode, rights)


def sees_commands(rights: Iterable[str]) -> bool:
    """Tell whether somebody may see command lines: they may hold secrets, so looking on isn't enough."""
    return bool({"connect", "run", "shape"} & granted(rights))


def _choices(rows: Iterable[ContainerRow], asked: ContainerFilter) -> dict[str, tuple[tuple[str, str], ...]]:
    states, networks, projects, kinds = {asked.state}, {asked.network}, {asked.project}, {asked.mode}
    for row in rows:
        states.add(row.state)
        projects.add(row.project)
        kinds.add(stack_of(row).kind)
        networks.update(address.network_name for address in row.addresses)
    mode_words = {
        "bridge": _("default bridge"),
        "network": _("user network"),
        "container": _("another container's"),
        "host": "host",
        "none": "none",
    }
    return {
        "states": tuple((state, words.state_text(state)) for state in sorted(states - {""})),
        "networks": words.offered(networks),
        "projects": words.offered(projects),
        "modes": tuple((kind, mode_words[kind]) for kind in MODES if kind in kinds),
    }


def draw_container(key: ScreenKey) -> Screen:
    """Draw one container: region `endpoint-rows`; parts `container-facts`, `container-notes`, `container-mode`,
    `container-connect`, `container-ports`, `container-history`, `container-labels`, `container-commands`, `container-stack`,
    `endpoint-empty`, `traffic-now`, `traffic-minutes`. One that is gone has a note and nothing to connect.
    """

    def draw_traffic(engine: EngineRow, subject: Subject | None) -> Mapping[str, str]:
        if subject is None:
            return draw_no_traffic(_("This container is not there any more."))
        return draw_container_traffic(engine, subject)

    return draw_framed(key, _draw_detail, apart=draw_traffic)


def _draw_detail(key: ScreenKey, engine: EngineRow) -> Screen:
    detail = read_container_detail(key.engine_slug, key.docker_id)
    if detail is None:
        gone = read_gone(key.engine_slug, "container", key.docker_id)
        notes = draw("containers/_notes.html", {"gone": gone, "engine_slug": key.engine_slug})
        connect = draw("containers/_connect.html", {"why_not": _("This container is not there any more.")})
        return Screen(regions={"endpoint-rows": ()}, parts={"container-notes": notes, "container-connect": connect})
    rights, subject = frozenset(key.rights.split(",")), subject_of(detail)
    context = _detail_context(detail, engine, subject, rights)
    parts = {f"container-{name}": draw(f"containers/_{name}.html", context) for name in _DETAIL_PARTS}
    parts["container-history"] = draw_history_part(
        "container-history",
        engine,
        rights,
        last_of_container(engine.slug, detail.row.docker_id, limit=MOST_LAST),
        history_url_of(engine.slug, detail.row.name, detail.row.docker_id),
        why_none=words.why_no_address(context["stack"]),
    )
    parts["endpoint-empty"] = draw("containers/_endpoint_empty.html", context)
    return Screen(regions={"endpoint-rows": draw_endpoints(key, engine, detail.endpoints)}, parts=parts, subject=subject)


def _detail_context(detail: ContainerDetailRow, engine: EngineRow, subject: Subject, rights: frozenset[str]) -> Mapping[str, Any]:
    row, stack = detail.row, stack_of(detail.row)
    sharing = [guest for guest in detail.guests if guest.is_sharing]

    def links_to(guests: Iterable[Guest]) -> list[tuple[str, str]]:
        return [(guest.name, reverse("container_detail", args=[engine.slug, guest.docker_id])) for guest in guests]

    lock = read_protection(engine).containers.get(row.docker_id)
    return {
        **_row_context(row, rights, lock),
        "detail": detail,
        "mend": say_stack(row)[1],
        "ended": say_ending(row),
        "mode_lines": mode_lines(
            stack, lends_to=[guest.name for guest in sharing], ports=row.ports, api_version=engine.api_version
        ),
        "origin": say_origin(stack),
        "rights": rights,
        "left_off": _left_off(detail, rights),
        "left": _left_over(detail),
        "remnants": [one for one in detail.endpoints if one.is_remnant and one.network_id],
        "explained": explain_stack(stack),
        "why_not": words.why_no_network(row) or words.said_lock(lock),
        "lock": words.said_lock(lock),
        "why_no_acts": words.said_lock(lock) or why_no_acts(row, rights),
        "is_on_none": stack.is_on_none,
        "owner_ports": words.write_ports(detail.owner_ports),
        "owner_url": reverse("container_detail", args=[engine.slug, detail.owner_id]) if detail.owner_id else "",
        "labels": masked(detail.labels, sees_secrets="shape" in granted(rights)),
        "inspect": named_command("docker inspect", row.name, row.docker_id),
        "stack_mark": stack_mark(subject),
        "connects": connect_commands(detail.endpoints, sees_secrets="shape" in granted(rights)),
        "guests": links_to(sharing),
        "absent": links_to(guest for guest in detail.guests if not guest.is_running),
        "perhaps": links_to(guest for guest in detail.guests if guest.is_running and guest.held is SharedStack.UNKNOWN),
        "behind": links_to(guest for guest in detail.guests if guest.is_running and guest.held is SharedStack.LEFT),
    }


def _left_over(detail: ContainerDetailRow) -> list[str]:
    """Return what only the record of a container that has ended still names: addresses with their network, published ports."""
    left = [one for one in detail.endpoints if not one.is_remnant]
    found = [f"{address} ({one.network_name[:60]})" for one in left for address in one.leftover]
    return [*found, *words.write_ports(detail.leftover_ports)]


def _left_off(detail: ContainerDetailRow, rights: frozenset[str]) -> Mapping[str, Any] | None:
    """Return what a job that kept an address left undone, None where there is nothing: the network, the job, where to go on."""
    step = step_left_off(detail.row.engine_slug, detail.row.docker_id)
    if step is None or any(
        endpoint.network_name == step.network_name and is_on_network(endpoint) for endpoint in detail.endpoints
    ):
        return None
    url = keep_url(detail.row.engine_slug, step.network_id, step.container_id) if "connect" in rights else ""
    return {"network_name": step.network_name, "job_id": step.job_id, "url": url}
