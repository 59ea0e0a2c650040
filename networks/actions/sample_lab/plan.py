"""What the sample lab consists of, under which names, and where these are taken by others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_address

from networks.addressing.pool_checks import Pool
from networks.engine.specs import NetworkSpec

LABEL = ("netadmin.lab", "1")
PREFIX_LABEL = "netadmin.lab.prefix"
BRIDGE, CUSTOM = "mybridge", "my_custom_network"
SUBNET = IPv4Network("172.72.0.0/16")
# Where a lab with a prefix goes, whose learner may have the lesson's own subnet already.
SUBNETS = (SUBNET, *(IPv4Network(f"10.{number}.0.0/16") for number in range(172, 180)))
WAIT = ("sleep", "1000000")
SERVE = ("httpd", "-f", "-h", "/www", "-p", "80")
CONTAINERS = (  # name, network, command
    ("mynetwork_bridge", BRIDGE, SERVE),
    ("mycustom_1", CUSTOM, SERVE),
    ("host-network", "host", WAIT),
    ("none-network", "none", WAIT),
    ("myvolume_1", "bridge", SERVE),
    ("myvolume_3", "bridge", WAIT),
    ("myvolume_2", "bridge", ("true",)),  # ends by itself, with status 0
)
STOPPED = "myvolume_2"
# What modes add: a shared stack, and a container on each further network.
DONOR, GUEST = "shared_1", "shared_2"
MACVLAN, OVERLAY = "mymacvlan", "myoverlay"
ON = {MACVLAN: "mymacvlan_1", OVERLAY: "myoverlay_1"}


@dataclass(frozen=True, slots=True)
class LabPlan:
    """The lab with one prefix before each of its names. Docker's own networks keep theirs."""

    prefix: str = ""

    @property
    def labels(self) -> dict[str, str]:
        """What everything of it carries."""
        return dict([LABEL]) | ({PREFIX_LABEL: self.prefix} if self.prefix else {})

    @property
    def subnets(self) -> tuple[IPv4Network, ...]:
        """Where its own subnet may be, the best first. Without a prefix it is as in the lesson, or not at all."""
        return SUBNETS if self.prefix else (SUBNET,)

    @property
    def network_names(self) -> tuple[str, ...]:
        return (self.prefix + BRIDGE, self.prefix + CUSTOM)

    @property
    def containers(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Name, network and command of each."""
        own = {BRIDGE, CUSTOM}
        return tuple(
            (self.prefix + name, self.prefix + network if network in own else network, command)
            for name, network, command in CONTAINERS
        )

    @property
    def stopped(self) -> str:
        """The one that has ended by itself."""
        return self.prefix + STOPPED

    def networks(self, subnet: IPv4Network) -> tuple[NetworkSpec, ...]:
        """Return what is created, the second with this subnet."""
        first = next(subnet.subnets(new_prefix=24))
        pool = Pool(subnet, first, ip_address(int(subnet.network_address) + 1))
        bridge, custom = self.network_names
        return NetworkSpec(bridge, labels=self.labels), NetworkSpec(custom, pools=(pool,), labels=self.labels)

    def taken(self, networks: Iterable[str], containers: Iterable[str], *, with_modes: bool = False) -> tuple[str, ...]:
        """Return which of its names others have. `networks`, `containers`: the names of what isn't the lab's."""
        of_networks, of_containers = set(self.network_names), {name for name, _network, _command in self.containers}
        if with_modes:
            of_networks |= {self.prefix + name for name in ON}
            of_containers |= {self.prefix + name for name in (DONOR, GUEST, *ON.values())}
        return tuple(sorted(of_networks.intersection(networks) | of_containers.intersection(containers)))
