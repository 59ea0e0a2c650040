"""Several at once: what was chosen in a list, what it would break, and the job that does it."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from networks.actions.jobs.starting import JobRequest, start_job
from networks.forms.containers.ordering import say_touched
from networks.forms.containers.several import ORDER_PLANS, SEVERAL_ORDERS
from networks.forms.fields import label_container, label_network
from networks.forms.several import MOST_CHOSEN, PLANS, CountForm, Plan, Selection, read_choice
from networks.partials.jobs import job_title
from networks.policy.permissions import Permission, permissions_of
from networks.policy.shapes import MOST_AT_ONCE, permission_for_several
from networks.preflight.pair import check_container, check_joining
from networks.queries.choices import container_choices, network_choices
from networks.queries.jobs import find_job
from networks.queries.lifecycle.breakages import breakages_of
from networks.templatetags.wording import spell
from networks.views.acting import actor_of, open_page
from networks.views.changes.foreseeing import read_anew

_KEY = re.compile(r"[A-Za-z0-9_-]{20,40}")
_TAKES_AWAY = frozenset({"remove_networks", "empty_networks", "disconnect_containers"}) | (
    SEVERAL_ORDERS.keys() - {"start_containers"}
)
_COUNTED = frozenset({"remove_networks", "remove_containers"})
_NEEDS_HALF = frozenset({"connect_networks", "connect_containers", "disconnect_containers"})


class SeveralPage(View):
    """Shows what a job would do, and starts it when that is confirmed. Its buttons `do` name the job."""

    verbs: frozenset[str] = frozenset()
    list_url = ""
    is_network = True

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        return redirect(self.list_url)

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        if known := find_job(request.user.pk or 0, self._key()):  # the same form, sent twice
            return redirect("job_detail", known.pk)
        verb, choice = request.POST.get("do", ""), read_choice(engine_slug, request.POST)
        if verb not in self.verbs or not 0 < len(choice.ids) <= MOST_CHOSEN:
            return self._back(request, choice)
        # Of a stopped container that was connected nothing tells but a whole read.
        is_known = not self._key() or verb not in _TAKES_AWAY or read_anew(request, engine_slug)
        plan = (PLANS | ORDER_PLANS)[verb](choice)
        form = CountForm(request.POST if self._key() else None, count=len(plan.steps) if verb in _COUNTED else 0)
        if not self._key():
            return self._show(request, verb, choice, plan, form)
        is_new = bool(plan.tokens - frozenset(request.POST.get("shown", "").split(",")))
        _engine, may_act = open_page(request, engine_slug, takes_away=verb in _TAKES_AWAY)
        if not form.is_valid() or not plan.steps:
            return self._show(request, verb, choice, plan, form, is_new=is_new, status=422)
        if is_new or not may_act or not is_known:
            return self._show(request, verb, choice, plan, form, is_new=is_new, status=409)
        return self._start(request, verb, plan)

    def _start(self, request: HttpRequest, verb: str, plan: Plan) -> HttpResponseBase:
        engine, _may_act = open_page(request, self.kwargs["engine_slug"])
        wish = JobRequest(self._key(), verb, plan.half.name if plan.half else "", plan.permission)
        return redirect("job_detail", start_job(actor_of(request), engine, wish, plan.steps).pk)

    def _key(self) -> str:
        key = self.request.POST.get("key", "")
        return key if _KEY.fullmatch(key) else ""

    def _back(self, request: HttpRequest, choice: Selection) -> HttpResponseBase:
        if len(choice.ids) > MOST_CHOSEN:
            messages.warning(request, _("No more than %(count)s at once: choose fewer.") % {"count": MOST_CHOSEN})
        else:
            messages.info(request, _("Nothing is selected: tick what you want to change, then press the button again."))
        return redirect(self.list_url)

    def _show(
        self,
        request: HttpRequest,
        verb: str,
        choice: Selection,
        plan: Plan,
        form: CountForm,
        *,
        is_new: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        engine, may_act = open_page(request, choice.engine_slug, takes_away=verb in _TAKES_AWAY)
        shown = frozenset(request.POST.get("shown", "").split(","))
        needs = {permission_for_several(len(plan.steps)), plan.permission}
        context: dict[str, Any] = {
            "engine": engine,
            "verb": verb,
            "title": job_title(verb, _touched(verb, plan), plan.half.name if plan.half else ""),
            "list_url": self.list_url,
            "is_network": self.is_network,
            "plan": plan,
            "ids": ",".join(choice.ids),
            "shown": ",".join(sorted(plan.tokens)),
            "key": self._key() or secrets.token_urlsafe(24),
            "halves": self._halves(verb, choice) if verb in _NEEDS_HALF else (),
            "half_id": choice.half_id,
            "form": form,
            "is_new": is_new,
            "news": [one for one in breakages_of(plan.consequences) if one.token not in shown] if is_new else (),
            "touched": [say_touched(one) for one in plan.breakages],
            "touched_news": [say_touched(one) for one in plan.breakages if one.token not in shown] if is_new else (),
            "is_order": verb in SEVERAL_ORDERS,
            "running": [one for one in plan.consequences if one.running],
            "untold": [one for one in plan.consequences if verb == "remove_networks" and not one.is_told and not one.running],
            "wavering": [one for one in plan.consequences if one.wavering],
            "orphaned": [one for one in plan.consequences if one.orphans],
            "stopped": [one for one in plan.consequences if one.stopped],
            "last": _losing_their_last(plan),
            "ports": _closing(plan),
            "command": "\n".join(step.command for step in plan.steps),
            "button": _button(verb, len(plan.steps)),
            "is_too_many": not needs <= permissions_of(request.user, engine.slug),
            "is_special": plan.permission is Permission.SHAPE,
            "is_danger": verb in _COUNTED,
            "most": MOST_AT_ONCE,
            "may_act": may_act,
        }
        return render(request, "jobs/several.html", context, status=status)

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


def _losing_their_last(plan: Plan) -> list[str]:
    return sorted({one.name for each in plan.consequences for one in each.affected if one.is_last})


def _closing(plan: Plan) -> list[tuple[str, str]]:
    return sorted({(one.name, port) for each in plan.consequences for one in each.affected for port in one.closing_ports})


def _button(verb: str, count: int) -> str:
    """Return the words of the button that starts the job."""
    if verb == "remove_networks" or verb in SEVERAL_ORDERS:
        return job_title(verb, count)
    if verb in _TAKES_AWAY:
        text = ngettext("Disconnect %(count)s time", "Disconnect %(count)s times", count)
    else:
        text = ngettext("Connect %(count)s time", "Connect %(count)s times", count)
    return text % {"count": count}
