"""What the contract's tests ask in one line."""

from __future__ import annotations

from ipaddress import ip_network

from networks.addressing.pool_checks import Pool
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.facts import ContainerFact, EndpointFact
from networks.engine.specs import ContainerSpec, NetworkSpec
from tests.contract.worlds import World

GONE = "0" * 64


def reader(world: World, profile: Profile = Profile.READ) -> EngineClient:
    return world.client(profile)


def run(world: World, name: str, network: str = "bridge", *command: str) -> str:
    spec = ContainerSpec(name, world.image, network, command or ("sleep", "1000000"), {"k": "v"})
    return world.client(Profile.RUN).run_container(spec)


def create(world: World, name: str, subnet: str = "") -> str:
    pools = (Pool(ip_network(subnet)),) if subnet else ()
    return world.client(Profile.NETWORK).create_network(NetworkSpec(name, pools=pools))


def listed(world: World, container_id: str) -> ContainerFact:
    (container,) = reader(world).list_containers([container_id])
    return container


def endpoint_of(container: ContainerFact, network_name: str) -> EndpointFact:
    (endpoint,) = (endpoint for endpoint in container.endpoints if endpoint.network_name == network_name)
    return endpoint
