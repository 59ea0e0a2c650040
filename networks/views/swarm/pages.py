"""How an Engine stands to a swarm, the swarm's nodes, and the tokens that let others in."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View

from networks.actions.recording import ActionResult
from networks.actions.swarm import MANAGER, WORKER, read_join_token
from networks.engine.swarm.cli import TOKEN_PLACE, command_of, join_swarm_lines
from networks.engine.swarm.specs import JoinSpec
from networks.models import Engine
from networks.policy.permissions import Permission
from networks.queries.swarm.standing import Place, Standing, nodes_of, read_standings
from networks.views.acting import actor_of, explain_refusal, open_page
from networks.views.shell import access_of


class EngineSwarm(View):
    """The swarm of an Engine. `?part=nodes` is the part that is asked for again."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        template = "swarm/_nodes.html" if "part" in request.GET else "swarm/swarm.html"
        return render(request, template, swarm_context(request, engine_slug))


@method_decorator(reauthentication_required, name="dispatch")
class SwarmToken(View):
    """A join token, shown this once in the answer; the password was typed a moment ago."""

    http_method_names = ["post", "get", "options"]

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


def show_swarm(request: HttpRequest, engine_slug: str, result: ActionResult) -> HttpResponse:
    """Return the page with what was refused."""
    context = swarm_context(request, engine_slug) | {"refusal": explain_refusal(result, is_typed=False)}
    return render(request, "swarm/swarm.html", context, status=409)


def swarm_context(request: HttpRequest, engine_slug: str) -> dict[str, Any]:
    """Return what the page of an Engine's swarm shows: of those Engines only that this person may see."""
    engine, may_act = open_page(request, engine_slug)
    standings = visible_standings(request)
    own = standings.get(engine_slug) or Standing(Place(engine.slug, engine.name))
    nodes = nodes_of(standings, engine_slug)
    may = access_of(request).permissions.get(engine_slug, frozenset())
    return {
        "engine": engine,
        "own": own,
        "nodes": nodes,
        "told_by": "" if own.is_manager else next((each.place.name for each in standings.values() if each.nodes is nodes), ""),
        "known": sum(node.place is not None for node in nodes),
        "has_others": any(each.is_manager for slug, each in standings.items() if slug != engine_slug),
        "may_shape": Permission.SHAPE in may,
        "may_act": may_act,
    }


def visible_standings(request: HttpRequest) -> dict[str, Standing]:
    """Return how those Engines stand that this person may see, by slug."""
    return read_standings(access_of(request).permissions)


def swarms_to_join(request: HttpRequest, engine: Engine) -> list[Standing]:
    """Return the managers whose swarm this Engine may be put into by this person, who may shape both."""
    permissions = access_of(request).permissions
    may_shape = [slug for slug, may in permissions.items() if Permission.SHAPE in may and slug != engine.slug]
    return [each for each in read_standings(may_shape).values() if each.is_manager]
