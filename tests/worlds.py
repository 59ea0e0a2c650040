"""Snapshots of any size for tests and measurements: `grow_world(engine, networks=200, containers=500)`."""

from __future__ import annotations

from ipaddress import IPv4Address

from networks.models import Container, Endpoint, Engine, Network, Pool
from tests.builders import MORNING, make_id

FIRST_SUBNET = int(IPv4Address("10.64.0.0"))


def grow_world(engine: Engine, *, networks: int, containers: int, second_endpoints: int = 0) -> None:
    """Fill an Engine's snapshot: each container on one network, the first `second_endpoints` of them on two."""
    made = Network.objects.bulk_create(_network(engine, index) for index in range(networks))
    Pool.objects.bulk_create(
        Pool(network=network, subnet=f"{_address(index, 0)}/26", gateway=_address(index, 1)) for index, network in enumerate(made)
    )
    grown = Container.objects.bulk_create(_container(engine, index, made[index % networks].name) for index in range(containers))
    pairs = [(container, index % networks) for index, container in enumerate(grown)]
    pairs += [(container, (index + 1) % networks) for index, container in enumerate(grown[:second_endpoints])]
    Endpoint.objects.bulk_create(
        Endpoint(
            engine=engine,
            container=container,
            network=made[place],
            network_name=made[place].name,
            network_docker_id=made[place].docker_id,
            ipv4=_address(place, 2 + position % 60) if container.state == "running" else "",
            ipv4_prefix_length=26,
            mac="02:42:0a:40:00:02",
            has_detail=True,
        )
        for position, (container, place) in enumerate(pairs)
    )


def grow_pool(engine: Engine, subnet: str, *, in_use: int) -> Network:
    """Fill a /16, a network of its own: half of the addresses in turn, half of them all over it."""
    first = int(IPv4Address(subnet.partition("/")[0]))
    gateway = str(IPv4Address(first + 1))
    network = _network(engine, 9_999)
    network.save()
    Pool.objects.create(network=network, subnet=subnet, gateway=gateway)
    half = in_use // 2
    numbers = [*range(2, 2 + half), *(in_use + 2 + index * ((65_000 - in_use) // half) for index in range(half))]
    # one more than sevenfold: those run, and none is another's of grow_world()
    guests = Container.objects.bulk_create(_container(engine, 7 * number + 7_001, network.name) for number in numbers)
    Endpoint.objects.bulk_create(
        Endpoint(
            engine=engine,
            container=container,
            network=network,
            network_name=network.name,
            network_docker_id=network.docker_id,
            ipv4=str(IPv4Address(first + number)),
            ipv4_prefix_length=16,
            ipv4_gateway=gateway,
            mac="02:42:0a:80:00:02",
            has_detail=True,
        )
        for number, container in zip(numbers, guests, strict=True)
    )
    return network


def _network(engine: Engine, index: int) -> Network:
    return Network(
        engine=engine,
        docker_id=make_id(f"grown network {index}"),
        name=f"net-{index:04}",
        driver="bridge",
        scope="local",
        created_at=MORNING,
        hue=index % 10 + 1,
        labels={"com.docker.compose.project": f"project-{index % 20}", "com.example.team": "web"},
        revision=1,
    )


def _container(engine: Engine, index: int, network_name: str) -> Container:
    is_running = index % 7 != 0
    return Container(
        engine=engine,
        docker_id=make_id(f"grown container {index}"),
        name=f"service-{index:04}",
        image="registry.example/team/service:1.4.2",
        command="/usr/local/bin/service --listen 0.0.0.0:8080",
        state="running" if is_running else "exited",
        exit_code=None if is_running else index % 2,
        created_at=MORNING,
        started_at=MORNING,
        network_mode=network_name,
        ports=[{"private_port": 8080, "protocol": "tcp", "public_port": 20_000 + index, "address": "127.0.0.1"}],
        labels={"com.docker.compose.project": f"project-{index % 20}", "com.docker.compose.service": "service"},
        revision=1,
    )


def _address(network: int, member: int) -> str:
    return str(IPv4Address(FIRST_SUBNET + network * 64 + member))
