"""The pages of sign-on, and those of allauth that are others where there is one. Their addresses lie below /accounts/."""

from __future__ import annotations

import secrets
import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView, ReauthenticateView
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views import View

from networks.policy.accounts import has_password
from networks.policy.sign_on_rules import origin_of
from networks.views.accounts.sign_on_arrival import LOG_IN, PROVE, UNREACHABLE, refuse_sign_on
from networks.views.accounts.sign_on_provider import (
    PROVIDER_ID,
    ProviderTrouble,
    SignOnOAuth2Adapter,
    SignOnProvider,
    absolute,
    make_app,
    read_provider,
    wanted_sign_on,
)

# A stranger's session that waits for their way back: allauth takes nobody back later than after 600 s.
_WAITS_S = 900


class LogIn(LoginView):  # type: ignore[misc]  # allauth has no types
    """allauth's, with the way to the provider. A provider that is away is said to be."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return _let_forms_lead_there(response)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        wanted, trouble = wanted_sign_on(), ""
        try:
            read_provider()
        except ProviderTrouble as found:
            trouble = str(found)
        sign_on = {"name": wanted.name, "trouble": trouble, "is_local_for_few": wanted.is_local_for_superusers_only}
        context: dict[str, Any] = super().get_context_data(**more)
        return {**context, "sign_on": sign_on, "next_url": get_next_redirect_url(self.request) or ""}


class Reauthenticate(ReauthenticateView):  # type: ignore[misc]
    """allauth's, for those who have a password; others go on to the provider."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if has_password(request.user):
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
            return response
        return HttpResponseRedirect(f"{reverse('sign_on_again')}?{request.GET.urlencode()}")


class SignOnBegin(View):
    """Send the browser to the provider."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        return _send_off(request, LOG_IN, {})


class SignOnAgain(View):
    """Ask for the log-in at the provider once more, before something that matters."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"name": wanted_sign_on().name, "next_url": get_next_redirect_url(request) or ""}
        response = render(request, "account/sign_on_again.html", context)
        _let_forms_lead_there(response)
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        return _send_off(request, PROVE, {"prompt": "login", "max_age": "0"})


class SignOnEnded(View):
    """Logged out here; say that it isn't so at the provider, and lead to its log-out where it has one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted, url = wanted_sign_on(), ""
        try:
            end_session_url = read_provider().end_session_url
        except ProviderTrouble:
            end_session_url = ""
        if end_session_url:
            back = {"client_id": wanted.client_id, "post_logout_redirect_uri": absolute(request, reverse("account_login"))}
            url = f"{end_session_url}{'&' if '?' in end_session_url else '?'}{urlencode(back)}"
        return render(request, "account/sign_on_ended.html", {"name": wanted.name, "url": url})


class SignOnCallback(View):
    """Take whoever comes back from the provider."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        view = OAuth2CallbackView.adapter_view(SignOnOAuth2Adapter(request, PROVIDER_ID))
        try:
            answer: HttpResponseBase = view(request)
        except OAuth2Error:  # away since the browser was sent there; allauth catches what comes later
            return refuse_sign_on(request, UNREACHABLE % {"name": wanted_sign_on().name}, status=503)
        return answer


def _send_off(request: HttpRequest, purpose: str, more: dict[str, str]) -> HttpResponse:
    """Lead to the provider with a nonce of this browser's; `more`: further parameters (OpenID Connect Core, 3.1.2.1)."""
    nonce = secrets.token_urlsafe(24)
    if not request.user.is_authenticated:
        request.session.set_expiry(_WAITS_S)
    try:
        read_provider()
        response: HttpResponse = SignOnProvider(request, app=make_app()).redirect(
            request,
            AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
            data={"nonce": nonce, "purpose": purpose, "asked_at": time.time()},
            auth_params={"nonce": nonce, **more},
        )
    except (ProviderTrouble, OAuth2Error) as trouble:
        sentence = trouble.args[0] if isinstance(trouble, ProviderTrouble) else UNREACHABLE % {"name": wanted_sign_on().name}
        return refuse_sign_on(request, sentence, status=503)
    return response


def _let_forms_lead_there(response: HttpResponseBase) -> HttpResponseBase:
    """Let a form of this page lead to the provider: Chromium holds `form-action` against redirects as well."""
    try:
        origin = read_provider().origin
    except ProviderTrouble:  # back by the time that the button is pressed, maybe
        origin = origin_of(wanted_sign_on().issuer)
    response._csp_update = {"form-action": [origin]}  # type: ignore[attr-defined]  # as django-csp's decorator does
    return response


urlpatterns = [
    path("login/", LogIn.as_view(), name="account_login"),
    path("reauthenticate/", Reauthenticate.as_view(), name="account_reauthenticate"),
    path("sign-on/", SignOnBegin.as_view(), name="sign_on"),
    path("sign-on/callback/", SignOnCallback.as_view(), name="sign_on_callback"),
    path("sign-on/again/", SignOnAgain.as_view(), name="sign_on_again"),
    path("sign-on/ended/", SignOnEnded.as_view(), name="sign_on_ended"),
]
