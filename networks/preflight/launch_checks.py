"""Checks of a container before Docker is asked for it: what is taken, what is not there, what doesn't go together; and what
they must know of the Engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext_noop as _

from networks.addressing.findings import Finding, bad, fine, warn
from networks.addressing.host import HostSide
from networks.addressing.port_conflicts import is_same_socket
from networks.addressing.reading import IPAddress
from networks.engine.docker_names import DONOR_PREFIX
from networks.engine.image_facts import ImageFact
from networks.engine.specs import CONTAINER_NAME, EndpointSpec, Mode, PortSpec, RunSpec
from networks.engine.states import WITH_STACK
from networks.policy.host_space import host_side_of
from networks.queries.addresses.room import Room
from networks.queries.choices import container_choices, network_choices
from networks.queries.engine_context import (
    ContainerChoice,
    EngineVersion,
    NetworkChoice,
    engine_version,
)
from networks.queries.engines import read_engine
from networks.queries.lifecycle.consequences import PUBLISHING_DRIVERS
from networks.queries.lifecycle.places import PublishedPort, published_ports
from networks.queries.swarm import with_elsewhere

Bound = tuple[int, IPAddress | None]  # a port of the machine, and the address that it is wanted at: None for all of them


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that has a port. `is_certain` false: it has it by IPv6, and by IPv4 too unless it keeps to IPv6."""

    name: str
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class LaunchContext:
    """An Engine as its snapshot knows it, and what is seen besides. `images`: None where it could not be asked.

    `find_processes`: from a protocol and what is wanted to who has it. `room`: its addresses.
    """

    engine_slug: str
    containers: tuple[ContainerChoice, ...] = ()
    networks: Mapping[str, NetworkChoice] = field(default_factory=dict)
    ports: tuple[PublishedPort, ...] = ()
    images: tuple[ImageFact, ...] | None = None
    version: EngineVersion = field(default_factory=EngineVersion)
    host: HostSide = field(default_factory=HostSide)
    find_processes: Callable[[str, frozenset[Bound]], Mapping[Bound, Holder]] = lambda protocol, ports: {}
    room: Room = field(default_factory=lambda: Room(None))

    def has_image(self, reference: str) -> bool | None:
        """Tell whether the Engine has an image by this name or id; None where that isn't known."""
        if self.images is None:
            return None
        return any(image.answers_to(reference) for image in self.images)


def read_run_ground(
    engine_slug: str,
    images: tuple[ImageFact, ...] | None,
    find_processes: Callable[[str, frozenset[Bound]], Mapping[Bound, Holder]],
    seen: Collection[str] = (),
) -> LaunchContext:
    """Return it. `seen`: slugs of the Engines that the reader may view. Eight queries; more where the Engine is in a swarm."""
    engine = read_engine(engine_slug)
    return LaunchContext(
        engine_slug,
        container_choices(engine_slug),
        {each.docker_id: each for each in with_elsewhere(network_choices(engine_slug), engine_slug, seen)},
        published_ports(engine_slug),
        images,
        engine_version(engine),
        host_side_of(engine_slug),
        find_processes,
        Room(engine),
    )


# The signals that Docker knows by name. Source: moby/sys, signal_linux.go
_NAMES = (
    "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN "
    "TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ"
)
_SIGNAL = re.compile(
    rf"(?:SIG)?(?:{_NAMES.replace(' ', '|')}|RTMIN(?:\+(?:[1-9]|1[0-5]))?|RTMAX(?:-(?:[1-9]|1[0-4]))?)|[1-9]|[1-5][0-9]|6[0-4]"
)
_HOST = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,62}[a-zA-Z0-9])?")
MOST_SAID = 5  # of ports
# What a container in another's stack can't have of its own. Source: moby, runconfig/hostconfig_unix.go
ITS_DONORS = ("ports", "publishes_all", "dns", "extra_hosts", "hostname")


def check_image(image: str, ground: LaunchContext) -> Iterator[Finding]:
    """Yield whether the image is there."""
    if not image:
        yield bad("image", "image_missing", _("Choose an image."))
    elif (is_there := ground.has_image(image)) is None:
        yield warn("image", "images_unknown", _("Whether the image is there could not be checked: the Engine doesn't answer."))
    elif is_there:
        yield fine("image", "image_there", _("This Engine has the image %(image)s."), image=image)
    else:
        message = _("This Engine doesn't have the image %(image)s: pull it first.")
        advice = _("The progress of the pull is shown here; what you typed is kept.")
        yield bad("image", "image_absent", message, advice=advice, image=image)


