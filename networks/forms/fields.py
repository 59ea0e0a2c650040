"""Fields of our forms: text, of which what no Engine can be sent is refused in words, and the choice of one half of a pair."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from networks.engine.docker_names import DONOR_PREFIX
from networks.queries.engine_context import ContainerChoice, NetworkChoice

_SURROGATE = re.compile("[\ud800-\udfff]")


# A field for what is copied or exact: no browser completes or corrects it.
QUIET = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class TypedField(forms.CharField):
    """Text that may be empty, without NUL (Django's own check) and without lone surrogates, which no encoding can carry.

    `is_long`: of several lines.
    """

    def __init__(
        self, label: Any, help_text: Any = "", *, max_length: int = 2_000, is_long: bool = False, **options: Any
    ) -> None:
        if is_long:
            max_length, options = 100_000, {"widget": forms.Textarea, **options}
        super().__init__(label=label, help_text=help_text, max_length=max_length, required=False, **options)

    def validate(self, value: Any) -> None:
        """Refuse what can't be sent."""
        super().validate(value)
        if _SURROGATE.search(str(value)):
            raise ValidationError(_("This holds half a character (a lone surrogate), which can't be sent."), code="surrogate")


@dataclass(frozen=True, slots=True)
class RowNames:
    """The rows of a form by the names of their fields, "pools-0-subnet", and of the field that counts them, "pools-count".

    `most`: so many there may be; Docker has no limit, but nobody types more.
    """

    prefix: str
    fields: tuple[str, ...]
    most: int = 16

    @property
    def counter(self) -> str:
        """The name of the field that says how many there are."""
        return f"{self.prefix}-count"

    def count(self, data: Mapping[str, Any]) -> int:
        """Return how many rows were sent."""
        text = str(data.get(self.counter, "1"))
        return min(max(int(text), 1), self.most) if text.isascii() and text.isdigit() and len(text) < 4 else 1

    def add(self, data: QueryDict) -> QueryDict:
        """Return the data with one more row."""
        edited = data.copy()
        edited[self.counter] = str(min(self.count(data) + 1, self.most))
        return edited

    def drop(self, data: QueryDict, dropped: int) -> QueryDict:
        """Return the data without one row; those after it move up."""
        edited, count = data.copy(), self.count(data)
        kept = [row for row in range(count) if row != dropped]
        for name in (f"{self.prefix}-{row}-{field}" for row in range(count) for field in self.fields):
            edited.pop(name, None)
        for new, old in enumerate(kept):
            for field in self.fields:
                edited[f"{self.prefix}-{new}-{field}"] = data.get(f"{self.prefix}-{old}-{field}", "")
        edited[self.counter] = str(max(len(kept), 1))
        return edited


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


def label_container(choice: ContainerChoice) -> str:
    """Return a container as a line of a list: "wordpress · running · on bridge"."""
    if choice.network_mode.startswith(DONOR_PREFIX):
        place = gettext("in another container's network")
    elif choice.networks:
        place = gettext("on %(networks)s") % {"networks": ", ".join(choice.networks)}
    else:
        place = gettext("on no network")
    # the words for states are those of templatetags/ui.py; one that nobody knows stays as Docker has it
    return " · ".join((choice.name, gettext(choice.state), place))


def label_network(choice: NetworkChoice) -> str:
    """Return a network as a line of a list: "front · bridge · 10.20.0.0/24"."""
    subnets = ", ".join(str(pool.subnet) for pool in choice.pools)
    use = ""
    if choice.is_config_only:
        use = gettext("Config-only")
    elif choice.is_for_services:
        use = gettext("services only")
    via = gettext("through %(engine)s") % {"engine": choice.via} if choice.via else ""
    return " · ".join(filter(None, (choice.name, choice.driver, subnets, use, via)))
