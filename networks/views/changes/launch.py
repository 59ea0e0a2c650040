"""Run a container: the form, its pre-flight, the pull of a missing image, and what to do with one that can't start."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from networks.actions.containers import remove_container
from networks.actions.images import images_of, pull_command
from networks.actions.jobs.starting import JobRequest, TooManyJobs, start_job
from networks.actions.launching import run_container
from networks.actions.recording import ActionResult
from networks.addressing.sockets import is_perhaps_same, is_same_socket
from networks.engine.bodies import run_body
from networks.engine.specs import API_OF_SEVERAL, Mode
from networks.forms.containers.launch import RunForm
from networks.forms.containers.launch_edits import EDITABLE, around_row, find_refused_row
from networks.forms.containers.launch_endpoints import NETWORK_ROWS, EndpointForm
from networks.forms.edits import take_suggestion
from networks.hostnet.listeners import bound_sockets, find_port_owner
from networks.models import Engine, JobStep, OutcomeKind
from networks.policy.permissions import Permission, permissions_of
from networks.policy.registries import permission_to_pull
from networks.preflight.contexts import Bound, Holder, read_run_ground
from networks.preflight.launch_checks import MOST_SAID
from networks.queries.choices import container_choices
from networks.queries.engine_context import ContainerChoice, find_network
from networks.queries.filters import TEXT_LIMIT
from networks.queries.jobs import read_job
from networks.views.acting import (
    actor_of,
    explain_refusal,
    explain_result,
    make_aside,
    make_asked,
    open_page,
    say_unseen,
    spell_choices,
)
from networks.views.shell import engines_seen, pick_engine

SHOWN_IMAGES = 50


class ContainerRunChosen(View):
    """Leads to the form of the Engine chosen."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return redirect("container_run", pick_engine(request, "").slug)


