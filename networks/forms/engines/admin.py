"""The admin site's form of an Engine: its address is held to the same rules as the page's, which alone takes credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.forms.engines.engine import EngineForm
from networks.models import Engine
from networks.models.access import EngineDraft

if TYPE_CHECKING:
    EngineModelForm = forms.ModelForm[Engine]
else:
    EngineModelForm = forms.ModelForm

_TYPED = ("slug", "name", "url", "netns")


class EngineAdminForm(EngineModelForm):
    """An Engine in the admin site. `draft`: what is to be kept of its credentials, None where its URL can't be changed here."""

    class Meta:
        help_texts = {"url": _("Credentials are typed on the Engine's own page.")}

    draft: EngineDraft | None = None

    def clean(self) -> dict[str, Any]:
        """Have the page's form judge what was typed, with the credentials that are kept."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "url" not in self.fields or self.errors:
            return cleaned
        engine = self.instance if self.instance.pk else None
        typed = {name: cleaned.get(name, "") for name in _TYPED}
        page = EngineForm(typed | {"registries": "\n".join(map(str, self.instance.registries))}, engine=engine)
        page.is_valid()
        for name, faults in page.errors.as_data().items():
            self.add_error(name if name in self.fields else "url", faults)
        self.draft = page.draft
        return cleaned
