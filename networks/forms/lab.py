"""The form of the sample lab: what stands before each of its names."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.engine.allow_list import MOST_OF_PREFIX, is_name_prefix
from networks.forms.fields import QUIET


class LabForm(forms.Form):
    """A prefix, empty for the lesson's own names."""

    name_prefix = forms.CharField(
        label=_("Prefix of its names"),
        help_text=_("empty: the names above; lab-: lab-mybridge and so on"),
        max_length=MOST_OF_PREFIX,
        required=False,
        widget=forms.TextInput(QUIET),
    )

    def clean_name_prefix(self) -> str:
        """Hold it to what a name of Docker's may begin with."""
        prefix: str = self.cleaned_data["name_prefix"]
        if not is_name_prefix(prefix):
            raise forms.ValidationError(_("A prefix begins with a letter or a digit; after that also _ . and - are taken."))
        return prefix
