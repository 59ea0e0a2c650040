"""Have an Engine leave its swarm, after saying what that breaks."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from networks.actions.recording import ActionResult
from networks.actions.swarm import leave_swarm, remove_node
from networks.engine.cli import command_of, leave_swarm_lines, remove_node_lines
from networks.engine.guard import is_full_id
from networks.engine.specs import LeaveSpec
from networks.forms.confirming import ConfirmForm, say_breakage
from networks.policy.protection import protection_of
from networks.queries.lifecycle.breakages import breakages_of
from networks.queries.lifecycle.removals import Consequences
from networks.queries.swarm import EngineInSwarm, NodeRow, count_tasks, overlays_in_use, read_standings
from networks.views.acting import actor_of, explain_refusal, open_page, say_unseen
from networks.views.changes.foreseeing import read_anew, wanted_name
from networks.views.shell import rights_of_request


class SwarmLeave(View):
    """Leave; the Engine's name is typed, and where more breaks by then than was shown, the page asks again."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        return self._show(request)

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        engine, may_act = open_page(request, engine_slug, takes_away=True)
        form = _form(engine.name, engine_slug, overlays_in_use(engine_slug), request.POST)
        if form.is_valid():
            # Just before it is done: nothing tells of a stopped container that was connected but a whole read.
            if not may_act or not read_anew(request, engine_slug):
                return self._show(request, form, status=409)
            form = _form(engine.name, engine_slug, overlays_in_use(engine_slug), request.POST)
        own = read_standings([engine_slug]).get(engine_slug)
        if own is None or not own.is_member:
            return self._show(request, status=409)
        if not form.is_valid():
            return self._show(request, form, status=422)
        result = leave_swarm(actor_of(request), engine, own.node_id, _spec_of(own))
        if not result.is_ok:
            return self._show(request, result=result, status=409)
        say_unseen(request, result)
        return redirect("engine_swarm", engine_slug)

    def _show(
        self,
        request: HttpRequest,
        form: ConfirmForm | None = None,
        *,
        result: ActionResult | None = None,
        status: int = 200,
    ) -> HttpResponse:
        slug = self.kwargs["engine_slug"]
        engine, may_act = open_page(request, slug, takes_away=True)
        found = overlays_in_use(slug)
        form = form or _form(engine.name, slug, found)
        own, lock = read_standings([slug]).get(slug), protection_of(slug).lock_on_leaving()
        context = {
            "engine": engine,
            "own": own,
            "found": found,
            "tasks": count_tasks(slug),
            "form": form,
            "unseen": [say_breakage(each) for each in form.unseen],
            "command": command_of(leave_swarm_lines(_spec_of(own))),
            "refusal": explain_refusal(result, is_typed=False) if result else None,
            "lock": lock.sentence if lock else "",
            "may_act": may_act and lock is None,
        }
        return render(request, "swarm/leave.html", context, status=status)


def _spec_of(own: EngineInSwarm | None) -> LeaveSpec:
    return LeaveSpec(is_forced=own is not None and own.is_manager)


def _form(name: str, slug: str, found: list[Consequences], data: QueryDict | None = None) -> ConfirmForm:
    return ConfirmForm(data, wanted=wanted_name(name, slug), breakages=breakages_of(found))


class SwarmNodeRemove(View):
    """Remove a worker that is down; its host name is typed."""

    def get(self, request: HttpRequest, engine_slug: str, node_id: str) -> HttpResponseBase:
        return self._show(request)

    def post(self, request: HttpRequest, engine_slug: str, node_id: str) -> HttpResponseBase:
        engine, may_act = open_page(request, engine_slug, takes_away=True)
        node = self._node(request)
        form = _removal_form(node, request.POST)
        if node is None or not form.is_valid():
            return self._show(request, form, status=409 if node is None else 422)
        # It may have come back, and no event tells of that.
        if not may_act or not read_anew(request, engine_slug) or not ((node := self._node(request)) and node.is_removable):
            return self._show(request, form, status=409)
        result = remove_node(actor_of(request), engine, node.node_id, hostname=node.hostname)
        if not result.is_ok:
            return self._show(request, form, result=result, status=409)
        say_unseen(request, result)
        return redirect("engine_swarm", engine_slug)

    def _node(self, request: HttpRequest) -> NodeRow | None:
        """Return the node as this Engine, which manages its swarm, was last read to know it."""
        slug, node_id = self.kwargs["engine_slug"], self.kwargs["node_id"]
        own = read_standings({slug, *rights_of_request(request).permissions}).get(slug)
        return next((node for node in own.nodes if node.node_id == node_id), None) if own and own.is_manager else None

    def _show(
        self,
        request: HttpRequest,
        form: ConfirmForm | None = None,
        *,
        result: ActionResult | None = None,
        status: int = 200,
    ) -> HttpResponse:
        if not is_full_id("node", self.kwargs["node_id"]):
            raise Http404(self.kwargs["node_id"])
        engine, may_act = open_page(request, self.kwargs["engine_slug"], takes_away=True)
        node = self._node(request)
        context = {
            "engine": engine,
            "node": node,
            "form": form or _removal_form(node),
            "command": command_of(remove_node_lines(node.node_id)) if node else "",
            "refusal": explain_refusal(result, is_typed=False) if result else None,
            "may_act": may_act,
        }
        return render(request, "swarm/remove_node.html", context, status=status)


def _removal_form(node: NodeRow | None, data: QueryDict | None = None) -> ConfirmForm:
    return ConfirmForm(data, wanted=wanted_name(node.hostname, node.node_id) if node else "")
