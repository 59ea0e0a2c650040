"""A live page's answer: its template, with the screen's regions and parts where it names them; and what went, in its place."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from networks.engine.allow_list import Noun
from networks.partials.screen import Screen
from networks.queries.details import read_gone
from networks.views.shell import open_screen

# Where a region goes. Nobody can write it into a page: what people and Engines write is escaped, and it is new at each start.
_PLACE = f"<!--{secrets.token_hex(16)}:{{}}-->"


def gone_page(request: HttpRequest, noun: Noun, engine_slug: str, docker_id: str) -> HttpResponse:
    """Say that a network or a container isn't there, and when it went: 404."""
    open_screen(request, f"{noun}_detail", engine_slug=engine_slug, is_live=False)
    is_network = noun == "network"
    context = {
        "gone": read_gone(engine_slug, noun, docker_id),
        "is_network": is_network,
        "list_url": reverse(f"{noun}_list") + f"?engine={engine_slug}",
        "list_label": _("All networks") if is_network else _("All containers"),
    }
    return render(request, "components/gone.html", context, status=404)


def render_screen(
    request: HttpRequest, template: str, screen: Screen, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Return the page. The template has `{{ region.event_rows }}` and `{{ part.lede }}`: DOM ids with "_" for "-".

    Regions are put in after the template was drawn: each level of its inheritance would copy 0.8 MB once more.
    """
    places = {name: _PLACE.format(name) for name in screen.regions}
    # Rows and parts were drawn by our own templates, which escape; they are the same text that sockets send.
    drawn = {
        "region": {name.replace("-", "_"): mark_safe(place) for name, place in places.items()},  # noqa: S308
        "part": {name.replace("-", "_"): mark_safe(html) for name, html in screen.parts.items()},  # noqa: S308
    }
    page: str = render_to_string(template, {**(context or {}), **drawn}, request)
    for name, rows in screen.regions.items():
        before, place, after = page.partition(places[name])
        if place:
            page = "".join((before, *(row.html for row in rows), after))
    return HttpResponse(page, status=status)