def check_run_name(name: str, ground: LaunchContext) -> Iterator[Finding]:
    """Yield whether a container can be called so."""
    names = {container.name for container in ground.containers}
    if not name:
        return
    if not re.fullmatch(CONTAINER_NAME, name):
        message = _("“%(name)s” can't be a container's name: letters, digits, “_”, “.” and “-”, at least two.")
        yield bad("name", "run_name_invalid", message, name=name)
    elif name in names:
        free = next(f"{name}-{number}" for number in range(2, len(names) + 3) if f"{name}-{number}" not in names)
        yield bad("name", "run_name_taken", _("Another container is called %(name)s."), free, name=name)
    else:
        yield fine("name", "run_name_free", _("No other container is called %(name)s."), name=name)


def check_ports(ports: Sequence[PortSpec], ground: LaunchContext) -> Iterator[Finding]:
    """Yield which ports of the machine are taken, by which container or process, or twice in this form."""
    wanted = [(port, outside) for port in ports for outside in port.fixed]
    taken = list(islice(_check_taken(wanted, ground), MOST_SAID))
    yield from taken
    if len(taken) == MOST_SAID:
        return
    seen: dict[tuple[int, str], list[PortSpec]] = {}
    for port, outside in wanted:
        earlier = seen.setdefault((outside, port.protocol), [])
        if any(is_same_socket(port.address, other.address) for other in earlier):
            yield bad("ports", "port_twice", _("Port %(port)s is given twice, for one address or for all of them."), port=outside)
            return
        earlier.append(port)
    unseen = [port.address for port in ports if port.address and not _may_have(port.address, ground)]
    for address in dict.fromkeys(unseen):
        message = _("The machine has no address %(address)s, as far as can be seen from here.")
        yield warn("ports", "port_address_unseen", message, address=address)
    if wanted and not taken and not unseen:
        message = _("The ports are free: no container publishes them, and no visible process listens on them.")
        yield fine("ports", "ports_free", message)


def _check_taken(wanted: Sequence[tuple[PortSpec, int]], ground: LaunchContext) -> Iterator[Finding]:
    """Yield what is taken, each by whom. A container's own are known by address; of a process IPv4 beside IPv6 may not be."""
    published: dict[tuple[int, str], list[PublishedPort]] = {}
    for each in ground.ports if wanted else ():
        published.setdefault((each.port, each.protocol), []).append(each)
    for protocol in {port.protocol for port, _outside in wanted}:
        of_protocol = [(port, outside) for port, outside in wanted if port.protocol == protocol]
        processes = ground.find_processes(protocol, frozenset((outside, port.address) for port, outside in of_protocol))
        for port, outside in of_protocol:
            there = published.get((outside, protocol), [])
            held = next((each for each in there if each.takes(outside, protocol, port.address)), None)
            holder = processes.get((outside, port.address))
            if held is not None:
                message = _("The container %(name)s already publishes port %(port)s.")
                yield bad("ports", "port_held", message, name=held.container_name, port=outside)
            elif holder is not None and holder.is_certain:
                message = _("The process %(name)s on the Engine's machine uses port %(port)s.")
                yield bad("ports", "port_of_process", message, name=holder.name, port=outside)
            elif holder is not None and not there:  # else it is Docker's own, which keeps to the address
                message = _(
                    "The process %(name)s on the Engine's machine uses port %(port)s by IPv6, and by IPv4 as well "
                    "unless it keeps to IPv6."
                )
                yield warn("ports", "port_perhaps_of_process", message, name=holder.name, port=outside)


def _may_have(address: IPAddress, ground: LaunchContext) -> bool:
    """Tell whether the Engine's machine may have the address: it is seen to, or the machine isn't seen."""
    if not ground.host.is_known or address.is_unspecified or address.is_loopback:
        return True
    gateways = (pool.gateway for network in ground.networks.values() for pool in network.pools)
    return address in {*(own.interface.ip for own in ground.host.addresses), *gateways}


