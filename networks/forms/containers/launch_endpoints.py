"""One row of networks in the form of a new container: which one, and what the container shall have there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from networks.addressing.findings import bad
from networks.engine.docker_names import SINGLE_DRIVERS
from networks.engine.specs import API_OF_SEVERAL, EndpointSpec
from networks.forms.connecting import Choices, ConnectForm
from networks.forms.fields import HalfSelect, RowNames, TypedField, label_network
from networks.preflight.connect_checks import check_link_local, check_mac, check_wishes
from networks.preflight.pair import check_joining
from networks.queries.engine_context import NetworkChoice


class EndpointForm(ConnectForm):
    """One network to be on from the start. `is_first`: an Engine before 25 gives the MAC address of this row alone."""

    half = "network_id"
    network_id = TypedField(_("Network"), max_length=64)

    def __init__(self, *args: Any, networks: Mapping[str, NetworkChoice], is_first: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        self.networks, self.is_first = networks, is_first
        del self.fields["links"]
        self.fields["network_id"].widget = HalfSelect(
            self._list_networks, lambda docker_id: not any(check_joining(self.networks[docker_id]))
        )
        if self._takes_mac():
            self.fields["mac"].widget.attrs.pop("disabled", None)
            self.fields["mac"].help_text = gettext("empty: Docker chooses")
        self.order_fields(["network_id"])

    def choose(self, docker_id: str) -> None:
        """Set the network."""
        self.network = self.networks.get(docker_id)

    def to_endpoint(self) -> EndpointSpec | None:
        """Return what was typed; of a faulty row, what could be read of it. None without a network."""
        if self.network is None:
            return None
        is_elsewhere = bool(self.network.via)
        return EndpointSpec(self.network.docker_id, self.network.name, is_elsewhere=is_elsewhere, **self.wishes())

    def _check_pair(self, *, chosen: str) -> None:
        if self.network is None:
            self.add_finding(self._not_chosen(chosen))
            return
        self.add_findings(replace(found, field="network_id") for found in check_joining(self.network))
        self.add_findings(replace(found, field="network_id") for found in self._check_plugin())
        if (lack := self._lack()) is not None and lack.subnets:
            names = {"network": lack.network_name, "subnets": lack.subnets}
            fills = f"ipv{lack.family}" if lack.spare else ""
            message = gettext_noop("Docker would not start it on %(network)s: every address of %(subnets)s is taken.")
            fix = gettext_noop("Request %(suggestion)s, which is free")
            advice = gettext_noop("Stop or disconnect a container that is on it, or use another network.")
            full = bad("network_id", "pool_full_new", message, lack.spare, fills=fills, fix=fix, advice=advice, **names)
            self.add_finding(full)
        self.add_findings(self._check_company(self.network, ""))
        self.add_findings(check_wishes(self.network, self._read, self.host, self.version))
        self.add_findings(check_link_local(self._read["link_local_ips"], self.network))
        if mac := self._read.get("mac"):
            self.add_findings(check_mac(mac, self.network, has_flag=True))

    def _is_ignored(self, field: str) -> bool:
        return super()._is_ignored(field) and not (field == "mac" and self._takes_mac())

    def _takes_mac(self) -> bool:
        return self.is_first or not self.version.is_before(API_OF_SEVERAL)

    def _list_networks(self) -> Choices:
        kept = [each for each in self.networks.values() if each.driver not in SINGLE_DRIVERS]
        return [("", gettext("Choose…")), *((each.docker_id, label_network(each)) for each in kept)]


NETWORK_ROWS = RowNames("networks", tuple(name for name in EndpointForm.base_fields if name != "links"))
