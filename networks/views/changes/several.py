"""Several at once: what was chosen in a list, what it would break, and the job that does it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.actions.recording import ActionResult
from networks.forms.containers.ordering import say_touched
from networks.forms.containers.several import ORDER_PLANS, SEVERAL_ORDERS
from networks.forms.fields import label_container, label_network
from networks.forms.several import MOST_CHOSEN, PLANS, CountForm, Plan, Selection, read_choice
from networks.models import Engine
from networks.partials.jobs import job_title
from networks.policy.needed_permissions import MOST_AT_ONCE, permission_for_several
from networks.policy.permissions import Permission, permissions_of
from networks.preflight.pair import check_container, check_joining
from networks.queries.choices import container_choices, network_choices
from networks.queries.lifecycle.consequence_tokens import breakages_of
from networks.templatetags.wording import spell
from networks.views.generic import JobPage

_TAKES_AWAY = frozenset({"remove_networks", "empty_networks", "disconnect_containers"}) | (
    SEVERAL_ORDERS.keys() - {"start_containers"}
)
_COUNTED = frozenset({"remove_networks", "remove_containers"})
_NEEDS_HALF = frozenset({"connect_networks", "connect_containers", "disconnect_containers"})


class SeveralPage(JobPage[CountForm]):
    """Shows what a job would do, and starts it when that is confirmed. Its buttons `do` name the job."""

    template_name = "jobs/several.html"
    verbs: frozenset[str] = frozenset()
    list_url = ""
    is_network = True
    is_new = False

    def get(self, request: HttpRequest, **_where: str) -> HttpResponseBase:
        return redirect(self.list_url)

    def submit(self) -> HttpResponseBase:
        sent = self.request.POST
        self.verb, self.choice = sent.get("do", ""), read_choice(self.slug, sent)
        self.takes_away = self.verb in _TAKES_AWAY
        if self.verb not in self.verbs or not 0 < len(self.choice.ids) <= MOST_CHOSEN:
            return self._back(len(self.choice.ids))
        # Of a stopped container that was connected nothing tells but a whole read.
        is_known = not self.key or not self.takes_away or self.read_anew()
        self.plan = plan = (PLANS | ORDER_PLANS)[self.verb](self.choice)
        form = CountForm(sent if self.key else None, count=len(plan.steps) if self.verb in _COUNTED else 0)
        if not self.key:
            return self.show(form)
        self.is_new = bool(plan.tokens - self._shown())
        _engine, may_act = self.open()
        if not form.is_valid() or not plan.steps:
            return self.show(form, status=422)
        if self.is_new or not may_act or not is_known:
            return self.show(form, status=409)
        return self.start(self.verb, plan.half.name if plan.half else "", plan.permission, plan.steps)

    def _shown(self) -> frozenset[str]:
        return frozenset(self.request.POST.get("shown", "").split(","))

    def _back(self, count: int) -> HttpResponseBase:
        if count > MOST_CHOSEN:
            messages.warning(self.request, _("No more than %(count)s at once: choose fewer.") % {"count": MOST_CHOSEN})
        else:
            messages.info(self.request, _("Nothing is selected: tick what you want to change, then press the button again."))
        return redirect(self.list_url)

    def make_context(self, engine: Engine, form: CountForm | None, result: ActionResult | None) -> dict[str, Any]:
        verb, plan, shown = self.verb, self.plan, self._shown()
        needs = {permission_for_several(len(plan.steps)), plan.permission}
        affected = [one for each in plan.consequences for one in each.affected]
        return {
            "verb": verb,
            "title": job_title(verb, _touched(verb, plan), plan.half.name if plan.half else ""),
            "list_url": self.list_url,
            "is_network": self.is_network,
            "plan": plan,
            "ids": ",".join(self.choice.ids),
            "shown": ",".join(sorted(plan.tokens)),
            "key": self.next_key(),
            "halves": self._halves(verb, self.choice) if verb in _NEEDS_HALF else (),
            "half_id": self.choice.half_id,
            "form": form,
            "is_new": self.is_new,
            "news": [one for one in breakages_of(plan.consequences) if one.token not in shown] if self.is_new else (),
            "touched": [say_touched(one) for one in plan.breakages],
            "touched_news": [say_touched(one) for one in plan.breakages if one.token not in shown] if self.is_new else (),
            "is_order": verb in SEVERAL_ORDERS,
            "running": [one for one in plan.consequences if one.running],
            "untold": [one for one in plan.consequences if verb == "remove_networks" and not one.is_told and not one.running],
            "wavering": [one for one in plan.consequences if one.wavering],
            "orphaned": [one for one in plan.consequences if one.orphans],
            "stopped": [one for one in plan.consequences if one.stopped],
            "last": sorted({one.name for one in affected if one.is_last}),
            "ports": sorted({(one.name, port) for one in affected for port in one.closing_ports}),
            "command": "\n".join(step.command for step in plan.steps),
            "button": _button(verb, len(plan.steps)),
            "is_too_many": not needs <= permissions_of(self.request.user, engine.slug),
            "is_special": plan.permission is Permission.SHAPE,
            "is_danger": verb in _COUNTED,
            "most": MOST_AT_ONCE,
        }

    def _halves(self, verb: str, choice: Selection) -> list[tuple[str, str]]:
        if self.is_network:
            containers = container_choices(choice.engine_slug)
            labels = [(one.docker_id, label_container(one)) for one in containers if not any(check_container(one))]
        else:
            networks = network_choices(choice.engine_slug)
            # Nothing joins none or leaves host; what is on none may leave it.
            leaves = verb == "disconnect_containers"
            fits = [one for one in networks if not any(check_joining(one)) or (leaves and one.driver == "null")]
            labels = [(one.docker_id, label_network(one)) for one in fits]
        return [(docker_id, spell(label)[:200]) for docker_id, label in labels]


def _touched(verb: str, plan: Plan) -> int:
    """Return how many of the chosen the job touches; all of them while that isn't decided, or when it would touch none."""
    touched = {step.network_id if verb.endswith("networks") else step.container_id for step in plan.steps}
    return len(touched) or len(plan.names)


class NetworksSeveral(SeveralPage):
    """From the list of networks."""

    verbs = frozenset({"remove_networks", "empty_networks", "connect_networks"})
    list_url = "network_list"


class ContainersSeveral(SeveralPage):
    """From the list of containers."""

    verbs = frozenset({"connect_containers", "disconnect_containers", *SEVERAL_ORDERS})
    list_url = "container_list"
    is_network = False


def _button(verb: str, count: int) -> str:
    """Return the words of the button that starts the job."""
    if verb == "remove_networks" or verb in SEVERAL_ORDERS:
        return job_title(verb, count)
    if verb in _TAKES_AWAY:
        text = ngettext("Disconnect %(count)s time", "Disconnect %(count)s times", count)
    else:
        text = ngettext("Connect %(count)s time", "Connect %(count)s times", count)
    return text % {"count": count}