class ContainerRun(View):
    """The form of a new container; its buttons `do` run, pull, add-network, drop-N; `remove` takes one away that can't start."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        data = QueryDict("mode=network&image=", mutable=True)
        data["networks-0-network_id"] = request.GET.get("network", "")[:TEXT_LIMIT] or find_network(engine_slug, "bridge")
        if image := request.GET.get("image", "")[:TEXT_LIMIT]:
            data["image"] = image
        if donor := request.GET.get("donor", "")[:TEXT_LIMIT]:
            data["mode"], data["donor_id"] = "container", donor
        elif (mode := request.GET.get("mode", "")) in (Mode.HOST, Mode.NONE):
            data["mode"] = mode
        return self._show(request, self._form(data, is_draft=True))

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        data, do = request.POST, request.POST.get("do", "run")
        if "preview" in data:
            return self._show(request, self._form(data, is_draft=True), template="containers/_run_preview.html")
        engine, _may_act = open_page(request, engine_slug)
        if "remove" in data:
            return self._remove(request, engine)
        if do != "run" or "use" in data:
            edited = take_suggestion(data, EDITABLE) if "use" in data else self._edit(data, do)
            form = self._form(edited, is_draft=True, is_fresh=do in ("check", "pull"))
            return self._pull(request, engine, form) if do == "pull" else self._show(request, form)
        form = self._form(data, is_draft=False, is_fresh=True)
        if not form.is_valid():
            return self._show(request, form, status=422)
        result = run_container(actor_of(request), engine, form.to_spec())
        if not result.is_ok:
            row = find_refused_row(form, result.sentence)
            if known := explain_result(result, around_row(form, row)):
                form.mark_refused(known.field, known.text, row)
            return self._show(request, form, result=result, row=row, status=403 if result.kind is OutcomeKind.DENIED else 409)
        say_unseen(request, result)
        if result.is_seen and result.docker_id:
            return redirect("container_detail", engine_slug, result.docker_id)
        return redirect("container_list")

    def _edit(self, data: QueryDict, do: str) -> QueryDict:
        if do == "add-network":
            return NETWORK_ROWS.add(data)
        index = do.removeprefix("drop-")
        return NETWORK_ROWS.drop(data, int(index)) if index.isascii() and index.isdigit() and len(index) < 3 else data

    def _form(self, data: QueryDict, *, is_draft: bool, is_fresh: bool = False) -> RunForm:
        engine = Engine.objects.get(slug=pick_engine(self.request, self.kwargs["engine_slug"]).slug)
        may_shape = Permission.SHAPE in permissions_of(self.request.user, engine.slug)
        images, image = images_of(engine), data.get("image", "").strip()
        if is_fresh and not any(each.answers_to(image) for each in images or ()):  # what was there still is, or Docker says so
            images = images_of(engine, is_fresh=True)
        ground = read_run_ground(
            engine.slug, images, lambda protocol, ports: _processes(engine.url, protocol, ports), engines_seen(self.request)
        )
        return RunForm(data, ground=ground, may_shape=may_shape, is_draft=is_draft)

    def _pull(self, request: HttpRequest, engine: Engine, form: RunForm) -> HttpResponseBase:
        form.is_valid()
        reference = str(form["image"].value() or "").strip()  # it has a finding, so it isn't among what is clean
        if not reference or not form.is_image_absent:
            return self._show(request, form)
        step = JobStep(verb="pull_image", network_id="", network_name=reference, command=pull_command(reference))
        key = f"{request.POST.get('key', '')[:30] or secrets.token_urlsafe(12)}"
        try:
            permission = permission_to_pull(engine.slug, reference)
            job = start_job(actor_of(request), engine, JobRequest(key, "pull_image", reference, permission), [step])
        except TooManyJobs as error:
            messages.error(request, error.sentence)
            return self._show(request, form, status=409)
        except DatabaseError:
            messages.error(request, _("The job could not be recorded, so nothing was started. Try again."))
            return self._show(request, form, status=503)
        return self._show(request, form, job_id=job.pk)

    def _remove(self, request: HttpRequest, engine: Engine) -> HttpResponseBase:
        """Take away a container that was created here and never ran; any other has a page of its own for that."""
        form = self._form(request.POST, is_draft=True)
        wanted = request.POST["remove"]
        left = _unstarted(engine.slug, wanted)
        if left is None:
            messages.info(request, _("There is no container to remove that has never run."))
            return self._show(request, form)
        result = remove_container(actor_of(request), engine, left.docker_id, name=left.name)
        if result.is_ok:
            messages.info(request, _("The container that could not start was removed. What you typed is below."))
            return self._show(request, self._form(request.POST, is_draft=True))
        return self._show(request, form, result=result, status=409)

    def _show(
        self,
        request: HttpRequest,
        form: RunForm,
        *,
        result: ActionResult | None = None,
        row: EndpointForm | None = None,
        job_id: int = 0,
        template: str = "containers/run.html",
        status: int = 200,
    ) -> HttpResponse:
        slug = self.kwargs["engine_slug"]
        engine, may_act = open_page(request, slug)
        form.is_valid()  # the pre-flight speaks while it is being filled
        for each in (form, *form.rows):
            spell_choices(each, "donor_id" if each is form else "network_id")
        version = form.ground.version.api
        body = run_body(form.to_spec().without_values(), version if version > (0, 0) else API_OF_SEVERAL)
        asked = make_asked("POST /containers/create", body, sees_secrets=form.may_shape)
        is_left = result is not None and bool(result.docker_id) and result.kind is not OutcomeKind.UNKNOWN
        left_id = result.docker_id if result and is_left else request.POST.get("left", "")
        left = _unstarted(slug, left_id)
        context: dict[str, Any] = {
            "engine": engine,
            "form": form,
            "aside": make_aside(
                form.command_lines(), form.all_findings, result, asked=asked, shows_request=form.data.get("show") == "api"
            ),
            "refusal": explain_refusal(result, around=around_row(form, row), changed=_say_left(is_left)) if result else None,
            "left_id": left_id if left or is_left else "",
            "left_name": left.name if left else form.to_spec().name or left_id[:12],
            "images": (form.ground.images or ())[:SHOWN_IMAGES],
            "key": request.POST.get("key", "")[:30] or secrets.token_urlsafe(12),
            "job": self._job(request, job_id),
            "form_id": "run",
            "may_act": may_act,
        }
        return render(request, template, context, status=status)

    def _job(self, request: HttpRequest, job_id: int) -> Any:
        """Return the pull that this form began."""
        text = str(job_id or request.POST.get("job", ""))
        progress = read_job(int(text)) if text.isascii() and text.isdigit() and 0 < len(text) < 12 else None
        return progress.job if progress and progress.job.user_id == request.user.pk else None


def _say_left(is_left: bool) -> str:
    return str(_("The container was created, but isn't running.")) if is_left else ""


def _unstarted(engine_slug: str, container_id: str) -> ContainerChoice | None:
    """Return a container that was created and has never run; None where there is no such one (any more)."""
    if not container_id:
        return None
    found = (each for each in container_choices(engine_slug) if each.docker_id == container_id and each.state == "created")
    return next(found, None)


def _processes(engine_url: str, protocol: str, wanted: frozenset[Bound]) -> Mapping[Bound, Holder]:
    """Return which of these a process has, where that can be seen from here."""
    sockets = bound_sockets(engine_url, protocol)
    found: dict[Bound, Holder] = {}
    for port, address in sorted(wanted, key=str):
        bound = [each for each in sockets if each.port == port]
        certain = next((each for each in bound if is_same_socket(each.address, address)), None)
        perhaps = next((each for each in bound if is_perhaps_same(each.address, address)), None)
        if (taken := certain or perhaps) is not None and len(found) < MOST_SAID:  # each looks through all processes
            listener = find_port_owner(engine_url, port, protocol, taken.address)
            found[port, address] = Holder(listener.name if listener else "?", is_certain=certain is not None)
    return found
