"""How an Engine stands to a swarm, the swarm's nodes, the tokens that let others in; begin a swarm, join one."""

from __future__ import annotations

import secrets
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from networks.actions.jobs.starting import start_joining
from networks.actions.recording import ActionResult
from networks.actions.swarm import MANAGER, WORKER, KnownSwarm, begin_joining, init_swarm, last_joining, read_join_token
from networks.engine.bodies import init_body, join_body
from networks.engine.cli import TOKEN_PLACE, command_of, join_swarm_lines
from networks.engine.specs import DATA_PATH_PORT, LISTEN_ADDRESS, SUBNET_SIZE, JoinSpec
from networks.forms.edits import take_suggestion
from networks.forms.swarm import InitForm, JoinForm, JoinKnownForm, NodeAddressForm
from networks.models import Engine, Network
from networks.partials.engines import draw_overlay, draw_swarm
from networks.policy.host_space import host_side_of
from networks.policy.permissions import Permission
from networks.preflight.places import read_whole_ground
from networks.preflight.swarm_checks import machine_addresses
from networks.queries.networks import read_network_row
from networks.queries.swarm import EngineInSwarm, read_standings
from networks.refusals.meaning import RefusalContext
from networks.views.acting import actor_of, explain_refusal, make_asked, open_page, spell_choices
from networks.views.generic import CheckedPage
from networks.views.screens import render_screen
from networks.views.shell import open_screen, rights_of_request


class EngineSwarm(View):
    """The swarm of an Engine."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        return show_swarm(request, engine_slug)


class SwarmToken(View):
    """A join token, shown this once in the answer; the password was typed a moment ago."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        return redirect("engine_swarm", engine_slug)  # where one lands after the password was typed

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        engine, _may_act = open_page(request, engine_slug)
        role = MANAGER if request.POST.get("role") == MANAGER else WORKER
        result, token = read_join_token(actor_of(request), engine, role)
        if not result.is_ok:
            return show_swarm(request, engine_slug, result)
        own = read_standings([engine_slug]).get(engine_slug)
        spec = JoinSpec(own.managers if own else (), token)
        context = {
            "engine": engine,
            "role": role,
            "token": token,
            "command": command_of(join_swarm_lines(spec)).replace(TOKEN_PLACE, token),
        }
        return render(request, "swarm/token.html", context)


def show_swarm(request: HttpRequest, engine_slug: str, result: ActionResult | None = None) -> HttpResponse:
    """Return the page of an Engine's swarm: of those Engines only that this person may see. `result`: what was refused."""
    key = open_screen(request, "engine_swarm", engine_slug=engine_slug)
    engine = get_object_or_404(Engine, slug=engine_slug)
    context = {"engine": engine, "refusal": explain_refusal(result, is_typed=False) if result else None}
    return render_screen(request, "swarm/swarm.html", draw_swarm(key), context, status=409 if result else 200)


def swarms_to_join(request: HttpRequest, engine_slug: str) -> list[EngineInSwarm]:
    """Return the managers whose swarm this Engine may be put into by this person, who may shape both."""
    permissions = rights_of_request(request).permissions
    may_shape = [slug for slug, may in permissions.items() if Permission.SHAPE in may and slug != engine_slug]
    return [each for each in read_standings(may_shape).values() if each.is_manager]


