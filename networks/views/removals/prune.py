"""Prune: which networks nobody runs on, and which of them stopped containers need; chosen here, removed one by one as a job."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from networks.engine.cli import prune_networks_command
from networks.forms.removals.pruning import PruneForm, Pruning, plan_pruning
from networks.forms.several import MOST_CHOSEN
from networks.views.acting import open_page


class NetworkPrune(View):
    """Shows what `docker network prune` would remove. What is ticked goes to the page of several, which asks and does it."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        engine, may_act = open_page(request, engine_slug, takes_away=True)
        form = PruneForm(request.GET if request.GET else None)
        is_readable = not form.is_bound or form.is_valid()
        plan = plan_pruning(engine_slug, form.filter) if is_readable else Pruning()
        context = {
            "engine": engine,
            "form": form,
            "is_readable": is_readable,
            "is_filtered": bool(form.filter.pairs),
            "plan": plan,
            "most": MOST_CHOSEN,
            "command": prune_networks_command(form.filter.pairs),
            "may_act": may_act,
        }
        return render(request, "networks/prune.html", context, status=200 if is_readable else 422)
