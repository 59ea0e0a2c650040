"""How people log in: by username, on accounts that an admin made, invited to a password, with as many guesses as are fair."""

from __future__ import annotations

import unicodedata
from functools import partial
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from networks.policy.login.browsers import is_in_use_at
from networks.policy.login.sign_on_session import has_proved_there, has_signed_on
from networks.policy.login.throttle import Guess, TooManyGuesses, browser_mark, count_guess, mark_browser
from networks.policy.permissions import Person, is_superuser
from networks.policy.sign_on_rules import SignOn


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Closes sign-up, which allauth opens by default, and counts guesses by our own rules."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "Too many wrong attempts for this name. Try again in a few minutes; a browser that has logged in before "
            "isn't blocked by the attempts of others."
        ),
        "local_login_closed": _("Only superusers log in by a password here. Everybody else logs in by the button above."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no, always."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the guess before the password is looked at."""
        self._guess = begin_guess(request, account_of(credentials.get("username", "")))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Take the guess back when the password was right; where sign-on is for all but superusers, only theirs lets in."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            self._guess.take_back()
            wanted: SignOn | None = settings.NETADMIN_SIGN_ON
            if wanted and wanted.is_local_for_superusers_only and not is_superuser(user):
                told = {"username": user.get_username(), "step": "local"}
                user_login_failed.send(sender=__name__, credentials=told, request=request)
                raise self.validation_error("local_login_closed")
        return user

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **hook: Any) -> HttpResponse:
        """Let this browser be known to the account from now on."""
        response: HttpResponse = super().post_login(request, user, **hook)
        mark_browser(request, response, account_of(user.get_username()))
        return response

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Lead to the log-in, and whoever came by sign-on to the page that says where they are logged in still."""
        if settings.NETADMIN_SIGN_ON and request.user.is_authenticated and has_signed_on(request.session, request.user):
            return reverse("sign_on_ended")
        return str(super().get_logout_redirect_url(request))

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        """Ask for the password alone: whoever holds an unlocked phone shall not take it away from the account."""
        return [method for method in super().get_reauthentication_methods(user) if method["id"] == "reauthenticate"]


def account_of(username: str) -> str:
    """Return one name for all spellings under which an account may be guessed at."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def begin_guess(request: HttpRequest, account: str, *, step: str = "") -> Guess:
    """Count a guess at an account, or at a further `step` of its login. Raises what allauth shows when there were too many."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        return count_guess(
            f"{step}:{account}" if step else account,
            address=address,
            browser=browser_mark(request, account),
            is_known_place=partial(is_in_use_at, account, address),
        )
    except TooManyGuesses as many:
        if many.is_whole_place:
            raise ImmediateHttpResponse(respond_429(request)) from many
        raise AccountAdapter(request).validation_error("too_many_login_attempts") from many


def has_typed_password(person: Person, session: Any) -> bool:
    """Tell whether this login has proved itself again within ACCOUNT_REAUTHENTICATION_TIMEOUT; logging in itself doesn't count.

    Who has no password but signs on proves it at the provider; who has neither can't. `session`: of a request or of a socket;
    allauth wants a request around it.
    """
    if isinstance(person, AnonymousUser):
        return False
    request = HttpRequest()
    request.user = person  # type: ignore[assignment]
    request.session = session
    if not person.has_usable_password():
        return has_proved_there(request, person)
    return not is_reauthentication_required(request, app="account")


def has_password(person: Person) -> bool:
    """Tell whether somebody has a password to be asked for."""
    return not isinstance(person, AnonymousUser) and person.has_usable_password()


class _Invitations(PasswordResetTokenGenerator):
    """Django's own tokens under another salt: an HMAC over the password's hash and the last login, so the first use is the last.

    They last PASSWORD_RESET_TIMEOUT. Nothing is stored.
    """

    key_salt = "netadmin.invitation"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}"


_tokens = _Invitations()


def make_invitation(person: User) -> str:
    """Return a token that lets whoever holds it set this person's password, once."""
    return f"{urlsafe_base64_encode(force_bytes(person.pk))}.{_tokens.make_token(person)}"


def read_invitation(text: str) -> User | None:
    """Return whom a token is for; None when it is used, too old, forged, or the person is switched off."""
    name, _dot, token = text.strip().partition(".")
    try:
        key = int(urlsafe_base64_decode(name).decode())
    except (ValueError, OverflowError):
        return None
    person = get_user_model()._default_manager.filter(pk=key, is_active=True).first()
    return person if person is not None and _tokens.check_token(person, token) else None
