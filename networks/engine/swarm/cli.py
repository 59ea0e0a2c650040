"""The docker commands about swarms that do the same. A token stands in none of them."""

from __future__ import annotations

from networks.engine.cli import Line, quoted
from networks.engine.swarm.specs import DATA_PATH_PORT, LISTEN_ADDRESS, SUBNET_SIZE, InitSpec, JoinSpec, LeaveSpec

# A word that a shell refuses as it stands, so that nobody runs the command without putting the token there.
TOKEN_PLACE = "<TOKEN>"  # noqa: S105


def init_swarm_lines(spec: InitSpec) -> list[Line]:
    """Return `docker swarm init …`, one option a line; only options that aren't Docker's defaults."""
    lines: list[Line] = [("docker swarm init", "")]
    lines += _addresses(spec.advertise_address, spec.listen_address)
    lines += [("--default-addr-pool", str(pool)) for pool in spec.pools]
    if spec.pools and spec.subnet_size != SUBNET_SIZE:
        lines.append(("--default-addr-pool-mask-length", str(spec.subnet_size)))
    if spec.data_path_port != DATA_PATH_PORT:
        lines.append(("--data-path-port", str(spec.data_path_port)))
    return lines


def join_swarm_lines(spec: JoinSpec) -> list[Line]:
    """Return `docker swarm join …` with a place where the token goes. The command takes one manager's address only."""
    lines: list[Line] = [("docker swarm join", "")]
    lines += _addresses(spec.advertise_address, spec.listen_address)
    return [*lines, ("--token", TOKEN_PLACE), *(("", quoted(address)) for address in spec.remote_addresses[:1])]


def leave_swarm_lines(spec: LeaveSpec) -> list[Line]:
    """Return `docker swarm leave`."""
    return [("docker swarm leave", ""), *([("--force", "")] if spec.is_forced else [])]


def remove_node_lines(node_id: str) -> list[Line]:
    """Return `docker node rm …`: by id, for several nodes may have one host name."""
    return [("docker node rm", ""), ("", node_id)]


def command_of(lines: list[Line]) -> str:
    """Return the command in one line."""
    return " ".join(word for line in lines for word in line if word)


def _addresses(advertise: str, listen: str) -> list[Line]:
    lines: list[Line] = []
    if advertise:
        lines.append(("--advertise-addr", quoted(advertise)))
    if listen != LISTEN_ADDRESS:
        lines.append(("--listen-addr", quoted(listen)))
    return lines
