"""Roles on one Engine, for its admins and for superusers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import View

from networks.actions.people import set_role, set_terminal, switch_terminals
from networks.forms.people import RoleForm, TerminalGrantForm
from networks.models import Engine, Role
from networks.policy.permissions import is_superuser
from networks.queries.people.accounts import list_roles, list_superusers
from networks.views.accounts.people import show_person
from networks.views.acting import actor_of, open_page


class EnginePeople(View):
    """Who may do what on an Engine."""

    def get(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        return _show(request, engine_slug, RoleForm(initial={"role": Role.VIEWER}))


class EngineGrant(View):
    """Give a role, or take it away; from this Engine's page or a person's."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        form = RoleForm(request.POST)
        if not form.is_valid():
            return _show(request, engine_slug, form, status=422)
        person, role = form.cleaned_data["username"], form.cleaned_data["role"]
        result = set_role(actor_of(request), get_object_or_404(Engine, slug=engine_slug), person, role)
        is_from_person = request.POST.get("from") == "person" and is_superuser(request.user)
        if not result.is_ok:
            if is_from_person:
                return show_person(request, person.pk, result)
            return _show(request, engine_slug, form, status=409, refused=result.sentence)
        words = _("%(name)s has the role %(role)s now.") if role else _("%(name)s has no role here any more.")
        messages.success(request, words % {"name": person.get_username(), "role": Role(role).label if role else ""})
        return redirect("person_detail", person.pk) if is_from_person else redirect("engine_people", engine_slug)


class EngineGrantTerminal(View):
    """Let somebody open terminals on this Engine, or no more."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        form, is_given = TerminalGrantForm(request.POST), request.POST.get("terminal") == "on"
        if not form.is_valid():
            sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
            return _show(request, engine_slug, RoleForm(initial={"role": Role.VIEWER}), status=422, refused=sentence)
        person = form.cleaned_data["username"]
        engine = get_object_or_404(Engine, slug=engine_slug)
        result = set_terminal(actor_of(request), engine, person, is_given=is_given)
        if not result.is_ok:
            empty = RoleForm(initial={"role": Role.VIEWER})
            return _show(request, engine_slug, empty, status=409, refused=result.sentence)
        words = _("%(name)s can open terminals here now.") if is_given else _("%(name)s can no longer open terminals here.")
        messages.success(request, words % {"name": person.get_username()})
        return redirect("engine_people", engine_slug)


class EngineTerminals(View):
    """Switch terminals on for an Engine, or off."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, engine_slug: str) -> HttpResponse:
        is_on = request.POST.get("terminals") == "on"
        result = switch_terminals(actor_of(request), get_object_or_404(Engine, slug=engine_slug), is_on=is_on)
        if not result.is_ok:
            empty = RoleForm(initial={"role": Role.VIEWER})
            return _show(request, engine_slug, empty, status=409, refused=result.sentence)
        words = (
            _("Terminals are on: people who were given one can open it.")
            if is_on
            else _("Terminals are off, and open ones were closed.")
        )
        messages.success(request, words)
        return redirect("engine_people", engine_slug)


def _show(request: HttpRequest, engine_slug: str, form: RoleForm, *, status: int = 200, refused: str = "") -> HttpResponse:
    engine, _is_live = open_page(request, engine_slug)
    grants = list_roles(engine)
    context = {
        "engine": engine,
        "grants": [grant for grant in grants if grant.role],
        "superusers": list_superusers(),
        "form": form,
        "roles": Role.choices,
        "refused": refused,
        "can_open_people": is_superuser(request.user),
        "terminal_of": {grant.user_id for grant in grants if grant.has_terminal},
    }
    return render(request, "people/engine.html", context, status=status)
