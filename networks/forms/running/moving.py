"""The form that moves a container: onto which network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.forms.findings import FindingsForm
from networks.forms.preflight.pair import RUNNING, check_joining, check_lack
from networks.forms.wording.labels import label_network
from networks.queries.addresses.room import Room
from networks.queries.ground import ContainerChoice, NetworkChoice


class MoveForm(FindingsForm):
    """Where to. `networks`: those of the Engine; special ones are not offered. `container`: who moves."""

    network_id = forms.ChoiceField(label=_("Network"))

    def __init__(
        self, *args: Any, networks: Iterable[NetworkChoice], container: ContainerChoice, room: Room, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._container, self._room = container, room
        self._networks = {one.docker_id: one for one in networks if not any(check_joining(one))}
        choices = [(docker_id, label_network(one)) for docker_id, one in self._networks.items()]
        self.fields["network_id"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Look whether the network has an address left for one that runs: it must not leave before it can arrive."""
        network = self._networks.get(self.cleaned_data.get("network_id", ""))
        if network is not None and self._container.state in RUNNING and (lack := self._room.lack(network.docker_id)):
            found = check_lack(lack, self._container)
            self.add_findings(replace(each, field="network_id", suggestion="", suggestion_field="") for each in found)
        return self.cleaned_data

    @property
    def chosen(self) -> NetworkChoice:
        """The network, once the form is valid."""
        return self._networks[self.cleaned_data["network_id"]]
