"""Forms about people: the first admin, a new account, a role, a password that somebody chooses by their link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from networks.forms.fields import QUIET
from networks.models import Role

# Django's own class can't be subscripted when it runs, and must be when it is checked.
if TYPE_CHECKING:
    AnyUserChangeForm = UserChangeForm[User]
else:
    AnyUserChangeForm = UserChangeForm


class PersonForm(forms.Form):
    """The name of a new account."""

    username = forms.CharField(
        label=_("Username"),
        help_text=_("Letters, digits and @ . + - _ only."),
        max_length=150,
        widget=forms.TextInput(QUIET),
    )

    def clean_username(self) -> str:
        """Hold the name to the same rules as the admin site does; two that differ in capitals only are refused."""
        username: str = self.cleaned_data["username"]
        get_user_model()._meta.get_field("username").run_validators(username)
        if get_user_model()._default_manager.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("This username is taken."))
        return username


class PersonAdminForm(AnyUserChangeForm):
    """Django's own of the admin site; it leaves at least one superuser who can log in, and oneself as one is."""

    asker: User  # set by the admin site

    def clean(self) -> dict[str, Any]:
        """Refuse what would lock everybody out."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        stays = bool(cleaned.get("is_active")) and bool(cleaned.get("is_superuser"))
        if self.instance.pk == self.asker.pk and not stays:
            raise forms.ValidationError(_("You can't switch off or demote your own account. Another superuser can."))
        if not stays and is_last_superuser(self.instance):
            raise forms.ValidationError(
                _("This is the last superuser. If it is switched off, nobody can switch the account on again.")
            )
        return cleaned


def is_last_superuser(person: User) -> bool:
    """Tell whether nobody else who can log in has every Engine, by what is stored."""
    superusers = get_user_model()._default_manager.filter(is_superuser=True, is_active=True)
    return superusers.filter(pk=person.pk).exists() and not superusers.exclude(pk=person.pk).exists()


class TerminalGrantForm(forms.Form):
    """Whose terminal is given or taken away."""

    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        widget=forms.TextInput(QUIET),
    )

    def clean_username(self) -> User:
        """Return whom the name means."""
        person = get_user_model()._default_manager.filter(username=self.cleaned_data["username"]).first()
        if person is None:
            raise forms.ValidationError(_("There is no such user. A superuser can create the account."))
        return person


class RoleForm(TerminalGrantForm):
    """Whom to give which role; the empty one takes it away."""

    role = forms.ChoiceField(label=_("Role"), choices=[("", _("no role")), *Role.choices], required=False)


_NEW = {"autocomplete": "new-password"}


class InvitationForm(forms.Form):
    """The token of a link, and a password twice."""

    token = forms.CharField(
        label=_("Token"),
        help_text=_("It is the part of the link after the #."),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    password1 = forms.CharField(label=_("Password"), strip=False, max_length=4096, widget=forms.PasswordInput(_NEW))
    password2 = forms.CharField(label=_("Password again"), strip=False, widget=forms.PasswordInput(_NEW))

    def clean(self) -> dict[str, Any]:
        """Compare the two passwords."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        password = cleaned.get("password1")
        if password and cleaned.get("password2") and password != cleaned["password2"]:
            self.add_error("password2", _("The two passwords don't match."))
        return cleaned

    def judge_password(self, person: User) -> bool:
        """Judge the password once it is known whose it shall be."""
        try:
            validate_password(self.cleaned_data["password1"], person)
        except forms.ValidationError as error:
            self.add_error("password1", error)
        return self.is_valid()


class SetupForm(InvitationForm):
    """The first admin: the console's token, a name, and a password twice."""

    token = forms.CharField(
        label=_("Token"),
        help_text=_("It is shown in the console where Netadmin was started. “manage.py setup_token” shows it again."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    username = forms.CharField(label=_("Username"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"}))
    password1 = forms.CharField(
        label=_("Password"),
        help_text=_("Ten characters or more; a sentence is fine."),
        strip=False,
        widget=forms.PasswordInput(_NEW),
    )

    field_order = ("token", "username", "password1", "password2")

    def clean_username(self) -> str:
        """Hold the name to the same rules as the admin site does."""
        username: str = self.cleaned_data["username"]
        get_user_model()._meta.get_field("username").run_validators(username)
        return username

    def clean(self) -> dict[str, Any]:
        """Compare the two passwords, then judge the first."""
        cleaned = super().clean()
        if cleaned.get("password1") and ("password2" not in self.errors or self.has_error("password2", "required")):
            self.judge_password(get_user_model()(username=cleaned.get("username", "")))
        return cleaned
