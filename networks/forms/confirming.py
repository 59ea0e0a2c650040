"""The forms that confirm what can't be undone: what breaks stands on the page, the name is typed where anything breaks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.addressing.findings import bad
from networks.forms.findings import FindingsForm


class ConfirmForm(FindingsForm):
    """A confirmation. `name`: what is removed; `is_name_wanted`: it must be typed exactly (rule S14)."""

    typed_name = forms.CharField(label=_("Its name, to confirm"), required=False, strip=False, max_length=100_000)

    def __init__(self, *args: Any, name: str, is_name_wanted: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.name = name
        self.is_name_wanted = is_name_wanted

    def clean(self) -> dict[str, Any]:
        """Compare the names."""
        if self.is_name_wanted and self.cleaned_data.get("typed_name") != self.name:
            self.add_finding(bad("typed_name", "typed_name_wrong"))
        return self.cleaned_data
