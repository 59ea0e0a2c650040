"""The forms that confirm what can't be undone: what breaks was shown, the name is typed, and nothing more breaks by now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from networks.addressing.findings import bad
from networks.preflight.findings import FindingsForm
from networks.queries.lifecycle.consequence_tokens import Breakage

MOST_SHOWN = 1_000_000  # characters of tokens: more than 80,000 breakages


class ConfirmForm(FindingsForm):
    """A confirmation.

    `wanted`: what must be typed exactly, "" for nothing: the name of what is removed, or its short id where the name can't be
    typed. `breakages`: what would break now; `shown`: tokens of what the page showed. `unseen`: what came in between, once the
    form is cleaned; with any it is invalid and must be shown again.
    """

    typed_name = forms.CharField(label=_("Its name, to confirm"), required=False, strip=False, max_length=100_000)
    shown = forms.CharField(required=False, max_length=MOST_SHOWN, widget=forms.HiddenInput)

    def __init__(self, *args: Any, wanted: str = "", breakages: Sequence[Breakage] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.wanted = wanted
        self.breakages = breakages
        self.unseen: tuple[Breakage, ...] = ()

    @property
    def tokens(self) -> str:
        """What the page shows now, for its hidden field."""
        return ",".join(breakage.token for breakage in self.breakages)

    def clean(self) -> dict[str, Any]:
        """Compare the names, and what breaks now with what was shown."""
        if self.wanted and self.cleaned_data.get("typed_name") != self.wanted:
            self.add_finding(bad("typed_name", "typed_name_wrong", gettext_noop("Type it exactly as shown above.")))
        shown = frozenset(self.cleaned_data.get("shown", "").split(","))
        self.unseen = tuple(breakage for breakage in self.breakages if breakage.token not in shown)
        if self.unseen:
            self.add_finding(bad("shown", "breaks_more", gettext_noop("More would break now than this page showed.")))
        return self.cleaned_data


class DisconnectForm(ConfirmForm):
    """A disconnect. `is_forced`: the Engine drops the endpoint even if it can't undo it on the machine."""

    is_forced = forms.BooleanField(
        label=_("Force it (--force)"),
        required=False,
        help_text=_("Only if Docker refuses because the container, or its interface, is in a state that it can't undo."),
    )


def say_breakage(breakage: Breakage, *, most_of_name: int = 0) -> str:
    """Return what would break, as a sentence. `most_of_name`: characters of each name, 0 for all."""
    told = {"network": breakage.network, "container": breakage.container, "detail": breakage.detail}
    names = {
        word: text if not most_of_name or len(text) <= most_of_name else f"{text[:most_of_name]}…" for word, text in told.items()
    }
    return gettext(breakage.message) % names
