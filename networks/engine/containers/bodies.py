"""Container specs to the JSON documents that an Engine takes."""

from __future__ import annotations

from typing import Any

from networks.engine.bodies import endpoint_body
from networks.engine.containers.run_cli import reference_of
from networks.engine.containers.run_specs import API_OF_SEVERAL, EndpointSpec, Mode, RunSpec
from networks.engine.containers.specs import ContainerSpec
from networks.engine.specs import ConnectSpec


def container_body(spec: ContainerSpec) -> dict[str, Any]:
    """Return the body of POST /containers/create."""
    body: dict[str, Any] = {
        "Image": spec.image,
        "StopSignal": spec.stop_signal,
        "HostConfig": {"NetworkMode": spec.network},
    }
    if spec.command:
        body["Cmd"] = list(spec.command)
    if spec.labels:
        body["Labels"] = dict(spec.labels)
    return body


def run_body(spec: RunSpec, api_version: tuple[int, int]) -> dict[str, Any]:
    """Return the body of POST /containers/create for an Engine that speaks this API version.

    Before 1.44 it names the first network alone, and that one's MAC address is the container's; see `connects_after`.
    """
    is_several = api_version >= API_OF_SEVERAL
    at_once = spec.ordered_networks if is_several else spec.ordered_networks[:1]
    body: dict[str, Any] = {
        "Image": spec.image,
        "HostConfig": _host_config(spec),
        "NetworkingConfig": {"EndpointsConfig": {reference_of(one): _endpoint(one, is_several) for one in at_once}},
    }
    if spec.words:
        body["Cmd"] = list(spec.words)
    if spec.entrypoint is not None:
        body["Entrypoint"] = [next(iter(spec.entrypoint), "")]
    if spec.has_terminal:
        body |= {"Tty": True, "OpenStdin": True}
    if exposed := [f"{inside}/{port.protocol}" for port in spec.ports for inside, _ in port.pairs]:
        body["ExposedPorts"] = {each: {} for each in exposed}
    if spec.environment:
        body["Env"] = [f"{name}={value}" for name, value in spec.environment.items()]
    if not is_several and at_once and at_once[0].mac:
        body["MacAddress"] = at_once[0].mac
    words = {"Hostname": spec.hostname, "Domainname": spec.domainname, "StopSignal": spec.stop_signal}
    return body | {member: word for member, word in words.items() if word} | {"Labels": dict(spec.labels)}


def connects_after(spec: RunSpec, container_id: str, api_version: tuple[int, int]) -> tuple[ConnectSpec, ...]:
    """Return what is to be connected between create and start: the further networks, before API 1.44."""
    further = spec.ordered_networks[1:] if api_version < API_OF_SEVERAL else ()
    return tuple(_connect(endpoint, container_id) for endpoint in further)


def _host_config(spec: RunSpec) -> dict[str, Any]:
    config: dict[str, Any] = {"NetworkMode": _network_mode(spec)}
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in spec.ports:
        for inside, outside in port.pairs:
            binding = {"HostIp": str(port.address or ""), "HostPort": outside}
            bindings.setdefault(f"{inside}/{port.protocol}", []).append(binding)
    known = {
        "PortBindings": bindings,
        "PublishAllPorts": spec.publishes_all,
        "Dns": [str(address) for address in spec.dns],
        "DnsOptions": list(spec.dns_options),
        "DnsSearch": list(spec.dns_search),
        "ExtraHosts": [f"{name}:{address}" for name, address in spec.extra_hosts],
        "Sysctls": dict(spec.sysctls),
    }
    config |= {member: value for member, value in known.items() if value}
    if spec.restart:
        config["RestartPolicy"] = {"Name": spec.restart, "MaximumRetryCount": spec.restart_most}
    return config


def _network_mode(spec: RunSpec) -> str:
    if spec.mode is Mode.CONTAINER:
        return f"container:{spec.donor_id}"
    return reference_of(spec.ordered_networks[0]) if spec.networks else str(spec.mode)


def _endpoint(endpoint: EndpointSpec, has_mac: bool) -> dict[str, Any]:
    asked = endpoint_body(_connect(endpoint, ""))
    if not has_mac:
        asked.pop("MacAddress", None)
    return {member: value for member, value in asked.items() if value}


def _connect(endpoint: EndpointSpec, container_id: str) -> ConnectSpec:
    return ConnectSpec(
        network_id=endpoint.network_id,
        container_id=container_id,
        ipv4=endpoint.ipv4,
        ipv6=endpoint.ipv6,
        aliases=endpoint.aliases,
        link_local_ips=endpoint.link_local_ips,
        driver_options=endpoint.driver_options,
        gateway_priority=endpoint.gateway_priority,
        mac=endpoint.mac,
    )
