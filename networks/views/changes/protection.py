"""Lift what a label protects, or let it count again; superusers only, with the password typed once more."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from networks.actions.credentials import lift_protection, restore_protection
from networks.actions.recording import ActionResult
from networks.engine.allow_list import Noun
from networks.models import Engine
from networks.policy.permissions import is_superuser
from networks.policy.protection import Reason, protection_of, read_protection
from networks.queries.containers import read_container_row
from networks.queries.networks import read_network_row
from networks.queries.rows import EngineRow
from networks.views.acting import actor_of
from networks.views.generic import EnginePage


class ProtectionPage(EnginePage[None]):
    """What protects a network or a container, and the button that lifts it: that one alone, by its id."""

    template_name = "networks/protection.html"
    noun: Noun = "network"

    def post(self, request: HttpRequest, engine_slug: str, docker_id: str) -> HttpResponseBase:
        engine, actor, name = get_object_or_404(Engine, slug=engine_slug), actor_of(request), self._name()
        is_lifting = request.POST.get("do") != "restore"
        act = lift_protection if is_lifting else restore_protection
        result = act(actor, engine, docker_id, name=name)
        if not result.is_ok:
            return self.show(result=result, status=409)
        lifted, restored = _("The protection of %(name)s is lifted."), _("%(name)s is protected by its label again.")
        messages.success(request, (lifted if is_lifting else restored) % {"name": name[:60]})
        return redirect(f"{self.noun}_detail", engine_slug, docker_id)

    def _name(self) -> str:
        read = read_network_row if self.noun == "network" else read_container_row
        title = read(self.slug, self.kwargs["docker_id"])
        if title is None:
            raise Http404(self.kwargs["docker_id"])
        return title.name

    def make_context(self, engine: Engine, form: None, result: ActionResult | None) -> dict[str, Any]:
        docker_id, protection = self.kwargs["docker_id"], protection_of(self.slug)
        lock = protection.containers.get(docker_id) or protection.lock_on_removal(docker_id)
        return {
            "name": self._name(),
            "docker_id": docker_id,
            "detail": f"{self.noun}_detail",
            "lock": lock.sentence if lock else "",
            "is_labelled": lock is not None and lock.reason is Reason.LABEL,
            "is_lifted": docker_id in protection.lifted,
            "refused": result.sentence if result else "",
        }


class NetworkProtection(ProtectionPage):
    """Of a network."""


class ContainerProtection(ProtectionPage):
    """Of a container."""

    noun: Noun = "container"


def lifting_of(request: HttpRequest, engine: EngineRow, docker_id: str) -> str:
    """Return "lift" where this person can lift what a label protects here, "restore" where that was done, "" else."""
    if not is_superuser(request.user):
        return ""
    if docker_id in engine.unprotected:
        return "restore"
    protection = read_protection(engine)
    lock = protection.containers.get(docker_id) or protection.networks.get(docker_id)
    return "lift" if lock is not None and lock.reason is Reason.LABEL else ""
