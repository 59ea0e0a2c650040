"""What a check must know: names, ports, images, networks and donors of the Engine, and where its pools lie."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from networks.addressing.host import HostSide
from networks.addressing.reading import IPAddress
from networks.engine.image_facts import ImageFact
from networks.policy.host_space import host_side_of
from networks.queries.addresses.room import Room
from networks.queries.choices import container_choices, network_choices
from networks.queries.engine_context import (
    ContainerChoice,
    EngineContext,
    EngineVersion,
    NetworkChoice,
    engine_version,
    read_ground,
)
from networks.queries.engines import read_engine
from networks.queries.lifecycle.places import PublishedPort, published_ports
from networks.queries.swarm import with_elsewhere
from networks.sync.plugins import plugins_of

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


def read_whole_ground(engine_slug: str) -> EngineContext:
    """Return both. Three queries; where its plugins weren't looked at for two seconds, they are asked."""
    ground = read_ground(engine_slug)
    return replace(ground, host=host_side_of(engine_slug), plugins=plugins_of(ground.engine_url))
