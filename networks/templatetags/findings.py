"""`{% load findings %}`: what a form has to say beside one of its fields."""

from __future__ import annotations

from django import template
from django.forms import BoundField

from networks.preflight.findings import FindingsForm, Verdict

register = template.Library()


@register.filter
def findings(field: BoundField) -> list[Verdict]:
    """Return the field's findings, bad ones first; what is fine is left to the pre-flight."""
    return field.form.findings_of(field.name) if isinstance(field.form, FindingsForm) else []


@register.filter
def other_errors(field: BoundField) -> list[str]:
    """Return the field's errors that no finding says: what the Engine refused, or Django's own."""
    said = {verdict.title for verdict in findings(field)}
    return [str(error) for error in field.errors if str(error) not in said]
