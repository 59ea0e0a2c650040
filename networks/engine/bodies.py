"""Specs to the JSON documents that an Engine takes; only what was asked for is in them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from networks.addressing.pools import Pool
from networks.engine import specs
from networks.engine.cli import reference_of

Document = dict[str, Any]


def network_body(spec: specs.NetworkSpec) -> Document:
    """Return the body of POST /networks/create; its maps are there when empty, as the docker command sends them."""
    body: Document = {"Name": spec.name, "Driver": spec.driver, "CheckDuplicate": True}  # true is the rule from 1.44 on
    for member, value in (("EnableIPv4", spec.enable_ipv4), ("EnableIPv6", spec.enable_ipv6)):
        if value is not None:
            body[member] = value
    flags = {
        "Internal": spec.is_internal,
        "Attachable": spec.is_attachable,
        "Ingress": spec.is_ingress,
        "ConfigOnly": spec.is_config_only,
    }
    body |= {member: True for member, is_on in flags.items() if is_on}
    if spec.scope:
        body["Scope"] = spec.scope
    if spec.config_from:
        body["ConfigFrom"] = {"Network": spec.config_from}
    pools = [pool for pool in map(_pool_body, spec.pools) if pool]
    body["IPAM"] = {"Driver": spec.ipam_driver, "Options": dict(spec.ipam_options), "Config": pools}
    return body | {"Options": dict(spec.options), "Labels": dict(spec.labels)}


def _pool_body(pool: Pool) -> Document:
    body: Document = {}
    if pool.subnet is not None:
        body["Subnet"] = str(pool.subnet)
    if pool.ip_range is not None:
        body["IPRange"] = str(pool.ip_range)
    if pool.gateway is not None:
        body["Gateway"] = str(pool.gateway)
    if pool.aux_addresses:
        body["AuxiliaryAddresses"] = {name: str(address) for name, address in pool.aux_addresses.items()}
    return body


def connect_body(spec: specs.ConnectSpec) -> Document:
    """Return the body of POST /networks/{id}/connect; its maps are there when empty, as the docker command sends them."""
    links = {"Links": list(spec.links)} if spec.links else {}
    return {"Container": spec.container_id, "EndpointConfig": endpoint_body(spec) | links}


def endpoint_body(spec: specs.EndpointWishes) -> Document:
    """Return what a container shall have on a network, for a connect as for a create."""
    addresses = {"IPv4Address": spec.ipv4, "IPv6Address": spec.ipv6}
    asked: Document = {member: str(address) for member, address in addresses.items() if address is not None}
    if spec.link_local_ips:
        asked["LinkLocalIPs"] = [str(address) for address in spec.link_local_ips]
    endpoint: Document = {"IPAMConfig": asked, "Aliases": list(spec.aliases), "DriverOpts": dict(spec.driver_options)}
    if spec.gateway_priority:
        endpoint["GwPriority"] = spec.gateway_priority
    if spec.mac:
        endpoint["MacAddress"] = spec.mac
    return endpoint


def disconnect_body(spec: specs.DisconnectSpec) -> Document:
    """Return the body of POST /networks/{id}/disconnect."""
    return {"Container": spec.container_id, "Force": spec.is_forced}


def container_body(spec: specs.ContainerSpec) -> Document:
    """Return the body of POST /containers/create."""
    body: Document = {
        "Image": spec.image,
        "StopSignal": spec.stop_signal,
        "HostConfig": {"NetworkMode": spec.network},
    }
    if spec.command:
        body["Cmd"] = list(spec.command)
    if spec.labels:
        body["Labels"] = dict(spec.labels)
    return body


def run_body(spec: specs.RunSpec, api_version: tuple[int, int]) -> Document:
    """Return the body of POST /containers/create for an Engine that speaks this API version.

    Before 1.44 it names the first network alone, and that one's MAC address is the container's; see `connects_after`.
    """
    is_several = api_version >= specs.API_OF_SEVERAL
    at_once = spec.ordered_networks if is_several else spec.ordered_networks[:1]
    body: Document = {
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


def connects_after(spec: specs.RunSpec, container_id: str, api_version: tuple[int, int]) -> tuple[specs.ConnectSpec, ...]:
    """Return what is to be connected between create and start: the further networks, before API 1.44."""
    further = spec.ordered_networks[1:] if api_version < specs.API_OF_SEVERAL else ()
    wishes = ({each.name: getattr(endpoint, each.name) for each in fields(specs.EndpointWishes)} for endpoint in further)
    return tuple(specs.ConnectSpec(one.network_id, container_id, **wish) for one, wish in zip(further, wishes, strict=True))


def _host_config(spec: specs.RunSpec) -> Document:
    config: Document = {"NetworkMode": _network_mode(spec)}
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


def _network_mode(spec: specs.RunSpec) -> str:
    if spec.mode is specs.Mode.CONTAINER:
        return f"container:{spec.donor_id}"
    return reference_of(spec.ordered_networks[0]) if spec.networks else str(spec.mode)


def _endpoint(endpoint: specs.EndpointSpec, has_mac: bool) -> Document:
    asked = endpoint_body(endpoint)
    if not has_mac:
        asked.pop("MacAddress", None)
    return {member: value for member, value in asked.items() if value}


def init_body(spec: specs.InitSpec) -> Document:
    """Return the body of POST /swarm/init."""
    body: Document = {
        "ListenAddr": spec.listen_address,
        "AdvertiseAddr": spec.advertise_address,
        "DataPathPort": spec.data_path_port,
        "ForceNewCluster": False,
        "AutoLockManagers": False,
        "Spec": {},
    }
    if spec.pools:
        body |= {"DefaultAddrPool": [str(pool) for pool in spec.pools], "SubnetSize": spec.subnet_size}
    return body


def join_body(spec: specs.JoinSpec) -> Document:
    """Return the body of POST /swarm/join: it holds the token."""
    return {
        "ListenAddr": spec.listen_address,
        "AdvertiseAddr": spec.advertise_address,
        "RemoteAddrs": list(spec.remote_addresses),
        "JoinToken": spec.token,
    }


def exec_body(spec: specs.ExecSpec, *, has_terminal: bool) -> Document:
    """Return the body of POST /containers/{id}/exec. `has_terminal`: somebody will speak with it; else it has an input alone."""
    body: Document = {
        "AttachStdin": True,
        "AttachStdout": has_terminal,
        "AttachStderr": has_terminal,
        "Tty": has_terminal,
        "Cmd": list(spec.command),
    }
    if has_terminal:
        body["ConsoleSize"] = _console_size(spec.size)
        # Else programs see Docker's own, "xterm", and show eight colours.
        body["Env"] = ["TERM=xterm-256color", *([f"{specs.MARK_NAME}={spec.mark}"] if spec.mark else [])]
    if spec.user:
        body["User"] = spec.user
    return body


def terminal_body(size: specs.ScreenSize) -> Document:
    """Return the body of POST /exec/{id}/start for a process that somebody speaks with."""
    return {"Detach": False, "Tty": True, "ConsoleSize": _console_size(size)}


def input_body() -> Document:
    """Return the body of POST /exec/{id}/start for a process that has an input alone."""
    return {"Detach": False, "Tty": False}


def _console_size(size: specs.ScreenSize) -> list[int]:
    return [size.rows, size.columns]
