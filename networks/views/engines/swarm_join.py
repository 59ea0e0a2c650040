"""Have an Engine join a swarm: by a manager's address and a token, or by an Engine that is known here."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from networks.actions.jobs.starting import start_joining
from networks.actions.recording import ActionResult
from networks.actions.swarm import Joining, KnownSwarm, begin_joining, last_joining
from networks.engine.bodies import join_body
from networks.engine.specs import LISTEN_ADDRESS
from networks.forms.swarm import JoinForm, JoinKnownForm
from networks.models import Engine
from networks.policy.host_space import host_side_of
from networks.preflight.swarm_checks import machine_addresses
from networks.queries.swarm import read_standings
from networks.refusals.meaning import RefusalContext
from networks.views.acting import (
    actor_of,
    explain_refusal,
    explain_result,
    make_aside,
    make_asked,
    mark_refused_field,
    open_page,
    say_unseen,
    spell_choices,
)
from networks.views.engines.swarm_pages import swarms_to_join

KNOWN, TOKEN = "known", "token"
PATIENCE_S = 5.0  # what goes well takes 0.1


class SwarmJoin(View):
    """The form that joins. `by`: "known" where another Engine here manages a swarm, else "token"."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        engine, may_act = open_page(request, engine_slug)
        joining = last_joining(engine_slug, request.user.pk)
        if joining and (not joining.ended.is_set() or request.GET.keys() & {"part", "shown"}):
            template = "swarm/_joining.html" if "part" in request.GET else "swarm/joining.html"
            result = joining.result
            refusal = explain_refusal(result, is_typed=False) if result and not result.is_ok else None
            context = {"engine": engine, "joining": joining, "refusal": refusal, "may_act": may_act}
            return render(request, template, context)
        if joining and joining.result and not joining.result.is_ok and "again" in request.GET:
            return self._show_again(request, engine, joining)
        first = next((str(address) for address in machine_addresses(host_side_of(engine_slug))), "")
        data = QueryDict(mutable=True)
        data.update({"advertise_address": first, "listen_address": LISTEN_ADDRESS})
        if managers := swarms_to_join(request, engine):
            data["manager"] = managers[0].place.slug  # as the browser shows it
        return self._show(request, self._form(engine, data, request.GET.get("by", ""), is_draft=True))

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        engine, _may_act = open_page(request, engine_slug)
        by = request.POST.get("by", "")
        if "preview" in request.POST:
            form = self._form(engine, request.POST, by, is_draft=True)
            return self._show(request, form, template="networks/_form_aside.html")
        if "use" in request.POST:
            data = request.POST.copy()
            name, _equals, value = str(data["use"]).partition("=")
            if name in ("advertise_address", "listen_address"):
                data[name] = value
            return self._show(request, self._form(engine, data, by, is_draft=True))
        form = self._form(engine, request.POST, by, is_draft=False)
        if not form.is_valid():
            return self._show(request, form, status=422)
        if isinstance(form, JoinKnownForm):
            known = KnownSwarm(
                get_object_or_404(Engine, slug=form.cleaned_data["manager"]),
                form.cleaned_data["role"] or "worker",
                form.cleaned_data["advertise_address"],
                form.cleaned_data["listen_address"],
            )
            return redirect("job_detail", start_joining(actor_of(request), engine, known, request.POST.get("key", "")).pk)
        joining = begin_joining(actor_of(request), engine, form.to_spec())
        joining.ended.wait(PATIENCE_S)
        if joining.result is None:
            return redirect("engine_swarm_join", engine_slug)
        if not joining.result.is_ok:
            mark_refused_field(form, explain_result(joining.result))
            return self._show(request, form, result=joining.result, status=409)
        say_unseen(request, joining.result)
        return redirect("engine_swarm", engine_slug)

    def _show_again(self, request: HttpRequest, engine: Engine, joining: Joining) -> HttpResponseBase:
        """Return the form with what was typed, but for the token, and what the Engine said to it."""
        data = QueryDict(mutable=True)
        data["remote_address"] = ", ".join(joining.spec.remote_addresses)
        data["advertise_address"], data["listen_address"] = joining.spec.advertise_address, joining.spec.listen_address
        form = self._form(engine, data, TOKEN, is_draft=True)
        form.is_valid()
        if joining.result:
            mark_refused_field(form, explain_result(joining.result))
        return self._show(request, form, result=joining.result)

    def _form(self, engine: Engine, data: QueryDict, by: str, *, is_draft: bool) -> JoinForm | JoinKnownForm:
        host = host_side_of(engine.slug)
        managers = swarms_to_join(self.request, engine)
        if managers and by != TOKEN:
            return JoinKnownForm(data, managers=managers, host=host, is_draft=is_draft)
        return JoinForm(data, host=host, is_draft=is_draft)

    def _show(
        self,
        request: HttpRequest,
        form: JoinForm | JoinKnownForm,
        *,
        result: ActionResult | None = None,
        template: str = "swarm/join.html",
        status: int = 200,
    ) -> HttpResponse:
        slug = self.kwargs["engine_slug"]
        engine, may_act = open_page(request, slug)
        form.is_valid()  # the pre-flight speaks while it is being filled
        is_known = isinstance(form, JoinKnownForm)
        if is_known:
            spell_choices(form, "manager")
        body = join_body(form.to_spec()) | {"JoinToken": "…"}  # no page repeats a token
        own = read_standings([slug]).get(slug)
        context = {
            "engine": engine,
            "form": form,
            "by": KNOWN if is_known else TOKEN,
            "has_known": is_known or bool(swarms_to_join(request, engine)),
            "key": secrets.token_urlsafe(16),
            "addresses": machine_addresses(form.host),
            "aside": make_aside(
                form.command_lines(),
                form.findings,
                result,
                asked=make_asked("POST /swarm/join", body, sees_secrets=True),
                shows_request=form.data.get("show") == "api",
            ),
            "refusal": explain_refusal(result, around=RefusalContext(slug)) if result else None,
            "form_id": "join",
            "is_member": bool(own and own.is_member),
            "may_act": may_act,
        }
        return render(request, template, context, status=status)
