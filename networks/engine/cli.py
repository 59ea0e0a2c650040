"""The `docker` command that does the same, as text to paste into a shell."""

from __future__ import annotations

import re
import shlex

from networks.engine.specs import ConnectSpec, DisconnectSpec, NetworkSpec

Line = tuple[str, str]  # (flag, value), both ready for a shell; the first is the command, arguments have no flag

# What the docker command may put into a URL unescaped, and what no id looks like: a name such as "ab12" wins or loses
# against another object's id, and "../containers/x" becomes a path.
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_LIKE_AN_ID = re.compile(r"[0-9a-f]{4,64}|[a-z0-9]{25}")
_ESCAPES = {"\n": r"\n", "\t": r"\t", "\r": r"\r", "\\": r"\\", "'": r"\'"}


def create_network_command(spec: NetworkSpec) -> str:
    """Return `docker network create …`; only options that aren't Docker's defaults, and always the driver."""
    return _joined(create_network_lines(spec))


def create_network_lines(spec: NetworkSpec) -> list[Line]:
    """Return the same, one option a line."""
    lines: list[Line] = [("docker network create", ""), ("--driver", quoted(spec.driver))]
    for pool in spec.pools:
        if pool.subnet is not None:
            lines.append(("--subnet", str(pool.subnet)))
        if pool.ip_range is not None:
            lines.append(("--ip-range", str(pool.ip_range)))
        if pool.gateway is not None:
            lines.append(("--gateway", str(pool.gateway)))
        lines += [("--aux-address", quoted(f"{name}={address}")) for name, address in pool.aux_addresses.items()]
    if spec.enable_ipv6 is not None:
        lines.append(("--ipv6" if spec.enable_ipv6 else "--ipv6=false", ""))
    if spec.is_internal:
        lines.append(("--internal", ""))
    if spec.is_attachable:
        lines.append(("--attachable", ""))
    lines += [("--label", quoted(f"{name}={value}")) for name, value in spec.labels.items()]
    lines += [("--opt", quoted(f"{name}={value}")) for name, value in spec.options.items()]
    return [*lines, *_arguments((spec.name, ""))]


def connect_command(spec: ConnectSpec, network_name: str, container_name: str) -> str:
    """Return `docker network connect …`; by name where that is safe to type, else by id."""
    return _joined(connect_lines(spec, network_name, container_name))


def connect_lines(spec: ConnectSpec, network_name: str, container_name: str) -> list[Line]:
    """Return the same, one option a line."""
    lines: list[Line] = [("docker network connect", "")]
    if spec.ipv4 is not None:
        lines.append(("--ip", str(spec.ipv4)))
    if spec.ipv6 is not None:
        lines.append(("--ip6", str(spec.ipv6)))
    lines += [("--alias", quoted(_csv(alias))) for alias in spec.aliases]
    lines += [("--link-local-ip", str(address)) for address in spec.link_local_ips]
    lines += [("--link", quoted(link)) for link in spec.links]
    lines += [("--driver-opt", quoted(_csv(f"{key}={value}"))) for key, value in spec.driver_options.items()]
    if spec.gateway_priority:
        lines.append(("--gw-priority", str(spec.gateway_priority)))
    return [*lines, *_arguments((network_name, spec.network_id), (container_name, spec.container_id))]


def disconnect_command(spec: DisconnectSpec, network_name: str, container_name: str) -> str:
    """Return `docker network disconnect …`; by name where that is safe to type, else by id."""
    return _joined(disconnect_lines(spec, network_name, container_name))


def disconnect_lines(spec: DisconnectSpec, network_name: str, container_name: str) -> list[Line]:
    """Return the same, one option a line."""
    lines: list[Line] = [("docker network disconnect", "")]
    if spec.is_forced:
        lines.append(("--force", ""))
    return [*lines, *_arguments((network_name, spec.network_id), (container_name, spec.container_id))]


def remove_network_command(name: str, network_id: str = "") -> str:
    """Return `docker network rm …`; by name where that is safe to type, else by id."""
    return _joined([("docker network rm", ""), *_arguments((name, network_id))])


def inspect_network_command(name: str, network_id: str = "") -> str:
    """Return `docker network inspect …`; by name where that is safe to type, else by id."""
    return _joined([("docker network inspect", ""), *_arguments((name, network_id))])


def inspect_container_command(name: str, container_id: str = "") -> str:
    """Return `docker inspect …`; by name where that is safe to type, else by id."""
    return _joined([("docker inspect", ""), *_arguments((name, container_id))])


def quoted(text: str) -> str:
    """Return one word for a shell; with $'…' where it holds control or other invisible characters.

    NUL and lone surrogates can't be in any argument: they are shown as U+2400 and U+FFFD.
    """
    text = text.replace("\0", "\u2400")
    if text.isprintable():
        return shlex.quote(text)
    return "$'" + "".join(map(_escaped, text)) + "'"


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    return "".join(f"\\{byte:03o}" for byte in character.encode())  # octal bytes: the same in every shell and locale


def _csv(text: str) -> str:
    """Return a value of a flag that the command splits at commas (pflag's StringSlice reads CSV), such that it stays whole."""
    return '"' + text.replace('"', '""') + '"' if re.search(r'[,"\r\n]', text) else text


def _arguments(*names: tuple[str, str]) -> list[Line]:
    words = [name if _is_safe(name) or not docker_id else docker_id for name, docker_id in names]
    lines = [("", quoted(word)) for word in words]
    return [("--", ""), *lines] if any(word.startswith("-") for word in words) else lines


def _is_safe(name: str) -> bool:
    return bool(_SAFE_NAME.fullmatch(name)) and not _LIKE_AN_ID.fullmatch(name)


def _joined(lines: list[Line]) -> str:
    return " ".join(word for line in lines for word in line if word)
