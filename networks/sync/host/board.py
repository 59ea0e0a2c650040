"""What is known of an Engine's machine at one moment, each link with what it is to Docker, and where pages find that."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from networks.hostnet.facts import HostView, LinkFact, ResolverFact, RouteFact
from networks.hostnet.software import Belonging
from networks.sync.host.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Peer:
    """The far end of a host's link: an interface of a container, and the endpoint that it is.

    `container_id`: the sandbox's owner; `sharing`: names of the containers in `container:` mode that share it. `network_id` ""
    where the endpoint isn't known (yet); `possible`: the networks that it may then be on. `ipv4`: the endpoint's, "" for none.
    """

    container_id: str
    container_name: str
    ifname: str
    network_id: str = ""
    network_name: str = ""
    ipv4: str = ""
    sharing: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HostLink:
    """A link and what it is for. `network_*`: of a bridge, the network that it is; of a parent, "" (see `parent_of`).

    `hue`: of the network that it or its bridge is, 0 for none. `parent_of`: (id, name) of macvlan and ipvlan networks on it.
    `is_way_out`: the default route goes through it. `belonging`: to what other software than Docker. `revision`: the picture's
    revision at which anything but counters changed.
    """

    fact: LinkFact
    peer: Peer | None = None
    master_name: str = ""
    network_id: str = ""
    network_name: str = ""
    hue: int = 0
    parent_of: tuple[tuple[str, str], ...] = ()
    is_way_out: bool = False
    belonging: Belonging | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class HostPicture:
    """All of it. `links`: every bridge followed by its ports, else by index. `revision` grows when anything but counters changed.

    `trouble`: why it could not be read, in the system's words, "" where it could. `as_of`: when it was read last.
    `running`, `endpoints`: how many containers run, and how many endpoints they have, for the sentence that adds it up;
    `unseen`: names of running containers with an endpoint on a bridge network whose link was not found; `linkless`: the driver of
    each other endpoint that has none.
    """

    view: HostView = field(default_factory=HostView)
    links: tuple[HostLink, ...] = ()
    routes: tuple[RouteFact, ...] = ()
    resolver: ResolverFact = field(default_factory=lambda: ResolverFact(is_known=False))
    revision: int = 0
    as_of: datetime | None = None
    trouble: str = ""
    running: int = 0
    endpoints: int = 0
    unseen: tuple[str, ...] = ()
    linkless: tuple[str, ...] = ()

    def link_of(self, container_id: str, network_id: str) -> HostLink | None:
        """Return the host's end of an endpoint, None where it isn't known."""
        return next(
            (
                link
                for link in self.links
                if link.peer and link.peer.container_id == container_id and link.peer.network_id == network_id
            ),
            None,
        )


class _NothingMeasured(Traffic):
    """The traffic of an Engine whose machine nobody watches."""

    def wait_for_sample(self, timeout_s: float) -> bool:
        return False


_pictures: dict[str, HostPicture] = {}
_traffic: dict[str, Traffic] = {}
# Revisions begin anew with each process: a page that was drawn by an earlier one is never taken for the newest.
_PROCESS = secrets.token_hex(4)
_NO_PICTURE, _NO_TRAFFIC = HostPicture(), _NothingMeasured()


def put_up(engine_slug: str, picture: HostPicture, traffic: Traffic | None = None) -> None:
    """Replace an Engine's picture, and its traffic where one is given."""
    _pictures[engine_slug] = picture
    if traffic is not None:
        _traffic[engine_slug] = traffic


def take_down(engine_slug: str) -> None:
    """Forget an Engine's picture and traffic: nobody watches its machine any more."""
    _pictures.pop(engine_slug, None)
    _traffic.pop(engine_slug, None)


def picture_of(engine_slug: str) -> HostPicture:
    """Return the newest picture; an empty one, which sees nothing, where nobody watches."""
    return _pictures.get(engine_slug, _NO_PICTURE)


def traffic_of(engine_slug: str) -> Traffic:
    """Return what is measured on an Engine's machine; nothing where nobody watches."""
    return _traffic.get(engine_slug, _NO_TRAFFIC)


def host_version(engine_slug: str, *, has_figures: bool = True) -> str:
    """Return what a screen that shows the host's side is known by besides the snapshot's revision: another, other content.

    `has_figures` false: of one that shows no counters and no rates, so that a new sample makes no other content.
    """
    pictured = f"{_PROCESS}.{picture_of(engine_slug).revision}"
    return f"{pictured}.{traffic_of(engine_slug).sequence()}" if has_figures else pictured
