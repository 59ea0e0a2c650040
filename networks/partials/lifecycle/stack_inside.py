"""What one reading of a container's stack shows, and what it doesn't, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from networks.hostnet.facts import HostView, InsideFact, LinkFact, Obstacle, ResolverFact
from networks.hostnet.ifconfig import write_ifconfig
from networks.partials.cache import draw
from networks.partials.interfaces.asked import interfaces_url
from networks.partials.interfaces.sight import obstacles_of
from networks.partials.screen import url_of
from networks.queries.details import ContainerDetailRow
from networks.queries.lifecycle.stacks import Stack, Whose, stack_of
from networks.queries.rows import EndpointRow
from networks.sync.host.board import HostPicture
from networks.sync.host.stack_reading import Reading, Trouble
from networks.templatetags.wording import spell


def why_not_host(picture: HostPicture) -> str:
    """Return in words why the links of an Engine's machine aren't seen, "" where nothing is known to be in the way."""
    if picture.trouble:
        return _("The system's message: %(words)s") % {"words": spell(picture.trouble)[:MOST_WORDS]}
    return _said(HostView(why_not_host=picture.view.why_not_host))


def why_not_inside(obstacle: Obstacle) -> str:
    """Return in words why containers' own namespaces can't be entered, and what would help."""
    said = _said(HostView(why_not_inside=obstacle))
    return said or _("Netadmin may not enter the network namespaces of this Engine's containers.")


def _said(view: HostView) -> str:
    return " ".join(f"{what} {help_}" for what, help_ in obstacles_of(view))


# A host-mode container sees all of the host's links, which have a page of their own.
MOST_LINKS, MOST_ROUTES = 30, 100
MOST_WORDS = 200  # of one line of resolv.conf
SHORT_ID = 12


def draw_inside(detail: ContainerDetailRow | None, reading: Reading | None) -> SafeString:
    """Return the fragment, a sentence where the container isn't there any more. The language must be active."""
    context = inside_context(detail, reading) if detail else {"why_not": _("This container is not there any more.")}
    # Drawn by our own template, which escapes.
    return mark_safe(draw("lifecycle/_stack.html", context))  # noqa: S308


def inside_context(detail: ContainerDetailRow, reading: Reading | None) -> dict[str, Any]:
    """Return what lifecycle/_stack.html draws. `reading` None: it isn't running, so there is nothing to read."""
    row = detail.row
    fact = reading.fact if reading is not None and reading.trouble is Trouble.NOTHING else None
    stack = stack_of(row)
    is_shared = stack.whose is Whose.SHARED and bool(row.donor_name)
    return {
        "mode": _said_stack(stack),
        "donor_url": reverse("container_detail", args=[row.engine_slug, row.donor_id]) if is_shared else "",
        "donor_name": row.donor_name,
        "why_not": _why_not(reading),
        "fact": fact,
        "read_at": reading.at if reading else None,
        **(_fact_context(fact) if fact else {}),
        "interfaces_url": interfaces_url(row.engine_slug),
        "names": [_names(one) for one in detail.endpoints if one.network_name in {place.network_name for place in stack.joined}],
        "is_running": reading is not None,
        "is_host": stack.whose is Whose.HOST,
        "knows_names": bool(stack.named) or stack.whose is Whose.SHARED,
    }


def _said_stack(stack: Stack) -> str:
    match stack.whose:
        case Whose.HOST:
            return _("These are the host's own links: a container in network mode host uses them and has none of its own.")
        case Whose.SHARED:
            return _(
                "This is the network stack of another container, which it shares: the same interfaces, addresses and routes."
            )
        case Whose.GONE | Whose.UNKNOWN:
            return ""
        case Whose.LEFT:
            return _("This is what is left of the network stack that it shared: nothing but loopback.")
    return _("It is on no network: the stack is its own, with nothing in it but loopback.") if stack.is_bare else ""


def _why_not(reading: Reading | None) -> str:
    if reading is None:
        return _("It isn't running. A network stack is created when a container starts, and removed when it stops.")
    sentence = spell(reading.sentence)[:MOST_WORDS]
    return {
        Trouble.NOTHING: "",
        Trouble.NOT_ALLOWED: why_not_inside(reading.obstacle),
        Trouble.VANISHED: _(
            "Its process ended during the read, or has been replaced. If the container runs again, read once more."
        ),
        Trouble.UNKNOWN: _("It isn't known yet which process it is. Read once more in a moment."),
        Trouble.LATE: _("The host didn't answer in time. Read once more in a moment."),
        Trouble.BUSY: _("Other stacks are being read right now. Read once more."),
        Trouble.FAILED: _("It couldn't be read. The system's message: %(words)s") % {"words": sentence or "–"},
    }[reading.trouble]


def _fact_context(fact: InsideFact) -> Mapping[str, Any]:
    return {
        "ifconfig": "\n\n".join(_written(link) for link in fact.links[:MOST_LINKS]),
        "more_links": max(0, len(fact.links) - MOST_LINKS),
        "has_only_loopback": [link.kind for link in fact.links] == ["loopback"],
        "routes": fact.routes[:MOST_ROUTES],
        "more_routes": max(0, len(fact.routes) - MOST_ROUTES),
        "resolver": _resolver(fact.resolver),
    }


def _written(link: LinkFact) -> str:
    return write_ifconfig(replace(link, name=spell(link.name), mac=spell(link.mac)))


def _resolver(fact: ResolverFact) -> dict[str, Any] | None:
    if not fact.is_known:
        return None
    return {
        "servers": [str(server) for server in fact.name_servers],
        "search": _spelt(fact.search),
        "options": _spelt(fact.options),
        "is_dockers": any(str(server) == "127.0.0.11" for server in fact.name_servers),
    }


def _spelt(words: Iterable[str]) -> str:
    return " ".join(spell(word)[:MOST_WORDS] for word in words)[:MOST_WORDS]


def _names(endpoint: EndpointRow) -> dict[str, Any]:
    """Return by which names Docker's DNS finds the container on one network; none on the default bridge, which has no DNS."""
    is_default = endpoint.network_driver == "bridge" and endpoint.network_name == "bridge"
    told = list(dict.fromkeys([*endpoint.dns_names, *endpoint.aliases]))
    # Older Engines don't list the two that every container has.
    names = told or [endpoint.container_name, endpoint.container_id[:SHORT_ID]]
    return {
        "network_name": endpoint.network_name,
        "network_url": url_of("network_detail", endpoint.engine_slug, endpoint.network_id) if endpoint.network_id else "",
        "hue": endpoint.hue,
        "is_default": is_default,
        "names": [] if is_default else names,
    }
