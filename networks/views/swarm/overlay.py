"""One overlay network across Engines."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from networks.queries.details import read_network_title
from networks.queries.swarm.overlay import read_overlay
from networks.views.acting import open_page
from networks.views.swarm.pages import visible_standings


class NetworkSwarm(View):
    """Which Engine sees which part of it, who takes part, and everybody's endpoints. `?part=all` is asked for again."""

    def get(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponse:
        engine, _may_act = open_page(request, engine_slug)
        found = read_overlay(engine_slug, docker_id, visible_standings(request))
        title = read_network_title(engine_slug, docker_id)
        if found is None or title is None:
            raise Http404(docker_id)
        context = {"engine": engine, "overlay": found, "title": title, "docker_id": docker_id}
        template = "swarm/_overlay.html" if "part" in request.GET else "swarm/overlay.html"
        return render(request, template, context)
