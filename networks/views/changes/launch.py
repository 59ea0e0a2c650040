"""Run a container: the form, its pre-flight, the pull of a missing image, and what to do with one that can't start."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View

from networks.actions.containers import remove_container
from networks.actions.images import images_of, pull_command
from networks.actions.jobs.starting import JobRequest, TooManyJobs, start_job
from networks.actions.launching import run_container
from networks.actions.recording import ActionResult
from networks.addressing.port_conflicts import is_perhaps_same, is_same_socket
from networks.engine.bodies import run_body
from networks.engine.specs import API_OF_SEVERAL, Mode
from networks.forms.containers.launch import RunForm
from networks.forms.containers.launch_edits import EDITABLE, around_row, find_refused_row
from networks.forms.containers.launch_endpoints import NETWORK_ROWS, EndpointForm
from networks.forms.edits import take_suggestion
from networks.hostnet.listeners import bound_sockets, find_port_owner
from networks.models import Engine, JobStep, OutcomeKind
from networks.models.access import url_from_here
from networks.policy.needed_permissions import permission_to_pull
from networks.policy.permissions import Permission
from networks.preflight.launch_checks import MOST_SAID, Bound, Holder, read_run_ground
from networks.queries.choices import container_choices
from networks.queries.engine_context import ContainerChoice, find_network
from networks.queries.filters import TEXT_LIMIT
from networks.queries.jobs import read_job
from networks.views.acting import actor_of, explain_refusal, explain_result, make_asked, spell_choices
from networks.views.generic import CheckedPage
from networks.views.shell import engines_seen, pick_engine

SHOWN_IMAGES = 50


class ContainerRunChosen(View):
    """Leads to the form of the Engine chosen."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return redirect("container_run", pick_engine(request, "").slug)


