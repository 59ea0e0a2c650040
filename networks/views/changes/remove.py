"""Remove a network, after saying what that breaks."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from networks.actions.networks import remove_network
from networks.actions.recording import ActionResult
from networks.engine.cli import prune_networks_command, remove_network_command
from networks.forms.confirming import ConfirmForm, say_breakage
from networks.forms.pruning import PruneForm, Pruning, plan_pruning
from networks.forms.several import MOST_CHOSEN
from networks.policy.protection import protection_of
from networks.queries.details import read_gone, read_network_title
from networks.queries.engine_context import NetworkChoice
from networks.queries.lifecycle.breakages import breakages_of
from networks.queries.lifecycle.removals import Consequences
from networks.refusals.meaning import RefusalContext
from networks.views.acting import actor_of, explain_refusal, open_page, say_unseen
from networks.views.changes.foreseeing import consequences_of_one, read_anew, say_plugin, wanted_name


class NetworkRemove(View):
    """Remove this network; its name is typed, and where more breaks by then than was shown, the page asks again."""

    def get(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponseBase:
        return self._show(request)

    def post(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponseBase:
        engine, may_act = open_page(request, engine_slug, takes_away=True)
        found = consequences_of_one(engine_slug, docker_id)
        if found is None or protection_of(engine_slug).lock_on_removal(
            docker_id
        ):  # somebody was quicker, or it was never offered
            return self._show(request, status=409)
        form = _form(found, request.POST)
        if form.is_valid():
            # Just before it is done: nothing tells of a stopped container that was connected but a whole read.
            if not may_act or not read_anew(request, engine_slug):
                return self._show(request, form, status=409)
            now = consequences_of_one(engine_slug, docker_id)
            if now is None:
                return self._show(request, name=found.name)
            form = _form(now, request.POST)
        if not form.is_valid():
            return self._show(request, form, status=422)
        result = remove_network(actor_of(request), engine, docker_id, name=found.name)
        if not result.is_ok:
            return self._show(request, result=result, name=found.name, status=409)
        say_unseen(request, result)
        return redirect("network_list")

    def _show(
        self,
        request: HttpRequest,
        form: ConfirmForm | None = None,
        *,
        result: ActionResult | None = None,
        name: str = "",
        status: int = 200,
    ) -> HttpResponse:
        slug, docker_id = self.kwargs["engine_slug"], self.kwargs["docker_id"]
        engine, may_act = open_page(request, slug, takes_away=True)
        found = consequences_of_one(slug, docker_id)
        gone = None if found else read_gone(slug, "network", docker_id)
        if found is None and gone is None and not name:
            raise Http404(docker_id)
        name = found.name if found else name or (gone.name if gone else "")
        form = form or (_form(found) if found else None)
        lock = protection_of(slug).lock_on_removal(docker_id)
        around = RefusalContext(slug, NetworkChoice(docker_id, name, ""))
        context = {
            "engine": engine,
            "found": found,
            "title": read_network_title(slug, docker_id) if found else None,
            "docker_id": docker_id,
            "name": name,
            "gone": gone,
            "form": form,
            "unseen": [say_breakage(each) for each in form.unseen] if form else [],
            "lock": lock.sentence if lock else "",
            "plugin": say_plugin(slug, found.driver) if found else "",
            "command": remove_network_command(name, docker_id),
            "refusal": explain_refusal(result, around=around, is_typed=False) if result else None,
            "may_act": may_act,
        }
        return render(request, "networks/remove.html", context, status=status if found or result else 404)


def _form(found: Consequences, data: QueryDict | None = None) -> ConfirmForm:
    return ConfirmForm(data, wanted=wanted_name(found.name, found.docker_id), breakages=breakages_of([found]))


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
