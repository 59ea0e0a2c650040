"""Move a container that is on none, or that asks for a network which is gone, onto a network: one job of two steps."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase

from networks.actions.jobs.moving import move_steps
from networks.actions.recording import ActionResult
from networks.forms.containers.moving import MoveForm
from networks.models import Engine
from networks.partials.lifecycle.modes import lost_network_commands
from networks.policy.permissions import Permission
from networks.policy.protection import permission_to_join, protection_of
from networks.queries.addresses.room import Room
from networks.queries.choices import network_choices
from networks.queries.details import ContainerDetailRow, read_container_detail
from networks.queries.engine_context import ContainerChoice, NetworkChoice
from networks.queries.engines import read_engine
from networks.queries.lifecycle.orders import MOVE
from networks.views.acting import spell_choices
from networks.views.generic import JobPage


class ContainerMove(JobPage[MoveForm]):
    """Off none, or off what is left of a network, and onto one that is there."""

    template_name = "lifecycle/move.html"

    def submit(self) -> HttpResponseBase:
        _engine, may_act = self.open()
        detail = self._detail()
        networks = network_choices(self.slug)
        leaving = _leaving(detail, networks)
        form = MoveForm(
            self.request.POST,
            networks=networks,
            container=_choice(detail),
            room=Room(read_engine(self.slug)),
            protection=protection_of(self.slug),
            may_shape=self.has(Permission.SHAPE),
        )
        if leaving is None or not may_act or not self.key or self._lock():
            return self.show(status=409)
        if not form.is_valid():
            return self.show(form, status=422)
        permission = permission_to_join(self.slug, form.chosen.docker_id)
        return self.start(MOVE, detail.row.name, permission, move_steps(_choice(detail), leaving, form.chosen))

    def _detail(self) -> ContainerDetailRow:
        detail = read_container_detail(self.slug, self.kwargs["docker_id"])
        if detail is None:
            raise Http404(self.kwargs["docker_id"])
        return detail

    def _lock(self) -> str:
        lock = protection_of(self.slug).containers.get(self.kwargs["docker_id"])
        return lock.sentence if lock else ""

    def make_context(self, engine: Engine, form: MoveForm | None, result: ActionResult | None) -> dict[str, Any]:
        detail, networks = self._detail(), network_choices(self.slug)
        leaving, lost = _leaving(detail, networks), _lost(detail)
        given = {"network_id": _id_of(lost, networks)}
        form = form or MoveForm(networks=networks, container=_choice(detail), room=Room(None), initial=given)
        spell_choices(form, "network_id")
        return {
            "docker_id": detail.row.docker_id,
            "name": detail.row.name,
            "is_on_none": leaving is not None and leaving.driver == "null",
            "leaving": leaving,
            "lost": lost,
            "commands": lost_network_commands(lost, detail.row.name, detail.row.docker_id) if lost else (),
            "lock": self._lock(),
            "form": form,
            "key": self.next_key(),
        }


def _choice(detail: ContainerDetailRow) -> ContainerChoice:
    return ContainerChoice(detail.row.docker_id, detail.row.name, detail.row.state, detail.row.network_mode)


def _leaving(detail: ContainerDetailRow, networks: tuple[NetworkChoice, ...]) -> NetworkChoice | None:
    """Return what the container is taken off: none, or a network that has the name of the one that is gone."""
    wanted = next((one.network_name for one in detail.endpoints if one.network_driver == "null"), "") or _lost(detail)
    return next((one for one in networks if wanted and one.name == wanted), None)


def _id_of(name: str, networks: tuple[NetworkChoice, ...]) -> str:
    return next((one.docker_id for one in networks if one.name == name), "")


def _lost(detail: ContainerDetailRow) -> str:
    return next((one.network_name for one in detail.endpoints if not one.network_id), "")
