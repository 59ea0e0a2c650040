"""What the pages that change something on an Engine are built on: a page, a form that is checked, a job; and what would break."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from networks.actions.jobs.starting import JobRequest, start_job
from networks.actions.recording import ActionResult
from networks.addressing.findings import Finding
from networks.engine.cli import Line
from networks.models import Engine, JobStep
from networks.policy.permissions import Permission, permissions_of
from networks.preflight.findings import FindingsForm, say_finding
from networks.preflight.places import check_plugin
from networks.queries.jobs import find_job
from networks.queries.lifecycle.consequences import Consequences, consequences_of
from networks.sync.requests import request_sync
from networks.templatetags.wording import can_be_typed
from networks.views.acting import (
    Aside,
    RequestPreview,
    actor_of,
    explain_result,
    make_aside,
    mark_refused_field,
    open_page,
    say_unseen,
)

AnyForm = TypeVar("AnyForm")
CheckedForm = TypeVar("CheckedForm", bound=FindingsForm)
_KEY = re.compile(r"[A-Za-z0-9_-]{20,40}")


class EnginePage(View, Generic[AnyForm]):
    """A page about one Engine: GET shows it, and a POST that comes to nothing shows it again, with what stands in the way.

    `takes_away`: what it does can cut something off, so its button is off while the Engine lags as well. `status`: of the answer;
    the context may set another.
    """

    template_name = ""
    takes_away = False
    may_act = False
    status = 200

    @property
    def slug(self) -> str:
        """The Engine's."""
        return str(self.kwargs["engine_slug"])

    def get(self, request: HttpRequest, **_where: str) -> HttpResponseBase:
        return self.show()

    def open(self) -> tuple[Engine, bool]:
        """Return the Engine, and whether its buttons are on now. Raises Denied, Http404."""
        return open_page(self.request, self.slug, takes_away=self.takes_away)

    def show(
        self, form: AnyForm | None = None, *, result: ActionResult | None = None, status: int = 200, template: str = ""
    ) -> HttpResponse:
        """Return the page. `result`: what was refused."""
        self.status = status
        engine, self.may_act = self.open()
        context = {"engine": engine, "may_act": self.may_act, **self.make_context(engine, form, result)}
        return render(self.request, template or self.template_name, context, status=self.status)

    def make_context(self, engine: Engine, form: AnyForm | None, result: ActionResult | None) -> dict[str, Any]:
        """Return what the template needs."""
        raise NotImplementedError

    def finish(self, result: ActionResult, to: str, *where: str, form: AnyForm | None = None) -> HttpResponseBase:
        """Lead on to the page of this name where it was done, else show this one again with what was refused."""
        if not result.is_ok:
            return self.show(form, result=result, status=409)
        say_unseen(self.request, result)
        return redirect(to, *where)

    def read_anew(self) -> bool:
        """Have the whole Engine read, stopped containers included, of which no event tells; returns whether that was done.

        Where it wasn't, the page says so: then nobody knows what would break.
        """
        if request_sync(self.slug):
            return True
        words = _("The Engine could not be read just now, so it isn't known what would break: nothing was done. Try again.")
        messages.warning(self.request, words)
        return False

    def has(self, permission: Permission) -> bool:
        """Tell whether the person has this permission on the Engine."""
        return permission in permissions_of(self.request.user, self.slug)


