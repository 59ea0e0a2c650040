"""Move a container that is on none, or that asks for a network which is gone, onto a network: one job of two steps."""

from __future__ import annotations

import re
import secrets

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from networks.actions.jobs.moving import move_steps
from networks.actions.jobs.starting import JobRequest, start_job
from networks.forms.containers.moving import MoveForm
from networks.partials.lifecycle.modes import lost_network_commands
from networks.policy.permissions import Permission, permissions_of
from networks.policy.protection import permission_to_join, protection_of
from networks.queries.addresses.room import Room
from networks.queries.choices import network_choices
from networks.queries.details import ContainerDetailRow, read_container_detail
from networks.queries.engine_context import ContainerChoice, NetworkChoice
from networks.queries.engines import read_engine
from networks.queries.jobs import find_job
from networks.queries.lifecycle.orders import MOVE
from networks.views.acting import actor_of, open_page, spell_choices

_KEY = re.compile(r"[A-Za-z0-9_-]{20,40}")


class ContainerMove(View):
    """Off none, or off what is left of a network, and onto one that is there."""

    def get(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponseBase:
        return self._show(request, self._detail())

    def post(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponseBase:
        if known := find_job(request.user.pk or 0, self._key()):  # the same form, sent twice
            return redirect("job_detail", known.pk)
        engine, may_act = open_page(request, engine_slug)
        detail = self._detail()
        networks = network_choices(engine_slug)
        leaving = _leaving(detail, networks)
        form = MoveForm(
            request.POST,
            networks=networks,
            container=_choice(detail),
            room=Room(read_engine(engine_slug)),
            protection=protection_of(engine_slug),
            may_shape=Permission.SHAPE in permissions_of(request.user, engine_slug),
        )
        if leaving is None or not may_act or not self._key() or self._lock():
            return self._show(request, detail, status=409)
        if not form.is_valid():
            return self._show(request, detail, form, status=422)
        permission = permission_to_join(engine_slug, form.chosen.docker_id)
        wish = JobRequest(self._key(), MOVE, detail.row.name, permission)
        job = start_job(actor_of(request), engine, wish, move_steps(_choice(detail), leaving, form.chosen))
        return redirect("job_detail", job.pk)

    def _detail(self) -> ContainerDetailRow:
        detail = read_container_detail(self.kwargs["engine_slug"], self.kwargs["docker_id"])
        if detail is None:
            raise Http404(self.kwargs["docker_id"])
        return detail

    def _key(self) -> str:
        key = self.request.POST.get("key", "")
        return key if _KEY.fullmatch(key) else ""

    def _lock(self) -> str:
        lock = protection_of(self.kwargs["engine_slug"]).containers.get(self.kwargs["docker_id"])
        return lock.sentence if lock else ""

    def _show(
        self, request: HttpRequest, detail: ContainerDetailRow, form: MoveForm | None = None, *, status: int = 200
    ) -> HttpResponse:
        slug = self.kwargs["engine_slug"]
        engine, may_act = open_page(request, slug)
        networks = network_choices(slug)
        leaving, lost = _leaving(detail, networks), _lost(detail)
        given = {"network_id": _id_of(lost, networks)}
        form = form or MoveForm(networks=networks, container=_choice(detail), room=Room(None), initial=given)
        spell_choices(form, "network_id")
        context = {
            "engine": engine,
            "docker_id": detail.row.docker_id,
            "name": detail.row.name,
            "is_on_none": leaving is not None and leaving.driver == "null",
            "leaving": leaving,
            "lost": lost,
            "commands": lost_network_commands(lost, detail.row.name, detail.row.docker_id) if lost else (),
            "lock": self._lock(),
            "form": form,
            "key": self._key() or secrets.token_urlsafe(24),
            "may_act": may_act,
        }
        return render(request, "lifecycle/move.html", context, status=status)


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
