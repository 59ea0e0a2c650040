"""What was read of one Engine's machine, brought up to date piece by piece, and the picture that it makes with the snapshot."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from networks.hostnet.facts import Counters, HostView, LinkFact, Obstacle, ResolverFact, RouteFact, SandboxFact
from networks.hostnet.linux.reader import HostReader
from networks.sync.host.board import HostPicture
from networks.sync.host.naming import LinkProof, Naming, count_endpoints, linkless, proof_of, unseen
from networks.sync.host.remembered import Remembered

_UNCOUNTED = Counters()


@dataclass(slots=True)
class Machine:
    """Links, sandboxes, routes and resolver as they were read last. One thread's; everything that reads raises HostError.

    A link's fact is kept as long as nothing but its counters is another: those in it are of the moment when it last changed.
    """

    reader: HostReader
    remembered: Remembered
    links: dict[int, LinkFact] = field(default_factory=dict)
    sandboxes: dict[str, SandboxFact] = field(default_factory=dict)
    routes: tuple[RouteFact, ...] = ()
    resolver: ResolverFact = field(default_factory=lambda: ResolverFact(is_known=False))
    _view: HostView = field(default_factory=HostView)
    _proof: LinkProof = LinkProof.NONE
    _naming: Naming = field(default_factory=Naming)

    def __post_init__(self) -> None:
        self._view = self.reader.view()

    def read_everything(self) -> None:
        if self._view.sees_host:
            self._keep_links(self.reader.links())
            self._read_ways()
            self._proof = LinkProof.NONE if self._proof is LinkProof.WEAK else self._proof
        self.sandboxes = self.reader.sandboxes(self.remembered.pids)

    def read_links(self, indexes: Iterable[int]) -> frozenset[int]:
        """Read these links anew, and return the namespaces (as the host numbers them) that their far ends are or were in.

        -1 stands for a far end whose namespace isn't known. Of a link that is no container's, routes may be others as well.
        """
        if not self._view.sees_host:
            return frozenset()
        namespaces: set[int] = set()
        reads_ways = False
        for index in self._with_ends_of(indexes):
            old, new = self.links.get(index), self.reader.link(index)
            if new is None:
                self.links.pop(index, None)
            elif old is None or not is_same_link(old, new):
                self.links[index] = new
            for fact in (old, new):
                if fact is not None and fact.kind == "veth":
                    namespaces.add(-1 if fact.peer_nsid is None else fact.peer_nsid)
                reads_ways = reads_ways or (fact is not None and has_ways(fact))
        if reads_ways:
            self._read_ways()
        return frozenset(namespaces)

    def read_sandboxes(self, containers: Iterable[str] = (), namespaces: Collection[int] = ()) -> None:
        """Read the sandboxes of these containers, and of all that are, or may by now be, in these namespaces.

        A number is given to another namespace once the first is gone: whoever was known by it is read again. Who has none yet
        may have got it.
        """
        pids = self.remembered.pids
        asked = set(containers)
        if namespaces:
            for container_id in pids:
                known = self.sandboxes.get(container_id)
                if known is None or (known.nsid is None and not known.is_host) or known.nsid in namespaces:
                    asked.add(container_id)
            asked.update(one.container_id for one in self.sandboxes.values() if one.nsid in namespaces)
        if not asked:
            return
        found = self.reader.sandboxes({container_id: pids[container_id] for container_id in asked if container_id in pids})
        for container_id in asked:
            if container_id in found:
                self.sandboxes[container_id] = found[container_id]
            else:
                self.sandboxes.pop(container_id, None)

    def picture(self, before: HostPicture, *, now: datetime) -> HostPicture:
        """Return the picture of what was read; the revision is that of `before` where it shows nothing else."""
        remembered = self.remembered
        view = self._proved()
        revision = before.revision + 1
        sees = view.sees_host
        known = (self.sandboxes, remembered.containers, remembered.networks, self.routes)
        links = self._naming.name(self.links, *known, revision=revision) if sees else ()
        made = HostPicture(
            view,
            links,
            self.routes if sees else (),
            self.resolver if sees else ResolverFact(is_known=False),
            revision,
            now,
            running=sum(1 for one in remembered.containers.values() if one.is_running),
            endpoints=count_endpoints(remembered.containers.values()),
            unseen=unseen(remembered.containers.values(), remembered.networks, links) if sees else (),
            linkless=linkless(remembered.containers.values(), links) if sees else (),
        )
        is_same = replace(made, revision=before.revision, as_of=before.as_of) == before
        return replace(made, revision=before.revision) if is_same else made

    @property
    def is_in_doubt(self) -> bool:
        """Whether more networks may show that these aren't the Engine's links: everything is then to be read anew."""
        return self._view.sees_host and self._proof is not LinkProof.STRONG

    def _proved(self) -> HostView:
        """Return the view, less the host where these are not the Engine's links (rule: rather nothing than another's)."""
        if not self._view.sees_host:
            return self._view
        if not self.remembered.networks:  # every Engine has some: this one wasn't read yet
            return replace(self._view, sees_host=False)
        # Once proved it stays so: while its only network is being removed, the link is gone before the snapshot knows.
        if self._proof is LinkProof.NONE and self.remembered.kernel in ("", os.uname().release):
            self._proof = proof_of(self.links, self.remembered.networks.values())
        if self._proof is not LinkProof.NONE:
            return self._view
        return replace(self._view, sees_host=False, why_not_host=Obstacle.OTHER_NAMESPACE)

    def _keep_links(self, facts: Iterable[LinkFact]) -> None:
        known = self.links
        self.links = {fact.index: fact for fact in facts}
        for index, fact in self.links.items():
            old = known.get(index)
            if old is not None and is_same_link(old, fact):
                self.links[index] = old

    def _with_ends_of(self, indexes: Iterable[int]) -> set[int]:
        """Add the veths whose far end one of these was: it may now be in a container, which its host end isn't told."""
        asked = set(indexes)
        pairs = (fact for fact in self.links.values() if fact.kind == "veth" and fact.peer_nsid is None)
        return asked | {fact.index for fact in pairs if fact.peer in asked}

    def _read_ways(self) -> None:
        self.routes, self.resolver = self.reader.routes(), self.reader.resolver()


def has_ways(fact: LinkFact) -> bool:
    """Whether routes may go through a link: none do through a container's veth; a machine that is a container has one itself."""
    return fact.kind != "veth" or any(address.scope != "link" for address in fact.addresses)


def is_same_link(one: LinkFact, other: LinkFact) -> bool:
    """Whether two readings of a link differ in their counters at most."""
    return replace(one, counters=_UNCOUNTED) == replace(other, counters=_UNCOUNTED)
