"""Which container has which port of the Engine's machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from networks.addressing.reading import IPAddress
from networks.addressing.sockets import is_same_socket
from networks.models import Container, Network

HOST_BINDING = "com.docker.network.bridge.host_binding_ipv4"


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """One port of the machine that a container has. `address`: None for all of the machine's, of both families."""

    port: int
    protocol: str
    address: IPAddress | None
    container_id: str
    container_name: str

    def takes(self, port: int, protocol: str, address: IPAddress | None) -> bool:
        """Tell whether nobody else can have this port at this address, None for all."""
        return (self.port, self.protocol) == (port, protocol) and is_same_socket(self.address, address)


def published_ports(engine_slug: str) -> tuple[PublishedPort, ...]:
    """Return the ports that containers have now. One query."""
    rows = Container.objects.filter(engine__slug=engine_slug).exclude(ports=[]).values_list("docker_id", "name", "ports")
    return tuple(
        PublishedPort(int(port["public_port"]), port["protocol"], _address(port.get("address", "")), docker_id, name)
        for docker_id, name, ports in rows
        for port in ports
        if port.get("public_port")
    )


def _address(text: str) -> IPAddress | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def read_bindings(engine_slug: str, network_ids: Iterable[str]) -> tuple[str, ...]:
    """Return where each of these networks publishes a port that names no address: an address, "" for all. One query."""
    found = Network.objects.filter(engine__slug=engine_slug, docker_id__in=list(network_ids), driver="bridge")
    return tuple(str(options.get(HOST_BINDING, "")) for options in found.values_list("options", flat=True))
