"""The traffic of one container or network: parts `traffic-now` and `traffic-minutes`, other ones with every sample."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from networks.engine.docker_names import SINGLE_DRIVERS
from networks.partials.cache import draw
from networks.partials.interfaces.asked import interfaces_url
from networks.partials.lifecycle.stack_inside import why_not_host
from networks.partials.screen import url_of
from networks.partials.traffic.flows import say_doubtful, say_doubts, say_no_link, sums
from networks.partials.traffic.lines import (
    TrafficLine,
    counted_lines,
    foremost,
    links_of_container,
    minute_rows,
    most_of,
    perhaps_on_network,
    ports_of_network,
    sum_of,
    write_chart,
)
from networks.queries.details import ContainerDetailRow
from networks.queries.lifecycle.stacks import Whose, stack_of
from networks.queries.rows import EngineRow
from networks.sync.host.board import HostLink, host_version, picture_of, traffic_of
from networks.sync.host.stack_sampler import Interfaces, sampler
from networks.sync.host.traffic import Traffic

ANSWERING = frozenset({"live", "lagging"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What decides of which stack a container's figures are. `places`: (network id, name, driver, hue) of its interfaces."""

    docker_id: str
    is_running: bool
    whose: Whose
    donor_id: str
    is_bare: bool
    pid: int
    places: tuple[tuple[str, str, str, int], ...]

    @property
    def owner_id(self) -> str:
        """Whose stack it uses."""
        return self.donor_id if self.whose is Whose.SHARED else self.docker_id


def subject_of(detail: ContainerDetailRow) -> Subject:
    """Return what the traffic of a container depends on."""
    row, stack = detail.row, stack_of(detail.row)
    places = tuple((one.network_id, one.network_name, one.driver, one.hue) for one in stack.joined)
    lender_id = detail.owner_id or row.donor_id  # at the end of a chain of guests
    return Subject(row.docker_id, stack.is_alive, stack.whose, lender_id, stack.is_bare, detail.pid, places)


def stack_mark(subject: Subject) -> str:
    """Return what a container's network stack is known by: another text, another stack, or other interfaces in it."""
    known_by = (subject.is_running, subject.pid, subject.owner_id, subject.is_bare, subject.places)
    return blake2b(repr(known_by).encode(), digest_size=8).hexdigest()


def draw_container_traffic(engine: EngineRow, subject: Subject) -> Mapping[str, str]:
    """Return the parts of a container's page. Has the Engine asked for statistics where the host shows no link of it."""
    links = links_of_container(picture_of(engine.slug), subject.owner_id)
    why_not = _why_nothing(subject, links)
    interfaces = None
    if not why_not and not links and engine.state in ANSWERING:
        stack = (subject.pid, subject.places)
        interfaces = sampler.watch(engine.slug, engine.url, subject.docker_id, stack=stack)
    version = (subject, engine.state, *_versions(engine), interfaces.version if interfaces else None)

    def make() -> Mapping[str, str]:
        if why_not:
            return _draw(sentences=[why_not], what="container")
        shared = [_("These are the figures of the network stack that it shares.")] if subject.whose is Whose.SHARED else []
        if links:
            return _draw_links(engine, subject, links, shared)
        return _draw_statistics(engine, subject, interfaces, shared)

    return _keep((engine.slug, subject.docker_id), version, make)


