"""The form of a terminal: which shell or program, as whom."""

from __future__ import annotations

import re
import shlex

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.forms.fields import QUIET

OWN = "own"
SHELLS = ("/bin/sh", "/bin/bash", "/bin/ash")
_USER = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,62}(:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,62})?")
_MOST_WORDS = 40


class TerminalForm(forms.Form):
    """What to begin. Which shells an image has can't be known before one is asked for."""

    shell = forms.ChoiceField(
        label=_("Program"), choices=[*((shell, shell) for shell in SHELLS), (OWN, _("another…"))], initial=SHELLS[0]
    )
    command = forms.CharField(
        label=_("Another program"),
        help_text=_("Written as in a shell, but no shell interprets it."),
        max_length=1000,
        required=False,
        widget=forms.TextInput(attrs=QUIET),
    )
    user = forms.CharField(
        label=_("User"),
        help_text=_("A user of the image; empty: the container's default."),
        max_length=127,
        required=False,
        widget=forms.TextInput(attrs=QUIET),
    )

    def clean_user(self) -> str:
        """Hold the user to what Docker takes: a name or a number, and a group."""
        user: str = self.cleaned_data["user"]
        if user and not _USER.fullmatch(user):
            raise forms.ValidationError(_("A user is a name or a number, such as www-data or 1000:1000."))
        return user

    def clean(self) -> dict[str, object]:
        """Take the words apart."""
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        if cleaned.get("shell") == OWN and "command" in cleaned:
            self._check_words(str(cleaned["command"]))
        return cleaned

    def words(self) -> tuple[str, ...]:
        """Return the words of the program, once the form is valid."""
        if self.cleaned_data["shell"] != OWN:
            return (self.cleaned_data["shell"],)
        return tuple(shlex.split(self.cleaned_data["command"]))

    def _check_words(self, text: str) -> None:
        try:
            words = shlex.split(text)
        except ValueError:
            self.add_error("command", _("A quotation mark is missing."))
            return
        if not words or not words[0]:
            self.add_error("command", _("Which program?"))
        elif len(words) > _MOST_WORDS or "\0" in text:
            self.add_error("command", _("At most %(count)s words.") % {"count": _MOST_WORDS})
