"""Driver options as form fields: made for an Engine's version, read back into `--opt` pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from networks.addressing.host import split_vlan
from networks.engine.docker_names import PARENTED
from networks.forms.fields import TypedField
from networks.preflight.known_options import MEMBERS_SINCE, OPTIONS, DriverOption, OptionKind, Since, options_of
from networks.preflight.option_checks import is_vlan
from networks.queries.engine_context import EngineContext

VLAN = "vlan"  # no option of its own: it is the end of the parent's name
SHOWN = "-shown"  # a hidden field beside a checkbox that is on by default: unchecked is then told from not on the page


class OnByDefault(forms.CheckboxInput):
    """A checkbox that counts as checked where it wasn't on the page: what isn't said stays as Docker has it."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Return False only for an unchecked box that was on the page."""
        return name in data or f"{name}{SHOWN}" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw the box with its hidden field."""
        box = super().render(name, value, attrs, renderer)
        return format_html('<input type="hidden" name="{}{}" value="1">{}', name, SHOWN, box)


class ChoiceSelect(forms.Select):
    """A select some of whose values this Engine doesn't know: those are disabled. `too_new`: value to the word that says so."""

    def __init__(self, *args: Any, too_new: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.too_new = too_new

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **options: Any) -> dict[str, Any]:
        """Disable what is too new, with the version that can."""
        made = super().create_option(name, value, label, *args, **options)
        if words := self.too_new.get(str(value)):
            made["attrs"]["disabled"] = True
            made["label"] = f"{label} ({words})"
        return made


def make_field(option: DriverOption, api_version: tuple[int, int]) -> forms.Field:
    """Return the field of an option; on an Engine that is too old for it, disabled with the version that can."""
    is_too_new = option.since.is_after(api_version)
    attrs: dict[str, Any] = {"disabled": True} if is_too_new else {}
    words = too_new_words(option.since) if is_too_new else option.help
    shared: dict[str, Any] = {"label": option.label, "help_text": words}
    if option.choices:
        choices = [("", _("Docker's default")), *((choice.value, choice.label) for choice in option.choices)]
        too_new = {c.value: too_new_words(c.since) for c in option.choices if c.since.is_after(api_version)}
        return TypedField(widget=ChoiceSelect(attrs, choices, too_new=too_new), max_length=255, **shared)
    if option.kind is OptionKind.TEXT:
        return TypedField(widget=forms.TextInput(attrs | {"placeholder": option.placeholder}), max_length=255, **shared)
    widget = OnByDefault(attrs) if option.kind is OptionKind.ON else forms.CheckboxInput(attrs)
    return forms.BooleanField(required=False, widget=widget, initial=option.kind is OptionKind.ON, **shared)


def too_new_words(since: Since) -> str:
    """Return "from Engine 28 on"."""
    return gettext("from Engine %(version)s") % {"version": since.engine}


def read_options(driver: str, cleaned: Mapping[str, Any]) -> dict[str, str]:
    """Return the `--opt` pairs that the fields ask for; what is Docker's default isn't in it."""
    asked = dict(_asked(options_of(driver), cleaned))
    parent, vlan = asked.get("parent", ""), str(cleaned.get(VLAN) or "")
    if driver in PARENTED and parent and is_vlan(vlan) and not split_vlan(parent)[1]:
        asked["parent"] = f"{parent}.{int(vlan)}"
    return asked


def make_vlan_field() -> forms.Field:
    """Return the field of a VLAN's number beside a parent."""
    widget = forms.TextInput({"placeholder": "10", "inputmode": "numeric"})
    words = _("1 to 4094: Docker creates the sub-interface; empty: the parent itself")
    return TypedField("VLAN", words, max_length=20, widget=widget)


def hidden_of_others(driver: str, data: QueryDict | Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return name and value of what was typed for other drivers: it is kept, should one go back to them."""
    names = [name for option in OPTIONS if driver not in option.drivers for name in (option.field, f"{option.field}{SHOWN}")]
    names += [] if driver in PARENTED else [VLAN]
    return [(name, str(data[name])) for name in names if data.get(name)]


def _asked(options: tuple[DriverOption, ...], cleaned: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for option in options:
        value = cleaned.get(option.field)
        if option.kind is OptionKind.ON and value is False:
            yield option.key, "false"
        elif option.kind is OptionKind.OFF and value:
            yield option.key, "true"
        elif option.kind is OptionKind.TEXT and value:
            yield option.key, str(value)


def set_choices(fields: Mapping[str, forms.Field], ground: EngineContext, typed_config: str) -> None:
    """Fill a network form's selects, and disable the members that the Engine is too old for, with the version that can."""
    configs = list(ground.config_networks)
    if typed_config and typed_config not in configs:
        configs.append(typed_config)  # what was typed stays
    fields["config_from"].widget = forms.Select(choices=[("", _("none")), *((name, name) for name in configs)])
    fields["ipam_driver"].widget.attrs["list"] = "ipam-drivers"
    on_off = [("", _("Docker's default")), ("true", _("on")), ("false", _("off"))]
    scopes = [("", _("the driver's default")), ("local", _("local")), ("swarm", _("swarm"))]
    for name, choices in (("enable_ipv4", on_off), ("scope", scopes)):
        field = fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
    for name, since in MEMBERS_SINCE.items():
        if since.is_after(ground.api_version):
            fields[name].widget.attrs["disabled"] = True
            fields[name].help_text = too_new_words(since)
