"""Keep the address that a container has, or had: what it takes, why Docker may refuse, and the job that does it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from networks.actions.jobs.keeping import keep_steps, take_step
from networks.actions.jobs.starting import JobRequest, start_job
from networks.actions.jobs.steps import spec_of
from networks.engine.facts import is_of_swarm
from networks.engine.guard import is_full_id
from networks.forms.confirming import say_breakage
from networks.forms.containers.keeping import KeepForm, offers_of
from networks.models import JobStep
from networks.partials.addresses.refusing import KeepRefusal, why_not_kept
from networks.policy.permissions import Permission, permissions_of
from networks.policy.protection import permission_to_join
from networks.queries.addresses.keeping import (
    KEEP,
    is_mac_lost,
    is_on_network,
    spec_of_row,
    step_left_off,
    takes_chosen_addresses,
)
from networks.queries.addresses.marks import Mark, endpoint_mark, read_marks
from networks.queries.choices import container_choices, network_choices
from networks.queries.endpoints import endpoint_rows
from networks.queries.engine_context import ContainerChoice, NetworkChoice
from networks.queries.engines import read_engine
from networks.queries.jobs import find_job
from networks.queries.lifecycle.breakages import breakages_of
from networks.queries.lifecycle.removals import Affected, Consequences
from networks.queries.rows import EndpointRow
from networks.views.acting import actor_of, open_page
from networks.views.changes.foreseeing import consequences_of_one, read_anew

_KEY = re.compile(r"[A-Za-z0-9_-]{20,40}")


@dataclass(frozen=True, slots=True)
class _Place:
    """A container's place on a network. `left`: the step that would put it there again, after a job took it off."""

    network: NetworkChoice
    container: ContainerChoice
    endpoint: EndpointRow | None
    mark: Mark | None
    found: Consequences | None
    left: JobStep | None
    takes_chosen: bool | None
    is_mac_lost: bool

    @property
    def affected(self) -> Affected | None:
        """What the container loses while it is off, None where it isn't on it."""
        return self.found.affected[0] if self.found and self.found.affected else None


class NetworkKeep(View):
    """Keep the address of one endpoint; where a job left the container off its network, put it back."""

    def get(self, request: HttpRequest, engine_slug: str, docker_id: str, container_id: str) -> HttpResponseBase:
        return self._show(request, self._place())

    def post(self, request: HttpRequest, engine_slug: str, docker_id: str, container_id: str) -> HttpResponseBase:
        if known := find_job(request.user.pk or 0, self._key()):  # the same form, sent twice
            return redirect("job_detail", known.pk)
        _engine, may_act = open_page(request, engine_slug, takes_away=True)
        if not self._key() or not may_act or not read_anew(request, engine_slug):
            return self._show(request, self._place(), status=409)
        place = self._place()
        form = _form(place, request.POST)
        if self._why_not(place):
            return self._show(request, place, status=409)
        if place.endpoint is not None and not form.is_valid():
            return self._show(request, place, form, status=422)
        return self._start(request, place, form)

    def _start(self, request: HttpRequest, place: _Place, form: KeepForm) -> HttpResponseBase:
        engine, _may_act = open_page(request, self.kwargs["engine_slug"], takes_away=True)
        names = {"network_name": place.network.name, "container_name": place.container.name}
        if place.endpoint is not None:
            was = spec_of_row(place.endpoint)
            steps = keep_steps(was, ip_address(form.cleaned_data["address"]), **names)
        elif place.left is not None:
            was = spec_of(place.left)
            steps = [take_step(was, ip_address(place.left.spec["kept"]), **names)]
        else:
            return self._show(request, place, status=409)
        permission = permission_to_join(engine.slug, place.network.docker_id, was.driver_options)
        wish = JobRequest(self._key(), KEEP, place.container.name, permission)
        return redirect("job_detail", start_job(actor_of(request), engine, wish, steps).pk)

    def _key(self) -> str:
        key = self.request.POST.get("key", "")
        return key if _KEY.fullmatch(key) else ""

    def _place(self) -> _Place:
        slug, docker_id, container_id = (self.kwargs[name] for name in ("engine_slug", "docker_id", "container_id"))
        if not (is_full_id("network", docker_id) and is_full_id("container", container_id)):
            raise Http404(docker_id)
        network = next(iter(network_choices(slug, [docker_id])), None)
        container = next((each for each in container_choices(slug) if each.docker_id == container_id), None)
        engine = read_engine(slug)
        if network is None or container is None or engine is None:
            raise Http404(docker_id if network is None else container_id)
        endpoint = next(iter(endpoint_rows(slug, network_id=docker_id, container_id=container_id)), None)
        left = None if endpoint is not None and is_on_network(endpoint) else step_left_off(slug, container_id, docker_id)
        if left is not None:
            endpoint = None
        return _Place(
            network,
            container,
            endpoint,
            endpoint_mark(read_marks(engine), endpoint) if endpoint else None,
            consequences_of_one(slug, docker_id, [container_id]),
            left if left is not None and "kept" in left.spec else None,
            takes_chosen_addresses(slug, docker_id),
            endpoint is not None and is_mac_lost(endpoint, api_version=engine.api_version),
        )

    def _why_not(self, place: _Place) -> KeepRefusal | None:
        slug, options = self.kwargs["engine_slug"], dict(place.endpoint.driver_options) if place.endpoint else {}
        needs = permission_to_join(slug, place.network.docker_id, options)
        may = permissions_of(self.request.user, self.kwargs["engine_slug"])
        return why_not_kept(
            self.kwargs["engine_slug"],
            place.network,
            place.container,
            place.endpoint,
            takes_chosen=place.takes_chosen,
            is_left_off=place.left is not None,
            may_give_options=needs is Permission.CONNECT or needs in may,
        )

    def _show(self, request: HttpRequest, place: _Place, form: KeepForm | None = None, *, status: int = 200) -> HttpResponse:
        engine, may_act = open_page(request, self.kwargs["engine_slug"], takes_away=True)
        form = form or _form(place)
        why_not = self._why_not(place)
        context: dict[str, Any] = {
            "engine": engine,
            "docker_id": place.network.docker_id,
            "hue": place.network.hue,
            "network_name": place.network.name,
            "container_name": place.container.name,
            "container_url": reverse("container_detail", args=[engine.slug, place.container.docker_id]),
            "endpoint": place.endpoint,
            "mark": place.mark,
            "affected": place.affected,
            "left": place.left,
            "form": form,
            "unseen": [say_breakage(each) for each in form.unseen],
            "why_not": why_not,
            "takes_chosen": place.takes_chosen,
            "is_mac_lost": place.is_mac_lost,
            "is_by_swarm": is_of_swarm(place.network.docker_id),
            "command": "" if why_not else _command(place, form),
            "key": self._key() or secrets.token_urlsafe(24),
            "may_act": may_act,
        }
        return render(request, "networks/keep.html", context, status=status)


def _form(place: _Place, data: Any = None) -> KeepForm:
    offers = offers_of(place.endpoint, place.mark, place.network) if place.endpoint else ()
    return KeepForm(data, offers=offers, breakages=breakages_of([place.found] if place.found else []))


def _command(place: _Place, form: KeepForm) -> str:
    """Return the docker commands of what is chosen."""
    names = {"network_name": place.network.name, "container_name": place.container.name}
    if place.endpoint is not None and form.chosen is not None:
        steps = keep_steps(spec_of_row(place.endpoint), form.chosen.address, **names)
    else:
        steps = [place.left] if place.left else []
    return "\n".join(step.command for step in steps)
