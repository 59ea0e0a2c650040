"""Specs to the JSON documents that an Engine takes; only what was asked for is in them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from networks.addressing.pool_checks import Pool
from networks.engine import specs
from networks.engine.cli import reference_of
from networks.engine.docker_names import DONOR_PREFIX

Document = dict[str, Any]


def network_body(spec: specs.NetworkSpec) -> Document:
    """Return the body of POST /networks/create; its maps are there when empty, as the docker command sends them."""
    body: Document = {"Name": spec.name, "Driver": spec.driver, "CheckDuplicate": True}  # true is the rule from 1.44 on
    families = {"EnableIPv4": spec.enable_ipv4, "EnableIPv6": spec.enable_ipv6}
    body |= {member: is_on for member, is_on in families.items() if is_on is not None}
    body |= _asked_for(
        Internal=spec.is_internal,
        Attachable=spec.is_attachable,
        Ingress=spec.is_ingress,
        ConfigOnly=spec.is_config_only,
        Scope=spec.scope,
        ConfigFrom=_asked_for(Network=spec.config_from),
    )
    pools = [pool for pool in map(_pool_body, spec.pools) if pool]
    body["IPAM"] = {"Driver": spec.ipam_driver, "Options": dict(spec.ipam_options), "Config": pools}
    return body | {"Options": dict(spec.options), "Labels": dict(spec.labels)}


def _asked_for(**members: Any) -> Document:
    """Return those members that say something."""
    return {member: value for member, value in members.items() if value}


def _pool_body(pool: Pool) -> Document:
    addresses = {"Subnet": pool.subnet, "IPRange": pool.ip_range, "Gateway": pool.gateway}
    body: Document = {member: str(value) for member, value in addresses.items() if value is not None}
    return body | _asked_for(AuxiliaryAddresses={name: str(address) for name, address in pool.aux_addresses.items()})


def connect_body(spec: specs.ConnectSpec) -> Document:
    """Return the body of POST /networks/{id}/connect; its maps are there when empty, as the docker command sends them."""
    return {"Container": spec.container_id, "EndpointConfig": endpoint_body(spec) | _asked_for(Links=list(spec.links))}


def endpoint_body(spec: specs.EndpointWishes) -> Document:
    """Return what a container shall have on a network, for a connect as for a create."""
    addresses = {"IPv4Address": spec.ipv4, "IPv6Address": spec.ipv6}
    asked: Document = {member: str(address) for member, address in addresses.items() if address is not None}
    asked |= _asked_for(LinkLocalIPs=[str(address) for address in spec.link_local_ips])
    endpoint = {"IPAMConfig": asked, "Aliases": list(spec.aliases), "DriverOpts": dict(spec.driver_options)}
    return endpoint | _asked_for(GwPriority=spec.gateway_priority, MacAddress=spec.mac)


def disconnect_body(spec: specs.DisconnectSpec) -> Document:
    """Return the body of POST /networks/{id}/disconnect."""
    return {"Container": spec.container_id, "Force": spec.is_forced}


def container_body(spec: specs.ContainerSpec) -> Document:
    """Return the body of POST /containers/create."""
    body: Document = {"Image": spec.image, "StopSignal": spec.stop_signal, "HostConfig": {"NetworkMode": spec.network}}
    return body | _asked_for(Cmd=list(spec.command), Labels=dict(spec.labels))


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
    if spec.has_terminal:
        body |= {"Tty": True, "OpenStdin": True}
    body |= _asked_for(
        Cmd=list(spec.words),
        Entrypoint=None if spec.entrypoint is None else [next(iter(spec.entrypoint), "")],
        ExposedPorts={f"{inside}/{port.protocol}": {} for port in spec.ports for inside, _ in port.pairs},
        Env=[f"{name}={value}" for name, value in spec.environment.items()],
        MacAddress=at_once[0].mac if at_once and not is_several else "",
        Hostname=spec.hostname,
        Domainname=spec.domainname,
        StopSignal=spec.stop_signal,
    )
    return body | {"Labels": dict(spec.labels)}


def connects_after(spec: specs.RunSpec, container_id: str, api_version: tuple[int, int]) -> tuple[specs.ConnectSpec, ...]:
    """Return what is to be connected between create and start: the further networks, before API 1.44."""
    further = spec.ordered_networks[1:] if api_version < specs.API_OF_SEVERAL else ()
    wishes = ({each.name: getattr(endpoint, each.name) for each in fields(specs.EndpointWishes)} for endpoint in further)
    return tuple(specs.ConnectSpec(one.network_id, container_id, **wish) for one, wish in zip(further, wishes, strict=True))


def _host_config(spec: specs.RunSpec) -> Document:
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in spec.ports:
        for inside, outside in port.pairs:
            binding = {"HostIp": str(port.address or ""), "HostPort": outside}
            bindings.setdefault(f"{inside}/{port.protocol}", []).append(binding)
    return {"NetworkMode": _network_mode(spec)} | _asked_for(
        PortBindings=bindings,
        PublishAllPorts=spec.publishes_all,
        Dns=[str(address) for address in spec.dns],
        DnsOptions=list(spec.dns_options),
        DnsSearch=list(spec.dns_search),
        ExtraHosts=[f"{name}:{address}" for name, address in spec.extra_hosts],
        Sysctls=dict(spec.sysctls),
        RestartPolicy={"Name": spec.restart, "MaximumRetryCount": spec.restart_most} if spec.restart else None,
    )


def _network_mode(spec: specs.RunSpec) -> str:
    if spec.mode is specs.Mode.CONTAINER:
        return f"{DONOR_PREFIX}{spec.donor_id}"
    return reference_of(spec.ordered_networks[0]) if spec.networks else str(spec.mode)


def _endpoint(endpoint: specs.EndpointSpec, has_mac: bool) -> Document:
    asked = endpoint_body(endpoint)
    if not has_mac:
        asked.pop("MacAddress", None)
    return _asked_for(**asked)


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
    return body | _asked_for(User=spec.user)


def terminal_body(size: specs.ScreenSize) -> Document:
    """Return the body of POST /exec/{id}/start for a process that somebody speaks with."""
    return {"Detach": False, "Tty": True, "ConsoleSize": _console_size(size)}


def input_body() -> Document:
    """Return the body of POST /exec/{id}/start for a process that has an input alone."""
    return {"Detach": False, "Tty": False}


def _console_size(size: specs.ScreenSize) -> list[int]:
    return [size.rows, size.columns]
