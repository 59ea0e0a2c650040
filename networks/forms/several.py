"""Several networks or containers at once: what was chosen becomes the steps of a job, and what is left out of it, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from networks.addressing.findings import Finding, Level, bad
from networks.engine.cli import command_of, connect_lines, disconnect_lines, named_command
from networks.engine.specs import ConnectSpec, DisconnectSpec
from networks.engine.states import RUNNING_STATES
from networks.models import JobStep
from networks.policy.permissions import Permission
from networks.policy.protection import Protection, protection_of
from networks.preflight.findings import FindingsForm, say_finding
from networks.preflight.pair import check_network, check_pair, check_parting
from networks.preflight.rights import check_company
from networks.queries.addresses.room import Room
from networks.queries.choices import container_choices, network_choices
from networks.queries.engine_context import ContainerChoice, NetworkChoice
from networks.queries.engines import read_engine
from networks.queries.lifecycle.consequence_tokens import Breakage, breakages_of
from networks.queries.lifecycle.consequences import Consequences, consequences_of

MOST_CHOSEN = 500  # things in one form; Django takes no more than 1,000 fields
_ID = re.compile(r"[0-9a-f]{64}|[0-9a-z]{25}")


class CountForm(FindingsForm):
    """A confirmation of several removals: their number is typed. `count`: how many there are, 0: nothing is typed."""

    typed_count = forms.CharField(label=gettext_lazy("Their number, to confirm"), required=False, max_length=20)

    def __init__(self, *args: Any, count: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.count = count

    def clean(self) -> dict[str, Any]:
        """Compare the numbers."""
        if self.count and self.cleaned_data.get("typed_count", "").strip() != str(self.count):
            self.add_finding(bad("typed_count", "typed_count_wrong", gettext_noop("Type the number shown above.")))
        return self.cleaned_data


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A chosen thing, or a pair, that the job doesn't touch, and why. `name`: "" where the reason names it."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a job would do. `names`: of what was chosen and is there. `gone`: how many of the chosen aren't there any more.

    `breakages`: what else would break, by orders to containers. `unsure`: of what may not start again the name, and the networks
    that its record alone names. `permission`: what the steps need, beside what their number does. `half`: the one container or
    network that all steps share, None where there is none or it wasn't chosen yet.
    """

    names: tuple[str, ...] = ()
    gone: int = 0
    half: ContainerChoice | NetworkChoice | None = None
    steps: tuple[JobStep, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    consequences: tuple[Consequences, ...] = ()
    breakages: tuple[Breakage, ...] = ()
    permission: Permission = Permission.CONNECT
    unsure: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def tokens(self) -> frozenset[str]:
        """What a person was shown: the same word for the same step or breakage, another for any other."""
        steps = {f"{step.verb}:{step.network_id[:12]}:{step.container_id[:12]}" for step in self.steps}
        return frozenset(steps | {breakage.token for breakage in (*breakages_of(self.consequences), *self.breakages)})


@dataclass(slots=True)
class _Planning:
    protection: Protection
    room: Room = field(default_factory=lambda: Room(None))
    steps: list[JobStep] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    needs_shape: bool = False

    def leave_out(self, name: str, reason: str) -> None:
        self.left_out.append(LeftOut("" if name in reason else name, reason))


@dataclass(frozen=True, slots=True)
class Selection:
    """What was sent: ids of the chosen things, and of the other half where one is wanted."""

    engine_slug: str
    ids: tuple[str, ...] = ()
    half_id: str = ""


def read_choice(engine_slug: str, data: QueryDict) -> Selection:
    """Read a form of either list, or of the page that follows it: ids stand in many fields or, comma between, in one."""
    ids = [word for text in data.getlist("id") for word in text.split(",") if _ID.fullmatch(word)]
    return Selection(engine_slug, tuple(dict.fromkeys(ids))[: MOST_CHOSEN + 1], data.get("half", ""))


def plan_removal(choice: Selection) -> Plan:
    """Plan to remove the chosen networks."""
    networks = network_choices(choice.engine_slug, choice.ids) if choice.ids else ()
    planning = _Planning(protection_of(choice.engine_slug))
    for network in networks:
        if lock := planning.protection.lock_on_removal(network.docker_id):
            planning.leave_out(network.name, lock.sentence)
        else:
            planning.steps.append(_step("remove_network", network))
    going = [step.network_id for step in planning.steps]
    return _plan(choice, networks, planning, consequences=consequences_of(choice.engine_slug, going))


def plan_emptying(choice: Selection) -> Plan:
    """Plan to disconnect every container from the chosen networks."""
    networks = network_choices(choice.engine_slug, choice.ids) if choice.ids else ()
    planning = _Planning(protection_of(choice.engine_slug))
    possible = [network for network in networks if not _leave_out_special(network, planning)]
    containers = {one.docker_id: one for one in container_choices(choice.engine_slug)}
    found = consequences_of(choice.engine_slug, [one.docker_id for one in possible], container_ids=containers.keys())
    by_id = {network.docker_id: network for network in possible}
    for each in found:
        if not each.affected:
            planning.leave_out(each.name, _("no container is connected to it"))
        for affected in each.affected:
            network, container = by_id[each.docker_id], containers.get(affected.docker_id)
            why_not = [*check_parting(network, container)] if container else []
            if lock := planning.protection.lock_on_pair(each.docker_id, affected.docker_id):
                planning.leave_out(f"{each.name}: {affected.name}", lock.sentence)
            elif why_not:
                planning.leave_out(f"{each.name}: {affected.name}", say_finding(why_not[0]))
            elif container:
                planning.steps.append(_step("disconnect_container", network, container))
    leaving = {step.container_id for step in planning.steps}
    if not leaving.issuperset(one.docker_id for each in found for one in each.affected):  # what breaks is counted of these
        found = consequences_of(choice.engine_slug, [one.docker_id for one in possible], container_ids=leaving)
    return _plan(choice, networks, planning, consequences=found)


def plan_connecting_networks(choice: Selection) -> Plan:
    """Plan to connect one container (the half) to each of the chosen networks."""
    networks = network_choices(choice.engine_slug, choice.ids) if choice.ids else ()
    half = next((one for one in container_choices(choice.engine_slug) if one.docker_id == choice.half_id), None)
    planning = _Planning(protection_of(choice.engine_slug), Room(read_engine(choice.engine_slug)))
    for network in networks if half else ():
        _plan_connection(network, half, planning, called=network.name)
    return _plan(choice, networks, planning, half=half)


def plan_connecting_containers(choice: Selection) -> Plan:
    """Plan to connect each of the chosen containers to one network (the half)."""
    containers, half = _containers_and_network(choice)
    planning = _Planning(protection_of(choice.engine_slug), Room(read_engine(choice.engine_slug)))
    for container in containers if half else ():
        _plan_connection(half, container, planning, called=container.name)
    return _plan(choice, containers, planning, half=half)


def plan_disconnecting_containers(choice: Selection) -> Plan:
    """Plan to disconnect each of the chosen containers from one network (the half)."""
    containers, half = _containers_and_network(choice)
    planning = _Planning(protection_of(choice.engine_slug))
    for container in containers if half else ():
        why_not = [*check_parting(half, container)] if half else []
        if why_not:
            planning.leave_out(container.name, say_finding(why_not[0]))
        elif half and (lock := planning.protection.lock_on_pair(half.docker_id, container.docker_id)):
            planning.leave_out(container.name, lock.sentence)
        elif half and half.name not in container.networks:
            planning.leave_out(container.name, _("not on %(network)s") % {"network": half.name})
        elif half:
            planning.steps.append(_step("disconnect_container", half, container))
    leaving = [step.container_id for step in planning.steps]
    found = consequences_of(choice.engine_slug, [half.docker_id], container_ids=leaving) if half else ()
    return _plan(choice, containers, planning, half=half, consequences=found)


PLANS: dict[str, Callable[[Selection], Plan]] = {
    "remove_networks": plan_removal,
    "empty_networks": plan_emptying,
    "connect_networks": plan_connecting_networks,
    "connect_containers": plan_connecting_containers,
    "disconnect_containers": plan_disconnecting_containers,
}


def _containers_and_network(choice: Selection) -> tuple[tuple[ContainerChoice, ...], NetworkChoice | None]:
    wanted = set(choice.ids)
    containers = tuple(one for one in container_choices(choice.engine_slug) if one.docker_id in wanted)
    return containers, next(iter(network_choices(choice.engine_slug, [choice.half_id])), None) if choice.half_id else None


def _leave_out_special(network: NetworkChoice, planning: _Planning) -> bool:
    why_not: list[Finding] = list(check_network(network))
    for finding in why_not:
        planning.leave_out(network.name, say_finding(finding))
    return bool(why_not)


def _plan_connection(
    network: NetworkChoice | None,
    container: ContainerChoice | None,
    planning: _Planning,
    *,
    called: str,
) -> None:
    if network is None or container is None:
        return
    lack = planning.room.lack(network.docker_id, beside=container.networks)
    why_not = [finding for finding in check_pair(network, container, lack) if finding.level is Level.BAD]
    if why_not:
        planning.leave_out(called, say_finding(why_not[0]))
    elif lock := planning.protection.lock_on_pair(network.docker_id, container.docker_id):
        planning.leave_out(called, lock.sentence)
    elif borne := [*check_company(network, planning.protection, container.name, (), half="", may_shape=True)]:
        planning.leave_out(called, say_finding(borne[0]))
    else:
        planning.steps.append(_step("connect_container", network, container))
        planning.needs_shape |= network.docker_id in planning.protection.own
        if container.state in RUNNING_STATES:
            planning.room.take(network.docker_id)


def _plan(
    choice: Selection,
    chosen: Iterable[ContainerChoice | NetworkChoice],
    planning: _Planning,
    *,
    half: ContainerChoice | NetworkChoice | None = None,
    consequences: Iterable[Consequences] = (),
) -> Plan:
    names = tuple(one.name for one in chosen)
    return Plan(
        names,
        len(choice.ids) - len(names),
        half,
        tuple(planning.steps),
        tuple(planning.left_out),
        tuple(_breaking(consequences)),
        permission=Permission.SHAPE if planning.needs_shape else Permission.CONNECT,
    )


def _breaking(consequences: Iterable[Consequences]) -> Iterator[Consequences]:
    return (each for each in consequences if each.affected or each.config_users or each.orphans or not each.is_told)


def _step(verb: str, network: NetworkChoice, container: ContainerChoice | None = None) -> JobStep:
    container_id, name = (container.docker_id, container.name) if container else ("", "")
    if container is None:
        command = named_command("docker network rm", network.name, network.docker_id)
    elif verb == "connect_container":
        command = command_of(connect_lines(ConnectSpec(network.docker_id, container_id), network.name, name))
    else:
        command = command_of(disconnect_lines(DisconnectSpec(network.docker_id, container_id), network.name, name))
    return JobStep(
        verb=verb,
        network_id=network.docker_id,
        network_name=network.name,
        container_id=container_id,
        container_name=name,
        command=command,
    )
