"""What a container's network stack shares, hides and keeps apart. Each line was looked at from inside: docs/network-modes.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from networks.engine.cli import quoted, reference
from networks.engine.states import WITH_STACK
from networks.forms.containers.several import say_away, say_barred, say_lost
from networks.partials.lifecycle.reach import reach_lines
from networks.queries.containers import ID_LENGTH
from networks.queries.donors import AWAY, SharedStack
from networks.queries.lifecycle.orders import Impact
from networks.queries.lifecycle.stacks import Stack, Whose
from networks.queries.rows import ContainerRow, PortRow
from networks.templatetags.wording import spell

Line = tuple[str, str]  # what it is about, and how it is
MOST_OF_NAME, MOST_NAMES = 60, 5
MOST_LOST = 5  # networks in one sentence


def explain_stack(stack: Stack) -> str:
    """Return in words what network stack a container has."""
    if stack.whose is Whose.GONE:
        return _("It isn't running, so it has no network stack, and no start gives it one.")
    if stack.lacks_network:
        return _("It isn't running, so it has no network stack. A network that it asks for isn't listed here: it may not start.")
    if not stack.is_alive:
        return _("It isn't running, so it has no network stack. This is what it will have once it is started.")
    match stack.whose:
        case Whose.HOST:
            return _(
                "It has no network of its own: it uses the host's interfaces and ports directly. Publishing ports does nothing "
                "here, and it can't be connected to any network."
            )
        case Whose.SHARED:
            return _(
                "It shares another container's network stack: the same interfaces, addresses and ports. It can reach that "
                "container as localhost, and is on a network for as long as that container is."
            )
        case Whose.LEFT:
            return _("It runs in what is left of a stack that it shared: loopback. Nobody reaches it, and it reaches nobody.")
        case Whose.UNKNOWN:
            return _("It was made to share another container's network stack, and whether it still does, Docker doesn't tell.")
    if stack.is_bare:
        return _("It has a network stack with nothing in it but loopback: nobody reaches it, and it reaches nobody.")
    if not stack.named:
        return _(
            "It is on Docker's default bridge: a network of its own stack, an address from the bridge's subnet, and the outside "
            "through the host. There is no DNS for names there: containers find each other by address, unless dockerd keeps them "
            "apart (--icc=false), and by name those that they were linked to (--link)."
        )
    if stack.is_mode_lost:
        return _("It is on user-defined networks: containers there find each other by name.")
    return _(
        "It is on user-defined networks: containers there find each other by name, and it can be connected to more networks and "
        "disconnected again while it runs."
    )


def say_origin(stack: Stack) -> str:
    """Return with which mode it was made, where that isn't how it is any more; "" where it is."""
    if not stack.made_with:
        return ""
    if stack.is_mode_lost and stack.joined:
        words = _("--network %(mode)s, which isn't there any more: as long as it is on another, Docker doesn't start it again.")
    elif stack.is_mode_lost:
        words = _("--network %(mode)s, which isn't there any more.")
    else:
        words = _("--network %(mode)s; its networks were changed since. A restart keeps what it is on.")
    return words % {"mode": stack.made_with[:MOST_OF_NAME]}


def mode_lines(
    stack: Stack, *, lends_to: Sequence[str] = (), ports: Sequence[PortRow] = (), api_version: str = ""
) -> tuple[Line, ...]:
    """Return what is so for a container, nothing of one that lacks a network. `lends_to`: names of those that share its stack
    now; `ports`: those that it has."""
    own = _("files; processes too, unless it was made with another's (--pid).")
    if stack.lacks_network:
        return ()
    match stack.whose:
        case Whose.HOST:
            return (
                (
                    _("Shares"),
                    _("the machine's interfaces, addresses, ports and routes; its name too, unless it has a --hostname."),
                ),
                (_("Of its own"), own),
                (_("Finds others"), _("containers by address; their names mean nothing here.")),
                (_("Ignored"), _("published ports: Docker discards them. What it listens on, the machine listens on.")),
            )
        case Whose.SHARED:
            return (
                (
                    _("Shares"),
                    _("interfaces, addresses, routes, /etc/hosts and name servers; a port is taken by one of both."),
                ),
                (_("Of its own"), own),
                (_("Finds others"), _("as the other one does, by name where that one's networks have names.")),
                (_("Is found"), _("by the other container's names and addresses, not by its own name.")),
                (_("Stays behind"), _("when the other one is stopped or restarted: it then has to be restarted as well.")),
            )
        case Whose.GONE | Whose.UNKNOWN:
            return ()
        case Whose.LEFT:
            return ((_("Of its own"), own), (_("Reaches"), _("nobody: there is no route.")))
    return _bare_lines(stack) if stack.is_bare else tuple(_own_lines(stack, lends_to, ports, api_version))


def _bare_lines(stack: Stack) -> tuple[Line, ...]:
    if stack.is_mode_lost:
        move = (_("May join"), _("no network while it runs: the one that it was made with isn't there any more."))
    elif stack.is_on_none:
        move = (_("May move"), _("to a network, and back: it leaves none first; here both are one job."))
    else:
        move = (_("May join"), _("any network: there is nothing that it has to leave first."))
    return (
        (_("Of its own"), _("a stack with loopback and nothing else.")),
        (_("Reaches"), _("nobody: there is no route, not even to the name server that its resolv.conf names.")),
        move,
    )


