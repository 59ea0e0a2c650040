"""The form that makes the first admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _


class SetupForm(forms.Form):
    """The console's token, a name, and a password twice."""

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
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean_username(self) -> str:
        """Hold the name to the same rules as the admin site does."""
        username: str = self.cleaned_data["username"]
        field = get_user_model()._meta.get_field("username")
        field.run_validators(username)
        return username

    def clean(self) -> dict[str, Any]:
        """Compare the two passwords, then judge the first."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        password = cleaned.get("password1")
        if password and cleaned.get("password2") and password != cleaned["password2"]:
            self.add_error("password2", _("The two passwords don't match."))
        elif password:
            try:
                validate_password(password, get_user_model()(username=cleaned.get("username", "")))
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return cleaned
