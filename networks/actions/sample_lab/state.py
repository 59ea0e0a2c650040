"""How much of the sample lab an Engine has, and what of somebody's own stands in its way; as the snapshot knows it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from networks.actions.sample_lab.plan import LABEL, PREFIX_LABEL, LabPlan
from networks.engine.allow_list import Noun, is_name_prefix
from networks.models import Container, Network, Pool

_SUGGESTED = ("lab-", *(f"lab{number}-" for number in range(2, 10)))


@dataclass(frozen=True, slots=True)
class LabState:
    """`plan`: of the lab that is there, else of the one that would be built. `missing`: names of it that aren't there, or have
    ended. `is_any`: something of it is there, under these names or others. `taken`: its names that others have; `suggested`: a
    prefix that helps, "" where none is needed.
    """

    plan: LabPlan
    missing: tuple[str, ...]
    is_any: bool
    taken: tuple[str, ...] = ()
    suggested: str = ""

    @property
    def is_whole(self) -> bool:
        """Tell whether all of it is there, and what has to run does."""
        return self.is_any and not self.missing


def read_lab_state(engine_slug: str) -> LabState:
    """Return how much of the lab is on an Engine. Two queries, three where none is."""
    here = {"engine__slug": engine_slug}
    networks = dict(Network.objects.filter(**here).values_list("name", "labels"))
    rows = list(Container.objects.filter(**here).values_list("name", "labels", "state"))
    containers, states = {name: labels for name, labels, _state in rows}, {name: state for name, _labels, state in rows}
    own = [*filter(is_lab_label, networks.values()), *filter(is_lab_label, containers.values())]
    said = [str(labels.get(PREFIX_LABEL, "")) for labels in own]
    prefixes = [text if is_name_prefix(text) else "" for text in said]
    plan = LabPlan(prefixes[0] if prefixes else "")
    missing = [name for name in plan.network_names if not is_lab_label(networks.get(name))]
    for name, _network, _command in plan.containers:
        has_ended = states.get(name) != "running" and name != plan.stopped
        if has_ended or not is_lab_label(containers.get(name)):
            missing.append(name)
    if prefixes:
        return LabState(plan, tuple(missing), is_any=True)
    of_networks, of_containers = ({name for name in each if not is_lab_label(each[name])} for each in (networks, containers))
    taken = plan.taken(of_networks, of_containers)
    needs_prefix = taken or _is_subnet_taken(engine_slug, plan)
    free = (prefix for prefix in _SUGGESTED if not LabPlan(prefix).taken(of_networks, of_containers))
    return LabState(plan, tuple(missing), is_any=False, taken=taken, suggested=next(free, "") if needs_prefix else "")


@dataclass(frozen=True, slots=True)
class LabThing:
    """A network or a container that carries the lab's label."""

    noun: Noun
    docker_id: str
    name: str


def list_lab_things(engine_slug: str) -> tuple[LabThing, ...]:
    """Return what taking the lab away removes, containers first. Two queries."""
    found: list[LabThing] = []
    rows: tuple[tuple[Noun, Any], ...] = (("container", Container), ("network", Network))
    for noun, model in rows:
        for docker_id, name, labels in model.objects.filter(engine__slug=engine_slug).values_list("docker_id", "name", "labels"):
            if is_lab_label(labels):
                found.append(LabThing(noun, docker_id, name))
    return tuple(found)


def is_lab_label(labels: object) -> bool:
    """Tell whether labels say that something is the lab's."""
    return isinstance(labels, dict) and labels.get(LABEL[0]) == LABEL[1]


def _is_subnet_taken(engine_slug: str, plan: LabPlan) -> bool:
    pools = Pool.objects.filter(network__engine__slug=engine_slug, network__scope="local", network__is_config_only=False)
    subnets = [ip_network(text, strict=False) for text in pools.exclude(subnet="").values_list("subnet", flat=True)]
    return any(subnet.version == 4 and subnet.overlaps(plan.subnets[0]) for subnet in subnets)
