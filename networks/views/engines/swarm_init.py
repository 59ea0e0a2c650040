"""Begin a swarm on an Engine."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from networks.actions.recording import ActionResult
from networks.actions.swarm import init_swarm
from networks.engine.bodies import init_body
from networks.engine.specs import DATA_PATH_PORT, LISTEN_ADDRESS, SUBNET_SIZE
from networks.forms.swarm import InitForm
from networks.preflight.contexts import read_whole_ground
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
)


class SwarmInit(View):
    """The form of a new swarm."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        ground = read_whole_ground(engine_slug)
        first = next((str(address) for address in machine_addresses(ground.host)), "")
        data = QueryDict(mutable=True)
        data.update(
            {
                "advertise_address": first,
                "listen_address": LISTEN_ADDRESS,
                "subnet_size": str(SUBNET_SIZE),
                "data_path_port": str(DATA_PATH_PORT),
            }
        )
        return self._show(request, InitForm(data, ground=ground, is_draft=True))

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        ground = read_whole_ground(engine_slug)
        if "preview" in request.POST:
            form = InitForm(request.POST, ground=ground, is_draft=True)
            return self._show(request, form, template="networks/_form_aside.html")
        if "use" in request.POST:
            data = request.POST.copy()
            name, _equals, value = str(data["use"]).partition("=")
            if name in InitForm.base_fields:
                data[name] = value
            return self._show(request, InitForm(data, ground=ground, is_draft=True))
        form = InitForm(request.POST, ground=ground)
        if not form.is_valid():
            return self._show(request, form, status=422)
        engine, _may_act = open_page(request, engine_slug)
        result = init_swarm(actor_of(request), engine, form.to_spec())
        if not result.is_ok:
            mark_refused_field(form, explain_result(result))
            return self._show(request, form, result=result, status=409)
        say_unseen(request, result)
        return redirect("engine_swarm", engine_slug)

    def _show(
        self,
        request: HttpRequest,
        form: InitForm,
        *,
        result: ActionResult | None = None,
        template: str = "swarm/init.html",
        status: int = 200,
    ) -> HttpResponse:
        slug = self.kwargs["engine_slug"]
        engine, may_act = open_page(request, slug)
        form.is_valid()  # the pre-flight speaks while it is being filled
        asked = make_asked("POST /swarm/init", init_body(form.to_spec()), sees_secrets=True)
        shows_request = form.data.get("show") == "api"
        own = read_standings([slug]).get(slug)
        context = {
            "engine": engine,
            "form": form,
            "addresses": machine_addresses(form.ground.host),
            "aside": make_aside(form.command_lines(), form.findings, result, asked=asked, shows_request=shows_request),
            "refusal": explain_refusal(result, around=RefusalContext(slug)) if result else None,
            "form_id": "init",
            "is_member": bool(own and own.is_member),
            "may_act": may_act,
        }
        return render(request, template, context, status=status)
