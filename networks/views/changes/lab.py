"""The sample lab from the browser: start it, take it away, and see how far it is."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from networks.actions.sample_lab.jobs import LabJob, last_lab_job, start_lab_job
from networks.actions.sample_lab.standing import list_lab_things, read_lab_standing
from networks.forms.lab import LabForm
from networks.forms.several import CountForm
from networks.models.said import retell
from networks.views.acting import actor_of, explain_refusal, open_page

PATIENCE_S = 6.0  # it takes about 3; a pull takes longer and is watched on the lab's page; no request takes over 10


class LabUp(View):
    """Build it."""

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        engine, may_act = open_page(request, engine_slug)
        form = LabForm(request.POST)
        if not form.is_valid():
            return show_lab(request, engine_slug, form, status=422)
        if not may_act:
            messages.warning(request, _("The Engine does not answer: nothing can be built or removed now."))
            return redirect("lab", engine_slug)
        return _wait_for(start_lab_job(actor_of(request), engine, "up", form.cleaned_data["name_prefix"]), engine_slug)


class LabDown(View):
    """Take it away: what carries its label is listed, and its number typed."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        engine, may_act = open_page(request, engine_slug, takes_away=True)
        if "shown" not in request.POST:  # a button of another page
            return self._show(request)
        shown = frozenset(request.POST["shown"].split(","))
        going = frozenset(thing.docker_id for thing in list_lab_things(engine_slug))
        form = CountForm(request.POST, count=len(going))
        if not form.is_valid() and going <= shown:
            return self._show(request, form, status=422)
        if not (may_act and going <= shown):
            return self._show(request, is_new=not going <= shown, status=409)
        return _wait_for(start_lab_job(actor_of(request), engine, "down", shown=shown), engine_slug)

    def _show(
        self, request: HttpRequest, form: CountForm | None = None, *, is_new: bool = False, status: int = 200
    ) -> HttpResponse:
        slug = self.kwargs["engine_slug"]
        engine, may_act = open_page(request, slug, takes_away=True)
        things = list_lab_things(slug)
        context = {
            "engine": engine,
            "things": things,
            "shown": ",".join(thing.docker_id for thing in things),
            "form": form or CountForm(count=len(things)),
            "is_new": is_new,
            "command": f"manage.py lab down --engine {slug}",
            "may_act": may_act,
        }
        return render(request, "lab/down.html", context, status=status)


def _wait_for(job: LabJob, engine_slug: str) -> HttpResponseBase:
    """Lead to the networks where the job ends soon and well, else to its steps."""
    job.ended.wait(PATIENCE_S)
    is_well = job.result is not None and job.result.is_ok and job.result.is_seen
    return redirect("network_list") if is_well else redirect("lab", engine_slug)


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
