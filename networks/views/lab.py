"""The sample lab from the browser: start it, take it away, and see how far it is."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from networks.actions.lab_jobs import last_lab_job, start_lab_job
from networks.actions.labs.standing import read_lab_standing
from networks.forms.running.lab import LabForm
from networks.models.said import retell
from networks.views.acting import actor_of, explain_refusal, open_page

PATIENCE_S = 6.0  # it takes about 3; a pull takes longer and is watched on the lab's page; no request takes over 10


class LabWay(View):
    """Starts a job and, when it ends soon and well, leads to the networks."""

    way = ""

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        engine, may_act = open_page(request, engine_slug)
        form = LabForm(request.POST)
        if not form.is_valid():
            return show_lab(request, engine_slug, form, status=422)
        if not may_act:
            messages.warning(request, _("The Engine does not answer: nothing can be built or removed now."))
            return redirect("lab", engine_slug)
        job = start_lab_job(actor_of(request), engine, self.way, form.cleaned_data["name_prefix"])
        job.ended.wait(PATIENCE_S)
        if job.result and job.result.is_ok and job.result.is_seen:
            return redirect("network_list")
        return redirect("lab", engine_slug)


class LabUp(LabWay):
    """Build it."""

    way = "up"


class LabDown(LabWay):
    """Take it away."""

    way = "down"


class Lab(View):
    """The steps of the last job, refreshed while it is under way."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        return show_lab(request, engine_slug)


def show_lab(request: HttpRequest, engine_slug: str, form: LabForm | None = None, *, status: int = 200) -> HttpResponse:
    """Show how much of the lab is there, what may be done about it in that state, and the steps of the last job."""
    engine, may_act = open_page(request, engine_slug)
    job, standing = last_lab_job(engine_slug), read_lab_standing(engine_slug)
    result = replace(job.result, sentence=retell(job.result.sentence)) if job and job.result else None
    changed = _("Only the steps below were done.") if job and job.steps else ""
    context = {
        "engine": engine,
        "job": job,
        "steps": [retell(step) for step in job.steps] if job else [],
        "is_running": job is not None and not job.ended.is_set(),
        "refusal": explain_refusal(result, changed=changed, is_typed=False) if result and not result.is_ok else None,
        "may_act": may_act,
        "standing": standing,
        "subnet": standing.plan.subnets[0],
        "form": form or LabForm(initial={"name_prefix": standing.suggested}),
    }
    return render(request, "lab/_steps.html" if "part" in request.GET else "lab/lab.html", context, status=status)
