"""The forms that begin a swarm on an Engine, and have one join."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from networks.addressing.findings import Misread, bad, fine
from networks.addressing.host import HostSide
from networks.addressing.reading import IPNetwork, parse_network
from networks.engine.cli import Line, init_swarm_lines, join_swarm_lines
from networks.engine.specs import DATA_PATH_PORT, LISTEN_ADDRESS, SUBNET_SIZE, InitSpec, JoinSpec
from networks.forms.fields import TypedField
from networks.preflight.findings import FindingsForm
from networks.preflight.swarm_checks import check_address, check_pools, check_remote, check_token
from networks.queries.engine_context import EngineContext
from networks.queries.swarm import EngineInSwarm


class NodeAddressForm(FindingsForm):
    """`host`: the machine's own addresses, as far as they are known."""

    advertise_address = TypedField(
        _("Advertise address"),
        _("The address by which other machines reach this one: one of its IP addresses, or the name of a link."),
        max_length=100,
    )
    listen_address = TypedField(
        _("Listen address"), _("Where it listens for other nodes; 0.0.0.0 means every address."), max_length=100
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


MOST_POOLS = 16


class InitForm(NodeAddressForm):
    """A swarm to begin. `ground`: what its overlay networks must get along with."""

    pools = TypedField(
        _("Default address pools"),
        _("Overlay networks get their blocks from these subnets, separated by commas. They can't be changed later."),
        max_length=1_000,
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

    def __init__(self, *args: Any, ground: EngineContext, **options: Any) -> None:
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
            listens, port = spec.listen_address, spec.data_path_port
            message = gettext_noop(
                "The machine listens on %(address)s for other nodes; nodes also talk on 7946 and UDP %(port)s."
            )
            self.add_finding(fine("listen_address", "swarm_listens", message, address=listens, port=port))
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
                self.add_finding(misread.finding.without_fix())
        return tuple(dict.fromkeys(found))


_SECRET = {"autocomplete": "off", "spellcheck": "false"}
ROLES = (("worker", _("worker")), ("manager", _("manager")))


class _JoinForm(NodeAddressForm):
    @property
    def remotes(self) -> tuple[str, ...]:
        """The managers' addresses."""
        raise NotImplementedError

    def to_spec(self) -> JoinSpec:
        """Return what was typed; "" for a token that isn't typed here."""
        listen = self.typed("listen_address") or LISTEN_ADDRESS
        return JoinSpec(self.remotes, self.typed("token").strip(), self.typed("advertise_address"), listen)

    def command_lines(self) -> list[Line]:
        """Return the command that does the same, with a place for the token."""
        return join_swarm_lines(self.to_spec())


class JoinForm(_JoinForm):
    """A swarm to join by a manager's address and a token. The token is in no page that is drawn again."""

    remote_address = TypedField(
        _("Address of a manager"), _("Such as 192.0.2.1:2377; several separated by commas."), max_length=500
    )
    token = TypedField(
        _("Join token"),
        _("It is sent to this Engine and stored nowhere. It also decides whether this Engine becomes a worker or a manager."),
        max_length=200,
        widget=forms.PasswordInput(attrs=_SECRET),
    )

    field_order = ("remote_address", "token", "advertise_address", "listen_address")

    def clean(self) -> dict[str, Any]:
        """Check the rest."""
        for typed in self.remotes or ("",):
            self.add_findings(check_remote("remote_address", typed))
        self.add_findings(check_token("token", self.typed("token").strip()))
        return super().clean()

    @property
    def remotes(self) -> tuple[str, ...]:
        """The managers' addresses; one without a port has Docker's."""
        return tuple(filter(None, re.split(r"[,\s]+", self.typed("remote_address"))))[:10]


class JoinKnownForm(_JoinForm):
    """A swarm to join that an Engine known here manages. `managers`: those that this person may shape."""

    manager = forms.ChoiceField(label=_("Swarm of"), required=False, choices=())
    role = forms.ChoiceField(label=_("As"), choices=ROLES, required=False, initial="worker")

    field_order = ("manager", "role", "advertise_address", "listen_address")

    def __init__(self, *args: Any, managers: Sequence[EngineInSwarm], **options: Any) -> None:
        super().__init__(*args, **options)
        self.managers = {each.place.slug: each for each in managers}
        choice = cast(forms.ChoiceField, self.fields["manager"])
        choice.choices = [(each.place.slug, each.place.name) for each in managers]

    def clean(self) -> dict[str, Any]:
        """Check that a swarm is chosen, then the addresses."""
        if not self.typed("manager") and "manager" not in self.errors:
            self.add_finding(bad("manager", "swarm_no_manager", gettext_noop("Choose the swarm to join.")))
        return super().clean()

    @property
    def remotes(self) -> tuple[str, ...]:
        """The addresses of the chosen swarm's managers, from which the token comes as well."""
        chosen = self.managers.get(self.typed("manager"))
        return chosen.managers if chosen else ()
