"""Names that mean something protected: on a network that it is on, nothing else may answer to them.

Docker's DNS gives a name that two containers bear to either, by turns: whoever takes the name of a service gets its requests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from networks.models import Endpoint

ANYWHERE = ""


def read_names(engine_slug: str, containers: Collection[str]) -> dict[str, dict[str, str]]:
    """Return who of these containers bears which name, in small letters, by network id. One query; none for no container.

    Under ANYWHERE stand whole names, "db.backend": Docker's DNS looks for them in every network of whoever asks, before it looks
    for db in backend. Where a network isn't known by its id, as a stopped container's, its name stands in its place.
    """
    if not containers:
        return {}
    found = Endpoint.objects.present().filter(container__engine__slug=engine_slug, container__docker_id__in=list(containers))
    names: dict[str, dict[str, str]] = {}
    for network_id, network_name, name, hostname, dns_names, aliases in found.values_list(
        "network__docker_id", "network_name", "container__name", "container__hostname", "dns_names", "aliases"
    ):
        own = spelled((name, hostname, *dns_names, *aliases))
        names.setdefault(network_id or network_name, {}).update(dict.fromkeys(own, name))
        names.setdefault(ANYWHERE, {}).update(dict.fromkeys((f"{each}.{network_name}".lower() for each in own), name))
    return names


def names_on(names: Mapping[str, Mapping[str, str]], network_id: str, network_name: str) -> dict[str, str]:
    """Return who bears which name that counts on a network, of what `read_names` returned."""
    return {**names.get(ANYWHERE, {}), **names.get(network_name, {}), **names.get(network_id, {})}


def find_bearer(names: Mapping[str, str], wanted: Iterable[str]) -> tuple[str, str] | None:
    """Return the first of the wanted names that is borne already, and by which container; None where none is."""
    for each in wanted:
        for spelling in spelled([each]):
            if spelling in names:
                return each, names[spelling]
    return None


def spelled(names: Iterable[object]) -> list[str]:
    """Return the names as Docker's DNS compares them: in small letters, without the dot at the end of a whole name."""
    return [text for name in names if (text := str(name).strip().lower().rstrip("."))]
