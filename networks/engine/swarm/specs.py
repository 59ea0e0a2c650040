"""What we ask of an Engine about swarms."""

from __future__ import annotations

from dataclasses import dataclass, field

from networks.engine.facts import IPNetwork

LISTEN_ADDRESS = "0.0.0.0:2377"  # docker swarm init's own default
DATA_PATH_PORT = 4789
SUBNET_SIZE = 24


@dataclass(frozen=True, slots=True)
class InitSpec:
    """A swarm to begin. Twin of `docker swarm init`; POST /swarm/init.

    `advertise_address`: an IP address or a link's name, with or without a port, "" lets Docker choose. `pools`: none means
    Docker's own, 10.0.0.0/8; `subnet_size`: the prefix length of the blocks that overlay networks get of them.
    `data_path_port`: of VXLAN.
    """

    advertise_address: str = ""
    listen_address: str = LISTEN_ADDRESS
    pools: tuple[IPNetwork, ...] = ()
    subnet_size: int = SUBNET_SIZE
    data_path_port: int = DATA_PATH_PORT


@dataclass(frozen=True, slots=True)
class JoinSpec:
    """A swarm to join. Twin of `docker swarm join`; POST /swarm/join. `remote_addresses`: of managers, "192.0.2.1:2377".

    `token`: a secret, which decides the role as well; no text of this shows it.
    """

    remote_addresses: tuple[str, ...]
    token: str = field(repr=False)
    advertise_address: str = ""
    listen_address: str = LISTEN_ADDRESS


@dataclass(frozen=True, slots=True)
class LeaveSpec:
    """A swarm to leave. Twin of `docker swarm leave`; POST /swarm/leave. `is_forced`: a manager leaves only so."""

    is_forced: bool = False
