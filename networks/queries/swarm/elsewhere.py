"""Networks of a swarm that an Engine doesn't list yet: as the other Engines of it that the reader may see know them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from networks.addressing.reading import IPAddress
from networks.models import Network
from networks.queries.choices import network_choices
from networks.queries.ground import NetworkChoice
from networks.queries.swarm.standing import Standing, read_standings, same_swarm


def with_elsewhere(own: Iterable[NetworkChoice], engine_slug: str, seen: Collection[str]) -> tuple[NetworkChoice, ...]:
    """Return an Engine's networks, then those attachable ones of its swarm that it would know once a container there uses them.

    An address that is in use on another Engine is taken here too: the swarm gives it once. `seen`: slugs of the Engines that the
    reader may view. No query where that is no other Engine, one for an Engine that is in no swarm; else two, and three for each
    other Engine of it.
    """
    here = tuple(own)
    if not set(seen) - {engine_slug}:
        return here
    others = _others(engine_slug, seen)
    if not others:
        return here
    slugs = [each.place.slug for each in others]
    shared = Network.objects.filter(engine__slug__in=slugs, scope="swarm", is_attachable=True, is_config_only=False)
    ids: dict[str, set[str]] = {}
    for slug, docker_id in shared.values_list("engine__slug", "docker_id"):
        ids.setdefault(slug, set()).add(docker_id)
    views = {each: network_choices(each.place.slug, ids[each.place.slug]) for each in others if each.place.slug in ids}
    held: dict[str, dict[IPAddress, str]] = {}
    for other, choices in views.items():
        for choice in choices:
            there = {address: f"{name} · {other.place.name}" for address, name in choice.holders.items()}
            held.setdefault(choice.docker_id, {}).update(there)
    known = {choice.docker_id for choice in here}
    names = {choice.name for choice in here}  # Docker would take its own network of this name
    new: dict[str, NetworkChoice] = {}
    for other, choices in views.items():
        for choice in choices:
            if choice.docker_id not in known and choice.name not in names:
                new.setdefault(choice.docker_id, replace(choice, via=other.place.name, holders={}, wishes={}, macs={}))
    return (*(_held_too(each, held) for each in here), *(_held_too(each, held) for each in new.values()))


def _others(engine_slug: str, seen: Collection[str]) -> list[Standing]:
    """Return the other Engines of its swarm, managers first: they list all networks."""
    standings = read_standings({*seen, engine_slug})
    members = (each for each in same_swarm(standings, engine_slug) if each.place.slug != engine_slug)
    return sorted(members, key=lambda each: (not each.is_manager, each.place.slug))


def _held_too(choice: NetworkChoice, held: Mapping[str, Mapping[IPAddress, str]]) -> NetworkChoice:
    return replace(choice, holders={**held.get(choice.docker_id, {}), **choice.holders}) if choice.docker_id in held else choice
