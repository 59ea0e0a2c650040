"""`docker run …` and `docker start`, `stop` … for a spec, as text to paste into a shell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from networks.addressing.reading import IPAddress
from networks.engine.cli import Line, comma_list, order_command, quoted, reads_as_mode, reference, words
from networks.engine.specs import STOP_WAIT_S, EndpointSpec, Mode, PortSpec, RunSpec


def command_of_order(verb: str, name: str, container_id: str, asked: Mapping[str, Any] | None = None) -> str:
    """Return the docker command that does what an action does.

    `verb`: its name, such as "stop_container"; `asked`: {"wait_s": 10} or {"new_name": "web"}.
    """
    order, held = verb.removesuffix("_container"), asked or {}
    if order == "remove":
        return order_command("rm", name, container_id, flags="-f -v")
    flags = f"-t {held.get('wait_s', STOP_WAIT_S)}" if order in ("stop", "restart") else ""
    return order_command(order, name, container_id, flags=flags, further=str(held.get("new_name", "")))


def run_lines(spec: RunSpec) -> list[Line]:
    """Return `docker run -d …`, one option a line; only what isn't Docker's default, and always the network.

    Of variables the names alone: the docker command takes the value of `--env NAME` from the shell that it is pasted into.
    """
    lines: list[Line] = [("docker run -d -it" if spec.has_terminal else "docker run -d", "")]
    lines += words(("--name", spec.name), ("--hostname", spec.hostname), ("--domainname", spec.domainname))
    lines += _network_lines(spec)
    lines += [("--publish", quoted(publication(port))) for port in spec.ports]
    lines += [("--publish-all", "")] if spec.publishes_all else []
    lines += [("--dns", str(address)) for address in spec.dns]
    lines += [("--dns-option", quoted(option)) for option in spec.dns_options]
    lines += [("--dns-search", quoted(domain)) for domain in spec.dns_search]
    lines += [("--add-host", quoted(f"{name}:{address}")) for name, address in spec.extra_hosts]
    lines += [("--sysctl", quoted(f"{key}={value}")) for key, value in spec.sysctls.items()]
    lines += [("--env", quoted(name)) for name in spec.environment]
    lines += [("--label", quoted(f"{key}={value}" if value else key)) for key, value in spec.labels.items()]
    lines += words(("--restart", restart_word(spec)), ("--stop-signal", spec.stop_signal))
    if spec.entrypoint is not None:
        lines.append(("--entrypoint", quoted(next(iter(spec.entrypoint), ""))))
    return [*lines, ("", quoted(spec.image)), *(("", quoted(word)) for word in spec.words)]


def publication(port: PortSpec) -> str:
    """Return a port as `-p` takes it: "127.0.0.1:8080:80", "[::1]:53:53/udp", "8000-8010:80", "80"."""
    inside = _span(port.first, port.last) + ("" if port.protocol == "tcp" else f"/{port.protocol}")
    outside = _span(port.host_first, port.host_last) if port.host_first else ""
    if port.address is None:
        return f"{outside}:{inside}" if outside else inside
    return f"{_bracketed(port.address)}:{outside}:{inside}"


def restart_word(spec: RunSpec) -> str:
    """Return a restart policy as `--restart` takes it, "" for Docker's default."""
    return f"{spec.restart}:{spec.restart_most}" if spec.restart_most else spec.restart


def reference_of(endpoint: EndpointSpec) -> str:
    """Return what to call a network in a create: its name, or its id where the name could be taken for something else."""
    name, docker_id = endpoint.network_name, endpoint.network_id
    return docker_id if reads_as_mode(name) else reference(name, docker_id)


def _network_lines(spec: RunSpec) -> Iterator[Line]:
    if spec.mode is Mode.CONTAINER:
        yield "--network", quoted(f"container:{reference(spec.donor_name, spec.donor_id)}")
    elif spec.mode is not Mode.NETWORK:
        yield "--network", str(spec.mode)
    for endpoint in spec.ordered_networks:
        name = reference_of(endpoint)
        parts = list(_endpoint_parts(endpoint))
        yield "--network", quoted(",".join(map(comma_list, [f"name={name}", *parts])) if parts else name)


def _endpoint_parts(endpoint: EndpointSpec) -> Iterator[str]:
    if endpoint.ipv4 is not None:
        yield f"ip={endpoint.ipv4}"
    if endpoint.ipv6 is not None:
        yield f"ip6={endpoint.ipv6}"
    yield from (f"alias={alias}" for alias in endpoint.aliases)
    yield from (f"link-local-ip={address}" for address in endpoint.link_local_ips)
    if endpoint.mac:
        yield f"mac-address={endpoint.mac}"
    yield from (f"driver-opt={key}={value}" for key, value in endpoint.driver_options.items())
    if endpoint.gateway_priority:
        yield f"gw-priority={endpoint.gateway_priority}"


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _bracketed(address: IPAddress) -> str:
    return f"[{address}]" if address.version == 6 else str(address)
