"""Jobs: how far one is, and the list of those of late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from networks.actions.jobs.starting import ask_to_stop
from networks.models import JobState
from networks.partials.addresses.history import keep_url
from networks.partials.jobs import job_title, step_meaning, step_words
from networks.partials.screen import url_of
from networks.policy.permissions import CHANGING, Permission, is_superuser
from networks.queries.addresses.keeping import KEEP
from networks.queries.jobs import JobProgress, jobs_of_late, read_job
from networks.views.acting import actor_of
from networks.views.changes.several import ContainersSeveral, NetworksSeveral
from networks.views.shell import open_screen, rights_of_request


@dataclass(frozen=True, slots=True)
class Again:
    """The form that asks for the rest of a job: its address, what is done (`verb`) to what (`ids`), and the other half.

    `is_page`: a page that looks for itself.
    """

    url: str
    verb: str
    ids: str
    half_id: str
    is_page: bool = False


class JobList(View):
    """One's own jobs; an admin's Engines' as well."""

    def get(self, request: HttpRequest) -> HttpResponse:
        open_screen(request, "job_list", is_live=False)
        jobs = list(jobs_of_late(request.user.pk or 0, *engines_of(request)))
        context = {
            "lines": [(job, _title(job)) for job in jobs],
            "sees_all": is_superuser(request.user),
            "may_begin": any(CHANGING & permissions for permissions in rights_of_request(request).permissions.values()),
        }
        return render(request, "jobs/list.html", context)


class JobDetail(View):
    """One job: progress, steps, how it ended. `?part=progress` is the part that changes."""

    def get(self, request: HttpRequest, job_id: int) -> HttpResponse:
        progress = _progress(request, job_id)
        open_screen(request, "job_detail", engine_slug=progress.job.engine_slug, is_live=False)
        now = progress.now
        context: dict[str, Any] = {
            "progress": progress,
            "job": progress.job,
            "title": job_title(progress.job.verb, progress.things, progress.job.what),
            "now": step_words(now) if now else "",
            "lines": [
                (step, step_words(step), url_of("activity_detail", str(step.action_id)), step_meaning(step))
                for step in progress.steps
            ],
            "is_refused_here": progress.job.verb == KEEP and progress.job.state == JobState.ROLLED_BACK,
            "by_hand": "\n".join(step.command for step in progress.by_hand),
            "again": _again(request, progress),
        }
        return render(request, "jobs/_progress.html" if "part" in request.GET else "jobs/job.html", context)


class JobStopView(View):
    """Ask a job to end after the step that is under way."""

    def post(self, request: HttpRequest, job_id: int) -> HttpResponseBase:
        progress = _progress(request, job_id)
        if progress.is_open:
            ask_to_stop(actor_of(request), progress.job)
        else:
            messages.info(request, _("This job has ended already."))
        return redirect("job_detail", job_id)


def engines_of(request: HttpRequest) -> tuple[list[str], list[str]]:
    """Return the slugs of the Engines that this person views, and of those that they administer."""
    permissions = rights_of_request(request).permissions
    viewed = [slug for slug, may in permissions.items() if Permission.VIEW in may]
    return viewed, [slug for slug in viewed if Permission.GRANT in permissions[slug]]


def _again(request: HttpRequest, progress: JobProgress) -> Again | None:
    """Return how to look at what a job left undone and begin a new one with it; None where nothing is left, or it may not."""
    verb, slug = progress.job.verb, progress.job.engine_slug
    may = rights_of_request(request).permissions.get(slug, frozenset())
    is_back = progress.job.state == JobState.ROLLED_BACK
    if verb == KEEP and (progress.undone or is_back) and Permission.CONNECT in may:
        return Again(keep_url(slug, progress.steps[0].network_id, progress.steps[0].container_id), verb, "", "", is_page=True)
    if not progress.undone or verb not in NetworksSeveral.verbs | ContainersSeveral.verbs or Permission.CONNECT not in may:
        return None
    is_network = verb in NetworksSeveral.verbs
    chosen = [step.network_id if is_network else step.container_id for step in progress.undone]
    halves = {step.container_id if is_network else step.network_id for step in progress.undone}
    url = reverse("network_several" if is_network else "container_several", args=[slug])
    return Again(url, verb, ",".join(dict.fromkeys(chosen)), halves.pop() if len(halves) == 1 else "")


def _title(job: Any) -> str:
    """Return the title of one of `jobs_of_late`."""
    return job_title(job.verb, job.networks if job.verb.endswith("networks") else job.containers, job.what)


def _progress(request: HttpRequest, job_id: int) -> JobProgress:
    """Return the job where this person may see it. Raises Http404 where there is none, or it is another's."""
    progress = read_job(job_id)
    if progress is None:
        raise Http404(str(job_id))
    viewed, administered = engines_of(request)
    job = progress.job
    if job.engine_slug in administered or (job.engine_slug in viewed and job.user_id == request.user.pk):
        return progress
    raise Http404(str(job_id))
