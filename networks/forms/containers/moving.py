"""The form that moves a container: onto which network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.addressing.findings import bad
from networks.engine.states import RUNNING_STATES
from networks.forms.fields import label_network
from networks.policy.protection import NOTHING, Protection
from networks.preflight.findings import FindingsForm
from networks.preflight.pair import check_joining, check_lack
from networks.preflight.rights import check_company
from networks.queries.addresses.room import Room
from networks.queries.engine_context import ContainerChoice, NetworkChoice


class MoveForm(FindingsForm):
    """Where to. `networks`: those of the Engine; special ones are not offered. `container`: who moves. `protection`: of the
    Engine, which may keep it from a network; `may_shape`: whether the person may join where Netadmin is.
    """

    network_id = forms.ChoiceField(label=_("Network"))

    def __init__(
        self,
        *args: Any,
        networks: Iterable[NetworkChoice],
        container: ContainerChoice,
        room: Room,
        protection: Protection = NOTHING,
        may_shape: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._container, self._room, self._protection, self._may_shape = container, room, protection, may_shape
        self._networks = {one.docker_id: one for one in networks if not any(check_joining(one))}
        choices = [(docker_id, label_network(one)) for docker_id, one in self._networks.items()]
        self.fields["network_id"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Look whether the network has an address left for one that runs: it must not leave before it can arrive."""
        network = self._networks.get(self.cleaned_data.get("network_id", ""))
        if network is not None and self._container.state in RUNNING_STATES and (lack := self._room.lack(network.docker_id)):
            found = check_lack(lack, self._container)
            self.add_findings(replace(each, field="network_id", suggestion="", suggestion_field="") for each in found)
        if network is not None:
            name, known = self._container.name, self._protection
            self.add_findings(check_company(network, known, name, (), half="network_id", may_shape=self._may_shape))
            if lock := known.networks.get(network.docker_id):
                self.add_finding(bad("network_id", "protected", "%(reason)s", reason=lock.sentence))
        return self.cleaned_data

    @property
    def chosen(self) -> NetworkChoice:
        """The network, once the form is valid."""
        return self._networks[self.cleaned_data["network_id"]]
