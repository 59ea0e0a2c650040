"""Sentences of lists, of a network's pages and of the forms: counts, who is on what, and what there is to choose from."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tests.truth.claims import Page, sentence
from tests.truth.reality import BUILT_IN, Box, Reality
from tests.truth.records import pools_of, room_of
from tests.truth.so.links import owner_of
from tests.truth.so.networks import held_in


def net_of(reality: Reality, page: Page) -> dict[str, Any]:
    """Return the network whose page it is."""
    return reality.nets[page.subject[0]]


def same(said: object, found: object) -> Any:
    """Return True, or what was found."""
    return True if said == found else f"it is {found}"


def running(reality: Reality) -> list[Box]:
    """Return what has a process."""
    return [box for box in reality.boxes.values() if box.is_running]


def idle(reality: Reality) -> list[dict[str, Any]]:
    """Return the networks that containers are on, none of which runs."""
    on = {
        key: reality.on(net)
        for key, net in reality.nets.items()
        if net["Name"] not in ("bridge", "host", "none") and is_told(net)
    }
    return [reality.nets[key] for key, boxes in on.items() if boxes and not any(_lives(box) for box in boxes)]


def is_told(net: dict[str, Any]) -> bool:
    """Whether one Engine's containers tell who is on a network: it isn't a swarm's, nor the host's, nor a way out of overlays."""
    return net["Scope"] != "swarm" and net["Driver"] != "host" and net["Name"] != "docker_gwbridge"


def nobody_on(reality: Reality) -> list[dict[str, Any]]:
    """Return the networks that surely nobody is on."""
    return [net for net in reality.nets.values() if is_told(net) and not reality.on(net)]


def _lives(box: Box) -> bool:
    return box.state in ("running", "paused", "restarting")


@sentence("{networks:d} networks · {alive:d} of {containers:d} containers running", "overview")
def _overview(reality: Reality, page: Page, networks: int, alive: int, containers: int) -> Any:
    count = sum(box.state == "running" for box in reality.boxes.values())
    return same((networks, alive, containers), (len(reality.nets), count, len(reality.boxes)))


@sentence("{all:d}, of which {none:d} has no containers", "networks")
@sentence("{all:d}, of which {none:d} have no containers", "networks")
def _networks(reality: Reality, page: Page, all: int, none: int) -> Any:
    return same((all, none), (len(reality.nets), len(nobody_on(reality))))


@sentence("{all:d}, all in use", "networks")
def _all_in_use(reality: Reality, page: Page, all: int) -> Any:
    empty = sum(net["Driver"] != "host" and not reality.on(net) for net in reality.nets.values())
    return same((all, 0), (len(reality.nets), empty))


@sentence("{shown:d} of {all:d} shown", "networks", "containers", "interfaces")
def _shown(reality: Reality, page: Page, shown: int, all: int) -> Any:
    there = {"networks": reality.nets, "containers": reality.boxes, "interfaces": reality.host_links}[page.kind]
    return same((shown, all), (len(there), len(there)))


@sentence("{links:d} links, {up:d} up", "interfaces")
def _links(reality: Reality, page: Page, links: int, up: int) -> Any:
    found = reality.operational
    return same((links, up), (len(found), sum(found.values())))


@sentence("{alive:d} running, {stopped:d} stopped", "containers")
def _containers(reality: Reality, page: Page, alive: int, stopped: int) -> Any:
    return same(alive, sum(box.state == "running" for box in reality.boxes.values()))


@sentence("{pools:d} pools, {used:d} addresses in use", "addresses")
def _pools(reality: Reality, page: Page, pools: int, used: int) -> Any:
    found = [(net, pool) for net in reality.nets.values() for pool in pools_of(net)]
    return same((pools, used), (len(found), sum(len(held_in(reality, *one)) for one in found)))


@sentence("{running:d} running container has {ends:d} endpoint: {veths:d} veth link.", "interfaces")
@sentence("{running:d} running container has {ends:d} endpoints: {veths:d} veth link.", "interfaces")
@sentence("{running:d} running containers have {ends:d} endpoint: {veths:d} veth link.", "interfaces")
@sentence("{running:d} running containers have {ends:d} endpoints: {veths:d} veth link.", "interfaces")
@sentence("{running:d} running container has {ends:d} endpoint: {veths:d} veth links", "interfaces")
@sentence("{running:d} running container has {ends:d} endpoints: {veths:d} veth links", "interfaces")
@sentence("{running:d} running containers have {ends:d} endpoints: {veths:d} veth links", "interfaces")
def _sum(reality: Reality, page: Page, running: int, ends: int, veths: int) -> Any:
    living = [box for box in reality.boxes.values() if box.is_running]
    endpoints = sum(box.link_of(name) is not None for box in living for name in box.ends)
    owned = sum(owner_of(reality, link)[0] is not None for link in reality.host_links)
    return same((running, ends, veths), (len(living), endpoints, owned))


@sentence("{count:d} endpoint has none on the host: its network's driver", "interfaces")
@sentence("{count:d} endpoints have none on the host: their networks' drivers", "interfaces")
def _without(reality: Reality, page: Page, count: int) -> Any:
    found = [
        box.name
        for box in running(reality)
        for name in box.ends
        if (link := box.link_of(name)) is not None and link.kind != "veth"
    ]
    return same(count, len(found))


@sentence("{count:d} other veth link leads into no container that is known", "interfaces")
@sentence("{count:d} other veth links lead into no container that is known", "interfaces")
def _unknown(reality: Reality, page: Page, count: int) -> Any:
    loose = [
        link.name for link in reality.host_links if link.kind == "veth" and not link.pair and owner_of(reality, link)[0] is None
    ]
    return same(count, len(loose))


@sentence("{names} has none.", "interfaces")
@sentence("{names} have none.", "interfaces")
def _have_none(reality: Reality, page: Page, names: str) -> Any:
    bare = [box for box in running(reality) if box.has_only_loopback and not reality.shares(box)]
    untold = {box.name for box in bare if reality.is_untold(box)}
    return _named(names, {box.name for box in bare} - untold, untold)


@sentence("{names} uses the host's own links.", "interfaces")
@sentence("{names} use the host's own links.", "interfaces")
def _on_host(reality: Reality, page: Page, names: str) -> Any:
    on_host = [box for box in running(reality) if box.netns == reality.host_netns]
    return _named(names, {box.name for box in on_host if reality.shares(box) or not reality.is_untold(box)})


@sentence("{guest} shares {owner}'s.", "interfaces")
def _shares(reality: Reality, page: Page, guest: str, owner: str) -> Any:
    box = reality.named(guest.split()[-1])
    named = reality.named(owner)
    is_inside = reality.shares(box) and box.netns == named.netns and box in reality.guests_of(named)
    return is_inside or f"{box.name} is not in {owner}'s stack"


def _named(names: str, found: set[str], perhaps: Collection[str] = ()) -> Any:
    """Compare "a, b and 3 more" with who it is. `perhaps`: whom Docker leaves open."""
    shown, _, rest = names.rpartition(". ")[2].partition(" and ")
    listed = shown.split(", ")
    more = int(rest.removesuffix(" more")) if rest else 0
    if found.union(perhaps).issuperset(listed) and len(found) <= len(listed) + more <= len(found) + len(perhaps):
        return True
    return f"it is {sorted(found)}"


@sentence("No container is running, so there are no veth links to expect.", "interfaces")
def _none_runs(reality: Reality, page: Page) -> Any:
    return same([], [box.name for box in running(reality)])


@sentence("no network is known to be full or used by stopped containers alone.", "overview")
def _nothing_to_see(reality: Reality, page: Page) -> Any:
    return same([], [net["Name"] for net in idle(reality)])


@sentence("{name} failed, exit code {code:d}", "overview")
def _failed(reality: Reality, page: Page, name: str, code: int) -> Any:
    box = reality.named(name)
    return same((box.state, code), ("exited", box.exit_code))


@sentence("{name} keeps restarting", "overview")
def _restarting(reality: Reality, page: Page, name: str) -> Any:
    return same(reality.named(name).state, "restarting")


@sentence("{name} is used by {count:d} stopped container alone", "overview")
@sentence("{name} is used by {count:d} stopped containers alone", "overview")
def _idle(reality: Reality, page: Page, name: str, count: int) -> Any:
    net = reality.net_named(name)
    there = reality.on(net) if net else []
    return same((count, False, True), (len(there), any(_lives(box) for box in there), net is not None and is_told(net)))


@sentence("{name} has {count:d} free address left", "overview")
@sentence("{name} has {count:d} free addresses left", "overview")
def _full(reality: Reality, page: Page, name: str, count: int) -> Any:
    net = reality.net_named(name)
    assert net is not None
    return same(count, sum(pool_free(reality, net, pool) for pool in pools_of(net) if ":" not in pool["Subnet"]))


def pool_free(reality: Reality, net: dict[str, Any], pool: dict[str, Any]) -> int:
    """Return how many addresses of a pool Docker could still hand out by itself."""
    from_room = room_of(pool)
    return len(from_room - held_in(reality, net, pool))


@sentence("no container is on this network", "network")
@sentence("No container is on this network.", "network")
@sentence("No container uses it, running or stopped.", "remove:network")
def _nobody_at_all(reality: Reality, page: Page) -> Any:
    return same(([], True), ([box.name for box in reality.on(net_of(reality, page))], is_told(net_of(reality, page))))


@sentence("Services, and containers of other Engines, may be on it", "remove:network")
def _perhaps_elsewhere(reality: Reality, page: Page) -> Any:
    return same("swarm", net_of(reality, page)["Scope"])


@sentence("Docker lists no container on the host's network", "network")
def _nobody(reality: Reality, page: Page) -> Any:
    return same([], [box.name for box in reality.on(net_of(reality, page))])


@sentence("No running container is on it", "network")
def _nobody_runs(reality: Reality, page: Page) -> Any:
    return same([], [box.name for box in reality.on(net_of(reality, page)) if box.is_running])


@sentence("{count:d} running container is on it: Docker will refuse", "remove:network")
@sentence("{count:d} running containers are on it: Docker will refuse", "remove:network")
def _refused(reality: Reality, page: Page, count: int) -> Any:
    return same(count, sum(box.is_running for box in reality.on(net_of(reality, page))))


@sentence("{count:d} stopped container still needs it", "remove:network")
@sentence("{count:d} stopped containers still need it", "remove:network")
def _needed(reality: Reality, page: Page, count: int) -> Any:
    return same(count, sum(not _lives(box) for box in reality.on(net_of(reality, page))))


@sentence("{count:d} network that a container needs", "prune")
@sentence("{count:d} networks that containers need", "prune")
def _prunable(reality: Reality, page: Page, count: int) -> Any:
    """Those on which nobody runs, and somebody is, or was made with them."""
    return same(count, len(idle(reality)) + sum(bool(_made_with(reality, net)) for net in nobody_on(reality)))


def _made_with(reality: Reality, net: dict[str, Any]) -> list[Box]:
    """Return who was made with a network, and isn't on it."""
    named = [box for box in reality.boxes.values() if box.mode in (net["Name"], net["Id"], net["Id"][:12])]
    return [box for box in named if box not in reality.on(net) and box.mode not in BUILT_IN]


