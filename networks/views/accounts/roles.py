"""Roles on one Engine, for its admins and for superusers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from networks.actions.people import set_role, set_terminal, switch_terminals
from networks.actions.recording import ActionResult
from networks.forms.people import RoleForm, TerminalGrantForm
from networks.models import Engine, Role
from networks.policy.permissions import is_superuser
from networks.queries.people.accounts import list_roles, list_superusers
from networks.views.accounts.people import show_person
from networks.views.acting import actor_of
from networks.views.generic import EnginePage


class EnginePeople(EnginePage[RoleForm]):
    """Who may do what on an Engine."""

    template_name = "people/engine.html"
    refused = ""

    def make_context(self, engine: Engine, form: RoleForm | None, result: ActionResult | None) -> dict[str, Any]:
        grants = list_roles(engine)
        return {
            "grants": [grant for grant in grants if grant.role],
            "superusers": list_superusers(),
            "form": form or RoleForm(initial={"role": Role.VIEWER}),
            "roles": Role.choices,
            "refused": result.sentence if result else self.refused,
            "can_open_people": is_superuser(self.request.user),
            "terminal_of": {grant.user_id for grant in grants if grant.has_terminal},
        }


class _PeopleChange(EnginePeople):
    """Changes it, by POST; what is refused is said on the page."""

    http_method_names = ["post", "options"]

    def engine(self) -> Engine:
        return get_object_or_404(Engine, slug=self.slug)

    def say(self, result: ActionResult, words: str, **names: str) -> HttpResponseBase:
        """Say that it was done, or why it wasn't."""
        if not result.is_ok:
            return self.show(result=result, status=409)
        messages.success(self.request, words % names)
        return redirect("engine_people", self.slug)


class EngineGrant(_PeopleChange):
    """Give a role, or take it away; from this Engine's page or a person's."""

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        form = RoleForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        person, role = form.cleaned_data["username"], form.cleaned_data["role"]
        result = set_role(actor_of(request), self.engine(), person, role)
        is_from_person = request.POST.get("from") == "person" and is_superuser(request.user)
        if not result.is_ok:
            return show_person(request, person.pk, result) if is_from_person else self.show(form, result=result, status=409)
        words = _("%(name)s has the role %(role)s now.") if role else _("%(name)s has no role here any more.")
        messages.success(request, words % {"name": person.get_username(), "role": Role(role).label if role else ""})
        return redirect("person_detail", person.pk) if is_from_person else redirect("engine_people", engine_slug)


class EngineGrantTerminal(_PeopleChange):
    """Let somebody open terminals on this Engine, or no more."""

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        form, is_given = TerminalGrantForm(request.POST), request.POST.get("terminal") == "on"
        if not form.is_valid():
            self.refused = " ".join(str(error) for errors in form.errors.values() for error in errors)
            return self.show(status=422)
        person = form.cleaned_data["username"]
        result = set_terminal(actor_of(request), self.engine(), person, is_given=is_given)
        words = _("%(name)s can open terminals here now.") if is_given else _("%(name)s can no longer open terminals here.")
        return self.say(result, words, name=person.get_username())


class EngineTerminals(_PeopleChange):
    """Switch terminals on for an Engine, or off."""

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponseBase:
        is_on = request.POST.get("terminals") == "on"
        result = switch_terminals(actor_of(request), self.engine(), is_on=is_on)
        words = _("Terminals are on: people who were given one can open it.")
        return self.say(result, words if is_on else _("Terminals are off, and open ones were closed."))
