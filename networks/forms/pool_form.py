"""One row of pools in the form of a new network."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from networks.addressing.findings import Misread
from networks.addressing.pool_checks import Pool, check_pool
from networks.addressing.reading import parse_address, parse_network
from networks.forms.fields import RowNames, TypedField
from networks.forms.pairs import parse_aux_addresses
from networks.preflight.findings import FindingsForm

POOLS = RowNames("pools", ("subnet", "ip_range", "gateway", "aux_addresses"))


class PoolForm(FindingsForm):
    """One row of pools. `pool`: what could be read of it; `unread`: what could not, by field."""

    subnet = TypedField(_("Subnet"), max_length=60)
    ip_range = TypedField(_("IP range"), max_length=60)
    gateway = TypedField(_("Gateway"), max_length=60)
    aux_addresses = TypedField(_("Reserved"))

    pool = Pool()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.unread: dict[str, str] = {}

    def clean(self) -> dict[str, Any]:
        """Read the four fields, then check them against each other."""
        cleaned = self.cleaned_data
        read: dict[str, Any] = {}
        for name in ("subnet", "ip_range", "gateway"):
            text = cleaned.get(name, "").strip()
            if not text:
                continue
            try:
                read[name] = parse_address(text, name) if name == "gateway" else parse_network(text, name)
            except Misread as error:
                self.unread[name] = text
                self.add_finding(error.finding)
        read["aux_addresses"], unreadable = parse_aux_addresses(cleaned.get("aux_addresses", ""))
        self.add_findings(unreadable)
        self.pool = Pool(**read)
        if "subnet" not in self.errors:
            self.add_findings(check_pool(self.pool))
        return cleaned


def read_pool(data: QueryDict, index: int) -> Pool:
    """Return what can be read of a row, by its number from 0."""
    form = PoolForm(data, prefix=f"pools-{index}")
    form.is_valid()
    return form.pool
