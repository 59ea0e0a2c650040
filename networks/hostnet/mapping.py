"""Which container is at the far end of which link: by namespace and index together, never by a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from networks.hostnet.facts import LinkFact, PeerFact, SandboxFact


def peers_of(links: Iterable[LinkFact], sandboxes: Mapping[str, SandboxFact]) -> dict[int, PeerFact]:
    """Return, by the index of a host link, what its far end is; links whose far end is in no known container are left out.

    A peer's index alone says nothing: it is unique within its namespace only. `sandboxes`: by container id.
    """
    owners: dict[int, list[SandboxFact]] = {}
    for sandbox in sandboxes.values():
        if sandbox.nsid is not None and not sandbox.is_host:
            owners.setdefault(sandbox.nsid, []).append(sandbox)
    found: dict[int, PeerFact] = {}
    for link in links:
        sharing = owners.get(link.peer_nsid) if link.peer_nsid is not None and link.peer else None
        inside = next((one for one in sharing[0].links if one.index == link.peer), None) if sharing else None
        if sharing and inside:
            found[link.index] = PeerFact(tuple(sorted(one.container_id for one in sharing)), inside)
    return found
