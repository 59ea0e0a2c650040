"""Take a container off a network, after saying what that breaks."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from networks.actions.networks import disconnect_container
from networks.actions.recording import ActionResult
from networks.engine.cli import disconnect_command
from networks.engine.specs import DisconnectSpec
from networks.forms.connecting import check_container, check_network
from networks.forms.removals.confirming import DisconnectForm, say_breakage
from networks.forms.sentences import say
from networks.policy.protection import protection_of
from networks.queries.consequences import Affected, Consequences, breakages_of
from networks.queries.details import Gone, read_gone
from networks.queries.ground import ContainerChoice, NetworkChoice, container_choices, network_choices
from networks.views.acting import actor_of, explain_refusal, open_page, say_unseen
from networks.views.removals.foreseeing import consequences_of_one, read_anew


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


class NetworkDisconnect(View):
    """Take a container off this network."""

    def get(self, request: HttpRequest, engine_slug: str, docker_id: str, container_id: str) -> HttpResponseBase:
        return self._show(request, self._pair())

    def post(self, request: HttpRequest, engine_slug: str, docker_id: str, container_id: str) -> HttpResponseBase:
        engine, may_act = open_page(request, engine_slug, takes_away=True)
        pair = self._pair()
        form = _form(pair, request.POST)
        if pair.affected is None or self._why_not(pair):  # somebody was quicker, or it was never offered
            return self._show(request, pair, status=409)
        if form.is_valid():
            if not may_act or not read_anew(request, engine_slug):
                return self._show(request, pair, form, status=409)
            pair = self._pair()
            form = _form(pair, request.POST)
        if pair.affected is None or pair.network is None or pair.container is None:
            return self._show(request, pair, status=409)
        if not form.is_valid():
            return self._show(request, pair, form, status=422)
        spec = DisconnectSpec(docker_id, container_id, form.cleaned_data["is_forced"])
        names = {"network_name": pair.network.name, "container_name": pair.container.name}
        result = disconnect_container(actor_of(request), engine, spec, **names)
        if not result.is_ok:
            return self._show(request, self._pair(), result=result, status=409)
        say_unseen(request, result)
        return redirect("network_detail", engine_slug, docker_id)

    def _pair(self) -> _Pair:
        slug, docker_id, container_id = (self.kwargs[name] for name in ("engine_slug", "docker_id", "container_id"))
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
        special = [*check_network(pair.network), *check_container(pair.container)]
        lock = protection_of(self.kwargs["engine_slug"]).lock_on_pair(pair.network.docker_id, pair.container.docker_id)
        return say(special[0]) if special else lock.sentence if lock else ""

    def _show(
        self,
        request: HttpRequest,
        pair: _Pair,
        form: DisconnectForm | None = None,
        *,
        result: ActionResult | None = None,
        status: int = 200,
    ) -> HttpResponse:
        engine, may_act = open_page(request, self.kwargs["engine_slug"], takes_away=True)
        docker_id, container_id = self.kwargs["docker_id"], self.kwargs["container_id"]
        names = [half.name if half else pair.gone.name if pair.gone else "" for half in (pair.network, pair.container)]
        form = form or _form(pair)
        context = {
            "engine": engine,
            "docker_id": docker_id,
            "hue": pair.network.hue if pair.network else 0,
            "network_name": names[0],
            "container_name": names[1],
            "is_network_there": pair.network is not None,
            "gone": pair.gone,
            "found": pair.found,
            "affected": pair.affected,
            "form": form,
            "unseen": [say_breakage(each) for each in form.unseen],
            "why_not": self._why_not(pair),
            "command": disconnect_command(DisconnectSpec(docker_id, container_id, bool(form["is_forced"].value())), *names),
            "refusal": explain_refusal(result, is_typed=False) if result else None,
            "may_act": may_act,
        }
        return render(request, "networks/disconnect.html", context, status=404 if pair.gone and not result else status)


def _form(pair: _Pair, data: QueryDict | None = None) -> DisconnectForm:
    return DisconnectForm(data, breakages=breakages_of([pair.found] if pair.found else []))
