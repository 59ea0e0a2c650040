"""Sentences of the pages that ask before something is done to a container: what an order, a disconnect or a removal touches."""

from __future__ import annotations

from typing import Any

from tests.truth.claims import Page, sentence
from tests.truth.reality import Box, Reality
from tests.truth.records import asked_for
from tests.truth.words.containers import box_of, so
from tests.truth.words.networks import is_told
from tests.truth.words.stacks import listed

STOPPING = ("order:stop", "order:restart", "order:kill")


def net_on(reality: Reality, page: Page) -> dict[str, Any]:
    """Return the network of a page about a container's place on it."""
    return reality.nets[page.subject[0]]


def place_of(reality: Reality, page: Page) -> tuple[Box, str, dict[str, Any]]:
    """Return container, name and endpoint of such a page."""
    box, net = box_of(reality, page), net_on(reality, page)
    name = next(one for one in box.ends if reality.net_of(box, one) is net)
    return box, name, box.ends[name]


def held_by(box: Box) -> dict[str, str]:
    """Return on which network a container has which address."""
    return {address: name for name in box.ends for address, _length in box.addresses_on(name).values()}


def is_chosen(box: Box, address: str) -> bool:
    """Whether it asked for an address that it has."""
    return any(address in asked_for(box.ends[name]) for at, name in held_by(box).items() if at == address)


@sentence("It is the only container running on {network}", *STOPPING, "order:pause", "order:remove")
def _last(reality: Reality, page: Page, network: str) -> Any:
    box = box_of(reality, page)
    for name in box.ends:
        net = reality.net_of(box, name)
        if name.startswith(network.split(",")[0].rstrip("…")) and net is not None:
            others = [one.name for one in reality.on(net) if one.is_running and one.key != box.key]
            return so(is_told(net) and not others, box, f"; {name} has {others}")
    return so(False, box)