class NetworkSwarm(View):
    """Which Engine sees which part of it, who takes part, and everybody's endpoints."""

    def get(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponse:
        key = open_screen(request, "network_swarm", engine_slug=engine_slug, docker_id=docker_id)
        title = read_network_row(engine_slug, docker_id)
        if title is None or not Network.objects.filter(engine__slug=engine_slug, docker_id=docker_id, driver="overlay").exists():
            raise Http404(docker_id)
        context = {"engine": get_object_or_404(Engine, slug=engine_slug), "title": title, "docker_id": docker_id}
        return render_screen(request, "swarm/overlay.html", draw_overlay(key), context)


KNOWN, TOKEN = "known", "token"
PATIENCE_S = 5.0  # what goes well takes 0.1
AddressForm = TypeVar("AddressForm", bound=NodeAddressForm)


class _SwarmForm(CheckedPage[AddressForm]):
    """What both forms share. `suggested`: the fields that a suggestion may fill."""

    suggested: frozenset[str] = frozenset({"advertise_address", "listen_address"})

    def begin(self) -> QueryDict:
        data = QueryDict(mutable=True)
        first = next((str(address) for address in machine_addresses(host_side_of(self.slug))), "")
        data.update({"advertise_address": first, "listen_address": LISTEN_ADDRESS})
        return data

    def edit(self, data: QueryDict) -> QueryDict | None:
        return take_suggestion(data, self.suggested) if "use" in data else None

    def lead_on(self, result: ActionResult) -> HttpResponseBase:
        return redirect("engine_swarm", self.slug)

    def describe(self, form: AddressForm, result: ActionResult | None) -> dict[str, Any]:
        own = read_standings([self.slug]).get(self.slug)
        return {
            "addresses": machine_addresses(form.host),
            "refusal": explain_refusal(result, around=RefusalContext(self.slug)) if result else None,
            "is_member": bool(own and own.is_member),
        }


class SwarmInit(_SwarmForm[InitForm]):
    """The form of a new swarm."""

    template_name = "swarm/init.html"
    form_id = "init"
    suggested = frozenset(InitForm.base_fields)

    def begin(self) -> QueryDict:
        data = super().begin()
        data.update({"subnet_size": str(SUBNET_SIZE), "data_path_port": str(DATA_PATH_PORT)})
        return data

    def make_form(self, data: QueryDict, *, is_draft: bool = False) -> InitForm:
        return InitForm(data, ground=read_whole_ground(self.slug), is_draft=is_draft)

    def act(self, engine: Engine, form: InitForm) -> ActionResult:
        return init_swarm(actor_of(self.request), engine, form.to_spec())

    def describe(self, form: InitForm, result: ActionResult | None) -> dict[str, Any]:
        asked = make_asked("POST /swarm/init", init_body(form.to_spec()), sees_secrets=True)
        return {**super().describe(form, result), "aside": self.aside(form.command_lines(), form.findings, result, asked)}


class SwarmJoin(_SwarmForm[JoinForm | JoinKnownForm]):
    """The form that joins. `by`: "known" where another Engine here manages a swarm, else "token"."""

    template_name = "swarm/join.html"
    form_id = "join"

    def get(self, request: HttpRequest, **_where: str) -> HttpResponseBase:
        engine, may_act = self.open()
        joining = last_joining(self.slug, request.user.pk)
        if joining and (not joining.ended.is_set() or request.GET.keys() & {"part", "shown"}):
            template = "swarm/_joining.html" if "part" in request.GET else "swarm/joining.html"
            result = joining.result
            refusal = explain_refusal(result, is_typed=False) if result and not result.is_ok else None
            context = {"engine": engine, "joining": joining, "refusal": refusal, "may_act": may_act}
            return render(request, template, context)
        if joining and joining.result and not joining.result.is_ok and "again" in request.GET:
            return self._show_again(joining.spec, joining.result)
        return self.show()

    def begin(self) -> QueryDict:
        data = super().begin()
        if managers := swarms_to_join(self.request, self.slug):
            data["manager"] = managers[0].place.slug  # as the browser shows it
        return data

    def make_form(self, data: QueryDict, *, is_draft: bool = False, by: str = "") -> JoinForm | JoinKnownForm:
        host, managers = host_side_of(self.slug), swarms_to_join(self.request, self.slug)
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        if managers and (by or sent.get("by")) != TOKEN:
            return JoinKnownForm(data, managers=managers, host=host, is_draft=is_draft)
        return JoinForm(data, host=host, is_draft=is_draft)

    def submit(self, form: JoinForm | JoinKnownForm) -> HttpResponseBase:
        if not form.is_valid():
            return self.show(form, status=422)
        engine, _may_act = self.open()
        if isinstance(form, JoinKnownForm):
            typed = form.cleaned_data
            manager = get_object_or_404(Engine, slug=typed["manager"])
            known = KnownSwarm(manager, typed["role"] or WORKER, typed["advertise_address"], typed["listen_address"])
            job = start_joining(actor_of(self.request), engine, known, self.request.POST.get("key", ""))
            return redirect("job_detail", job.pk)
        joining = begin_joining(actor_of(self.request), engine, form.to_spec())
        joining.ended.wait(PATIENCE_S)
        return self.answer(form, joining.result) if joining.result else redirect("engine_swarm_join", self.slug)

    def _show_again(self, asked: JoinSpec, result: ActionResult) -> HttpResponseBase:
        """Return the form with what was typed, but for the token, and what the Engine said to it."""
        data = QueryDict(mutable=True)
        data["remote_address"] = ", ".join(asked.remote_addresses)
        data["advertise_address"], data["listen_address"] = asked.advertise_address, asked.listen_address
        form = self.make_form(data, is_draft=True, by=TOKEN)
        form.is_valid()
        self.mark_refused(form, result)
        return self.show(form, result=result)

    def describe(self, form: JoinForm | JoinKnownForm, result: ActionResult | None) -> dict[str, Any]:
        is_known = isinstance(form, JoinKnownForm)
        if is_known:
            spell_choices(form, "manager")
        body = join_body(form.to_spec()) | {"JoinToken": "…"}  # no page repeats a token
        asked = make_asked("POST /swarm/join", body, sees_secrets=True)
        return {
            **super().describe(form, result),
            "by": KNOWN if is_known else TOKEN,
            "has_known": is_known or bool(swarms_to_join(self.request, self.slug)),
            "key": secrets.token_urlsafe(16),
            "aside": self.aside(form.command_lines(), form.findings, result, asked),
        }
