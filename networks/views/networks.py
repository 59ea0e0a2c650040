"""The list of networks, and one network."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views import View

from networks.engine.cli import named_command
from networks.engine.docker_names import OWN_DRIVERS
from networks.partials.screens import draw_screen
from networks.policy.protection import read_protection
from networks.queries.filters import NETWORK_PARAMS, read_network_filter
from networks.queries.networks import read_network_row
from networks.views.changes.protection import lifting_of
from networks.views.columns import read_columns
from networks.views.screens import gone_page, render_screen
from networks.views.shell import open_screen, pick_engine


class NetworkList(View):
    """The networks of the Engine chosen."""

    def get(self, request: HttpRequest) -> HttpResponse:
        columns = read_columns(request, "network_list")
        key = open_screen(request, "network_list", params=NETWORK_PARAMS)
        context = {
            "filter": read_network_filter(key.query),
            "engine_slug": key.engine_slug if "engine" in request.GET else "",
            "columns": columns,
        }
        return columns.keep(render_screen(request, "networks/list.html", draw_screen(key), context))


class NetworkDetail(View):
    """One network and its endpoints; when it went, where it isn't there any more."""

    def get(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponse:
        engine = pick_engine(request, engine_slug)  # may this person view it?
        title = read_network_row(engine_slug, docker_id)
        if title is None:
            return gone_page(request, "network", engine_slug, docker_id)
        key = open_screen(request, "network_detail", engine_slug=engine_slug, docker_id=docker_id)
        context = {
            "title": title,
            "inspect": named_command("docker network inspect", title.name, title.docker_id),
            "is_plugins": title.driver not in OWN_DRIVERS,
            "lifting": lifting_of(request, engine, docker_id),
            "can_remove": "connect" in key.rights.split(",") and not read_protection(engine).lock_on_removal(docker_id),
        }
        return render_screen(request, "networks/detail.html", draw_screen(key), context)
