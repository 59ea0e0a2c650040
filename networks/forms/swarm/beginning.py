"""The form that begins a swarm."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.addressing.findings import Finding, Misread, fine
from networks.addressing.reading import IPNetwork, parse_network
from networks.engine.cli import Line, init_swarm_lines
from networks.engine.specs import DATA_PATH_PORT, LISTEN_ADDRESS, SUBNET_SIZE, InitSpec
from networks.forms.fields import TypedField
from networks.forms.swarm.checks import check_pools
from networks.forms.swarm.node_address import NodeAddressForm
from networks.queries.ground import Ground

MOST_POOLS = 16


class InitForm(NodeAddressForm):
    """A swarm to begin. `ground`: what its overlay networks must get along with."""

    pools = TypedField(
        label=_("Default address pools"),
        required=False,
        max_length=1_000,
        help_text=_("Overlay networks get their blocks from these subnets, separated by commas. They can't be changed later."),
    )
    subnet_size = forms.IntegerField(
        label=_("Prefix length of a block"),
        required=False,
        min_value=1,
        max_value=32,
        help_text=_("24 gives each network 254 addresses."),
    )
    data_path_port = forms.IntegerField(
        label=_("Data path port"),
        required=False,
        min_value=1024,
        max_value=49_151,
        help_text=_("The UDP port of VXLAN; the same on every node."),
    )

    def __init__(self, *args: Any, ground: Ground, **options: Any) -> None:
        super().__init__(*args, host=ground.host, **options)
        self.ground = ground
        self.read_pools: tuple[IPNetwork, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Check the addresses, and then the pools."""
        super().clean()
        self.read_pools = self._read_pools(self.typed("pools"))
        spec = self.to_spec()
        if "pools" not in self.errors and "subnet_size" not in self.errors:
            self.add_findings(check_pools("pools", self.read_pools, spec.subnet_size, self.ground))
        if not self.errors:
            self.add_finding(fine("listen_address", "swarm_listens", address=spec.listen_address, port=spec.data_path_port))
        return self.cleaned_data

    def to_spec(self) -> InitSpec:
        """Return what was typed, with Docker's defaults for what was not."""
        typed = getattr(self, "cleaned_data", {})
        return InitSpec(
            advertise_address=self.typed("advertise_address"),
            listen_address=self.typed("listen_address") or LISTEN_ADDRESS,
            pools=self.read_pools,
            subnet_size=typed.get("subnet_size") or SUBNET_SIZE,
            data_path_port=typed.get("data_path_port") or DATA_PATH_PORT,
        )

    def command_lines(self) -> list[Line]:
        """Return the command that does the same."""
        return init_swarm_lines(self.to_spec())

    def _read_pools(self, typed: str) -> tuple[IPNetwork, ...]:
        found: list[IPNetwork] = []
        for text in list(filter(None, re.split(r"[,\s]+", typed)))[:MOST_POOLS]:
            try:
                found.append(parse_network(text, "pools"))
            except Misread as misread:
                self.add_finding(_without_way(misread.finding))
        return tuple(dict.fromkeys(found))


def _without_way(finding: Finding) -> Finding:
    """Return it without its suggestion, which would take the place of all pools."""
    return Finding(finding.level, finding.field, finding.key, finding.parameters)
