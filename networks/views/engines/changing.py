"""Add, test, change and remove an Engine; superusers only."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from networks.actions.engines import Trial, change_engine, create_engine, remove_engine, try_engine
from networks.engine.access.facts import Scheme
from networks.engine.access.faults import AccessFault
from networks.engine.access.parsing import parse_engine_url
from networks.forms.confirming import ConfirmForm
from networks.forms.engine import EngineForm
from networks.forms.engine_material import fingerprint_of, say_fault, scan_host_key
from networks.models import Container, Engine, Grant, Network
from networks.sync.engines import LOCAL_SLUG
from networks.views.acting import actor_of
from networks.views.engines.trying import say_trial


class EngineEdit(View):
    """What adding and changing share: a form that can be tested, and asked for a host key, before it is saved."""

    def post(self, request: HttpRequest, **where: Any) -> HttpResponse:
        engine = self.engine(**where)
        if request.POST.get("do") == "scan":
            return self._scan(request, engine)
        form = EngineForm(request.POST, engine=engine)
        if not form.is_valid() or form.draft is None:
            return self.show(request, form, status=422)
        actor, draft = actor_of(request), form.draft
        if request.POST.get("do") == "test":
            trial = try_engine(actor, draft.access, name=draft.name, slug=engine.slug if engine else "")
            return self.show(request, form, trial=trial)
        result = change_engine(actor, engine, draft) if engine else create_engine(actor, draft)
        if not result.is_ok:
            form.add_error(None, result.sentence)
            return self.show(request, form, status=409)
        changed = _("%(engine)s was changed. Netadmin follows it with the new settings.")
        words = changed if engine else _("%(engine)s is followed from now on.")
        messages.success(request, words % {"engine": draft.name})
        return redirect("engine_list")

    def engine(self, **where: Any) -> Engine | None:
        """Return the Engine that is changed, None for a new one."""
        raise NotImplementedError

    def show(
        self, request: HttpRequest, form: EngineForm, *, trial: Trial | None = None, scanned: str = "", status: int = 200
    ) -> HttpResponse:
        """Show the form, with what a trial or a scan has found."""
        kept = form.kept.ssh.host_key if form.kept and form.kept.ssh else ""
        context = {
            "form": form,
            "engine": form.engine,
            "found": say_trial(trial) if trial else None,
            "scanned": scanned,
            "kept_fingerprint": fingerprint_of(kept) if kept else "",
            "has_kept": form.kept is not None and (form.kept.tls is not None or form.kept.ssh is not None),
        }
        return render(request, "engines/edit.html", context, status=status)

    def _scan(self, request: HttpRequest, engine: Engine | None) -> HttpResponse:
        """Ask the machine for its host key and put it into the form, for a person to compare; saving accepts it."""
        data: QueryDict = request.POST.copy()
        form = EngineForm(data, engine=engine)
        form.is_valid()
        for name in [name for name in form.errors if name not in ("url", "name", "slug")]:
            del form.errors[name]  # nobody has saved yet
        try:
            address = parse_engine_url(engine.url if form.is_local and engine else data.get("url", "").strip())
        except AccessFault as error:
            form.errors.pop("url", None)
            form.add_error(*say_fault(error))
            return self.show(request, form, status=422)
        if address.scheme is not Scheme.SSH:
            form.add_error("url", _("Only an Engine at ssh:// has a host key."))
            return self.show(request, form, status=422)
        host_key, why_not = scan_host_key(address)
        if not host_key:
            form.add_error("host_key", _("The machine showed no host key: %(words)s") % {"words": why_not})
            return self.show(request, form, status=422)
        form.errors.pop("url", None)
        data["host_key"] = host_key
        return self.show(request, form, scanned=fingerprint_of(host_key))


class EngineCreate(EngineEdit):
    """A new Engine."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, EngineForm())

    def engine(self, **where: Any) -> Engine | None:
        return None


class EngineChange(EngineEdit):
    """Another address, other credentials, another name."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        engine = get_object_or_404(Engine, slug=engine_slug)
        return self.show(request, EngineForm(engine=engine))

    def engine(self, **where: Any) -> Engine | None:
        return get_object_or_404(Engine, slug=where["engine_slug"])


class EngineRemove(View):
    """Forget an Engine; its name is typed."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        return _show_removal(request, get_object_or_404(Engine, slug=engine_slug), ConfirmForm())

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        engine = get_object_or_404(Engine, slug=engine_slug)
        form = ConfirmForm(request.POST, wanted=engine.name)
        if not form.is_valid():
            return _show_removal(request, engine, form, status=422)
        result = remove_engine(actor_of(request), engine)
        if not result.is_ok:
            form.add_error(None, result.sentence)
            return _show_removal(request, engine, form, status=409)
        messages.success(request, _("%(engine)s was removed from Netadmin. Nothing was changed on it.") % {"engine": engine.name})
        return HttpResponseRedirect(reverse("engine_list"))


def _show_removal(request: HttpRequest, engine: Engine, form: ConfirmForm, *, status: int = 200) -> HttpResponse:
    context = {
        "engine": engine,
        "form": form,
        "is_local": engine.slug == LOCAL_SLUG,
        "networks": Network.objects.filter(engine=engine).count(),
        "containers": Container.objects.filter(engine=engine).count(),
        "grants": Grant.objects.filter(engine=engine).count(),
    }
    return render(request, "engines/remove.html", context, status=status)
