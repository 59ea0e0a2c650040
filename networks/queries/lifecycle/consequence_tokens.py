"""What a removal or a disconnect would break, one by one, each with a token by which a form tells what was shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from django.utils.translation import gettext_noop as _

from networks.queries.lifecycle.consequences import Affected, Consequences


@dataclass(frozen=True, slots=True)
class Breakage:
    """One thing that would break. `kind`: "running", "stopped", "last", "port", "dependant", "orphan" or "config".

    `detail`: the port, the dependant's name, the network with this configuration. `message`: what there is to say of it, in
    English and with places for `network`, `container` and `detail`. `token`: the same for the same thing and
    another for any other, to put into a form: what a person was shown can be compared with what is so when they confirm.
    """

    kind: str
    token: str
    message: str
    network: str
    container: str = ""
    detail: str = ""


def breakages_of(consequences: Iterable[Consequences]) -> tuple[Breakage, ...]:
    """Return everything that would break, one by one."""
    return tuple(breakage for each in consequences for breakage in _breakages(each))


def _breakages(found: Consequences) -> Iterator[Breakage]:
    for user in found.config_users:
        yield _breakage("config", found, None, _("The network %(detail)s takes its configuration from %(network)s."), user)
    for docker_id, name, _state in found.orphans:
        message = _("%(container)s was made with %(network)s, and starts on no other network without it.")
        yield Breakage("orphan", breakage_token("orphan", found.docker_id, docker_id), message, found.name, name)
    for each in found.affected:
        if each.is_running:
            yield _breakage("running", found, each, _("%(container)s is on %(network)s and running."))
        else:
            yield _breakage("stopped", found, each, _("%(container)s, which is stopped, needs %(network)s to start."))
        if each.is_last:
            yield _breakage("last", found, each, _("%(network)s is the only network of %(container)s."))
        for port in each.closing_ports:
            yield _breakage("port", found, each, _("The published port %(detail)s of %(container)s closes."), port)
        for dependant in each.dependants:
            message = _("%(detail)s shares the network of %(container)s and loses it as well.")
            yield _breakage("dependant", found, each, message, dependant.name)


def _breakage(kind: str, found: Consequences, each: Affected | None, message: str, detail: str = "") -> Breakage:
    token = breakage_token(kind, found.docker_id, each.docker_id if each else "", detail)
    return Breakage(kind, token, message, found.name, each.name if each else "", detail)


def breakage_token(*parts: str) -> str:
    """Return the token of a breakage that these parts tell from any other."""
    # 40 bits: of a million breakages none is likely to be taken for another
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
