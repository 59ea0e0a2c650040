"""What each network mode shares, hides and keeps apart. Each line was looked at from inside: docs/network-modes.md."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import gettext as _

from networks.engine.cli import quoted, reference
from networks.queries.containers import mode_kind

Line = tuple[str, str]  # what it is about, and how it is
MOST_LOST = 5  # networks in one sentence


def mode_lines(network_mode: str) -> tuple[Line, ...]:
    """Return what is so for containers of this mode."""
    match mode_kind(network_mode):
        case "bridge":
            return (
                (_("Of its own"), _("interfaces, addresses, ports, routes: nobody on the machine shares them.")),
                (
                    _("Finds others"),
                    _("by address only: this bridge has no DNS for their names."),
                ),
                (_("Is found"), _("by its address, and from outside by published ports.")),
                (_("Kept apart"), _("from containers on other networks: their addresses don't answer from here.")),
            )
        case "network":
            return (
                (_("Of its own"), _("interfaces, addresses, ports, routes: nobody on the machine shares them.")),
                (
                    _("Finds others"),
                    _("by name, alias or short ID: Docker's DNS answers at 127.0.0.11."),
                ),
                (_("Is found"), _("by name on each network that it is on, and from outside by published ports.")),
                (_("Kept apart"), _("from containers on other networks, unless it is connected to those too.")),
            )
        case "host":
            return (
                (
                    _("Shares"),
                    _("the machine's interfaces, addresses, ports and routes, and its name."),
                ),
                (_("Of its own"), _("processes and files.")),
                (_("Finds others"), _("containers by address; their names mean nothing here.")),
                (_("Ignored"), _("published ports: Docker discards them. What it listens on, the machine listens on.")),
            )
        case "none":
            return (
                (_("Of its own"), _("a stack with loopback and nothing else.")),
                (_("Reaches"), _("nobody: there is no route, not even to the name server that its resolv.conf names.")),
                (_("May move"), _("to a network, and back: off none first, which is one job here.")),
            )
    return (
        (
            _("Shares"),
            _("interfaces, addresses, routes, name, /etc/hosts and name servers; a port is taken by one of both."),
        ),
        (_("Of its own"), _("processes and files.")),
        (_("Finds others"), _("as the other one does, by name where that one's networks have names.")),
        (_("Is found"), _("by the other one's names and addresses, never by its own name.")),
        (_("Stays behind"), _("when the other one is stopped or restarted: it then has to be restarted as well.")),
    )


def say_stack(row: MayStart) -> tuple[str, str]:
    """Return in words what became of the stack that a container shares, and what mends it; ("", "") where it is whole."""
    names = {"name": row.donor_name}
    is_running = row.state in ("running", "paused")
    match row.stack:
        case "gone" if is_running:
            return (
                _("The container whose network it shared was removed: nothing but loopback is left of it."),
                _("It can't be repaired: a restart would only stop it. Recreate it with another --network."),
            )
        case "gone":
            return (
                _("The container whose network it shares was removed: it can't start any more."),
                _("Another container with the same name doesn't help. Recreate it with another --network."),
            )
        case "away" if is_running:
            return (
                _("%(name)s, whose network it shares, doesn't run: nothing but loopback is left here.") % names,
                _("Start %(name)s, then restart this one. If you restart this one first, it is only stopped.") % names,
            )
        case "away":
            return (
                _("%(name)s, whose network it shares, doesn't run: it can't start.") % names,
                _("Start %(name)s first.") % names,
            )
        case "dead":
            return (
                _("%(name)s was started after it, with a new network stack: this one is in the old one, alone.") % names,
                _("Restart this one: it then joins the new stack."),
            )
    return "", ""


class MayStart(Protocol):
    """A container as rows and impacts have it."""

    @property
    def state(self) -> str: ...
    @property
    def stack(self) -> str: ...
    @property
    def donor_name(self) -> str: ...
    @property
    def lost(self) -> tuple[str, ...]: ...


def why_no_start(container: MayStart) -> str:
    """Return in words why Docker would refuse to start it, as far as that is known beforehand; "" where it may well start."""
    if container.lost:
        names = {"names": ", ".join(container.lost[:MOST_LOST])}
        return _("It can't start: it asks for the network %(names)s by its ID, and that one was removed.") % names
    if container.stack in ("gone", "away"):
        return " ".join(say_stack(container))
    return ""


def lost_network_commands(network_name: str, name: str, container_id: str) -> tuple[str, ...]:
    """Return what takes a container off a network that is gone, in a shell: by the network's name, which no page can send."""
    return (f"docker network disconnect --force {quoted(network_name)} {quoted(reference(name, container_id))}",)
