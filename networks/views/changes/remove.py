"""Remove a network, after saying what that breaks."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from networks.actions.networks import remove_network
from networks.actions.recording import ActionResult
from networks.engine.cli import named_command, prune_networks_command
from networks.forms.confirming import ConfirmForm, say_breakage
from networks.forms.pruning import PruneForm, Pruning, plan_pruning
from networks.forms.several import MOST_CHOSEN
from networks.models import Engine
from networks.policy.protection import protection_of
from networks.queries.details import read_gone
from networks.queries.engine_context import NetworkChoice
from networks.queries.lifecycle.consequence_tokens import breakages_of
from networks.queries.lifecycle.consequences import Consequences
from networks.queries.networks import read_network_row
from networks.refusals.meaning import RefusalContext
from networks.views.acting import actor_of, explain_refusal
from networks.views.generic import EnginePage, consequences_of_one, say_plugin, wanted_name


class NetworkRemove(EnginePage[ConfirmForm]):
    """Remove this network; its name is typed, and where more breaks by then than was shown, the page asks again.

    `name`: what it was called while it was there.
    """

    template_name = "networks/remove.html"
    takes_away = True
    name = ""

    def post(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponseBase:
        engine, may_act = self.open()
        found = consequences_of_one(engine_slug, docker_id)
        if found is None or protection_of(engine_slug).lock_on_removal(
            docker_id
        ):  # somebody was quicker, or it was never offered
            return self.show(status=409)
        form = _form(found, request.POST)
        if form.is_valid():
            # Just before it is done: nothing tells of a stopped container that was connected but a whole read.
            if not may_act or not self.read_anew():
                return self.show(form, status=409)
            self.name = found.name
            now = consequences_of_one(engine_slug, docker_id)
            if now is None:
                return self.show()
            form = _form(now, request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        return self.finish(remove_network(actor_of(request), engine, docker_id, name=found.name), "network_list")

    def make_context(self, engine: Engine, form: ConfirmForm | None, result: ActionResult | None) -> dict[str, Any]:
        slug, docker_id = self.slug, self.kwargs["docker_id"]
        found = consequences_of_one(slug, docker_id)
        gone = None if found else read_gone(slug, "network", docker_id)
        if found is None and gone is None and not self.name:
            raise Http404(docker_id)
        if found is None and result is None:
            self.status = 404
        name = found.name if found else self.name or (gone.name if gone else "")
        form = form or (_form(found) if found else None)
        lock = protection_of(slug).lock_on_removal(docker_id)
        around = RefusalContext(slug, NetworkChoice(docker_id, name, ""))
        return {
            "found": found,
            "title": read_network_row(slug, docker_id) if found else None,
            "docker_id": docker_id,
            "name": name,
            "gone": gone,
            "form": form,
            "unseen": [say_breakage(each) for each in form.unseen] if form else [],
            "lock": lock.sentence if lock else "",
            "plugin": say_plugin(slug, found.driver) if found else "",
            "command": named_command("docker network rm", name, docker_id),
            "refusal": explain_refusal(result, around=around, is_typed=False) if result else None,
        }


def _form(found: Consequences, data: QueryDict | None = None) -> ConfirmForm:
    return ConfirmForm(data, wanted=wanted_name(found.name, found.docker_id), breakages=breakages_of([found]))


class NetworkPrune(EnginePage[PruneForm]):
    """Shows what `docker network prune` would remove. What is ticked goes to the page of several, which asks and does it."""

    template_name = "networks/prune.html"
    takes_away = True

    def make_context(self, engine: Engine, form: PruneForm | None, result: ActionResult | None) -> dict[str, Any]:
        form = PruneForm(self.request.GET if self.request.GET else None)
        is_readable = not form.is_bound or form.is_valid()
        self.status = 200 if is_readable else 422
        return {
            "form": form,
            "is_readable": is_readable,
            "is_filtered": bool(form.filter.pairs),
            "plan": plan_pruning(self.slug, form.filter) if is_readable else Pruning(),
            "most": MOST_CHOSEN,
            "command": prune_networks_command(form.filter.pairs),
        }
