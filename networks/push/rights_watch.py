"""Whether open sockets may stay open, asked anew every second and at every change of rights."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from networks.partials.screen import SWARM_PAGES, is_across
from networks.policy.permissions import Permission, read_reach, write_reach, write_rights
from networks.policy.socket_rights import SocketSession, still_allowed
from networks.policy.url_permissions import ON_ENGINE
from networks.push.delivery import Socket
from networks.push.protocol import Close
from networks.push.registry import Hub
from networks.queries.engines import list_slugs
from networks.queries.rows import EngineRow
from networks.sync.attention import note_viewer
from networks.sync.periodic import PeriodicThread

LOOK_EVERY_S = 1.0
# Where the database can say that nothing was written at all, sessions that expired are looked for as often as this.
LOOK_ANYWAY_S = 10.0
ReadEngine = Callable[[str], EngineRow | None]
Person = tuple[int, str, str]  # user id, session key, Engine slug


class Watch(PeriodicThread):
    """Looks after the sockets of a hub in a thread of its own, so that no drawing that hangs keeps a door open."""

    held_up = "sockets_not_looked_after"

    def __init__(self, hub: Hub, read_engine: ReadEngine) -> None:
        super().__init__("push-watch", LOOK_EVERY_S)
        self._hub = hub
        self._read_engine = read_engine
        self._seen: dict[str, tuple[object, ...]] = {}
        self._look_anyway_at = 0.0

    def turn(self, *, is_woken: bool) -> None:
        sockets = self._hub.people()
        if not sockets:
            return
        keys = {socket.key for socket in sockets}
        for looked_at in {(key.engine_slug, key.page, key.docker_id) for key in keys}:
            note_viewer(*looked_at)
        for slug in {slug for key in keys if key.page in SWARM_PAGES for slug in read_reach(key.reach)}:
            note_viewer(slug)  # who takes part is known by reading alone
        if not self.has_been_written() and time.monotonic() < self._look_anyway_at:
            return
        self._look_at_rights(sockets)
        self._look_at_engines({slug for key in keys for slug in (key.engine_slug, *read_reach(key.reach))})
        self._look_anyway_at = time.monotonic() + LOOK_ANYWAY_S

    def _look_at_rights(self, sockets: list[Socket]) -> None:
        verdicts = judge({person_of(socket) for socket in sockets})
        reaches = judge_reach({person_of(socket) for socket in sockets if is_across(socket.key.page, socket.key.docker_id)})
        for socket in sockets:
            verdict = verdicts[person_of(socket)]
            if isinstance(verdict, Close):
                self._hub.revoke(socket, verdict)
                continue
            reach = reaches.get(person_of(socket), "") if is_across(socket.key.page, socket.key.docker_id) else ""
            key = replace(socket.key, rights=verdict, reach=reach)
            if key != socket.key:
                self._hub.move(socket, key)

    def _look_at_engines(self, slugs: set[str]) -> None:
        """Wake the drawer for Engines that a follower in another process wrote; ours sends a signal and needs none of this."""
        for slug in slugs:
            row = self._read_engine(slug)
            seen = (row.epoch, row.revision, row.state, row.state_since, row.last_error, row.name, row.url) if row else ()
            if self._seen.get(slug, seen) != seen:
                self._hub.note_change(slug)
            self._seen[slug] = seen


def person_of(socket: Socket) -> Person:
    """Return whose socket it is, and about which Engine."""
    return (socket.user_id, socket.session_id, socket.key.engine_slug)


def judge(people: Iterable[Person]) -> Mapping[Person, str | Close]:
    """Return the rights that each still has on its Engine (sorted, joined by ","), or why its socket has to go.

    One question to policy, however many people: three statements.
    """
    asked = set(people)
    wanted = (Permission.LOGIN, *sorted(ON_ENGINE - {Permission.TERMINAL}))  # which no page is drawn for
    allowed = still_allowed(
        SocketSession(user_id, session_id, permission, slug) for user_id, session_id, slug in asked for permission in wanted
    )
    verdicts: dict[Person, str | Close] = {}
    for person in asked:
        user_id, session_id, slug = person
        own = [permission for permission in wanted if SocketSession(user_id, session_id, permission, slug) in allowed]
        if Permission.LOGIN not in own:
            verdicts[person] = Close.LOG_IN
        elif Permission.VIEW not in own:
            verdicts[person] = Close.FORBIDDEN
        else:
            verdicts[person] = write_rights(permission for permission in own if permission is not Permission.LOGIN)
    return verdicts


def judge_reach(people: Iterable[Person]) -> Mapping[Person, str]:
    """Return of which Engines each still may see something, as `write_reach` writes it. Four statements, however many people."""
    asked = set(people)
    if not asked:
        return {}
    slugs = list_slugs()
    everywhere = [SocketSession(user_id, session_id, Permission.SUPERUSER) for user_id, session_id, _slug in asked]
    single = [SocketSession(one.user_id, one.session_id, Permission.VIEW, slug) for one in everywhere for slug in slugs]
    allowed = still_allowed([*everywhere, *single])
    reaches = {}
    for person in asked:
        user_id, session_id, _slug = person
        seen = [slug for slug in slugs if SocketSession(user_id, session_id, Permission.VIEW, slug) in allowed]
        is_superuser = SocketSession(user_id, session_id, Permission.SUPERUSER) in allowed
        reaches[person] = write_reach(seen, is_superuser=is_superuser)
    return reaches
