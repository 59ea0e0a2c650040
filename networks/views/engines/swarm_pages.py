"""How an Engine stands to a swarm, the swarm's nodes, and the tokens that let others in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from networks.actions.recording import ActionResult
from networks.actions.swarm import MANAGER, WORKER, read_join_token
from networks.engine.cli import TOKEN_PLACE, command_of, join_swarm_lines
from networks.engine.specs import JoinSpec
from networks.models import Engine, Network
from networks.partials.engines import draw_overlay, draw_swarm
from networks.policy.permissions import Permission
from networks.queries.details import read_network_title
from networks.queries.swarm import EngineInSwarm, read_standings
from networks.views.acting import actor_of, explain_refusal, open_page
from networks.views.screens import render_screen
from networks.views.shell import open_screen, rights_of_request


class EngineSwarm(View):
    """The swarm of an Engine."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        return show_swarm(request, engine_slug)


class SwarmToken(View):
    """A join token, shown this once in the answer; the password was typed a moment ago."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        return redirect("engine_swarm", engine_slug)  # where one lands after the password was typed

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        engine, _may_act = open_page(request, engine_slug)
        role = MANAGER if request.POST.get("role") == MANAGER else WORKER
        result, token = read_join_token(actor_of(request), engine, role)
        if not result.is_ok:
            return show_swarm(request, engine_slug, result)
        own = read_standings([engine_slug]).get(engine_slug)
        spec = JoinSpec(own.managers if own else (), token)
        context = {
            "engine": engine,
            "role": role,
            "token": token,
            "command": command_of(join_swarm_lines(spec)).replace(TOKEN_PLACE, token),
        }
        return render(request, "swarm/token.html", context)


def show_swarm(request: HttpRequest, engine_slug: str, result: ActionResult | None = None) -> HttpResponse:
    """Return the page of an Engine's swarm: of those Engines only that this person may see. `result`: what was refused."""
    key = open_screen(request, "engine_swarm", engine_slug=engine_slug)
    engine = get_object_or_404(Engine, slug=engine_slug)
    context = {"engine": engine, "refusal": explain_refusal(result, is_typed=False) if result else None}
    return render_screen(request, "swarm/swarm.html", draw_swarm(key), context, status=409 if result else 200)


def swarms_to_join(request: HttpRequest, engine_slug: str) -> list[EngineInSwarm]:
    """Return the managers whose swarm this Engine may be put into by this person, who may shape both."""
    permissions = rights_of_request(request).permissions
    may_shape = [slug for slug, may in permissions.items() if Permission.SHAPE in may and slug != engine_slug]
    return [each for each in read_standings(may_shape).values() if each.is_manager]


class NetworkSwarm(View):
    """Which Engine sees which part of it, who takes part, and everybody's endpoints."""

    def get(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponse:
        key = open_screen(request, "network_swarm", engine_slug=engine_slug, docker_id=docker_id)
        title = read_network_title(engine_slug, docker_id)
        if title is None or not Network.objects.filter(engine__slug=engine_slug, docker_id=docker_id, driver="overlay").exists():
            raise Http404(docker_id)
        context = {"engine": get_object_or_404(Engine, slug=engine_slug), "title": title, "docker_id": docker_id}
        return render_screen(request, "swarm/overlay.html", draw_overlay(key), context)
