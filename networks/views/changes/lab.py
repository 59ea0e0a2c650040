"""The sample lab from the browser: start it, take it away, and see how far it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from networks.actions.recording import ActionResult
from networks.actions.sample_lab.jobs import LabJob, last_lab_job, start_lab_job
from networks.actions.sample_lab.state import list_lab_things, read_lab_state
from networks.forms.lab import LabForm
from networks.forms.several import CountForm
from networks.models import Engine
from networks.models.stored_sentences import retell
from networks.views.acting import actor_of, explain_refusal
from networks.views.generic import EnginePage

PATIENCE_S = 6.0  # it takes about 3; a pull takes longer and is watched on the lab's page; no request takes over 10


class Lab(EnginePage[LabForm]):
    """How much of it is there, what may be done about it, and the steps of the last job, refreshed while it is under way."""

    def show(
        self, form: LabForm | None = None, *, result: ActionResult | None = None, status: int = 200, template: str = ""
    ) -> HttpResponse:
        template = "lab/_steps.html" if "part" in self.request.GET else "lab/lab.html"
        return super().show(form, result=result, status=status, template=template)

    def make_context(self, engine: Engine, form: LabForm | None, result: ActionResult | None) -> dict[str, Any]:
        job, standing = last_lab_job(self.slug), read_lab_state(self.slug)
        result = replace(job.result, sentence=retell(job.result.sentence)) if job and job.result else None
        changed = _("Only the steps below were done.") if job and job.steps else ""
        return {
            "job": job,
            "steps": [retell(step) for step in job.steps] if job else [],
            "is_running": job is not None and not job.ended.is_set(),
            "refusal": explain_refusal(result, changed=changed, is_typed=False) if result and not result.is_ok else None,
            "standing": standing,
            "subnet": standing.plan.subnets[0],
            "form": form or LabForm(initial={"name_prefix": standing.suggested}),
        }


class LabUp(Lab):
    """Build it."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        engine, may_act = self.open()
        form = LabForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        if not may_act:
            messages.warning(request, _("The Engine does not answer: nothing can be built or removed now."))
            return redirect("lab", engine_slug)
        return _wait_for(start_lab_job(actor_of(request), engine, "up", form.cleaned_data["name_prefix"]), engine_slug)


class LabDown(EnginePage[CountForm]):
    """Take it away: what carries its label is listed, and its number typed."""

    template_name = "lab/down.html"
    takes_away = True
    is_new = False

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        engine, may_act = self.open()
        if "shown" not in request.POST:  # a button of another page
            return self.show()
        shown = frozenset(request.POST["shown"].split(","))
        going = frozenset(thing.docker_id for thing in list_lab_things(engine_slug))
        form = CountForm(request.POST, count=len(going))
        self.is_new = not going <= shown
        if not form.is_valid() and not self.is_new:
            return self.show(form, status=422)
        if self.is_new or not may_act:
            return self.show(status=409)
        return _wait_for(start_lab_job(actor_of(request), engine, "down", shown=shown), engine_slug)

    def make_context(self, engine: Engine, form: CountForm | None, result: ActionResult | None) -> dict[str, Any]:
        things = list_lab_things(self.slug)
        return {
            "things": things,
            "shown": ",".join(thing.docker_id for thing in things),
            "form": form or CountForm(count=len(things)),
            "is_new": self.is_new,
            "command": f"manage.py lab down --engine {self.slug}",
        }


def _wait_for(job: LabJob, engine_slug: str) -> HttpResponseBase:
    """Lead to the networks where the job ends soon and well, else to its steps."""
    job.ended.wait(PATIENCE_S)
    is_well = job.result is not None and job.result.is_ok and job.result.is_seen
    return redirect("network_list") if is_well else redirect("lab", engine_slug)
