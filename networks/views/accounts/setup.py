"""Where a token leads: to the page that makes the first admin, and is gone afterwards; and to an invitation's."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from networks.actions.actors import SETUP, Actor, acting
from networks.actions.people import accept_invitation
from networks.forms.people import InvitationForm, SetupForm
from networks.policy.accounts import account_of, read_invitation
from networks.policy.first_admin import SetupFault, SetupRefused, claim_setup, ensure_setup_token, needs_setup
from networks.policy.login.throttle import mark_browser

_WORDS: dict[SetupFault, str] = {
    SetupFault.WRONG: gettext_noop("That isn't the token. It is shown in the console where Netadmin was started."),
    SetupFault.EXPIRED: gettext_noop("This token is older than an hour. A new one is in the console now."),
    SetupFault.TOO_MANY: gettext_noop("There were too many wrong attempts from your address. Try again in a minute."),
}


@sensitive_post_parameters("token", "password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Show the form, and make the admin of whoever holds the token."""
    if not needs_setup():
        return redirect(settings.LOGIN_URL)
    ensure_setup_token()
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            typed = form.cleaned_data
            address = str(request.META.get("REMOTE_ADDR", ""))
            with acting(lambda: Actor(SETUP, None, address)):
                user = claim_setup(typed["token"], typed["username"], typed["password1"], address)
        except SetupRefused as refused:
            if refused.fault is SetupFault.DONE:
                return redirect(settings.LOGIN_URL)
            form.add_error("token", _(_WORDS[refused.fault]))
        else:
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            response = redirect(settings.LOGIN_REDIRECT_URL)
            mark_browser(request, response, account_of(user.get_username()))
            return response
    return render(request, "setup.html", {"form": form}, status=422 if form.errors else 200)


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
