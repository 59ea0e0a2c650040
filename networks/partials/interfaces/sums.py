"""The sentence that adds the links up against the containers: and says so where they don't."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.queries.lifecycle.stacks import Whose, stack_of
from networks.queries.rows import ContainerRow
from networks.sync.host.board import HostPicture
from networks.templatetags.ui import count_text
from networks.templatetags.wording import spell

GATEWAY_NETWORK = "docker_gwbridge"
MOST_NAMES, NAME_LENGTH = 3, 40


@dataclass(frozen=True, slots=True)
class LinkSums:
    """What there is in a picture. `ends`: veth links that are an endpoint's; `ways_out`: those on docker_gwbridge, a container's
    way out of overlays; `placeless`: those of a container, of which it isn't known on what network; `pairs`: those whose far end
    is another of the host's own links; `unknown`: those whose far end is in no container. Of running containers: `shared` by name
    (container, whose stack it shares), `on_host`: names of those that use the host's; `bare`: of those that have loopback alone.
    """

    picture: HostPicture
    ends: int
    ways_out: int
    unknown: int
    placeless: int = 0
    pairs: int = 0
    shared: tuple[tuple[str, str], ...] = ()
    on_host: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()


def sum_links(picture: HostPicture, containers: Iterable[ContainerRow]) -> LinkSums:
    """Count the links of a picture; `containers`: of the same Engine, by name."""
    veths = [link for link in picture.links if link.fact.kind == "veth"]
    here = {link.fact.index for link in picture.links}
    pairs = sum(1 for link in veths if link.peer is None and link.fact.peer_nsid is None and link.fact.peer in here)
    peers = [link.peer for link in veths if link.peer is not None]
    # Who was connected to it by hand has an endpoint there, with an address.
    ways_out = sum(1 for peer in peers if peer.network_name == GATEWAY_NETWORK and not peer.ipv4)
    placeless = sum(1 for peer in peers if not peer.network_id)
    stacks = [(row, stack) for row in containers if (stack := stack_of(row)).is_alive]
    return LinkSums(
        picture,
        len(peers) - ways_out - placeless,
        ways_out,
        len(veths) - len(peers) - pairs,
        placeless,
        pairs,
        tuple((row.name, row.donor_name) for row, stack in stacks if stack.whose is Whose.SHARED),
        tuple(row.name for row, stack in stacks if stack.whose is Whose.HOST),
        tuple(row.name for row, stack in stacks if stack.is_bare),
    )


def say_sum(sums: LinkSums) -> str:
    """Return the sum: "5 running containers have 6 endpoints: 6 veth links."."""
    if not sums.picture.running:
        return _("No container is running, so there are no veth links to expect.")
    running = ngettext("%(count)s running container has", "%(count)s running containers have", sums.picture.running)
    endpoints = ngettext("%(count)s endpoint", "%(count)s endpoints", sums.picture.endpoints)
    links = ngettext("%(count)s veth link", "%(count)s veth links", sums.ends)
    return _("%(running)s %(endpoints)s: %(links)s.") % {
        "running": running % {"count": count_text(sums.picture.running)},
        "endpoints": endpoints % {"count": count_text(sums.picture.endpoints)},
        "links": links % {"count": count_text(sums.ends)},
    }


def say_other_links(sums: LinkSums) -> tuple[str, ...]:
    """Return what keeps the sum from adding up, and what else it leaves out, a sentence each."""
    said: list[str] = []
    picture = sums.picture
    if picture.unseen:
        words = _("Not found among the links, or not yet: the veth of %(names)s.")
        said.append(words % {"names": _names(picture.unseen)})
    if picture.linkless:
        words = ngettext(
            "%(count)s endpoint has none on the host: its network's driver is %(drivers)s.",
            "%(count)s endpoints have none on the host: their networks' drivers are %(drivers)s.",
            len(picture.linkless),
        )
        said.append(
            words % {"count": count_text(len(picture.linkless)), "drivers": _names(tuple(dict.fromkeys(picture.linkless)))}
        )
    if sums.placeless:
        words = ngettext(
            "%(count)s more leads into a container, and which network it is on there isn't known.",
            "%(count)s more lead into containers, and which networks they are on there isn't known.",
            sums.placeless,
        )
        said.append(words % {"count": count_text(sums.placeless)})
    if sums.ways_out:
        words = ngettext(
            "%(count)s more on docker_gwbridge is a container's way out of its overlay networks.",
            "%(count)s more on docker_gwbridge are containers' ways out of their overlay networks.",
            sums.ways_out,
        )
        said.append(words % {"count": count_text(sums.ways_out)})
    if sums.pairs:
        words = ngettext(
            "%(count)s other veth link has its far end on the host too.",
            "%(count)s other veth links have their far ends on the host too.",
            sums.pairs,
        )
        said.append(words % {"count": count_text(sums.pairs)})
    if sums.unknown:
        words = ngettext(
            "%(count)s other veth link leads into no container that is known.",
            "%(count)s other veth links lead into no container that is known.",
            sums.unknown,
        )
        said.append(words % {"count": count_text(sums.unknown)})
    return (*said, *_say_whose(sums))


def _say_whose(sums: LinkSums) -> list[str]:
    """Return who has a stack that isn't its own, or nothing in it."""
    said = [
        _("%(guest)s shares %(owner)s's.") % {"guest": spell(guest)[:NAME_LENGTH], "owner": spell(owner)[:NAME_LENGTH]}
        for guest, owner in sums.shared[:MOST_NAMES]
    ]
    if len(sums.shared) > MOST_NAMES:
        more = len(sums.shared) - MOST_NAMES
        words = ngettext("%(count)s more shares another container's.", "%(count)s more share another container's.", more)
        said.append(words % {"count": count_text(more)})
    if sums.on_host:
        words = ngettext("%(names)s uses the host's own links.", "%(names)s use the host's own links.", len(sums.on_host))
        said.append(words % {"names": _names(sums.on_host)})
    if sums.bare:
        said.append(ngettext("%(names)s has none.", "%(names)s have none.", len(sums.bare)) % {"names": _names(sums.bare)})
    return said


def _names(names: tuple[str, ...]) -> str:
    shown = ", ".join(spell(name)[:NAME_LENGTH] for name in names[:MOST_NAMES])
    rest = len(names) - MOST_NAMES
    return shown if rest <= 0 else _("%(names)s and %(count)s more") % {"names": shown, "count": count_text(rest)}