def _draw_links(engine: EngineRow, subject: Subject, links: Sequence[HostLink], sentences: list[str]) -> Mapping[str, str]:
    missing = [place for place in subject.places if not _has_link(links, place[0])]
    lines = [_inside_line(engine.slug, link) for link in links]
    doubtful = [link for link in links if link.peer and link.peer.possible]
    if not subject.donor_id and any(link.peer and not link.peer.network_id and not link.peer.possible for link in links):
        sentences.append(
            _("A link without a network isn't one that Docker made for it, or Docker's record of it hasn't been read yet.")
        )
    if doubtful and subject.whose is not Whose.SHARED:
        sentences.append(say_doubtful(doubtful))
    elif missing:
        lines += [_unseen_line(engine.slug, place) for place in missing]
    if missing and not doubtful:
        drivers = {place[2] for place in missing}
        if "overlay" in drivers:
            sentences.append(
                _("The other end of an overlay network's interface is in a namespace of Docker's own: it isn't counted.")
            )
        if drivers != {"overlay"}:
            sentences.append(_("An interface that was moved into the container whole has no link on the host: it isn't counted."))
    return _draw_lines(lines, traffic_of(engine.slug), sentences=sentences, what="container")


def draw_network_traffic(engine: EngineRow, network_id: str, driver: str, *, running: int) -> Mapping[str, str]:
    """Return the parts of a network's page: the sum of its ports, and each of them. `running`: its running containers."""
    version = (driver, running, *_versions(engine))
    return _keep((engine.slug, network_id), version, lambda: _draw_network(engine, network_id, driver, running))


def _draw_network(engine: EngineRow, network_id: str, driver: str, running: int) -> Mapping[str, str]:
    picture = picture_of(engine.slug)
    if driver in SINGLE_DRIVERS:
        words = _("No container has an interface of its own here, so there is nothing to add up.")
        return _draw(sentences=[words], what="network")
    if not picture.view.sees_host or picture.trouble:
        words = _("A network's traffic is the sum of its links on the host, and those aren't visible.")
        hint = _("The page of a container shows what its Engine counts for it.")
        return _draw(sentences=[f"{words} {why_not_host(picture)}".strip(), hint], what="network")
    links, perhaps = ports_of_network(picture, network_id), perhaps_on_network(picture, network_id)
    doubts = say_doubts(links, perhaps, running=running)
    if links:
        lines = [_port_line(engine.slug, link) for link in links]
        return _draw_lines(lines, traffic_of(engine.slug), sentences=doubts, what="network", is_whole=not doubts)
    return _draw(sentences=doubts if perhaps else say_no_link(driver, running=running), what="network")


def draw_no_traffic(words: str) -> dict[str, str]:
    """Return the parts of a page about something that isn't there any more."""
    return _draw(sentences=[words], what="")


def _versions(engine: EngineRow) -> tuple[str, int, str]:
    return engine.epoch, engine.revision, host_version(engine.slug)


@cached(LRUCache(64), key=lambda thing, version, make: (*thing, version, get_language()), lock=Lock())  # of 15 kB each
def _keep(thing: tuple[str, str], version: Hashable, make: Callable[[], Mapping[str, str]]) -> Mapping[str, str]:
    """Return the parts as they were drawn of this version and in the active language, or draw them."""
    return make()


def _why_nothing(subject: Subject, links: Sequence[HostLink]) -> str:
    """Return why no figures are of this container; one that Docker gave no interface may have been given one by somebody else."""
    if not subject.is_running:
        return _("It isn't running: it has no interfaces, and their counters are gone.")
    if subject.whose is Whose.HOST:
        return _("It uses the host's own interfaces: what goes over them is the host's, and its share can't be told.")
    if subject.whose is Whose.LEFT:
        return _("It has nothing but loopback: no packet comes in or goes out.")
    if subject.is_bare and not links:
        return _(
            "It is on no network that gives it an interface, and no link on the host leads to it: there is nothing to measure."
        )
    if subject.whose is Whose.SHARED and not subject.donor_id:
        return _("The container whose network it shares isn't known.")
    return ""


