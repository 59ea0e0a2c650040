"""What every form asks that makes this machine a node of a swarm: by which of its addresses others reach it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from networks.addressing.host import HostSide
from networks.forms.fields import TypedField
from networks.forms.findings import FindingsForm
from networks.forms.swarm.checks import check_address


class NodeAddressForm(FindingsForm):
    """`host`: the machine's own addresses, as far as they are known."""

    advertise_address = TypedField(
        label=_("Advertise address"),
        required=False,
        max_length=100,
        help_text=_("The address by which other machines reach this one: one of its IP addresses, or the name of a link."),
    )
    listen_address = TypedField(
        label=_("Listen address"),
        required=False,
        max_length=100,
        help_text=_("Where it listens for other nodes; 0.0.0.0 means every address."),
    )

    def __init__(self, *args: Any, host: HostSide, **options: Any) -> None:
        super().__init__(*args, **options)
        self.host = host

    def clean(self) -> dict[str, Any]:
        """Check the addresses of this machine."""
        self.add_findings(check_address("advertise_address", self.typed("advertise_address"), self.host))
        self.add_findings(check_address("listen_address", self.typed("listen_address"), self.host, is_listening=True))
        return self.cleaned_data

    def typed(self, name: str) -> str:
        """Return what was typed into a field, "" for nothing and before it was read."""
        return str(getattr(self, "cleaned_data", {}).get(name) or "")
