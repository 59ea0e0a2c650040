"""The forms that join a swarm: by what somebody was given, or by an Engine that is known here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.addressing.findings import bad
from networks.engine.cli import Line, join_swarm_lines
from networks.engine.specs import LISTEN_ADDRESS, JoinSpec
from networks.forms.fields import TypedField
from networks.forms.swarm.checks import check_remote, check_token
from networks.forms.swarm.node_address import NodeAddressForm
from networks.queries.swarm import Standing

_SECRET = {"autocomplete": "off", "spellcheck": "false"}
ROLES = (("worker", _("worker")), ("manager", _("manager")))


class _JoinForm(NodeAddressForm):
    def to_spec(self) -> JoinSpec:
        """Return what was typed."""
        raise NotImplementedError

    def command_lines(self) -> list[Line]:
        """Return the command that does the same, with a place for the token."""
        return join_swarm_lines(self.to_spec())


class JoinForm(_JoinForm):
    """A swarm to join by a manager's address and a token. The token is in no page that is drawn again."""

    remote_address = TypedField(
        label=_("Address of a manager"),
        required=False,
        max_length=500,
        help_text=_("Such as 192.0.2.1:2377; several separated by commas."),
    )
    token = TypedField(
        label=_("Join token"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs=_SECRET),
        help_text=_(
            "It is sent to this Engine and stored nowhere. It also decides whether this Engine becomes a worker or a manager."
        ),
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

    def to_spec(self) -> JoinSpec:
        """Return what was typed."""
        listen = self.typed("listen_address") or LISTEN_ADDRESS
        return JoinSpec(self.remotes, self.typed("token").strip(), self.typed("advertise_address"), listen)


class JoinKnownForm(_JoinForm):
    """A swarm to join that an Engine known here manages. `managers`: those that this person may shape."""

    manager = forms.ChoiceField(label=_("Swarm of"), required=False, choices=())
    role = forms.ChoiceField(label=_("As"), choices=ROLES, required=False, initial="worker")

    field_order = ("manager", "role", "advertise_address", "listen_address")

    def __init__(self, *args: Any, managers: Sequence[Standing], **options: Any) -> None:
        super().__init__(*args, **options)
        self.managers = {each.place.slug: each for each in managers}
        choice = cast(forms.ChoiceField, self.fields["manager"])
        choice.choices = [(each.place.slug, each.place.name) for each in managers]

    def clean(self) -> dict[str, Any]:
        """Check that a swarm is chosen, then the addresses."""
        if not self.typed("manager") and "manager" not in self.errors:
            self.add_finding(bad("manager", "swarm_no_manager"))
        return super().clean()

    def to_spec(self) -> JoinSpec:
        """Return what was typed; the manager's address and the token come from the manager."""
        chosen = self.managers.get(self.typed("manager"))
        return JoinSpec(
            chosen.managers if chosen else (),
            "",
            self.typed("advertise_address"),
            self.typed("listen_address") or LISTEN_ADDRESS,
        )
