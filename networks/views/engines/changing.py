"""Add, test, change and remove an Engine; superusers only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View

from networks.actions.engines import Failed, Trial, change_engine, create_engine, remove_engine, try_engine
from networks.actions.recording import ActionResult
from networks.engine.access.facts import AccessFault, Scheme
from networks.engine.access.parsing import parse_engine_url
from networks.forms.confirming import ConfirmForm
from networks.forms.engine import EngineForm
from networks.forms.engine_material import fingerprint_of, say_fault, scan_host_key
from networks.models import Container, Engine, Grant, Network
from networks.sync.engines import is_own
from networks.views.acting import actor_of
from networks.views.generic import EnginePage

# A trial of an address in words: where it failed, and what helps.
STEPS: Mapping[Failed, Promise] = {
    Failed.ADDRESS: _("The address can't be used"),
    Failed.RESOLVE: _("The name can't be resolved"),
    Failed.CONNECT: _("Nothing answers there"),
    Failed.TLS: _("The TLS connection failed"),
    Failed.SSH: _("The ssh tunnel failed"),
    Failed.SILENT: _("Something is there, but doesn't answer in time"),
    Failed.NOT_DOCKER: _("What answers there is not a Docker Engine"),
    Failed.TOO_OLD: _("This Engine and Netadmin have no API version in common"),
    Failed.KNOWN: _("This Engine is already known"),
    Failed.DENIED: _("No request was sent"),
}
ADVICE: Mapping[Failed, Promise] = {
    Failed.RESOLVE: _("Look for a typing error, or write the address instead of the name."),
    Failed.CONNECT: _("Check that it is running and listens there, and that no firewall blocks this machine."),
    Failed.TLS: _(
        "The Engine's certificate must be signed by this CA and contain the host name in the URL; Netadmin's must"
        " be signed by the CA of the Engine's --tlscacert."
    ),
    Failed.SSH: _(
        "The message of ssh says where it failed. “Permission denied”: the public key isn't in that user's "
        "authorized_keys. “open failed”: that user may not open the socket, or it doesn't exist."
    ),
    Failed.SILENT: _("A hung Engine looks like this, and so does a port that something else uses."),
    Failed.NOT_DOCKER: _("Is it the right port? An Engine without TLS behind a tcp:// with TLS looks like this, too."),
    Failed.TOO_OLD: _("The oldest version that Netadmin supports is API 1.24, that of Docker 1.12."),
    Failed.KNOWN: _("Two entries would follow the same Engine. Change the other one instead."),
}


class EngineEdit(View):
    """What adding and changing share: a form that can be tested, and asked for a host key, before it is saved."""

    def get(self, request: HttpRequest, **_where: str) -> HttpResponse:
        return self.show(EngineForm(engine=self.engine))

    def post(self, request: HttpRequest, **_where: str) -> HttpResponse:
        engine, do = self.engine, request.POST.get("do")
        if do == "scan":
            return self._scan()
        form = EngineForm(request.POST, engine=engine)
        if not form.is_valid() or form.draft is None:
            return self.show(form, status=422)
        actor, draft = actor_of(request), form.draft
        if do == "test":
            trial = try_engine(actor, draft.access, name=draft.name, slug=engine.slug if engine else "")
            return self.show(form, trial=trial)
        result = change_engine(actor, engine, draft) if engine else create_engine(actor, draft)
        if not result.is_ok:
            form.add_error(None, result.sentence)
            return self.show(form, status=409)
        changed = _("%(engine)s was changed. Netadmin follows it with the new settings.")
        words = changed if engine else _("%(engine)s is followed from now on.")
        messages.success(request, words % {"engine": draft.name})
        return redirect("engine_list")

    @cached_property
    def engine(self) -> Engine | None:
        """The Engine that is changed, None for a new one. Raises Http404."""
        slug = self.kwargs.get("engine_slug")
        return get_object_or_404(Engine, slug=slug) if slug else None

    def show(self, form: EngineForm, *, trial: Trial | None = None, scanned: str = "", status: int = 200) -> HttpResponse:
        """Show the form, with what a trial or a scan has found."""
        kept = form.kept.ssh.host_key if form.kept and form.kept.ssh else ""
        context = {
            "form": form,
            "engine": form.engine,
            "trial": trial,
            "trial_title": STEPS.get(trial.failed, "") if trial else "",
            "trial_advice": ADVICE.get(trial.failed, "") if trial else "",
            "scanned": scanned,
            "kept_fingerprint": fingerprint_of(kept) if kept else "",
            "has_kept": form.kept is not None and (form.kept.tls is not None or form.kept.ssh is not None),
        }
        return render(self.request, "engines/edit.html", context, status=status)

    def _scan(self) -> HttpResponse:
        """Ask the machine for its host key and put it into the form, for a person to compare; saving accepts it."""
        data: QueryDict = self.request.POST.copy()
        engine = self.engine
        form = EngineForm(data, engine=engine)
        form.is_valid()
        for name in [name for name in form.errors if name not in ("url", "name", "slug")]:
            del form.errors[name]  # nobody has saved yet
        try:
            address = parse_engine_url(engine.url if form.is_local and engine else data.get("url", "").strip())
        except AccessFault as error:
            form.errors.pop("url", None)
            form.add_error(*say_fault(error))
            return self.show(form, status=422)
        if address.scheme is not Scheme.SSH:
            form.add_error("url", _("Only an Engine at ssh:// has a host key."))
            return self.show(form, status=422)
        host_key, why_not = scan_host_key(address)
        if not host_key:
            form.add_error("host_key", _("The machine showed no host key: %(words)s") % {"words": why_not})
            return self.show(form, status=422)
        form.errors.pop("url", None)
        data["host_key"] = host_key
        return self.show(form, scanned=fingerprint_of(host_key))


class EngineRemove(EnginePage[ConfirmForm]):
    """Forget an Engine; its name is typed."""

    template_name = "engines/remove.html"

    def open(self) -> tuple[Engine, bool]:
        return get_object_or_404(Engine, slug=self.slug), True  # also of one that can't be read

    def post(self, request: HttpRequest, **_where: str) -> HttpResponseBase:
        engine, _may_act = self.open()
        form = ConfirmForm(request.POST, wanted=engine.name)
        if not form.is_valid():
            return self.show(form, status=422)
        result = remove_engine(actor_of(request), engine)
        if not result.is_ok:
            form.add_error(None, result.sentence)
            return self.show(form, status=409)
        messages.success(request, _("%(engine)s was removed from Netadmin. Nothing was changed on it.") % {"engine": engine.name})
        return redirect("engine_list")

    def make_context(self, engine: Engine, form: ConfirmForm | None, result: ActionResult | None) -> dict[str, Any]:
        return {
            "form": form or ConfirmForm(),
            "is_local": is_own(engine),
            "networks": Network.objects.filter(engine=engine).count(),
            "containers": Container.objects.filter(engine=engine).count(),
            "grants": Grant.objects.filter(engine=engine).count(),
        }
