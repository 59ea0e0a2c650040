"""Keep the address that a container has, or had: what it takes, why Docker may refuse, and the job that does it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse

from networks.actions.jobs.keeping import keep_steps, take_step
from networks.actions.jobs.steps import spec_of
from networks.actions.recording import ActionResult
from networks.engine.allow_list import is_full_id
from networks.engine.facts import is_of_swarm
from networks.forms.confirming import say_breakage
from networks.forms.containers.keeping import KeepForm, offers_of
from networks.models import Engine, JobStep
from networks.partials.addresses.refusing import KeepRefusal, why_not_kept
from networks.policy.permissions import Permission
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
from networks.queries.lifecycle.consequence_tokens import breakages_of
from networks.queries.lifecycle.consequences import Affected, Consequences
from networks.queries.rows import EndpointRow
from networks.views.generic import JobPage, consequences_of_one


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


class NetworkKeep(JobPage[KeepForm]):
    """Keep the address of one endpoint; where a job left the container off its network, put it back."""

    template_name = "networks/keep.html"
    takes_away = True

    def submit(self) -> HttpResponseBase:
        _engine, may_act = self.open()
        if not self.key or not may_act or not self.read_anew():
            return self.show(status=409)
        place = self._place()
        form = _form(place, self.request.POST)
        if self._why_not(place):
            return self.show(status=409)
        if place.endpoint is not None and not form.is_valid():
            return self.show(form, status=422)
        names = {"network_name": place.network.name, "container_name": place.container.name}
        if place.endpoint is not None:
            was = spec_of_row(place.endpoint)
            steps = keep_steps(was, ip_address(form.cleaned_data["address"]), **names)
        elif place.left is not None:
            was = spec_of(place.left)
            steps = [take_step(was, ip_address(place.left.spec["kept"]), **names)]
        else:
            return self.show(status=409)
        permission = permission_to_join(self.slug, place.network.docker_id, was.driver_options)
        return self.start(KEEP, place.container.name, permission, steps)

    def _place(self) -> _Place:
        slug, docker_id, container_id = self.slug, self.kwargs["docker_id"], self.kwargs["container_id"]
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
        options = dict(place.endpoint.driver_options) if place.endpoint else {}
        needs = permission_to_join(self.slug, place.network.docker_id, options)
        return why_not_kept(
            self.slug,
            place.network,
            place.container,
            place.endpoint,
            takes_chosen=place.takes_chosen,
            is_left_off=place.left is not None,
            may_give_options=needs is Permission.CONNECT or self.has(needs),
        )

    def make_context(self, engine: Engine, form: KeepForm | None, result: ActionResult | None) -> dict[str, Any]:
        place = self._place()
        form = form or _form(place)
        why_not = self._why_not(place)
        return {
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
            "key": self.next_key(),
        }


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
