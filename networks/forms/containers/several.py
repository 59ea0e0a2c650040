"""One order to several containers: the steps of a job, and what they break together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial

from django.utils.translation import gettext as _

from networks.engine.cli import command_of_order
from networks.engine.states import LEAVING
from networks.forms.containers.ordering import WAITING
from networks.forms.several import LeftOut, Plan, Selection
from networks.models import JobStep
from networks.policy.needed_permissions import permission_to_order
from networks.policy.permissions import Permission
from networks.policy.protection import Protection, protection_of
from networks.policy.shadowed_names import read_uneasy
from networks.queries.addresses.marks import foretell
from networks.queries.addresses.room import Lack, Room
from networks.queries.donors import AWAY
from networks.queries.engines import read_engine
from networks.queries.lifecycle.orders import ENDING, Impact, breakages_of_order, read_impacts

MOST_OF_NAME = 60


def say_lost(names: Sequence[str]) -> str:
    """Return that networks are gone for which it asks by their IDs."""
    words = _("It can't start: it asks for the network %(names)s by its ID, and that one was removed.")
    return words % {"names": ", ".join(names)}


def say_held(name: str) -> str:
    """Return that the network is gone that it was made with."""
    return _("It can't start: the network that it was made with, %(name)s, isn't there any more.") % {"name": name}


def say_away(name: str) -> str:
    """Return that the container is not running whose network it shares."""
    return _("%(name)s, whose network it shares, doesn't run: it can't start.") % {"name": name}


def say_barred(names: Sequence[str]) -> str:
    """Return that one made with the host's stack is on bridges."""
    words = _("It can't start: it starts in the host's stack, where Docker can't put it on %(names)s. Disconnect it first.")
    return words % {"names": ", ".join(names)}


def say_lack(lack: Lack) -> str:
    """Return in words which address keeps a container from starting."""
    names = {"network": lack.network_name[:MOST_OF_NAME], "subnets": lack.subnets, "address": lack.address}
    if lack.clash:
        words = _("It can't start: %(network)s and %(other)s have the same subnet, and Docker puts no container on both.")
        return words % (names | {"other": lack.clash[:MOST_OF_NAME]})
    if lack.subnets and lack.left:
        return _("It can't start: Docker has no address left for it on %(network)s once the others have theirs.") % names
    if lack.subnets:
        words = _("It can't start: Docker has no address left for it on %(network)s. Every address of %(subnets)s is taken.")
        return words % names
    names["holder"] = lack.holder[:MOST_OF_NAME]
    if lack.holder and lack.left:
        return _("It can't start: it requests %(address)s on %(network)s, which %(holder)s gets first.") % names
    if lack.holder:
        return _("It can't start: it requests %(address)s on %(network)s, which %(holder)s has.") % names
    return _("It can't start: it requests %(address)s on %(network)s, which the network itself holds.") % names


# By what the button says: the order that each of the containers gets.
SEVERAL_ORDERS = {
    "start_containers": "start_container",
    "stop_containers": "stop_container",
    "restart_containers": "restart_container",
    "remove_containers": "remove_container",
}
# Whoever shares another's network is started after it, and stopped before it.
_DONORS_FIRST = frozenset({"start_container", "restart_container"})


def plan_orders(verb: str, choice: Selection) -> Plan:
    """Plan to give the chosen containers an order. `verb`: one of SEVERAL_ORDERS' values."""
    impacts = read_impacts(choice.engine_slug, choice.ids)
    protection = protection_of(choice.engine_slug)
    why_not = _leave_out(verb, impacts, protection, {})
    going = [impact for impact in impacts if impact.docker_id not in why_not]
    engine = read_engine(choice.engine_slug)
    if verb in _DONORS_FIRST and (lacking := _lacks(going, Room(engine))):
        why_not = _leave_out(verb, impacts, protection, why_not | lacking)
        going = [impact for impact in impacts if impact.docker_id not in why_not]
    if len(going) < len(impacts):  # what breaks is counted among those that go
        going = list(read_impacts(choice.engine_slug, [impact.docker_id for impact in going]))
    if verb in ENDING:
        going = list(foretell(Room(engine), going))
    depths = _depths(going)
    going.sort(key=lambda one: (depths[one.docker_id] if verb in _DONORS_FIRST else -depths[one.docker_id], one.name))
    needed = {permission_to_order(impact.network_mode) for impact in going}
    if verb in _DONORS_FIRST and read_uneasy(choice.engine_slug, [impact.docker_id for impact in going], protection):
        needed.add(Permission.SHAPE)
    return Plan(
        names=tuple(impact.name for impact in impacts),
        gone=len(choice.ids) - len(impacts),
        steps=tuple(_step(verb, impact) for impact in going),
        left_out=tuple(LeftOut(one.name, why_not[one.docker_id]) for one in impacts if one.docker_id in why_not),
        breakages=tuple(each for impact in going for each in breakages_of_order(verb, impact)),
        permission=Permission.SHAPE if Permission.SHAPE in needed else Permission.RUN,
        unsure=tuple((one.name, one.remnants) for one in going if one.remnants and verb == "restart_container"),
    )