@sentence("{count:d} network that no container needs", "prune")
@sentence("{count:d} networks that no container needs", "prune")
def _unused(reality: Reality, page: Page, count: int) -> Any:
    found = [net["Name"] for net in nobody_on(reality) if net["Name"] not in BUILT_IN and not _made_with(reality, net)]
    return same(count, len(found))


@sentence("Every network is in use, protected, Docker's own, or holds only settings for other networks.", "prune")
def _nothing_to_prune(reality: Reality, page: Page) -> Any:
    own, marked = {"bridge", "host", "none", "docker_gwbridge"}, "netadmin.protect"
    found = [
        net["Name"]
        for net in reality.nets.values()
        if net["Name"] not in own and not net["Ingress"] and not net["ConfigOnly"] and marked not in (net["Labels"] or {})
        if not any(_lives(box) or marked in (box.row["Config"]["Labels"] or {}) for box in reality.on(net))
    ]
    return same([], found)


@sentence("{count:d} network that no container of this Engine is on", "prune")
@sentence("{count:d} networks that no container of this Engine is on", "prune")
def _untold(reality: Reality, page: Page, count: int) -> Any:
    found = [
        net["Name"] for net in reality.nets.values() if net["Scope"] == "swarm" and not net["Ingress"] and not reality.on(net)
    ]
    return same(count, len(found))


@sentence("A container on it ends and is restarted again and again: Docker may refuse, or say nothing", "remove:network")
@sentence("While it runs, Docker refuses. Between two tries Docker removes the network", "remove:network")
def _wavering(reality: Reality, page: Page) -> Any:
    boxes = reality.on(net_of(reality, page))
    return any(box.fails or box.state == "restarting" for box in boxes) or f"on it are {[box.state for box in boxes]}"


@sentence("Containers that were made with it aren't on it now, and need it all the same", "remove:network")
@sentence("Docker looks for the network that a container was made with when it starts on others", "remove:network")
def _orphans(reality: Reality, page: Page) -> Any:
    return bool(_made_with(reality, net_of(reality, page))) or "nobody was made with it and left it"
