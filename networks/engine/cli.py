"""The `docker` command that does the same, as text to paste into a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from networks.addressing.reading import IPAddress
from networks.engine import specs
from networks.engine.docker_names import DONOR_PREFIX

Line = tuple[str, str]  # (flag, value), both ready for a shell; the first is the command, arguments have no flag

# What the docker command may put into a URL unescaped, and what no id looks like: a name such as "ab12" wins or loses
# against another object's id, and "../containers/x" becomes a path.
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_LIKE_AN_ID = re.compile(r"[0-9a-f]{4,64}|[a-z0-9]{25}")
_ESCAPES = {"\n": r"\n", "\t": r"\t", "\r": r"\r", "\\": r"\\"}


# Printable by Unicode's rules, and yet nothing to be seen: Hangul fillers, the grapheme joiner, Khmer and Mongolian
# fillers, and the variation selectors. Two names that differ by one of these look the same.
UNSEEN = frozenset(
    map(chr, [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x3164, 0xFFA0])
) | frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))


def create_network_lines(spec: specs.NetworkSpec) -> list[Line]:
    """Return `docker network create …`, one option a line; only those that aren't Docker's defaults, and always the driver."""
    lines: list[Line] = [("docker network create", ""), ("--driver", quoted(spec.driver))]
    for pool in spec.pools:
        lines += words(("--subnet", pool.subnet), ("--ip-range", pool.ip_range), ("--gateway", pool.gateway))
        lines += [("--aux-address", quoted(f"{name}={address}")) for name, address in pool.aux_addresses.items()]
    flags = (
        ("--ipv4", spec.enable_ipv4),
        ("--ipv6", spec.enable_ipv6),
        ("--internal", spec.is_internal or None),
        ("--attachable", spec.is_attachable or None),
        ("--ingress", spec.is_ingress or None),
        ("--config-only", spec.is_config_only or None),
    )
    lines += [(flag if is_on else f"{flag}=false", "") for flag, is_on in flags if is_on is not None]
    ipam_driver = spec.ipam_driver if spec.ipam_driver != "default" else ""
    lines += words(("--scope", spec.scope), ("--config-from", spec.config_from), ("--ipam-driver", ipam_driver))
    pairs = (("--ipam-opt", spec.ipam_options), ("--label", spec.labels), ("--opt", spec.options))
    lines += [(flag, quoted(f"{name}={value}")) for flag, known in pairs for name, value in known.items()]
    return [*lines, *_arguments((spec.name, ""))]


def connect_lines(spec: specs.ConnectSpec, network_name: str, container_name: str) -> list[Line]:
    """Return `docker network connect …`, one option a line; by name where that is safe to type, else by id."""
    lines = [("docker network connect", ""), *words(("--ip", spec.ipv4), ("--ip6", spec.ipv6))]
    lines += [("--alias", quoted(comma_list(alias))) for alias in spec.aliases]
    lines += [("--link-local-ip", str(address)) for address in spec.link_local_ips]
    lines += [("--link", quoted(link)) for link in spec.links]
    lines += [("--driver-opt", quoted(comma_list(f"{key}={value}"))) for key, value in spec.driver_options.items()]
    lines += words(("--gw-priority", spec.gateway_priority))
    return [*lines, *_arguments((network_name, spec.network_id), (container_name, spec.container_id))]


def disconnect_lines(spec: specs.DisconnectSpec, network_name: str, container_name: str) -> list[Line]:
    """Return `docker network disconnect …`, one option a line; by name where that is safe to type, else by id."""
    forced = [("--force", "")] if spec.is_forced else []
    arguments = _arguments((network_name, spec.network_id), (container_name, spec.container_id))
    return [("docker network disconnect", ""), *forced, *arguments]


def prune_networks_command(filters: Iterable[tuple[str, str]] = ()) -> str:
    """Return `docker network prune …` with these filters, such as ("until", "24h") and ("label!", "keep")."""
    return command_of([("docker network prune", ""), *(("--filter", quoted(f"{name}={value}")) for name, value in filters)])


def named_command(command: str, name: str, docker_id: str = "") -> str:
    """Return a command about one thing, such as `docker network rm …`; by name where that is safe to type, else by id."""
    return command_of([(command, ""), *_arguments((name, docker_id))])


def order_command(order: str, name: str, container_id: str = "", *, flags: str = "", further: str = "") -> str:
    """Return `docker stop -t 10 …` and its kin; by name where that is safe to type, else by id.

    `order`: start, stop, restart, kill, pause, unpause, rename or rm. `flags`: such as "-t 10"; `further`: the new name.
    """
    argument = [(further, "")] if further else []
    return command_of([(f"docker {order}", flags), *_arguments((name, container_id), *argument)])


def quoted(text: str) -> str:
    """Return one word for a POSIX shell; through printf where it holds control or other invisible characters.

    NUL and lone surrogates can't be in any argument: they are shown as U+2400 and U+FFFD.
    """
    text = text.replace("\0", "\u2400")
    if is_plain(text):
        return shlex.quote(text)
    if text.endswith("\n"):  # which "$(…)" would drop; dash does not know this form
        return "$'" + "".join(_escaped(character, r"\'") for character in text) + "'"
    escaped = "".join(_escaped(character, r"\047") for character in text)
    # "%" is printf's own; a "!" here would be an interactive bash's; a "-" in front would be printf's option
    escaped = escaped.replace("%", "%%").replace("!", r"\041")
    if escaped.startswith("-"):
        escaped = r"\055" + escaped[1:]
    return f"\"$(printf '{escaped}')\""


def is_plain(text: str) -> bool:
    """Tell whether every character of the text can be seen."""
    return text.isprintable() and (text.isascii() or UNSEEN.isdisjoint(text))


def _escaped(character: str, quote: str) -> str:
    if character == "'":
        return quote
    if character in _ESCAPES:
        return _ESCAPES[character]
    if is_plain(character):
        return character
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    return "".join(f"\\{byte:03o}" for byte in character.encode())  # octal bytes: the same in every shell and locale


def comma_list(text: str) -> str:
    """Return a value of a flag that the command splits at commas (pflag's StringSlice reads CSV), such that it stays whole."""
    return '"' + text.replace('"', '""') + '"' if re.search(r'[,"\r\n]', text) else text


def _arguments(*names: tuple[str, str]) -> list[Line]:
    words = [name if _is_safe(name) or not docker_id else docker_id for name, docker_id in names]
    lines = [("", quoted(word)) for word in words]
    return [("--", ""), *lines] if any(word.startswith("-") for word in words) else lines


def reference(name: str, full_id: str) -> str:
    """Return how a command names something: by name where that is safe to type, else by id."""
    return name if _is_safe(name) else full_id


def reads_as_mode(name: str) -> bool:
    """Tell whether Docker reads a network's name, where a container is run on it, as another network mode.

    host, none and bridge are Docker's own networks and nothing else can be called so. Source: moby, runconfig and container.
    """
    return name in ("container", "default") or name.startswith(DONOR_PREFIX)


def _is_safe(name: str) -> bool:
    return bool(_SAFE_NAME.fullmatch(name)) and not _LIKE_AN_ID.fullmatch(name)


def command_of(lines: list[Line]) -> str:
    """Return a command in one line."""
    return " ".join(word for line in lines for word in line if word)


def words(*pairs: tuple[str, object]) -> list[Line]:
    """Return the flags that have a value; neither None, "" nor 0 is one."""
    return [(flag, quoted(str(value))) for flag, value in pairs if value]


# A word that a shell refuses as it stands, so that nobody runs the command without putting the token there.
TOKEN_PLACE = "<TOKEN>"  # noqa: S105


def init_swarm_lines(spec: specs.InitSpec) -> list[Line]:
    """Return `docker swarm init …`, one option a line; only options that aren't Docker's defaults."""
    lines: list[Line] = [("docker swarm init", "")]
    lines += _addresses(spec.advertise_address, spec.listen_address)
    lines += [("--default-addr-pool", str(pool)) for pool in spec.pools]
    mask_length = spec.subnet_size if spec.pools and spec.subnet_size != specs.SUBNET_SIZE else None
    port = spec.data_path_port if spec.data_path_port != specs.DATA_PATH_PORT else None
    return [*lines, *words(("--default-addr-pool-mask-length", mask_length), ("--data-path-port", port))]


def join_swarm_lines(spec: specs.JoinSpec) -> list[Line]:
    """Return `docker swarm join …` with a place where the token goes. The command takes one manager's address only."""
    lines: list[Line] = [("docker swarm join", "")]
    lines += _addresses(spec.advertise_address, spec.listen_address)
    return [*lines, ("--token", TOKEN_PLACE), *(("", quoted(address)) for address in spec.remote_addresses[:1])]


def leave_swarm_lines(spec: specs.LeaveSpec) -> list[Line]:
    """Return `docker swarm leave`."""
    return [("docker swarm leave", ""), *([("--force", "")] if spec.is_forced else [])]


def remove_node_lines(node_id: str) -> list[Line]:
    """Return `docker node rm …`: by id, for several nodes may have one host name."""
    return [("docker node rm", ""), ("", node_id)]


def _addresses(advertise: str, listen: str) -> list[Line]:
    return words(("--advertise-addr", advertise), ("--listen-addr", listen if listen != specs.LISTEN_ADDRESS else ""))


def exec_command(name: str, docker_id: str, command: Sequence[str], user: str = "") -> str:
    """Return `docker exec -it …`."""
    options = ["--user", quoted(user)] if user else []
    return " ".join(["docker exec -it", *options, reference(name, docker_id), *map(quoted, command)])


def command_of_order(verb: str, name: str, container_id: str, asked: Mapping[str, Any] | None = None) -> str:
    """Return the docker command that does what an action does.

    `verb`: its name, such as "stop_container"; `asked`: {"wait_s": 10} or {"new_name": "web"}.
    """
    order, held = verb.removesuffix("_container"), asked or {}
    if order == "remove":
        return order_command("rm", name, container_id, flags="-f -v")
    flags = f"-t {held.get('wait_s', specs.STOP_WAIT_S)}" if order in ("stop", "restart") else ""
    return order_command(order, name, container_id, flags=flags, further=str(held.get("new_name", "")))


def run_lines(spec: specs.RunSpec) -> list[Line]:
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


def publication(port: specs.PortSpec) -> str:
    """Return a port as `-p` takes it: "127.0.0.1:8080:80", "[::1]:53:53/udp", "8000-8010:80", "80"."""
    inside = _span(port.first, port.last) + ("" if port.protocol == "tcp" else f"/{port.protocol}")
    outside = _span(port.host_first, port.host_last) if port.host_first else ""
    if port.address is None:
        return f"{outside}:{inside}" if outside else inside
    return f"{_bracketed(port.address)}:{outside}:{inside}"


def restart_word(spec: specs.RunSpec) -> str:
    """Return a restart policy as `--restart` takes it, "" for Docker's default."""
    return f"{spec.restart}:{spec.restart_most}" if spec.restart_most else spec.restart


def reference_of(endpoint: specs.EndpointSpec) -> str:
    """Return what to call a network in a create: its name, or its id where the name could be taken for something else."""
    name, docker_id = endpoint.network_name, endpoint.network_id
    return docker_id if reads_as_mode(name) else reference(name, docker_id)


def _network_lines(spec: specs.RunSpec) -> Iterator[Line]:
    if spec.mode is specs.Mode.CONTAINER:
        yield "--network", quoted(f"{DONOR_PREFIX}{reference(spec.donor_name, spec.donor_id)}")
    elif spec.mode is not specs.Mode.NETWORK:
        yield "--network", str(spec.mode)
    for endpoint in spec.ordered_networks:
        name = reference_of(endpoint)
        parts = list(_endpoint_parts(endpoint))
        yield "--network", quoted(",".join(map(comma_list, [f"name={name}", *parts])) if parts else name)


def _endpoint_parts(endpoint: specs.EndpointSpec) -> Iterator[str]:
    pairs = [("ip", endpoint.ipv4), ("ip6", endpoint.ipv6), *(("alias", alias) for alias in endpoint.aliases)]
    pairs += [*(("link-local-ip", address) for address in endpoint.link_local_ips), ("mac-address", endpoint.mac)]
    pairs += [("driver-opt", f"{key}={value}") for key, value in endpoint.driver_options.items()]
    return (f"{name}={value}" for name, value in [*pairs, ("gw-priority", endpoint.gateway_priority)] if value)


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _bracketed(address: IPAddress) -> str:
    return f"[{address}]" if address.version == 6 else str(address)