def _own_lines(stack: Stack, lends_to: Sequence[str], ports: Sequence[PortRow], api_version: str) -> Iterator[Line]:
    if lends_to:
        words = _("interfaces, addresses, ports, routes, which it shares with %(names)s.")
        yield _("Of its own"), words % {"names": _listed(lends_to)}
    else:
        yield _("Of its own"), _("interfaces, addresses, ports, routes: nobody on the machine shares them.")
    by_name = {"names": _listed([place.network_name for place in stack.named])}
    yield _("Finds others"), _say_finding(stack) % by_name
    yield _("Is found"), _say_found(stack) % by_name
    yield from reach_lines(stack, ports, api_version)


def _say_finding(stack: Stack) -> str:
    if not stack.named:
        return _("by address, unless ICC is off here, and by name only those that it was linked to (--link): no DNS is here.")
    if stack.is_on_bridge:
        return _(
            "by name, alias or short ID on %(names)s: Docker's DNS answers at 127.0.0.11. On the default bridge by address, "
            "and by name only those that it was linked to (--link) or that were renamed."
        )
    return _("by name, alias or short ID on %(names)s: Docker's DNS answers at 127.0.0.11.")


def _say_found(stack: Stack) -> str:
    if not stack.named:
        return _("by its address, unless ICC is off here.")
    if not stack.is_on_bridge:
        return _("by name on %(names)s.")
    return _("by name on %(names)s, by its address on the default bridge.")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(spell(name)[:MOST_OF_NAME] for name in names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown}, …"


def say_stack(row: ContainerRow | Impact) -> tuple[str, str]:
    """Return in words what became of the stack that a container shares, and what mends it; ("", "") where it is whole."""
    names = {"name": row.donor_name}
    is_running = row.state in WITH_STACK
    if is_running and row.held != SharedStack.LEFT and row.stack:
        return _say_doubtful(row)
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
                say_away(names["name"]),
                _("Start %(name)s first.") % names,
            )
        case "restarting" if is_running:
            return (
                _("%(name)s, whose network it shares, ends and is restarted: nothing but loopback is left here.") % names,
                _("Once %(name)s stays up, restart this one. Before that, a restart would only stop it.") % names,
            )
        case "restarting":
            return (
                _("%(name)s, whose network it shares, is between two restarts: until it runs, this one can't start.") % names,
                _("Find out why %(name)s ends, and start this one once it stays up.") % names,
            )
        case "dead":
            return (
                _("%(name)s was started after it, with a new network stack: this one is in the old one, alone.") % names,
                _("Restart this one: it then joins the new stack."),
            )
        case "cut":
            return (
                _("%(name)s, whose network it shares, has itself lost the one that it shares: nothing but loopback is left here.")
                % names,
                _("The page of %(name)s says what mends that one. Restart this one after it.") % names,
            )
    return "", ""


def _say_doubtful(row: ContainerRow | Impact) -> tuple[str, str]:
    """Return the same of one that runs, where it isn't known to have lost anything, or is known to keep the host's network."""
    names = {"name": row.donor_name}
    first = _("Before %(name)s runs, a restart would only stop this one.") % names
    if row.held == SharedStack.HOSTS:
        return _("%(name)s, with which it shares the host's network, doesn't run: this one keeps that network.") % names, first
    if row.held == SharedStack.DONORS:
        words = _("%(name)s, with which it shares another container's network, doesn't run: this one keeps that network.")
        return words % names, first
    if row.stack == "gone":
        return (
            _("The container whose network it shared was removed: Docker doesn't tell whether more than loopback is left of it."),
            _("It can't be repaired: a restart would only stop it. Recreate it with another --network."),
        )
    if row.stack in AWAY:
        return (
            _("%(name)s, whose network it shares, doesn't run: Docker doesn't tell whether more than loopback is left here.")
            % names,
            first,
        )
    return (
        _("%(name)s was started after it, and shares another's network: Docker doesn't tell whether both are in one stack.")
        % names,
        _("Restart this one: it then is in the stack that %(name)s is in.") % names,
    )


def why_no_start(container: ContainerRow | Impact) -> str:
    """Return in words why Docker would refuse to start it, as far as that is known beforehand; "" where it may well start."""
    if container.lost:
        return say_lost(container.lost[:MOST_LOST])
    if len(container.held_by) == ID_LENGTH:
        return _(
            "It can't start: it was made with a network by its ID, and that one isn't there any more. It has to be recreated."
        )
    if container.held_by:
        return _(
            "It can't start: it was made with the network %(name)s, which isn't there any more, and Docker starts it on no "
            "other. Create one with that name first."
        ) % {"name": container.held_by[:MOST_OF_NAME]}
    if container.barred_by and container.state not in WITH_STACK:
        return say_barred(container.barred_by[:MOST_LOST])
    if container.stack == "gone" or container.stack in AWAY:
        return " ".join(say_stack(container))
    return ""


def why_no_rename(impact: Impact) -> str:
    """Return in words why Docker would refuse to rename it, "" where it wouldn't."""
    if not impact.remnants:
        return ""
    names = {"names": ", ".join(impact.remnants[:MOST_LOST])}
    words = _("Docker's record of it names %(names)s, where it has no endpoint: as long as it runs, Docker refuses to rename it.")
    return words % names


def lost_network_commands(network_name: str, name: str, container_id: str) -> tuple[str, ...]:
    """Return what takes a container off a network that is gone, in a shell: by the network's name, which no page can send."""
    return (f"docker network disconnect --force {quoted(network_name)} {quoted(reference(name, container_id))}",)
