"""What a container would find by a name that something protected bears: a link, or a namesake on a further network."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from networks.engine.errors import NotAllowed
from networks.engine.facts import ContainerFact, NetworkFact
from networks.models import Endpoint
from networks.models.stored_sentences import say as _
from networks.policy.protected_names import find_bearer, spelled
from networks.policy.protection import Protection, read_company


def refuse_shadows(engine_slug: str, network: NetworkFact, container: ContainerFact, links: Iterable[str]) -> None:
    """Return when a container that joins a network still finds what is protected by its names. Raises NotAllowed else.

    `links`: "container" or "container:name"; such a name comes before all others. Of a namesake on the network that is joined the
    order of networks decides, and that can be chosen.
    """
    known: dict[str, str] = {}
    for endpoint in container.endpoints:
        known |= read_company(engine_slug, endpoint.network_id, endpoint.network_name)[1]
    _own, beside = read_company(engine_slug, network.docker_id, network.name)
    linked = [text.rpartition(":")[2] for text in links]
    if found := find_bearer({**beside, **known}, linked):
        words = _("%(by)s, which is protected, is called %(name)s: a link can't give that name to another.")
        raise NotAllowed(words % {"name": found[0], "by": found[1]})
    if known and (namesake := find_bearer(known, sorted(_others_on(network, set(known.values()), beside)))):
        words = _("%(container)s finds %(by)s, which is protected, as %(name)s: on %(network)s something else has that name.")
        names = {"container": container.name, "name": namesake[0], "by": namesake[1], "network": network.name}
        raise NotAllowed(words % names)


def _others_on(network: NetworkFact, protected: set[str], beside: dict[str, str]) -> set[str]:
    """Return the names that others than what is protected bear on a network."""
    found = Endpoint.objects.present().filter(network__docker_id=network.docker_id)
    names: set[str] = set()
    for name, hostname, dns_names, aliases in found.values_list("container__name", "container__hostname", "dns_names", "aliases"):
        if name not in protected:
            names.update(spelled((name, hostname, *dns_names, *aliases)))
    return names - beside.keys()


def read_uneasy(engine_slug: str, container_ids: Collection[str], known: Protection) -> dict[str, str]:
    """Return, by container, why only an admin starts it: where Netadmin is, or under a name that something protected bears there.

    As the snapshot has it, and as the action asks once more. One query, none where nothing is protected; `known`: what is.
    """
    if not (known.own or known.names):
        return {}
    found: dict[str, str] = {}
    rows = Endpoint.objects.filter(container__engine__slug=engine_slug, container__docker_id__in=list(container_ids))
    columns = ("container__docker_id", "container__name", "container__hostname", "network__docker_id", "network_name", "aliases")
    for container_id, name, hostname, network_id, network_name, aliases in rows.values_list(*columns):
        if container_id in known.containers:
            continue
        own, borne = read_company(engine_slug, network_id or "", network_name, known=known)
        bearer = find_bearer(borne, (name, hostname, *aliases))
        if own is not None:
            words = _("%(by)s, which Netadmin needs, is on %(network)s: to start it there needs the role admin.")
            found[container_id] = words % {"by": own.by, "network": network_name}
        elif bearer is not None:
            words = _(
                "%(by)s, which is protected, is called %(name)s on %(network)s, as this one is: to start it takes an admin."
            )
            found[container_id] = words % {"by": bearer[1], "name": bearer[0], "network": network_name}
    return found
