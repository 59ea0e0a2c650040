"""The second step of a login: codes that are good once, and the names of passkeys."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code  # as allauth compares them
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_login_failed
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from networks.policy.accounts import account_of, begin_guess

# A code of the app fits for its own half minute and the one before and after it (MFA_TOTP_TOLERANCE).
_FITS_FOR_S = 90
_NAME_LENGTH = 60
_OF_A_CODE = {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"}


class PasskeyField(forms.JSONField):
    """What passkey.js puts together, hidden."""

    widget = forms.HiddenInput
    default_error_messages: ClassVar[dict[str, Any]] = {"required": _("The browser sent no passkey.")}

    def to_python(self, value: Any) -> Any:
        """Read JSON, which may be nested deeper than Python reads it."""
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise get_adapter().validation_error("incorrect_code") from error


class SecondStepForm(AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """Counts guesses as the password's are counted, and takes no code twice."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("From your authenticator app, or a recovery code."),
        max_length=40,
        widget=forms.TextInput(attrs={**_OF_A_CODE, "autofocus": True}),
    )

    def clean_code(self) -> str:
        """Look at the code, unless there were too many wrong ones."""
        guess = begin_guess(context.request, account_of(self.user.get_username()), step="code")
        with _telling_of_wrong_ones(self.user):
            code: str = super().clean_code()
        if not cache.add(f"code-used:{self.user.pk}:{normalize_user_code(code)}", 1, _FITS_FOR_S):
            raise forms.ValidationError(_("This code has been used already. Wait for the next one."))
        guess.take_back()
        return code


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    """Proves that the app makes the same codes as we do."""

    code = forms.CharField(label=_("Code"), max_length=40, widget=forms.TextInput(attrs=_OF_A_CODE))


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, and what its owner calls it."""

    name = forms.CharField(label=_("Name"), max_length=_NAME_LENGTH, required=False)
    credential = PasskeyField()

    def clean(self) -> dict[str, Any]:
        """Look at the passkey; what is no passkey at all is said to be none."""
        with _saying_so_of_nonsense():
            return super().clean() or {}


class PasskeyStepForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey's signature."""

    credential = PasskeyField()

    def clean_credential(self) -> Authenticator:
        """Look at it; what is no signature at all is said to be none."""
        with _telling_of_wrong_ones(self.user), _saying_so_of_nonsense():
            return super().clean_credential()


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    """What a passkey is called."""

    name = forms.CharField(label=_("Name"), max_length=_NAME_LENGTH)


@contextmanager
def _telling_of_wrong_ones(user: AbstractBaseUser) -> Iterator[None]:
    """Say by Django's own signal that a login failed at its second step; what was typed is not said."""
    try:
        yield
    except forms.ValidationError:
        credentials = {"username": user.get_username(), "step": "second"}
        user_login_failed.send(sender=__name__, credentials=credentials, request=context.request)
        raise


@contextmanager
def _saying_so_of_nonsense() -> Iterator[None]:
    """Turn what fido2 2.2 raises for base64 or CBOR that is none into the form's error; allauth 65.21 lets some of it pass."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, EOFError, struct.error) as error:
        raise get_adapter().validation_error("incorrect_code") from error