class ContainerRun(CheckedPage[RunForm]):
    """The form of a new container; its buttons `do` run, pull, add-network, drop-N; `remove` takes one away that can't start.

    `row`: of the form's endpoints the one that was refused; `job_id`: of the pull that was begun.
    """

    template_name = "containers/run.html"
    preview_template = "containers/_run_preview.html"
    form_id = "run"
    row: EndpointForm | None = None
    job_id = 0

    def begin(self) -> QueryDict:
        given, data = self.request.GET, QueryDict("mode=network&image=", mutable=True)
        data["networks-0-network_id"] = given.get("network", "")[:TEXT_LIMIT] or find_network(self.slug, "bridge")
        if image := given.get("image", "")[:TEXT_LIMIT]:
            data["image"] = image
        if donor := given.get("donor", "")[:TEXT_LIMIT]:
            data["mode"], data["donor_id"] = "container", donor
        elif (mode := given.get("mode", "")) in (Mode.HOST, Mode.NONE):
            data["mode"] = mode
        return data

    def post(self, request: HttpRequest, **where: str) -> HttpResponseBase:
        data = request.POST
        if "preview" not in data:
            engine, _may_act = self.open()
            if "remove" in data:
                return self._remove(engine)
            if data.get("do") == "pull" and "use" not in data:
                return self._pull(engine, self.make_form(data, is_draft=True))
        return super().post(request, **where)

    def edit(self, data: QueryDict) -> QueryDict | None:
        do = data.get("do", "run")
        if "use" in data:
            return take_suggestion(data, EDITABLE)
        if do == "run":
            return None
        if do == "add-network":
            return NETWORK_ROWS.add(data)
        index = do.removeprefix("drop-")
        return NETWORK_ROWS.drop(data, int(index)) if index.isascii() and index.isdigit() and len(index) < 3 else data

    def act(self, engine: Engine, form: RunForm) -> ActionResult:
        return run_container(actor_of(self.request), engine, form.to_spec())

    def mark_refused(self, form: RunForm, result: ActionResult) -> int:
        self.row = find_refused_row(form, result.sentence)
        if known := explain_result(result, around_row(form, self.row)):
            form.mark_refused(known.field, known.text, self.row)
        return 403 if result.kind is OutcomeKind.DENIED else 409

    def lead_on(self, result: ActionResult) -> HttpResponseBase:
        if result.is_seen and result.docker_id:
            return redirect("container_detail", self.slug, result.docker_id)
        return redirect("container_list")

    def make_form(self, data: QueryDict, *, is_draft: bool = False) -> RunForm:
        engine = Engine.objects.get(slug=pick_engine(self.request, self.slug).slug)
        images, image = images_of(engine), data.get("image", "").strip()
        is_fresh = not is_draft or (data.get("do") in ("check", "pull") and "preview" not in data)
        if is_fresh and not any(each.answers_to(image) for each in images or ()):  # what was there still is, or Docker says so
            images = images_of(engine, is_fresh=True)
        url = url_from_here(engine.slug, engine.url)
        ground = read_run_ground(
            engine.slug, images, lambda protocol, ports: _processes(url, protocol, ports), engines_seen(self.request)
        )
        return RunForm(data, ground=ground, may_shape=self.has(Permission.SHAPE), is_draft=is_draft)

    def _pull(self, engine: Engine, form: RunForm) -> HttpResponseBase:
        form.is_valid()
        reference = str(form["image"].value() or "").strip()  # it has a finding, so it isn't among what is clean
        if not reference or not form.is_image_absent:
            return self.show(form)
        step = JobStep(verb="pull_image", network_id="", network_name=reference, command=pull_command(reference))
        try:
            wanted = JobRequest(self._key(), "pull_image", reference, permission_to_pull(engine.slug, reference))
            self.job_id = start_job(actor_of(self.request), engine, wanted, [step]).pk
        except TooManyJobs as error:
            messages.error(self.request, error.sentence)
            return self.show(form, status=409)
        except DatabaseError:
            messages.error(self.request, _("The job could not be recorded, so nothing was started. Try again."))
            return self.show(form, status=503)
        return self.show(form)

    def _remove(self, engine: Engine) -> HttpResponseBase:
        """Take away a container that was created here and never ran; any other has a page of its own for that."""
        data = self.request.POST
        left = _unstarted(engine.slug, data["remove"])
        if left is None:
            messages.info(self.request, _("There is no container to remove that has never run."))
            return self.show(self.make_form(data, is_draft=True))
        result = remove_container(actor_of(self.request), engine, left.docker_id, name=left.name)
        if not result.is_ok:
            return self.show(self.make_form(data, is_draft=True), result=result, status=409)
        messages.info(self.request, _("The container that could not start was removed. What you typed is below."))
        return self.show(self.make_form(data, is_draft=True))

    def describe(self, form: RunForm, result: ActionResult | None) -> dict[str, Any]:
        for each in (form, *form.rows):
            spell_choices(each, "donor_id" if each is form else "network_id")
        version = form.ground.version.api
        body = run_body(form.to_spec().without_values(), version if version > (0, 0) else API_OF_SEVERAL)
        asked = make_asked("POST /containers/create", body, sees_secrets=form.may_shape)
        is_left = result is not None and bool(result.docker_id) and result.kind is not OutcomeKind.UNKNOWN
        left_id = result.docker_id if result and is_left else self.request.POST.get("left", "")
        left = _unstarted(self.slug, left_id)
        said = _("The container was created, but isn't running.") if is_left else ""
        return {
            "aside": self.aside(form.command_lines(), form.all_findings, result, asked),
            "refusal": explain_refusal(result, around=around_row(form, self.row), changed=said) if result else None,
            "left_id": left_id if left or is_left else "",
            "left_name": left.name if left else form.to_spec().name or left_id[:12],
            "images": (form.ground.images or ())[:SHOWN_IMAGES],
            "key": self._key(),
            "job": self._job(),
        }

    def _key(self) -> str:
        return self.request.POST.get("key", "")[:30] or secrets.token_urlsafe(12)

    def _job(self) -> Any:
        """Return the pull that this form began."""
        text = str(self.job_id or self.request.POST.get("job", ""))
        progress = read_job(int(text)) if text.isascii() and text.isdigit() and 0 < len(text) < 12 else None
        return progress.job if progress and progress.job.user_id == self.request.user.pk else None


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
