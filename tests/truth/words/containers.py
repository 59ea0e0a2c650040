"""Sentences of a container's pages: what became of its stack, what its mode gives it, and how it is found."""

from __future__ import annotations

from typing import Any

from tests.truth.claims import Page, sentence
from tests.truth.reality import Box, Reality

ON = ("container", "inside")


def box_of(reality: Reality, page: Page) -> Box:
    """Return the container whose page it is."""
    return reality.boxes[page.subject[-1]]


def about(box: Box) -> str:
    """Say of a container what most sentences are about."""
    links = " ".join(link.name for link in box.links)
    places = ", ".join(box.ends) or "nothing"
    return f"{box.name} is {box.state}, made with {box.mode}, has the links {links or 'none'} and is on {places}"


def so(holds: bool, box: Box, more: str = "") -> Any:
    """Return True, or what is so of a container."""
    return holds or f"{about(box)}{more}"


@sentence("The container whose network it shared was removed: nothing but loopback is left of it.", "container")
def _gone_running(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(box.donor not in reality.boxes and box.has_only_loopback, box)


@sentence("The container whose network it shares was removed: it can't start any more.", "container")
@sentence("It isn't running, so it has no network stack, and no start gives it one.", "container")
def _gone(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(bool(box.donor) and box.donor not in reality.boxes and not box.is_running, box)


@sentence("It has no endpoint, and was made to have none: it was to share another container's.", "container")
@sentence("It was made to share another container's network: Docker gives it no address of its own.", "container")
@sentence("It was made to share another container's network stack, and whether it still does, Docker doesn't tell.", "container")
def _was_to_share(reality: Reality, page: Page) -> Any:
    """A container that was made so has no address by any network, whoever's stack it is in."""
    box = box_of(reality, page)
    ends = [end for end in box.ends.values() if end["IPAddress"] or end["GlobalIPv6Address"]]
    return so(bool(box.donor) and not ends, box)


@sentence(
    "The container whose network it shared was removed: Docker doesn't tell whether more than loopback is left", "container"
)
def _gone_untold(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    untold = box.is_running and box.row["Config"]["Hostname"] != box.donor[:12]
    return so(bool(box.donor) and box.donor not in reality.boxes and untold, box)


@sentence(
    "{name}, whose network it shares, doesn't run: Docker doesn't tell whether more than loopback is left here.", "container"
)
@sentence(
    "{name} was started after it, and shares another's network: Docker doesn't tell whether both are in one stack.", "container"
)
def _untold(reality: Reality, page: Page, name: str) -> Any:
    """Only of one that shares what is shared itself: any other's is told."""
    box = box_of(reality, page)
    donor = reality.donor_of(box)
    return so(donor is not None and donor.name == name and bool(donor.donor) and box.is_running, box)


@sentence("{name}, with which it shares the host's network, doesn't run: this one keeps that network.", "container")
def _keeps_hosts(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    donor = reality.donor_of(box)
    away = donor is not None and donor.name == name and (not donor.is_running or donor.fails)
    return so(away and box.netns == reality.host_netns, box)


@sentence(
    "{name}, whose network it shares, has itself lost the one that it shares: nothing but loopback is left here.", "container"
)
def _cut(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    donor = reality.donor_of(box)
    return so(donor is not None and donor.name == name and bool(donor.donor) and box.has_only_loopback, box)


@sentence("It has no endpoint: it uses the host's own interfaces and addresses.", "container")
@sentence("It has no network of its own: it uses the host's interfaces and ports directly.", "container")
def _in_hosts(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(box.netns == reality.host_netns, box)


@sentence("{name}, whose network it shares, doesn't run: nothing but loopback is left here.", "container")
def _away_running(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    donor = reality.donor_of(box)
    return so(donor is not None and donor.name == name and not donor.is_running and box.has_only_loopback, box)


@sentence("{name}, whose network it shares, ends and is restarted: nothing but loopback is left here.", "container")
def _restarting_beside(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    donor = reality.donor_of(box)
    return so(donor is not None and donor.name == name and donor.fails and box.has_only_loopback and not reality.shares(box), box)


@sentence("{name}, whose network it shares, is between two restarts: until it runs, this one can't start.", "container")
def _restarting(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    donor = reality.donor_of(box)
    return so(donor is not None and donor.name == name and donor.fails and not box.is_running, box)


@sentence("{name}, whose network it shares, doesn't run: it can't start.", "container")
def _away(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    donor = reality.donor_of(box)
    return so(donor is not None and donor.name == name and not donor.is_running and not box.is_running, box)


@sentence("{name} was started after it, with a new network stack: this one is in the old one, alone.", "container")
def _dead(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    donor = reality.donor_of(box)
    alone = box.has_only_loopback and not reality.shares(box)
    return so(donor is not None and donor.name == name and (donor.is_running or donor.fails) and alone, box)


@sentence("It can't start: it was made with the network {name}, which isn't there any more", "container")
@sentence("It can't start: the network that it was made with, {name}, isn't there any more.", "order:start", "order:restart")
def _held(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    return so(box.mode.startswith(name) and bool(box.ends) and reality.is_mode_lost(box), box)


@sentence("It can't start: it was made with a network by its ID, and that one isn't there any more.", "container")
def _held_by_id(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(len(box.mode) == 64 and bool(box.ends) and reality.is_mode_lost(box), box)


@sentence("While it runs, Docker connects it to nothing: its own network, {name}, isn't there any more.", "container")
def _adrift(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    return so(box.is_running and box.mode.startswith(name) and reality.is_mode_lost(box), box)


@sentence("It can't start: it asks for the network {names} by its ID, and that one was removed.", "container")
def _asks_by_id(reality: Reality, page: Page, names: str) -> Any:
    box = box_of(reality, page)
    ids = {end["NetworkID"] for end in box.recorded.values() if end["NetworkID"]}
    return so(bool(ids - set(reality.nets)), box, f"; it asks for {sorted(ids)}")


@sentence("It is set to join the network {name}, which doesn't exist", "container")
@sentence("It is set to join the network {name}, which this Engine doesn't list now.", "container")
@sentence("It is set to join a network {name}, and there is none of that name", "container")
def _lost(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    return so(any(one.startswith(name.rstrip("…")) and reality.net_of(box, one) is None for one in box.ends), box)


@sentence("It is on Docker's default bridge", "container")
def _default_bridge(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so("bridge" in box.ends and (not box.is_running or box.link_of("bridge") is not None), box)


@sentence("It has a network stack with nothing in it but loopback: nobody reaches it, and it reaches nobody.", "container")
@sentence("a stack with loopback and nothing else.", "container")
@sentence("It has nothing but loopback: no packet comes in or goes out.", "container")
@sentence("Only loopback: no packet comes in or goes out.", "inside")
def _loopback(reality: Reality, page: Page) -> Any:
    """Of one that doesn't run it says what it will be: on none, or on nothing."""
    box = box_of(reality, page)
    will_be = not box.is_running and not set(box.ends) - {"none"} and not box.donor
    return so(box.has_only_loopback or will_be, box)


@sentence("nobody: there is no route, not even to the name server that its resolv.conf names.", "container")
@sentence("None: nothing can be sent anywhere.", "inside")
def _no_route(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    routes = [row for row in (*box.routes, *box.routes6) if row.get("dev") != "lo"]
    return so(not routes and not (set(box.ends) - {"none"} and not box.is_running), box, f"; routes {routes}")


@sentence(
    "by address, unless ICC is off here, and by name only those that it was linked to (--link): no DNS is here.", "container"
)
@sentence("There is no DNS for names there: containers find each other by address", "container")
def _no_names(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    if not box.is_running:
        return so(set(box.ends) <= {"bridge"}, box)
    # On no other network Docker's DNS may be left in its resolv.conf, and knows nobody.
    others = [name for name in box.ends if name != "bridge" and box.addresses_on(name)]
    servers = reality.read_file(box, "/etc/resolv.conf")
    return so("127.0.0.11" not in servers or not others, box, f"; its resolv.conf: {servers!r}")


@sentence("Docker's own, inside every container of a user-defined network", "inside")
def _names(reality: Reality, page: Page) -> Any:
    """Ask it, from inside, for the container's own short id."""
    box = box_of(reality, page)
    own = {address for name in box.ends if name != "bridge" for address, _ in box.addresses_on(name).values()}
    if box.state != "running" or not own:
        return so(not box.is_running or box.state == "paused" or bool(set(box.ends) - {"bridge", "host", "none"}), box)
    return so(
        bool(own & reality.resolve(box, box.key[:12])), box, f"; asked for itself: {set(reality.resolve(box, box.key[:12]))}"
    )


@sentence("the machine's interfaces, addresses, ports and routes; its name too, unless it has a --hostname.", "container")
@sentence("These are the host's own links", "inside")
def _host(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(box.netns == reality.host_netns if box.is_running else box.mode == "host", box)


@sentence("It shares another container's network stack: the same interfaces, addresses and ports.", "container")
@sentence("It can reach that container as localhost, and is on a network for as long as that container is", "container")
@sentence("interfaces, addresses, routes, /etc/hosts and name servers; a port is taken by one of both.", "container")
@sentence("as the other one does, by name where that one's networks have names.", "container")
@sentence("by the other container's names and addresses, not by its own name.", "container")
@sentence("It has no endpoints of its own: it uses the interfaces and addresses of the other container.", "container")
@sentence("It uses the addresses of the container whose network it shares", "container")
@sentence("This is the network stack of another container, which it shares", "inside")
def _shares(reality: Reality, page: Page) -> Any:
    """Whoever runs has to be in the very stack that the other one has now."""
    box = box_of(reality, page)
    return so(reality.shares(box) or (not box.is_running and reality.donor_of(box) is not None), box)


@sentence("The network is that of {name}", "container")
def _is_that_of(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    donor = reality.donor_of(box)
    return so(donor is not None and donor.name == name.rstrip(".") and (reality.shares(box) or not box.is_running), box)


@sentence("It isn't running", "container", "inside")
@sentence("It is not running", "container", "disconnect", "order:restart", "order:kill", "order:pause", "order:stop")
def _is_not_running(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(box.state != "running", box)


@sentence("It is already running.", "order:start")
def _runs(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(box.state in ("running", "paused", "restarting"), box)


@sentence("It is not paused", "order:unpause")
def _is_not_paused(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(box.state != "paused", box)


@sentence("It is on no network.", "container")
def _on_no_network(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(not box.ends and not box.donor, box)


@sentence("Docker lists no port of it, which says nothing of what it listens on.", "container")
def _no_ports(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(not reality.listed_ports[box.key], box, f"; Docker lists {reality.listed_ports[box.key]}")


@sentence("{name} is on none, and a container on none can be on no other network.", "container")
def _on_none(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    return so("none" in box.ends and box.name == name, box)


@sentence("It shares another container's network and has none of its own to connect.", "container")
@sentence("{name} shares another container's network, so it has no connections of its own", "connect:container")
def _no_own(reality: Reality, page: Page, name: str = "") -> Any:
    box = box_of(reality, page)
    return so(bool(box.donor), box)
