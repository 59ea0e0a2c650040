"""Take a node that is down out of a swarm's list, after saying what that means."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from networks.actions.recording import ActionResult
from networks.actions.swarm import remove_node
from networks.engine.cli import command_of, remove_node_lines
from networks.engine.guard import is_full_id
from networks.forms.removals.confirming import ConfirmForm
from networks.queries.swarm.standing import NodeRow, read_standings
from networks.views.acting import actor_of, explain_refusal, open_page, say_unseen
from networks.views.removals.foreseeing import read_anew, wanted_name
from networks.views.shell import access_of


class SwarmNodeRemove(View):
    """Remove a worker that is down; its host name is typed."""

    def get(self, request: HttpRequest, engine_slug: str, node_id: str) -> HttpResponseBase:
        return self._show(request)

    def post(self, request: HttpRequest, engine_slug: str, node_id: str) -> HttpResponseBase:
        engine, may_act = open_page(request, engine_slug, takes_away=True)
        node = self._node(request)
        form = _form(node, request.POST)
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
        own = read_standings({slug, *access_of(request).permissions}).get(slug)
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
            "form": form or _form(node),
            "command": command_of(remove_node_lines(node.node_id)) if node else "",
            "refusal": explain_refusal(result, is_typed=False) if result else None,
            "may_act": may_act,
        }
        return render(request, "swarm/remove_node.html", context, status=status)


def _form(node: NodeRow | None, data: QueryDict | None = None) -> ConfirmForm:
    return ConfirmForm(data, wanted=wanted_name(node.hostname, node.node_id) if node else "")