def check_mode(spec: RunSpec, typed: Sequence[str], *, may_shape: bool) -> Iterator[Finding]:
    """Yield what doesn't go with the mode. `typed`: the fields in which something stands."""
    if spec.mode in (Mode.HOST, Mode.CONTAINER) and not may_shape:
        yield bad("mode", "mode_needs_admin", _("The host's network, or another container's, needs the role admin."))
    if spec.mode is Mode.CONTAINER:
        message = _("A container that shares another's network can't have this of its own: Docker refuses it.")
        yield from (bad(name, "shared_conflict", message, fills=name, fix=_("Drop it")) for name in ITS_DONORS if name in typed)
    publishes = [name for name in ("ports", "publishes_all") if name in typed]
    if spec.mode is Mode.HOST:
        message = _("On the host's network every port is the host's own: Docker publishes none.")
        yield from (warn(name, "ports_on_host", message, fills=name, fix=_("Remove the ports")) for name in publishes)
        if "sysctls" in typed:
            message = _("On the host's network this would change the host's setting: Docker refuses it.")
            yield bad("sysctls", "sysctl_on_host", message, fills="sysctls", fix=_("Drop it"))
    elif spec.mode is Mode.NONE:
        message = _("In this mode no port is published: Docker would silently drop them.")
        yield from (warn(name, "ports_unused", message, fills=name, fix=_("Remove the ports")) for name in publishes)


def check_published(networks: Sequence[NetworkChoice], typed: Sequence[str]) -> Iterator[Finding]:
    """Yield that no network of it publishes ports: Docker keeps the wish and lists none. `typed`: as `check_mode` has it."""
    if networks and not any(each.driver in PUBLISHING_DRIVERS and not each.is_internal for each in networks):
        names = (name for name in ("ports", "publishes_all") if name in typed)
        message = _("Docker publishes no port there: none of these networks is a bridge or an overlay that leads outside.")
        yield from (warn(name, "ports_unpublished", message, fills=name, fix=_("Remove the ports")) for name in names)


def check_donor(chosen: str, donor: ContainerChoice | None) -> Iterator[Finding]:
    """Yield whether a container's network can be shared."""
    if donor is None:
        if chosen:
            yield bad("donor_id", "donor_gone", _("This container is not there any more."))
        else:
            yield bad("donor_id", "donor_missing", _("Choose the container to share the network with."))
    elif donor.state not in WITH_STACK:
        yield bad("donor_id", "donor_stopped", _("%(name)s isn't running, so it has no network to share."), name=donor.name)
    elif donor.network_mode.startswith(DONOR_PREFIX):  # Docker takes it (measured: 26.1); its own owner says when it is cut off
        message = _(
            "%(name)s itself shares another container's network. This one shares what %(name)s is in now, and starts "
            "only while it runs."
        )
        yield warn("donor_id", "donor_shared", message, name=donor.name)
    elif donor.network_mode == "host":
        message = _("It shares the host's whole network with %(name)s, and keeps it when %(name)s stops or restarts.")
        yield fine("donor_id", "donor_on_host", message, name=donor.name)
    else:
        message = _("It shares the whole network of %(name)s: addresses, ports, names. It is cut off when %(name)s restarts.")
        advice = _("The container whose network is shared publishes the ports, not this one.")
        yield fine("donor_id", "donor_runs", message, advice=advice, name=donor.name)


def check_together(networks: Sequence[EndpointSpec]) -> Iterator[tuple[int, Finding]]:
    """Yield, with the row, what doesn't go together among several networks."""
    names = [endpoint.network_name for endpoint in networks]
    for row, name in enumerate(names):
        if name in names[:row]:
            yield row, bad("network_id", "network_twice", _("%(network)s is given twice."), network=name)
        elif row and networks[row].is_elsewhere and all(endpoint.is_elsewhere for endpoint in networks):
            message = _(
                "A container can start on one network that this Engine doesn't list yet: connect it to %(network)s when it runs."
            )
            yield row, bad("network_id", "network_elsewhere_too", message, network=name)
        elif name == "bridge" and len(set(names)) > 1:
            message = _(
                "docker run accepts the default bridge only as the single network. Connect the container to it afterwards."
            )
            yield row, bad("network_id", "bridge_with_others", message)


def check_words(*, hostname: str, domainname: str, stop_signal: str) -> Iterator[Finding]:
    """Yield which of these can't be."""
    for name, word in (("hostname", hostname), ("domainname", domainname)):
        if word and not _HOST.fullmatch(word):
            yield bad(name, "host_name_invalid", _("“%(typed)s” is not a valid host name."), typed=word)
    if stop_signal and not _SIGNAL.fullmatch(stop_signal):
        message = _("“%(typed)s” is not a signal. It looks like SIGTERM, or 15.")
        yield bad("stop_signal", "stop_signal_invalid", message, typed=stop_signal)
