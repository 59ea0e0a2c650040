"""Back from the provider: whoever comes is let in, has proved again that it is them, or is told why not."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import structlog
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY, resume_request
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.contrib.auth import get_user_model, logout
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from networks.actions.audit_signals import record_refused_sign_on
from networks.actions.sign_on import NotAdmitted, admit_signed_on
from networks.models import Grant
from networks.models.stored_sentences import Said, retell
from networks.models.stored_sentences import say as _
from networks.policy.login.claims import Claims, ClaimsFault, is_fresh, read_claims
from networks.policy.login.sign_on_session import mark_signed_on, note_proof
from networks.views.accounts.sign_on_provider import SignOnProvider, make_app, wanted_sign_on

log = structlog.get_logger(__name__)

LOG_IN, PROVE = "log in", "prove"  # why somebody was sent to the provider
# To people; %(name)s is the provider.
UNREACHABLE = _("%(name)s can't be reached now, so nobody was logged in.")
_STALE = _("This log-in was begun in another browser, too long ago, or has been used. Begin again.")
_CANCELLED = _("The log-in at %(name)s was cancelled.")
_UNBELIEVABLE = _("What %(name)s answered can't be believed, so nobody was logged in. The server's log says what was wrong.")
_REFUSED_THERE = _("%(name)s refused the log-in. The server's log has its words.")
_SOMEBODY_ELSE = _("You logged in at %(name)s as somebody else than you are here.")
_NOT_ANEW = _("%(name)s didn't ask you again, or doesn't say when it did (auth_time), so it proves nothing.")


class SignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """What allauth asks along the way. Who somebody is, it doesn't decide: nobody is found by a name or an address."""

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[SocialApp]:
        """Return the one provider, by the settings; none that stands in the database."""
        return [make_app()]

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> SignOnProvider:
        """Return it."""
        return SignOnProvider(request, app=make_app())

    def get_requests_session(self) -> Any:
        """Return allauth's, which follows no redirect: what is said to the provider, the secret among it, goes nowhere else."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Say no: accounts are made by `admit_signed_on`."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Take over before allauth looks for an account, or makes or connects one."""
        raise ImmediateHttpResponse(_arrive(request, sociallogin))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: SignOnProvider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Say why there was no log-in."""
        name, told = wanted_sign_on().name, request.GET.get("error", "")
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(refuse_sign_on(request, _CANCELLED % {"name": name}, is_recorded=False))
        if isinstance(exception, OSError):  # what requests raises is one
            log.warning("sign_on_provider_away", error=str(exception)[:300])
            raise ImmediateHttpResponse(refuse_sign_on(request, UNREACHABLE % {"name": name}, status=503))
        if exception is not None:
            log.warning("sign_on_unbelievable", reason=str(exception)[:300])
            raise ImmediateHttpResponse(refuse_sign_on(request, _UNBELIEVABLE % {"name": name}))
        if (extra_context or {}).get("state") is None:
            raise ImmediateHttpResponse(refuse_sign_on(request, _STALE, status=400, is_recorded=False))
        log.warning("sign_on_refused_there", error=told[:100], words=request.GET.get("error_description", "")[:300])
        raise ImmediateHttpResponse(refuse_sign_on(request, _REFUSED_THERE % {"name": name}))


def refuse_sign_on(
    request: HttpRequest, sentence: Said, *, status: int = 403, is_recorded: bool = True, user: Any = None
) -> HttpResponse:
    """Say why somebody isn't logged in, and write it down. `user`: whose account it is, where that is known."""
    if is_recorded:
        record_refused_sign_on(sentence, request, user)
    context = {"sentence": retell(sentence), "name": wanted_sign_on().name}
    return render(request, "account/sign_on_refused.html", context, status=status)


def _arrive(request: HttpRequest, login: SocialLogin) -> HttpResponse:
    wanted, held = wanted_sign_on(), login.account.extra_data
    sent = login.state.get("data") or {}
    try:
        claims = read_claims(
            held["id_token"], held["userinfo"], nonce=str(sent.get("nonce") or ""), groups_claim=wanted.groups_claim
        )
    except ClaimsFault as fault:
        log.warning("sign_on_unbelievable", reason=str(fault))
        return refuse_sign_on(request, _UNBELIEVABLE % {"name": wanted.name})
    is_proof = sent.get("purpose") == PROVE
    if is_proof and (words := _why_no_proof(request, claims, asked_at=float(sent.get("asked_at") or 0))):
        return refuse_sign_on(
            request, words % {"name": wanted.name}, user=request.user if request.user.is_authenticated else None
        )
    before = _rights_of(request.user) if is_proof else None
    try:
        person = admit_signed_on(claims, wanted, from_address=str(request.META.get("REMOTE_ADDR", "")))
    except NotAdmitted as no:
        if is_proof:  # their sessions have ended
            logout(request)
        return refuse_sign_on(request, no.sentence, user=no.person)
    url = login.get_redirect_url(request)
    if is_proof:
        # The groups were read anew: what waited was asked for with other rights, and nobody would look at it again.
        request.user = get_user_model()._default_manager.get(pk=person.pk)
        return _go_on(request, url) if _rights_of(request.user) == before else _begin_again(request)
    if request.user.is_authenticated:
        get_account_adapter(request).logout(request)
    mark_signed_on(request.session, person)
    response: HttpResponse = perform_login(request, person, redirect_url=url)
    return response


def _why_no_proof(request: HttpRequest, claims: Claims, *, asked_at: float) -> Said | None:
    """Return why this is no proof that whoever is logged in here still sits there; None where it is one."""
    identity = getattr(request.user, "sign_on", None) if request.user.is_authenticated else None
    if identity is None or (identity.issuer, identity.subject) != (claims.issuer, claims.subject):
        return _SOMEBODY_ELSE
    return None if is_fresh(claims, asked_at=asked_at) else _NOT_ANEW


def _rights_of(person: Any) -> tuple[object, ...]:
    """Return what somebody may now, read anew."""
    found = get_user_model()._default_manager.filter(pk=person.pk).values_list("is_active", "is_superuser", "is_staff").first()
    grants = Grant.objects.filter(user_id=person.pk).order_by("pk").values_list("engine_id", "role", "has_terminal")
    return found, tuple(grants)


def _begin_again(request: HttpRequest) -> HttpResponse:
    """Forget what waited, and open the overview."""
    if request.user.is_authenticated:
        note_proof(request, request.user)
    request.session.pop(STATE_SESSION_KEY, None)
    return redirect("overview")


def _go_on(request: HttpRequest, url: str | None) -> HttpResponse:
    """Do what waited for the proof, or open the page that did."""
    if request.user.is_authenticated:
        note_proof(request, request.user)
    # allauth looks for the page in the request; in this one it stands in what the browser was sent off with.
    request.GET = QueryDict(urlencode({"next": url or ""}))
    response: HttpResponse = resume_request(request) or redirect("overview")
    return response
