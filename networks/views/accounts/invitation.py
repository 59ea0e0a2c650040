"""Where an invitation leads: whoever holds it chooses the account's password."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from networks.actions.people import accept_invitation
from networks.forms.people import InvitationForm
from networks.policy.login.invitations import read_invitation


@method_decorator(sensitive_post_parameters("token", "password1", "password2"), name="dispatch")
class Invitation(View):
    """The form, and the new password. Nobody is logged in by it: the second step, where there is one, is still asked for."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "people/invitation.html", {"form": InvitationForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = InvitationForm(request.POST)
        if form.is_valid():
            token = form.cleaned_data["token"]
            person = read_invitation(token)
            if person is not None and form.judge_password(person):
                address = str(request.META.get("REMOTE_ADDR", ""))
                person = accept_invitation(token, form.cleaned_data["password1"], from_address=address)
                if person is not None:
                    messages.success(request, _("Your password is set. Log in with it."))
                    return redirect("account_login")
            if person is None:
                form.add_error("token", _("This link has been used, is too old, or is incomplete. Ask for a new one."))
        return render(request, "people/invitation.html", {"form": form}, status=422)