def _draw_statistics(
    engine: EngineRow, subject: Subject, interfaces: Interfaces | None, sentences: list[str]
) -> Mapping[str, str]:
    """Draw what the Engine counts: by interface name, since its API doesn't say which network an interface is on."""
    picture = picture_of(engine.slug)
    if picture.view.sees_host and not picture.trouble:
        sentences.append(_("The host shows no link of it: these are the Engine's counters."))
    else:
        said = _("The host's links aren't visible: these are the Engine's counters.")
        sentences.append(f"{said} {why_not_host(picture)}".strip())
    if interfaces is None:
        return _draw(sentences=[*sentences, _("The Engine doesn't answer now.")], what="container")
    if interfaces.trouble:
        return _draw(sentences=sentences, refused=interfaces.trouble, what="container")
    sentences.append(
        _("Docker counts per interface and doesn't say which network it belongs to: the names are those inside the container.")
    )
    if not interfaces.names:
        return _draw(sentences=[*sentences, _("No figures yet.")], what="container")
    lines = [TrafficLine(interfaces.indexes[name], ifname=name, name=name) for name in interfaces.names]
    return _draw_lines(lines, interfaces.traffic, sentences=sentences, what="statistics", is_inside=True)


def _draw_lines(
    lines: Sequence[TrafficLine],
    traffic: Traffic,
    *,
    sentences: Sequence[str],
    what: str,
    is_inside: bool = False,
    is_whole: bool = True,
) -> dict[str, str]:
    """Draw lines, their sum and its last 15 minutes; of lines that aren't all there are (`is_whole`), neither of the two."""
    counted = counted_lines(lines, traffic, is_inside=is_inside)
    shown = foremost(counted)
    counting = [line for line in lines if line.index]
    known_by = (what, *((line.index, line.mark) for line in counting))
    indexes = [line.index for line in counting]
    stretches = sums.add_up(known_by, indexes, traffic, is_inside=is_inside) if is_whole else ()
    more = len(counted) - len(shown)
    note = ngettext(
        "And %(count)s more with less traffic; the sum covers them all.",
        "And %(count)s more with less traffic; the sum covers them all.",
        more,
    )
    return _draw(
        sentences=sentences,
        what=what,
        lines=[one.texts for one in shown],
        total=sum_of(counted) if len(counted) > 1 and is_whole else None,
        more=note % {"count": more} if more else "",
        losing=_losing(counted),
        data=write_chart(stretches),
        most=most_of(stretches),
        minutes=minute_rows(stretches),
    )


def _losing(counted: Iterable[TrafficLine]) -> list[str]:
    return [one.name or one.link for one in counted if one.now and one.now.trouble]


def _draw(**context: Any) -> dict[str, str]:
    whole: Mapping[str, Any] = {"lines": [], "minutes": [], "data": "", "most": None, **context}
    return {
        "traffic-now": draw("traffic/_now.html", whole),
        "traffic-minutes": draw("traffic/_minutes.html", whole),
    }


def _has_link(links: Iterable[HostLink], network_id: str) -> bool:
    return any(link.peer and link.peer.network_id == network_id for link in links)


def _line_of(slug: str, link: HostLink, name: str, url: str, *, hue: int = 0, sharing: tuple[str, ...] = ()) -> TrafficLine:
    ifname, link_url = link.peer.ifname if link.peer else "", interfaces_url(slug, link=link)
    return TrafficLine(link.fact.index, ifname, name, url, hue, link.fact.name, link_url, sharing, link.revision)


def _inside_line(slug: str, link: HostLink) -> TrafficLine:
    network_id, name = (link.peer.network_id, link.peer.network_name) if link.peer else ("", "")
    return _line_of(slug, link, name, url_of("network_detail", slug, network_id) if network_id else "", hue=link.hue)


def _unseen_line(slug: str, place: tuple[str, str, str, int]) -> TrafficLine:
    network_id, name, _driver, hue = place
    return TrafficLine(0, "", name, url_of("network_detail", slug, network_id) if network_id else "", hue)


def _port_line(slug: str, link: HostLink) -> TrafficLine:
    if link.peer is None:
        return _line_of(slug, link, "", "")
    url = reverse("container_detail", args=[slug, link.peer.container_id])
    return _line_of(slug, link, link.peer.container_name, url, sharing=link.peer.sharing)
