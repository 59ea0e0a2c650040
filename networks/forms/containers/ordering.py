"""The form of an order to a container: what it touches was shown, the name is typed where it can't be undone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from networks.addressing.findings import bad
from networks.engine.specs import CONTAINER_NAME, MOST_STOP_WAIT_S, STOP_WAIT_S
from networks.forms.confirming import ConfirmForm, say_breakage
from networks.queries.lifecycle.consequence_tokens import Breakage

# What can't be undone: the name is typed.
TYPED = frozenset({"kill_container", "remove_container"})
MOST_OF_NAME = 60
WAITING = frozenset({"stop_container", "restart_container"})


class OrderForm(ConfirmForm):
    """An order. `verb`: the action's name; `name`: the container's; `wait_s`: its own time to end. Fields that the order
    hasn't are left out.

    A form without the hidden field `shown` is a button's: it names nothing that was seen, and confirms nothing.
    """

    wait_s = forms.IntegerField(
        label=_("Seconds before it is killed"),
        min_value=0,
        max_value=MOST_STOP_WAIT_S,
        required=False,
        help_text=_("It is asked to stop first. If it is still running then, it is killed."),
    )
    new_name = forms.CharField(
        label=_("New name"),
        required=False,
        max_length=255,
        help_text=_("Letters, digits, _ . and -, two or more; a letter or a digit first."),
    )

    def __init__(
        self, *args: Any, verb: str, name: str, wait_s: int = STOP_WAIT_S, breakages: Sequence[Breakage] = (), **options: Any
    ) -> None:
        super().__init__(*args, breakages=breakages, **options)
        self._name, self._wait_s = name, wait_s
        if verb not in WAITING:
            del self.fields["wait_s"]
        if verb != "rename_container":
            del self.fields["new_name"]

    @property
    def further(self) -> dict[str, Any]:
        """What the action takes beside the container, once the form is cleaned."""
        named = {name: self.cleaned_data.get(name) for name in ("wait_s", "new_name") if name in self.fields}
        return {name: self._wait_s if value is None else value for name, value in named.items()}

    def clean(self) -> dict[str, Any]:
        """Look at the new name."""
        if "new_name" in self.fields:
            typed = str(self.cleaned_data.get("new_name", ""))
            if not re.fullmatch(CONTAINER_NAME, typed):
                message = gettext_noop("A name has at least two letters, digits, _ . or -, and begins with a letter or a digit.")
                self.add_finding(bad("new_name", "container_name_wrong", message))
            elif typed == self._name:
                self.add_finding(bad("new_name", "container_name_same", gettext_noop("It is called that already.")))
        return super().clean()


def say_touched(breakage: Breakage) -> str:
    """Return what an order would break, as a sentence."""
    return say_breakage(breakage, most_of_name=MOST_OF_NAME)
