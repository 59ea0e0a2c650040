"""The thread that watches one Engine's machine: it reads what changed, puts the picture up, and measures while somebody looks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime

import structlog
from django.db import DatabaseError, close_old_connections, connection
from django.db.models.signals import post_save

from networks.hostnet.errors import HostError
from networks.hostnet.facts import Obstacle
from networks.hostnet.linux.netlink.changes import ChangeStream
from networks.hostnet.linux.reader import HostReader
from networks.models import Engine
from networks.models.access import machine_from_here
from networks.sync.attention import FIGURE_PAGES, WATCHED_PAGES, is_looked_at
from networks.sync.host.board import HostPicture, picture_of, put_up, take_down
from networks.sync.host.machine import Machine
from networks.sync.host.remembered import Difference, Remembered
from networks.sync.host.traffic import LONGEST_STRETCH_S, SAMPLE_EVERY_S, Traffic
from networks.sync.host.wakes import Wake, Wakes
from networks.sync.signals import engine_changed, host_changed, viewer_came

log = structlog.get_logger(__name__)

# (path of the namespace or "", URL of the Engine) to a reader. Raises HostError.
OpenReader = Callable[[str, str], HostReader]

# A start needs about six messages of the kernel and one commit. An event is on its way to the browser for ten milliseconds;
# looking at links only after that leaves it the processor, and four fifths of the 100 ms that a new link may take.
GATHER_S = 0.025
# While nobody looks at what it makes: creating a network is a dozen messages just before the event that tells of it, and
# whoever waits for that in a list has the processor then.
GATHER_UNSEEN_S = 5.0
# The first look waits until the Engine was read, and the first page had the processor.
FIRST_WAIT_S, FIRST_REST_S = 5.0, 0.5
# What a container's interface is called is decided while its link comes up: it is looked at once more a little later.
SETTLE_S = 0.3
# Changes are told; what could not be told (routes, name servers, a message that was lost unnoticed) is looked for.
RECHECK_LOOKED_AT_S, RECHECK_S = 30.0, 300.0
# Nobody tells that a namespace was made which the Engine's setting names: its file is looked for, some microseconds each time.
LOOK_FOR_NAMESPACE_S = 2.0
# How often a watcher that nobody tells of a newer snapshot looks for one, while somebody looks.
ASK_EVERY_S = 1.0
# After the first sample of a time that somebody looks, so that the first rate doesn't take two seconds.
FIRST_STRETCH_S = 0.5
RETRY_FIRST_S, RETRY_FACTOR, RETRY_MOST_S = 0.5, 2.0, 30.0


class HostWatcher:
    """Watches in a daemon thread, with a second one that only hears the kernel. `start`, `stop` and `hurry` in any thread.

    `asks`: nobody in this process follows the Engine, so that a newer snapshot has to be looked for.
    """

    def __init__(
        self,
        engine: Engine,
        open_reader: OpenReader,
        *,
        gather_s: float = GATHER_S,
        gather_unseen_s: float = GATHER_UNSEEN_S,
        asks: bool = False,
    ) -> None:
        self.slug = engine.slug
        self._engine_pk = engine.pk
        self._open_reader = open_reader
        self._gather_s, self._gather_unseen_s = gather_s, gather_unseen_s
        self._asks = asks
        self._wakes = Wakes()
        self._ring = Traffic()
        self._stopped, self._moved = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch-{engine.slug}", daemon=True)
        self._trouble = ""
        self._due_at: dict[str, float] = {}
        self._unsettled: tuple[set[str], set[int]] = (set(), set())

    def start(self) -> None:
        """Start the thread; it begins once the Engine was read."""
        engine_changed.connect(self._note_engine)
        viewer_came.connect(self._note_viewer)
        post_save.connect(self._note_saved, sender=Engine)
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> None:
        """End within `timeout_s`."""
        engine_changed.disconnect(self._note_engine)
        viewer_came.disconnect(self._note_viewer)
        post_save.disconnect(self._note_saved, sender=Engine)
        self._stopped.set()
        self._wakes.hurry()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def hurry(self) -> None:
        self._wakes.hurry()

    def _note_engine(self, engine_slug: str, **_more: object) -> None:
        if engine_slug == self.slug:
            self._wakes.put_engine()

    def _note_viewer(self, engine_slug: str, **_more: object) -> None:
        if engine_slug == self.slug:
            self._wakes.hurry()

    def _note_saved(self, instance: Engine, **_more: object) -> None:
        if instance.pk == self._engine_pk:
            self._moved.set()
            self._wakes.hurry()

    def _run(self) -> None:
        self._wakes.take(FIRST_WAIT_S, gather_s=FIRST_REST_S)
        failures = 0
        while not self._stopped.is_set():
            began_at = time.monotonic()
            try:
                self._watch()
                failures = 0
            except HostError as error:
                failures += 1
                self._say(error.sentence)
            except (DatabaseError, OSError) as error:
                failures += 1
                self._say(str(error))
            except Exception:
                failures += 1
                log.exception("watcher_failed", engine=self.slug)
            finally:
                close_old_connections()
            if failures:
                failures = 1 if time.monotonic() - began_at > RETRY_MOST_S else failures
                self._rest(min(RETRY_MOST_S, RETRY_FIRST_S * RETRY_FACTOR ** min(failures - 1, 8)))
        take_down(self.slug)
        connection.close()

    def _rest(self, rest_s: float) -> None:
        """Wait until the next try; an Engine that is back, and somebody who begins to look, shorten that."""
        self._stopped.wait(RETRY_FIRST_S)
        self._wakes.take(rest_s - RETRY_FIRST_S, gather_s=0)

    def _watch(self) -> None:
        """Open the machine, and follow it until it has to be opened anew. Raises HostError when it can't be read any more."""
        place = Engine.objects.filter(pk=self._engine_pk).values_list("netns", "url").first()
        if place is None:
            self._stopped.wait(RECHECK_LOOKED_AT_S)
            return
        self._moved.clear()
        self._ring.forget()
        reader = self._open_reader(*machine_from_here(self.slug, *place))
        hearing: tuple[ChangeStream, threading.Thread] | None = None
        try:
            remembered = Remembered(self._engine_pk)
            self._wakes.empty()  # before anything is read: what comes from now on is looked at afterwards
            remembered.refresh()
            machine = Machine(reader, remembered)
            if reader.view().sees_host:
                hearing = self._hear(reader.changes())
            machine.read_everything()
            self._trouble = ""
            self._due_at = {"recheck": time.monotonic() + RECHECK_LOOKED_AT_S}
            if reader.view().why_not_host is Obstacle.NAMESPACE_MISSING:
                self._due_at["namespace"] = time.monotonic() + LOOK_FOR_NAMESPACE_S
            if self._show(machine):
                self._announce()
            while not (self._stopped.is_set() or self._moved.is_set()):
                if self._turn(machine):
                    return
        finally:
            if hearing:
                hearing[0].close()
            reader.close()
            if hearing:
                hearing[1].join(1.0)

    def _hear(self, stream: ChangeStream) -> tuple[ChangeStream, threading.Thread]:
        thread = threading.Thread(target=self._wakes.read_from, args=(stream,), name=f"links-{self.slug}", daemon=True)
        thread.start()
        return stream, thread

    def _turn(self, machine: Machine) -> bool:
        """Wait for something, and look at it. Returns whether the machine has to be opened anew."""
        wake = self._wakes.take(self._wait_s(), gather_s=self._gather_s if self._is_seen() else self._gather_unseen_s)
        if self._stopped.is_set():
            return False
        if wake.has_ended:
            raise HostError("the kernel tells no changes any more")
        if self._is_due("namespace"):
            self._due_at["namespace"] = time.monotonic() + LOOK_FOR_NAMESPACE_S
            if machine.reader.has_appeared():
                return True
        asks = self._asks and self._is_time_to_ask()
        difference = machine.remembered.refresh() if wake.is_engine or asks else Difference()
        if difference.is_other:
            return True
        is_new = self._look(machine, wake, difference) and self._show(machine)
        if self._sample(machine) or is_new:
            self._announce()
        return False

    def _look(self, machine: Machine, wake: Wake, difference: Difference) -> bool:
        """Read what has to be read. Returns whether the picture may be another."""
        settles = self._is_due("settle")
        is_disputed = difference.has_other_networks and machine.is_in_doubt
        if wake.is_everything or is_disputed or self._is_due("recheck"):
            machine.read_everything()
            self._due_at["recheck"] = time.monotonic() + (RECHECK_LOOKED_AT_S if self._is_seen() else RECHECK_S)
            return True
        containers, namespaces = set(difference.containers), machine.read_links(wake.links) if wake.links else frozenset()
        if containers or namespaces:
            self._settle_later(containers, namespaces)
            machine.read_sandboxes(containers, namespaces)
        if settles:
            settled, self._unsettled = self._unsettled, (set(), set())
            machine.read_sandboxes(*settled)
        return bool(wake) or bool(difference) or settles

    def _settle_later(self, containers: Collection[str], namespaces: Collection[int]) -> None:
        self._unsettled[0].update(containers)
        self._unsettled[1].update(namespaces)
        self._due_at.setdefault("settle", time.monotonic() + SETTLE_S)

    def _show(self, machine: Machine) -> bool:
        """Put the picture up. Returns whether it shows anything else than the last one."""
        before = picture_of(self.slug)
        picture = machine.picture(before, now=datetime.now(UTC))
        put_up(self.slug, picture, self._ring if picture.view.sees_host else None)
        return picture.revision != before.revision

    def _sample(self, machine: Machine) -> bool:
        """Sample the counters if somebody looks and it is time. Returns whether there is a new sample."""
        if not (picture_of(self.slug).view.sees_host and is_looked_at(self.slug, pages=FIGURE_PAGES)):
            self._due_at.pop("sample", None)
            return False
        began_at = time.monotonic()
        due_at = self._due_at.get("sample", began_at)
        if began_at < due_at:
            return False
        is_first = began_at - self._ring.sampled_at > LONGEST_STRETCH_S
        counters = machine.reader.counters()
        self._ring.add(counters, now=(began_at + time.monotonic()) / 2, at=time.time())
        every_s = FIRST_STRETCH_S if is_first else SAMPLE_EVERY_S
        self._due_at["sample"] = max(due_at, began_at - every_s / 2) + every_s
        return True

    def _is_time_to_ask(self) -> bool:
        """Whether to look for a newer snapshot now; while nobody looks at the host's side there is no time for it."""
        if not self._is_seen():
            self._due_at.pop("ask", None)
            return False
        is_due = "ask" not in self._due_at or self._is_due("ask")
        self._due_at.setdefault("ask", time.monotonic() + ASK_EVERY_S)
        return is_due

    def _is_seen(self) -> bool:
        return is_looked_at(self.slug, pages=WATCHED_PAGES)

    def _is_due(self, name: str) -> bool:
        """Whether the time of something has come; it then has none any more."""
        if time.monotonic() < self._due_at.get(name, float("inf")):
            return False
        del self._due_at[name]
        return True

    def _wait_s(self) -> float:
        return max(0.0, min(self._due_at.values(), default=RECHECK_S) - time.monotonic())

    def _announce(self) -> None:
        host_changed.send(sender=HostWatcher, engine_slug=self.slug)

    def _say(self, words: str) -> None:
        """Put up that the machine can't be read; the log hears of each trouble once."""
        if words != self._trouble:
            log.warning("host_not_read", engine=self.slug, error=words)
        self._trouble = words
        before = picture_of(self.slug)
        if before.trouble != words:
            put_up(self.slug, HostPicture(before.view, revision=before.revision + 1, as_of=before.as_of, trouble=words))
            self._announce()
