"""Take a container off a network, after saying what that breaks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from networks.actions.networks import disconnect_container
from networks.actions.recording import ActionResult
from networks.engine.allow_list import is_full_id
from networks.engine.bodies import disconnect_body
from networks.engine.cli import disconnect_lines
from networks.engine.specs import DisconnectSpec
from networks.forms.confirming import DisconnectForm, say_breakage
from networks.models import Engine
from networks.policy.protection import protection_of
from networks.preflight.findings import say_finding
from networks.preflight.pair import check_parting
from networks.queries.choices import container_choices, network_choices
from networks.queries.details import Gone, read_gone
from networks.queries.engine_context import ContainerChoice, NetworkChoice
from networks.queries.lifecycle.consequence_tokens import breakages_of
from networks.queries.lifecycle.consequences import Affected, Consequences
from networks.refusals.meaning import RefusalContext
from networks.views.acting import Aside, actor_of, explain_refusal, make_aside, make_asked
from networks.views.generic import EnginePage, consequences_of_one, say_plugin

FORM_ID = "disconnect"


@dataclass(frozen=True, slots=True)
class _Pair:
    """Both halves, each None where it isn't there any more, and then when it went; what breaks, None where nothing is there."""

    network: NetworkChoice | None
    container: ContainerChoice | None
    gone: Gone | None
    found: Consequences | None

    @property
    def affected(self) -> Affected | None:
        """The container on the network, None where it isn't on it."""
        return self.found.affected[0] if self.found and self.found.affected else None

    @property
    def names(self) -> tuple[str, str]:
        """The names of network and container, of one that went as well."""
        gone = self.gone.name if self.gone else ""
        return self.network.name if self.network else gone, self.container.name if self.container else gone


class NetworkDisconnect(EnginePage[DisconnectForm]):
    """Take a container off this network; `is_forced` deletes an endpoint that is left over as well."""

    template_name = "networks/disconnect.html"
    takes_away = True

    def post(self, request: HttpRequest, engine_slug: str, docker_id: str, container_id: str) -> HttpResponseBase:
        engine, may_act = self.open()
        pair = self._pair()
        if "preview" in request.POST:
            return render(request, "networks/_form_aside.html", {"aside": self._aside(pair), "form_id": FORM_ID})
        form, spec = _form(pair, request.POST), self._spec()
        may_be_there = pair.affected is not None or (spec.is_forced and pair.gone is None)
        if not may_be_there or self._why_not(pair):  # somebody was quicker, or it was never offered
            return self.show(status=409)
        if form.is_valid():
            if not may_act or not self.read_anew():
                return self.show(form, status=409)
            pair = self._pair()
            form = _form(pair, request.POST)
        is_left = pair.affected is None and not spec.is_forced
        if is_left or pair.network is None or pair.container is None:
            return self.show(status=409)
        if not form.is_valid():
            return self.show(form, status=422)
        network_name, container_name = pair.network.name, pair.container.name
        result = disconnect_container(actor_of(request), engine, spec, network_name=network_name, container_name=container_name)
        return self.finish(result, "network_detail", engine_slug, docker_id)

    def _spec(self) -> DisconnectSpec:
        is_forced = bool(self.request.POST.get("is_forced"))
        return DisconnectSpec(self.kwargs["docker_id"], self.kwargs["container_id"], is_forced=is_forced)

    def _aside(self, pair: _Pair, result: ActionResult | None = None) -> Aside:
        spec = self._spec()
        asked = make_asked(f"POST /networks/{spec.network_id}/disconnect", disconnect_body(spec), sees_secrets=True)
        shows_request = self.request.POST.get("show") == "api"
        aside = make_aside(disconnect_lines(spec, *pair.names), (), result, asked=asked, shows_request=shows_request)
        return replace(aside, has_preflight=False)

    def _pair(self) -> _Pair:
        slug, docker_id, container_id = self.slug, self.kwargs["docker_id"], self.kwargs["container_id"]
        if not (is_full_id("network", docker_id) and is_full_id("container", container_id)):
            raise Http404(docker_id)  # a database may not even take it, such as one with NUL
        network = next(iter(network_choices(slug, [docker_id])), None)
        container = next((each for each in container_choices(slug) if each.docker_id == container_id), None)
        gone = None
        if network is None or container is None:
            kind, missing = ("network", docker_id) if network is None else ("container", container_id)
            gone = read_gone(slug, kind, missing)
            if gone is None:
                raise Http404(missing)
        return _Pair(network, container, gone, consequences_of_one(slug, docker_id, [container_id]))

    def _why_not(self, pair: _Pair) -> str:
        """Return why this pair can't be parted, in the words for connecting, or why it is protected; "" where it can."""
        if pair.network is None or pair.container is None:
            return ""
        special = [*check_parting(pair.network, pair.container)]
        lock = protection_of(self.slug).lock_on_pair(pair.network.docker_id, pair.container.docker_id)
        return say_finding(special[0]) if special else lock.sentence if lock else ""

    def make_context(self, engine: Engine, form: DisconnectForm | None, result: ActionResult | None) -> dict[str, Any]:
        pair = self._pair()
        form = form or _form(pair)
        around = RefusalContext(engine.slug, pair.network, pair.container)
        if pair.gone and not result:
            self.status = 404
        return {
            "docker_id": self.kwargs["docker_id"],
            "hue": pair.network.hue if pair.network else 0,
            "network_name": pair.names[0],
            "container_name": pair.names[1],
            "is_network_there": pair.network is not None,
            "gone": pair.gone,
            "found": pair.found,
            "affected": pair.affected,
            "form": form,
            "unseen": [say_breakage(each) for each in form.unseen],
            "why_not": self._why_not(pair),
            "plugin": say_plugin(engine.slug, pair.network.driver) if pair.network else "",
            "aside": self._aside(pair, result),
            "form_id": FORM_ID,
            "refusal": explain_refusal(result, around=around, is_typed=False) if result else None,
        }


def _form(pair: _Pair, data: QueryDict | None = None) -> DisconnectForm:
    return DisconnectForm(data, breakages=breakages_of([pair.found] if pair.found else []))
