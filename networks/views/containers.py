"""The list of containers, and one container."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from networks.engine.cli import named_command
from networks.partials.containers import sees_commands
from networks.partials.lifecycle.stack_inside import draw_inside
from networks.partials.screens import draw_screen
from networks.policy.permissions import Permission, has_terminal, permissions_of
from networks.queries.containers import read_container_row
from networks.queries.details import read_container_detail
from networks.queries.filters import CONTAINER_PARAMS, read_container_filter
from networks.queries.rows import EngineRow
from networks.sync.host.stack_reading import read_container
from networks.views.changes.protection import lifting_of
from networks.views.columns import read_columns
from networks.views.screens import gone_page, render_screen
from networks.views.shell import open_screen, pick_engine


class ContainerList(View):
    """The containers of the Engine chosen."""

    def get(self, request: HttpRequest) -> HttpResponse:
        columns = read_columns(request, "container_list")
        key = open_screen(request, "container_list", params=CONTAINER_PARAMS)
        context = {
            "filter": read_container_filter(key.query),
            "engine_slug": key.engine_slug if "engine" in request.GET else "",
            "columns": columns,
            "sees_command": sees_commands(key.rights.split(",")),
        }
        return columns.keep(render_screen(request, "containers/list.html", draw_screen(key), context))


class ContainerInside(View):
    """One container's network stack from inside, read at this moment: a fragment for htmx, else a page of its own."""

    def get(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponse:
        pick_engine(request, engine_slug)  # may this person view it?
        reading = read_container(engine_slug, docker_id)
        detail = read_container_detail(engine_slug, docker_id)
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(draw_inside(detail, reading))
        if detail is None:
            return gone_page(request, "container", engine_slug, docker_id)
        open_screen(request, "container_inside", engine_slug=engine_slug, is_live=False)
        return render(request, "lifecycle/stack.html", {"title": detail.row, "body": draw_inside(detail, reading)})


class ContainerDetail(View):
    """One container and its endpoints; when it went, where it isn't there any more."""

    def get(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponse:
        engine = pick_engine(request, engine_slug)  # may this person view it?
        title = read_container_row(engine_slug, docker_id)
        if title is None:
            return gone_page(request, "container", engine_slug, docker_id)
        key = open_screen(request, "container_detail", engine_slug=engine_slug, docker_id=docker_id)
        context = {
            "terminal": _terminal_of(request, engine),
            "lifting": lifting_of(request, engine, docker_id),
            "title": title,
            "inspect": named_command("docker inspect", title.name, title.docker_id),
            "sees_command": sees_commands(key.rights.split(",")),
        }
        return render_screen(request, "containers/detail.html", draw_screen(key), context)


def _terminal_of(request: HttpRequest, engine: EngineRow) -> str:
    """Return "open" where a terminal may be opened, "ask" where its page says what that takes, "" for who only looks."""
    if settings.NETADMIN_READ_ONLY:
        return ""
    if engine.is_terminal_on and has_terminal(request.user, engine.slug):
        return "open"
    return "ask" if {Permission.RUN, Permission.GRANT} & permissions_of(request.user, engine.slug) else ""
