"""The form that moves a container: onto which network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.forms.findings import FindingsForm
from networks.forms.preflight.pair import check_joining
from networks.forms.wording.labels import label_network
from networks.queries.ground import NetworkChoice


class MoveForm(FindingsForm):
    """Where to. `networks`: those that there are; special ones are not offered."""

    network_id = forms.ChoiceField(label=_("Network"))

    def __init__(self, *args: Any, networks: Iterable[NetworkChoice], **options: Any) -> None:
        super().__init__(*args, **options)
        self._networks = {one.docker_id: one for one in networks if not any(check_joining(one))}
        choices = [(docker_id, label_network(one)) for docker_id, one in self._networks.items()]
        self.fields["network_id"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> NetworkChoice:
        """The network, once the form is valid."""
        return self._networks[self.cleaned_data["network_id"]]
