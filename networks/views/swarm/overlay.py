"""One overlay network across Engines."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views import View

from networks.models import Engine, Network
from networks.partials.across.swarm import draw_overlay
from networks.queries.details import read_network_title
from networks.views.screens import render_screen
from networks.views.shell import open_screen


class NetworkSwarm(View):
    """Which Engine sees which part of it, who takes part, and everybody's endpoints."""

    def get(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponse:
        key = open_screen(request, "network_swarm", engine_slug=engine_slug, docker_id=docker_id)
        title = read_network_title(engine_slug, docker_id)
        if title is None or not Network.objects.filter(engine__slug=engine_slug, docker_id=docker_id, driver="overlay").exists():
            raise Http404(docker_id)
        context = {"engine": get_object_or_404(Engine, slug=engine_slug), "title": title, "docker_id": docker_id}
        return render_screen(request, "swarm/overlay.html", draw_overlay(key), context)
