"""What a removal or a disconnect would break, one by one, each with a token by which a form tells what was shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from networks.queries.lifecycle.removals import Affected, Consequences


@dataclass(frozen=True, slots=True)
class Breakage:
    """One thing that would break. `kind`: "running", "stopped", "last", "port", "dependant", "orphan" or "config".

    `detail`: the port, the dependant's name, the network with this configuration. `token`: the same for the same thing and
    another for any other, to put into a form: what a person was shown can be compared with what is so when they confirm.
    """

    kind: str
    token: str
    network: str
    container: str = ""
    detail: str = ""


def breakages_of(consequences: Iterable[Consequences]) -> tuple[Breakage, ...]:
    """Return everything that would break, one by one."""
    return tuple(breakage for each in consequences for breakage in _breakages(each))


def _breakages(found: Consequences) -> Iterator[Breakage]:
    for user in found.config_users:
        yield _breakage("config", found, None, user)
    for docker_id, name, _state in found.orphans:
        yield Breakage("orphan", breakage_token("orphan", found.docker_id, docker_id), found.name, name)
    for each in found.affected:
        yield _breakage("running" if each.is_running else "stopped", found, each)
        if each.is_last:
            yield _breakage("last", found, each)
        for port in each.closing_ports:
            yield _breakage("port", found, each, port)
        for dependant in each.dependants:
            yield _breakage("dependant", found, each, dependant.name)


def _breakage(kind: str, found: Consequences, each: Affected | None, detail: str = "") -> Breakage:
    container_id = each.docker_id if each else ""
    return Breakage(
        kind, breakage_token(kind, found.docker_id, container_id, detail), found.name, each.name if each else "", detail
    )


def breakage_token(*parts: str) -> str:
    """Return the token of a breakage that these parts tell from any other."""
    # 40 bits: of a million breakages none is likely to be taken for another
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