@sentence("It stays stopped until the Engine is restarted", "order:stop", "order:kill")
@sentence("Its restart policy is “always”", "order:stop", "order:kill")
def _always(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(box.row["HostConfig"]["RestartPolicy"]["Name"] == "always", box)


@sentence("Its restart policy ({policy}) doesn't start a container that a person stopped", "order:stop", "order:kill")
def _policy(reality: Reality, page: Page, policy: str) -> Any:
    box = box_of(reality, page)
    return so(box.row["HostConfig"]["RestartPolicy"]["Name"] == policy, box)


@sentence("Docker removes it when it stops", "order:stop", "order:kill")
@sentence("It was started with --rm.", "order:stop", "order:kill")
def _removed(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(box.row["HostConfig"]["AutoRemove"], box)


@sentence("Published ports close", *STOPPING, "order:remove")
@sentence("Nothing behind its published ports answers in the meantime", "order:pause")
def _published(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(any((box.row["NetworkSettings"]["Ports"] or {}).values()), box)


@sentence(
    "Nothing else on its networks depends on it.",
    "order:start",
    "order:stop",
    "order:restart",
    "order:pause",
    "order:kill",
    "order:rename",
)
def _alone(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    keeps = bool(box.donor) or box.mode == "host"  # who shares such a stack loses nothing with it
    guests = [one.name for one in reality.guests_of(box) if reality.shares(one) and not keeps]
    bound = box.is_running and bool(box.row["NetworkSettings"]["Ports"] and any(box.row["NetworkSettings"]["Ports"].values()))
    # Whoever shares its stack keeps it while it stands still, or is called otherwise.
    breaks = bool(guests or bound) and page.kind not in ("order:rename", "order:pause")
    silenced = bound and page.kind == "order:pause" and not guests  # they go on answering behind its ports
    return so(not breaks and not silenced, box, f"; guests {guests}, ports {bound}")


@sentence(
    "{count:d} container shares its network and {what}", *STOPPING, "order:pause", "order:remove", "order:rename", "order:start"
)
@sentence(
    "{count:d} containers share its network and {what}", *STOPPING, "order:pause", "order:remove", "order:rename", "order:start"
)
def _guests(reality: Reality, page: Page, count: int, what: str) -> Any:
    """Removal and rename touch all that ask for its stack; what stops it touches those that are in it."""
    box = box_of(reality, page)
    asking = reality.guests_of(box)
    inside = [one for one in asking if reality.shares(one) and one.donor == box.key]
    return so(len(inside) <= count <= len(asking), box, f"; asked for by {[one.name for one in asking]}, shared by {len(inside)}")


@sentence("It can't be started again: the container whose network it shares was removed", "order:stop", "order:kill")
def _no_return(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(bool(box.donor) and box.donor not in reality.boxes, box, f"; donor {box.donor}")


@sentence("It can be started again only once {name} runs", "order:stop", "order:kill")
def _late_return(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    donor = reality.boxes.get(box.donor)
    return so(donor is not None and donor.name.startswith(name) and not donor.is_running, box, f"; donor {box.donor}")


@sentence("Its neighbours find it by the new name only", "order:rename")
def _neighbours(reality: Reality, page: Page) -> Any:
    """It is found by its name now: it runs, on a network whose names Docker answers for."""
    box = box_of(reality, page)
    named = [name for name in box.ends if name not in ("bridge", "host", "none") and box.addresses_on(name)]
    return so(bool(named) or box.state == "restarting", box)


@sentence("It is running: it is killed at once, and then removed", "order:remove")
@sentence("It is killed at once", "order:kill")
def _runs_now(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(box.state in ("running", "paused", "restarting"), box)


@sentence("It belongs to the Compose project {name}", *STOPPING, "order:remove", "disconnect", "order:rename")
def _project(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    project = (box.row["Config"]["Labels"] or {}).get("com.docker.compose.project", "")
    return so(name.startswith(project) and bool(project), box, f"; project {project!r}")


@sentence("It can't start: there is no network {names} here", "order:start")
def _no_network(reality: Reality, page: Page, names: str) -> Any:
    box = box_of(reality, page)
    missing = [name for name in box.ends if reality.net_of(box, name) is None]
    return so(sorted(names.split(", ")) == sorted(missing) or "…" in names, box, f"; missing {missing}")


@sentence("It can't start: the container whose network it shares was removed", "order:start")
def _donor_gone(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(bool(box.donor) and box.donor not in reality.boxes, box)


@sentence("It can't start: {name}, whose network it shares, doesn't run", "order:start")
def _donor_away(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    donor = reality.donor_of(box)
    return so(donor is not None and donor.name == name and not donor.is_running, box)


# Disconnecting and keeping.


@sentence("It has no other network", "disconnect")
def _no_other(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(sum(reality.net_of(box, name) is not None for name in box.ends) == 1, box)


@sentence("It loses {addresses} at once", "disconnect")
def _loses(reality: Reality, page: Page, addresses: str) -> Any:
    """All that it has there; one between two tries may have lost them just now."""
    box, name, _end = place_of(reality, page)
    if addresses == "its interface":
        return True  # the next sentence's
    has = {address for address, _length in box.addresses_on(name).values()}
    return so(set(listed(addresses)) == has or box.fails, box, f"; has {has}")


@sentence("It loses its interface at once", "disconnect")
def _loses_interface(reality: Reality, page: Page) -> Any:
    box, name, _end = place_of(reality, page)
    return so((box.is_running and not box.addresses_on(name)) or box.state == "restarting", box)


@sentence("{count:d} container shares its network and loses it as well", "disconnect")
@sentence("{count:d} containers share its network and lose it as well", "disconnect")
def _lose(reality: Reality, page: Page, count: int) -> Any:
    box = box_of(reality, page)
    inside = [one.name for one in reality.guests_of(box) if reality.shares(one)]
    if box.state == "restarting":  # has a stack one moment, and none the next
        return True
    idle = sum(not one.is_running for one in reality.guests_of(box))
    return so(len(inside) <= count <= len(inside) + idle, box, f"; {inside} share its stack now")


@sentence("“docker compose run” made it, so “docker compose up” doesn't connect it again.", "disconnect")
@sentence("If its Compose file names this network, “docker compose up” may recreate the container", "disconnect")
def _by_compose(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    labels = box.row["Config"]["Labels"] or {}
    is_oneoff = labels.get("com.docker.compose.oneoff") == "True"
    return so("com.docker.compose.project" in labels and is_oneoff == ("compose run" in page.main.text), box)


@sentence("Fixed address: {address}. ", "disconnect")
def _fixed(reality: Reality, page: Page, address: str) -> Any:
    box, _name, end = place_of(reality, page)
    return so(sorted(address.split(", ")) == sorted(asked_for(end)), box, f"; asked for {asked_for(end)}")


@sentence("Aliases: {names}. ", "disconnect")
def _aliases(reality: Reality, page: Page, names: str) -> Any:
    box, _name, end = place_of(reality, page)
    given = set(end["Aliases"] or ()) - {box.key[:12]}
    return so(set(names.split(", ")) == given, box, f"; aliases {given}")


@sentence("{name} does not run, so it has no address", "keep")
def _keeps_none(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    return so(not box.is_running and box.name == name, box)


@sentence("{address} the one it has now", "keep")
def _has_now(reality: Reality, page: Page, address: str) -> Any:
    box, name, _end = place_of(reality, page)
    return so(held_by(box).get(address) == name, box, f"; has {held_by(box)}")


@sentence("{address} the one it had before; {holder} has it now", "keep")
def _had_before(reality: Reality, page: Page, address: str, holder: str) -> Any:
    holders = reality.holders(net_on(reality, page))
    return so(address in holders and holders[address].name == holder, box_of(reality, page), f"; held by {holders.get(address)}")


@sentence("{address} the one it had before; {holder}, which doesn't run, asks for it", "keep")
def _wished_since(reality: Reality, page: Page, address: str, holder: str) -> Any:
    asking = [one.name for one in reality.wishes(net_on(reality, page)).get(address, ())]
    return so(holder in asking, box_of(reality, page), f"; asked for by {asking}")


@sentence("{addresses} was requested: {name} gets it at every start, and can't start while another container has it", "keep")
@sentence("{addresses} were requested: {name} gets them at every start, and can't start while another one has either", "keep")
def _kept(reality: Reality, page: Page, addresses: str, name: str) -> Any:
    box, _name, end = place_of(reality, page)
    return so(set(listed(addresses)) == set(asked_for(end)) and box.name == name, box, f"; asked for {asked_for(end)}")


@sentence("It has {now} now and had {before} before", "keep")
def _moved(reality: Reality, page: Page, now: str, before: str) -> Any:
    box, name, _end = place_of(reality, page)
    return so(held_by(box).get(now) == name and now != before, box, f"; has {held_by(box)}")


@sentence("Its MAC address {mac} is lost", "keep")
def _mac(reality: Reality, page: Page, mac: str) -> Any:
    box, name, _end = place_of(reality, page)
    link = box.link_of(name)
    return so(link is not None and link.mac == mac, box)
