"""The forms that put a container on a network, from either side, and their common checks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from networks.addressing.endpoints import check_endpoint_address
from networks.addressing.findings import Finding, Level, Misread, bad, fine, warn
from networks.addressing.reading import IPAddress, parse_address
from networks.engine.specs import ConnectSpec
from networks.forms.findings import FindingsForm
from networks.forms.pairs import parse_words
from networks.queries.ground import ContainerChoice, NetworkChoice

ALIAS = re.compile(r"[a-zA-Z0-9_](?:[a-zA-Z0-9_.-]{0,253}[a-zA-Z0-9_])?")
RUNNING = frozenset({"running", "paused", "restarting"})


def check_network(network: NetworkChoice) -> Iterator[Finding]:
    """Yield why nothing can be connected to this network, if so."""
    if network.name in ("host", "none") or network.driver in ("host", "null"):
        yield bad("network", "network_special", network=network.name)


def check_container(container: ContainerChoice) -> Iterator[Finding]:
    """Yield why this container can be connected to nothing, if so."""
    if container.network_mode == "host":
        yield bad("container", "container_host", container=container.name)
    elif container.network_mode.startswith("container:"):
        yield bad("container", "container_shared", container=container.name)
    elif "none" in container.networks:
        yield bad("container", "container_none", container=container.name)


def check_pair(network: NetworkChoice, container: ContainerChoice) -> Iterator[Finding]:
    """Yield whether this container can be on this network, before Docker is asked."""
    names = {"network": network.name, "container": container.name}
    why_not = [*check_network(network), *check_container(container)]
    if why_not:
        yield why_not[0]
    elif network.name in container.networks:
        yield bad("container", "already_connected", **names)
    elif container.state not in RUNNING:
        yield warn("container", "container_stopped", **names)
    else:
        yield fine("container", "container_can", **names)


class ConnectForm(FindingsForm):
    """What both sides ask for. The subclass knows one half of the pair; `choose` finds the other in what was sent."""

    ipv4 = forms.CharField(label=_("IPv4 address"), required=False, max_length=60, help_text=_("empty: Docker chooses"))
    ipv6 = forms.CharField(label=_("IPv6 address"), required=False, max_length=60, help_text=_("empty: Docker chooses"))
    aliases = forms.CharField(
        label=_("Aliases"), required=False, max_length=4000, help_text=_("other names on this network, comma between")
    )
    half = ""  # the name of the field that chooses

    network: NetworkChoice | None = None
    container: ContainerChoice | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._read: dict[str, Any] = {}

    def clean(self) -> dict[str, Any]:
        """Check the pair, then the addresses against the network's pools and endpoints."""
        cleaned = self.cleaned_data
        self.choose(cleaned.get(self.half, ""))
        read = self._read = {"aliases": parse_words(cleaned.get("aliases", ""))}
        for field in ("ipv4", "ipv6"):
            if text := cleaned.get(field, "").strip():
                try:
                    read[field] = self._address(text, field)
                except Misread as error:
                    self.add_finding(error.finding)
        if self.network is None or self.container is None:
            noun = self.half.removesuffix("_id")
            self.add_finding(bad(self.half, f"{noun}_gone" if cleaned.get(self.half) else f"{noun}_missing"))
            why_not = check_network(self.network) if self.network else check_container(self.container) if self.container else ()
            self.add_findings(replace(found, field=self.half) for found in why_not)
        else:
            self.add_findings(replace(found, field=self.half) for found in check_pair(self.network, self.container))
            self.add_findings(_check_wishes(self.network, read))
        return cleaned

    def choose(self, docker_id: str) -> None:
        """Set the half that was chosen."""
        raise NotImplementedError

    def to_spec(self) -> ConnectSpec:
        """Return what was typed; of a faulty form, what could be read of it."""
        ipv4, ipv6 = self._read.get("ipv4"), self._read.get("ipv6")
        return ConnectSpec(
            network_id=self.network.docker_id if self.network else "NETWORK",
            container_id=self.container.docker_id if self.container else "CONTAINER",
            ipv4=ipv4 if isinstance(ipv4, IPv4Address) else None,
            ipv6=ipv6 if isinstance(ipv6, IPv6Address) else None,
            aliases=self._read.get("aliases", ()),
        )

    def _address(self, text: str, field: str) -> IPAddress:
        address = parse_address(text, field)
        if f"ipv{address.version}" != field:
            raise Misread(bad(field, f"{field}_family", address=address))
        return address


class ContainerToConnectForm(ConnectForm):
    """On a network's page: choose a container."""

    half = "container_id"
    container_id = forms.CharField(label=_("Container"), required=False, max_length=64)

    def __init__(self, *args: Any, network: NetworkChoice, containers: Sequence[ContainerChoice], **options: Any) -> None:
        super().__init__(*args, **options)
        self.network = network
        self._containers = {choice.docker_id: choice for choice in containers}
        free = [choice for choice in containers if network.name not in choice.networks]
        labels = [(choice.docker_id, label_container(choice)) for choice in free]
        self.fields["container_id"].widget = forms.Select(choices=[("", _("Choose…")), *labels])
        self.order_fields(["container_id"])

    def choose(self, docker_id: str) -> None:
        """Set the container."""
        self.container = self._containers.get(docker_id)


class NetworkToConnectForm(ConnectForm):
    """On a container's page: choose a network."""

    half = "network_id"
    network_id = forms.CharField(label=_("Network"), required=False, max_length=64)

    def __init__(self, *args: Any, container: ContainerChoice, networks: Sequence[NetworkChoice], **options: Any) -> None:
        super().__init__(*args, **options)
        self.container = container
        self._networks = {choice.docker_id: choice for choice in networks}
        free = [choice for choice in networks if choice.name not in container.networks]
        labels = [(choice.docker_id, label_network(choice)) for choice in free]
        self.fields["network_id"].widget = forms.Select(choices=[("", _("Choose…")), *labels])
        self.order_fields(["network_id"])

    def choose(self, docker_id: str) -> None:
        """Set the network."""
        self.network = self._networks.get(docker_id)


def label_container(choice: ContainerChoice) -> str:
    """Return a container as a line of a list: "wordpress · running · on bridge"."""
    if choice.network_mode.startswith("container:"):
        place = str(_("in another container's network"))
    elif choice.networks:
        place = str(_("on %(networks)s")) % {"networks": ", ".join(choice.networks)}
    else:
        place = str(_("on no network"))
    # the words for states are those of templatetags/ui.py; one that nobody knows stays as Docker has it
    return " · ".join((choice.name, gettext(choice.state), place))


def label_network(choice: NetworkChoice) -> str:
    """Return a network as a line of a list: "front · bridge · 10.20.0.0/24"."""
    subnets = ", ".join(str(pool.subnet) for pool in choice.pools)
    return " · ".join(filter(None, (choice.name, choice.driver, subnets)))


def _check_wishes(network: NetworkChoice, read: dict[str, Any]) -> Iterator[Finding]:
    for field in ("ipv4", "ipv6"):
        address = read.get(field)
        if address is None:
            continue
        if network.name == "bridge":
            yield Finding(Level.BAD, field, "static_on_default_bridge", {}, "", field)
        else:
            yield from check_endpoint_address(address, network.pools, network.holders, network.wishes)
    aliases = read["aliases"]
    if aliases and network.name == "bridge":
        yield Finding(Level.BAD, "aliases", "alias_on_default_bridge", {}, "", "aliases")
        return
    for alias in aliases:
        if not ALIAS.fullmatch(alias):
            yield bad("aliases", "alias_invalid", alias=alias)
