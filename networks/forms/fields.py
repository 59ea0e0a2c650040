"""The text fields of our forms: what no Engine can be sent is refused in words."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_SURROGATE = re.compile("[\ud800-\udfff]")


class TypedField(forms.CharField):
    """Text without NUL (Django's own check) and without lone surrogates, which no encoding can carry."""

    def validate(self, value: Any) -> None:
        """Refuse what can't be sent."""
        super().validate(value)
        if _SURROGATE.search(str(value)):
            raise ValidationError(_("This holds half a character (a lone surrogate), which can't be sent."), code="surrogate")
