"""Fields of our forms: text, of which what no Engine can be sent is refused in words, and the choice of one half of a pair."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _

_SURROGATE = re.compile("[\ud800-\udfff]")


class TypedField(forms.CharField):
    """Text without NUL (Django's own check) and without lone surrogates, which no encoding can carry."""

    def validate(self, value: Any) -> None:
        """Refuse what can't be sent."""
        super().validate(value)
        if _SURROGATE.search(str(value)):
            raise ValidationError(_("This holds half a character (a lone surrogate), which can't be sent."), code="surrogate")


class HalfSelect(forms.Select):
    """Shows all that there is and lets choose what is possible: the rest is greyed, but for what was sent.

    `list_choices`: as Django's widgets have them. `is_possible`: from a value to whether Docker could take it.
    """

    def __init__(self, list_choices: Callable[[], Any], is_possible: Callable[[str], bool]) -> None:
        super().__init__(choices=CallableChoiceIterator(list_choices))
        self._is_possible = is_possible

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        """Return the option, off where it can't be."""
        option = super().create_option(name, value, *args, **options)
        if value and not option["selected"] and not self._is_possible(str(value)):
            option["attrs"]["disabled"] = True
        return option
