"""People, for superusers: who there is, new ones, and what is done with one of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views import View

from networks.actions.actors import Actor
from networks.actions.people import (
    PersonResult,
    create_person,
    invite_person,
    log_out_everywhere,
    reset_two_factor,
    set_active,
)
from networks.actions.recording import ActionResult
from networks.forms.people import PersonForm
from networks.models import Role
from networks.policy.login.store import row_key_of
from networks.queries.people.accounts import list_people, read_person
from networks.views.accounts.sessions import session_rows
from networks.views.acting import actor_of


class PersonList(View):
    """Everybody who has an account."""

    def get(self, request: HttpRequest) -> HttpResponse:
        sign_on = settings.NETADMIN_SIGN_ON
        return render(request, "people/list.html", {"people": list_people(), "sign_on_name": sign_on.name if sign_on else ""})


class PersonCreate(View):
    """A new account; its link is shown once, in the answer."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "people/create.html", {"form": PersonForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PersonForm(request.POST)
        if not form.is_valid():
            return render(request, "people/create.html", {"form": form}, status=422)
        made = create_person(actor_of(request), form.cleaned_data["username"])
        if not made.result.is_ok:
            form.add_error(None, made.result.sentence)
            return render(request, "people/create.html", {"form": form}, status=409)
        return _show_link(request, made)


class PersonDetail(View):
    """One person: roles, ways in, sessions."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return show_person(request, pk)


def show_person(request: HttpRequest, pk: int, refused: ActionResult | None = None) -> HttpResponse:
    """Show one person, with what was refused just now. Raises Http404."""
    person = read_person(pk)
    if person is None:
        raise Http404(pk)
    context = {
        "person": person,
        "sessions": session_rows(pk, row_key_of(request.session.session_key)),
        "is_self": pk == request.user.pk,
        "roles": Role.choices,
        "refused": refused.sentence if refused else "",
    }
    return render(request, "people/detail.html", context, status=409 if refused else 200)


# By the address's name, without its noun: what is done with a person, and the words that say that it was.
PERSON_CHANGES: dict[str, tuple[Callable[[Actor, User], ActionResult], Promise]] = {
    "deactivate": (partial(set_active, is_active=False), _("%(name)s is switched off and logged out everywhere.")),
    "reactivate": (partial(set_active, is_active=True), _("%(name)s is switched on again.")),
    "end_sessions": (log_out_everywhere, _("%(name)s is logged out everywhere.")),
    "reset_two_factor": (reset_two_factor, _("%(name)s logs in by the password alone now.")),
}


class PersonChange(View):
    """One thing done with a person, by POST; what is refused is said on their page."""

    name = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(get_user_model(), pk=pk)
        change, words = PERSON_CHANGES[self.name]
        result = change(actor_of(request), person)
        if not result.is_ok:
            return show_person(request, pk, result)
        messages.success(request, str(words) % {"name": person.get_username()})
        return redirect("person_detail", pk)


class PersonInvite(View):
    """A new link to choose a password by; shown once, in the answer."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        made = invite_person(actor_of(request), get_object_or_404(get_user_model(), pk=pk))
        return _show_link(request, made) if made.result.is_ok else show_person(request, pk, made.result)


def _show_link(request: HttpRequest, made: PersonResult) -> HttpResponse:
    # The token stands behind a #: browsers never send that, so it is in no log.
    link = f"{request.scheme}://{request.get_host()}{reverse('invitation')}#{made.token}"
    return render(request, "people/link.html", {"person": made.person, "link": link})