def _depths(impacts: Iterable[Impact]) -> dict[str, int]:
    """Return by id how many of these come before it in the chain of those whose network it shares."""
    donors = {impact.docker_id: impact.donor_id for impact in impacts}
    depths: dict[str, int] = {}
    for docker_id in donors:
        above = [docker_id]
        while above[-1] not in depths and (donor_id := donors[above[-1]]) in donors and donor_id not in above:
            above.append(donor_id)
        first = depths.get(above[-1], 0)
        depths |= {one: first + number for number, one in enumerate(reversed(above))}
    return depths


def _leave_out(verb: str, impacts: Sequence[Impact], protection: Protection, known: Mapping[str, str]) -> dict[str, str]:
    """Return by id why these don't go; nor does whoever shares the network of one that doesn't, however long the chain is."""
    why_not = dict(known)
    while True:
        chosen = {impact.docker_id for impact in impacts} - why_not.keys()
        told = {one.docker_id: _why_not(verb, one, protection, chosen) for one in impacts if one.docker_id in chosen}
        found = {docker_id: words for docker_id, words in told.items() if words}
        if not found:
            return why_not
        why_not |= found


def _lacks(impacts: Iterable[Impact], room: Room) -> dict[str, str]:
    """Return by id why those get no address that don't run, when they start by name, one after the other."""
    found: dict[str, str] = {}
    for impact in impacts:
        if lack := room.lack_at_start(impact):
            found[impact.docker_id] = say_lack(lack)
        elif not impact.is_running:
            for place in impact.places:
                room.take(place.network_id, place.wishes, container_name=impact.name)
    return found


def _why_not(verb: str, impact: Impact, protection: Protection, chosen: Collection[str]) -> str:
    if lock := protection.containers.get(impact.docker_id):
        return lock.sentence
    if verb != "remove_container" and impact.state in LEAVING:
        return _("Docker is removing it, or could not.")
    if verb == "start_container" and impact.is_running:
        return _("It is already running.")
    if verb == "stop_container" and not impact.is_running:
        return _("It is not running.")
    if verb in WAITING and impact.stopping:
        return _("It is being stopped already.")
    if verb in _DONORS_FIRST and impact.stack == "gone":
        return _("The container that it shares the network with was removed: it has to be recreated.")
    if verb in _DONORS_FIRST and impact.stack in AWAY and impact.donor_id not in chosen:
        return say_away(impact.donor_name)
    if verb in _DONORS_FIRST and impact.lost:
        return say_lost(impact.lost)
    if verb in _DONORS_FIRST and impact.barred_by and not impact.is_running:
        return say_barred(impact.barred_by)
    if verb in _DONORS_FIRST and impact.held_by:
        return say_held(impact.held_by)
    return ""


def _step(verb: str, impact: Impact) -> JobStep:
    asked: dict[str, object] = {"wait_s": impact.stop_wait_s} if verb in WAITING else {}
    return JobStep(
        verb=verb,
        container_id=impact.docker_id,
        container_name=impact.name,
        command=command_of_order(verb, impact.name, impact.docker_id, asked),
        spec=asked | ({"was_started_at": impact.started_at} if verb == "restart_container" else {}),
    )


ORDER_PLANS: dict[str, Callable[[Selection], Plan]] = {name: partial(plan_orders, verb) for name, verb in SEVERAL_ORDERS.items()}
