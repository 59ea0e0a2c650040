"""Have an Engine leave its swarm, after saying what that breaks."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from networks.actions.recording import ActionResult
from networks.actions.swarm import leave_swarm, remove_node
from networks.engine.allow_list import is_full_id
from networks.engine.cli import command_of, leave_swarm_lines, remove_node_lines
from networks.engine.specs import LeaveSpec
from networks.forms.confirming import ConfirmForm, say_breakage
from networks.models import Engine
from networks.policy.protection import protection_of
from networks.queries.lifecycle.consequence_tokens import breakages_of
from networks.queries.lifecycle.consequences import Consequences
from networks.queries.swarm import EngineInSwarm, NodeRow, count_tasks, overlays_in_use, read_standings
from networks.views.acting import actor_of, explain_refusal
from networks.views.generic import EnginePage, wanted_name
from networks.views.shell import rights_of_request


class SwarmLeave(EnginePage[ConfirmForm]):
    """Leave; the Engine's name is typed, and where more breaks by then than was shown, the page asks again."""

    template_name = "swarm/leave.html"
    takes_away = True

    def post(self, request: HttpRequest, **_where: str) -> HttpResponseBase:
        engine, may_act = self.open()
        form = _form(engine, overlays_in_use(self.slug), request.POST)
        if form.is_valid():
            # Just before it is done: nothing tells of a stopped container that was connected but a whole read.
            if not may_act or not self.read_anew():
                return self.show(form, status=409)
            form = _form(engine, overlays_in_use(self.slug), request.POST)
        own = read_standings([self.slug]).get(self.slug)
        if own is None or not own.is_member:
            return self.show(status=409)
        if not form.is_valid():
            return self.show(form, status=422)
        return self.finish(leave_swarm(actor_of(request), engine, own.node_id, _spec_of(own)), "engine_swarm", self.slug)

    def make_context(self, engine: Engine, form: ConfirmForm | None, result: ActionResult | None) -> dict[str, Any]:
        found = overlays_in_use(self.slug)
        form = form or _form(engine, found)
        own, lock = read_standings([self.slug]).get(self.slug), protection_of(self.slug).lock_on_leaving()
        return {
            "own": own,
            "found": found,
            "tasks": count_tasks(self.slug),
            "form": form,
            "unseen": [say_breakage(each) for each in form.unseen],
            "command": command_of(leave_swarm_lines(_spec_of(own))),
            "refusal": explain_refusal(result, is_typed=False) if result else None,
            "lock": lock.sentence if lock else "",
            "may_act": self.may_act and lock is None,
        }


def _spec_of(own: EngineInSwarm | None) -> LeaveSpec:
    return LeaveSpec(is_forced=own is not None and own.is_manager)


def _form(engine: Engine, found: list[Consequences], data: QueryDict | None = None) -> ConfirmForm:
    return ConfirmForm(data, wanted=wanted_name(engine.name, engine.slug), breakages=breakages_of(found))


class SwarmNodeRemove(EnginePage[ConfirmForm]):
    """Remove a worker that is down; its host name is typed."""

    template_name = "swarm/remove_node.html"
    takes_away = True

    def post(self, request: HttpRequest, **_where: str) -> HttpResponseBase:
        engine, may_act = self.open()
        node = self._node()
        form = _removal_form(node, request.POST)
        if node is None or not form.is_valid():
            return self.show(form, status=409 if node is None else 422)
        # It may have come back, and no event tells of that.
        if not may_act or not self.read_anew() or not ((node := self._node()) and node.is_removable):
            return self.show(form, status=409)
        result = remove_node(actor_of(request), engine, node.node_id, hostname=node.hostname)
        return self.finish(result, "engine_swarm", self.slug, form=form)

    def _node(self) -> NodeRow | None:
        """Return the node as this Engine, which manages its swarm, was last read to know it."""
        own = read_standings({self.slug, *rights_of_request(self.request).permissions}).get(self.slug)
        found = own.nodes if own and own.is_manager else ()
        return next((node for node in found if node.node_id == self.kwargs["node_id"]), None)

    def make_context(self, engine: Engine, form: ConfirmForm | None, result: ActionResult | None) -> dict[str, Any]:
        if not is_full_id("node", self.kwargs["node_id"]):
            raise Http404(self.kwargs["node_id"])
        node = self._node()
        return {
            "node": node,
            "form": form or _removal_form(node),
            "command": command_of(remove_node_lines(node.node_id)) if node else "",
            "refusal": explain_refusal(result, is_typed=False) if result else None,
        }


def _removal_form(node: NodeRow | None, data: QueryDict | None = None) -> ConfirmForm:
    return ConfirmForm(data, wanted=wanted_name(node.hostname, node.node_id) if node else "")