class CheckedPage(EnginePage[CheckedForm]):
    """A form that is checked while it is filled, and then sent to the Engine.

    Its buttons: "preview", as somebody types; others edit what was typed (`edit`); what is left does it (`act`).
    """

    preview_template = "networks/_form_aside.html"
    form_id = ""

    def post(self, request: HttpRequest, **_where: str) -> HttpResponseBase:
        if "preview" in request.POST:
            return self.show(self.make_form(request.POST, is_draft=True), template=self.preview_template)
        if (edited := self.edit(request.POST)) is not None:
            return self.show(self.make_form(edited, is_draft=True))
        return self.submit(self.make_form(request.POST))

    def submit(self, form: CheckedForm) -> HttpResponseBase:
        """Do what the form asks for, where nothing is wrong with it."""
        if not self.is_fit(form):
            return self.show(form, status=422)
        engine, _may_act = self.open()
        return self.answer(form, self.act(engine, form))

    def answer(self, form: CheckedForm, result: ActionResult) -> HttpResponseBase:
        """Lead on where it was done, else show the form again with what was refused."""
        if result.is_ok:
            say_unseen(self.request, result)
            return self.lead_on(result)
        return self.show(form, result=result, status=self.mark_refused(form, result))

    def make_context(self, engine: Engine, form: CheckedForm | None, result: ActionResult | None) -> dict[str, Any]:
        form = form or self.make_form(self.begin(), is_draft=True)
        form.is_valid()  # the pre-flight speaks while it is being filled
        return {"form": form, "form_id": self.form_id, **self.describe(form, result)}

    def describe(self, form: CheckedForm, result: ActionResult | None) -> dict[str, Any]:
        """Return what the template needs of this form."""
        raise NotImplementedError

    def aside(
        self, lines: Sequence[Line], findings: Iterable[Finding], result: ActionResult | None, asked: RequestPreview
    ) -> Aside:
        """Return what stands beside the form: command or request, whichever this person looks at, and the pre-flight."""
        return make_aside(lines, findings, result, asked=asked, shows_request=self.request.POST.get("show") == "api")

    def begin(self) -> QueryDict:
        """Return what stands in a new form."""
        raise NotImplementedError

    def make_form(self, data: QueryDict, *, is_draft: bool = False) -> CheckedForm:
        """Return the form with this in it. `is_draft`: it is being filled."""
        raise NotImplementedError

    def edit(self, data: QueryDict) -> QueryDict | None:
        """Return what the pressed button makes of what was typed; None where it is to be done."""
        raise NotImplementedError

    def is_fit(self, form: CheckedForm) -> bool:
        """Tell whether the action is asked."""
        return form.is_valid()

    def act(self, engine: Engine, form: CheckedForm) -> ActionResult:
        """Do it."""
        raise NotImplementedError

    def mark_refused(self, form: CheckedForm, result: ActionResult) -> int:
        """Mark in the form what the Engine's refusal is about; return the answer's status."""
        mark_refused_field(form, explain_result(result))
        return 409

    def lead_on(self, result: ActionResult) -> HttpResponseBase:
        """Return where it goes on once it is done."""
        raise NotImplementedError


class JobPage(EnginePage[AnyForm]):
    """A page that begins a job. Its form has a key: one that is sent twice begins one job."""

    @property
    def key(self) -> str:
        """The form's, "" where it has none."""
        key = self.request.POST.get("key", "")
        return key if _KEY.fullmatch(key) else ""

    def post(self, request: HttpRequest, **_where: str) -> HttpResponseBase:
        if known := find_job(request.user.pk or 0, self.key):
            return redirect("job_detail", known.pk)
        return self.submit()

    def submit(self) -> HttpResponseBase:
        """Answer a form that wasn't sent before."""
        raise NotImplementedError

    def start(self, verb: str, what: str, permission: Permission, steps: Iterable[JobStep]) -> HttpResponseBase:
        """Start the job, and lead to it."""
        engine, _may_act = self.open()
        wanted = JobRequest(self.key, verb, what, permission)
        return redirect("job_detail", start_job(actor_of(self.request), engine, wanted, steps).pk)

    def next_key(self) -> str:
        """Return the key of the form that is shown."""
        return self.key or secrets.token_urlsafe(24)


def wanted_name(name: str, docker_id: str) -> str:
    """Return what a person types to confirm: the name, or the short id where the name can't be typed."""
    return name if can_be_typed(name) else docker_id[:12]


def consequences_of_one(engine_slug: str, network_id: str, container_ids: Collection[str] | None = None) -> Consequences | None:
    """Return what breaks if this network goes, or these containers leave it; None where the network isn't there."""
    return next(iter(consequences_of(engine_slug, [network_id], container_ids=container_ids)), None)


def say_plugin(engine_slug: str, driver: str) -> str:
    """Return that the plugin behind a network can't be asked, "" where it can, or where nobody knows."""
    return next((say_finding(finding) for finding in check_plugin(engine_slug, driver)), "")
