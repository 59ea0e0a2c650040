"""What a container's interfaces count, asked of its Engine where nothing of the host is seen: only while somebody looks at it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import structlog
from django.db import connection

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError
from networks.engine.facts import InterfaceStats
from networks.hostnet.facts import Counters
from networks.models import Engine
from networks.models.access import access_of
from networks.sync.attention import is_thing_looked_at
from networks.sync.host.traffic import KEPT_S, LONGEST_STRETCH_S, Traffic
from networks.sync.signals import host_changed

log = structlog.get_logger(__name__)

PAGE = "container_detail"
# One asking takes the Engine 1 to 2 ms of work.
EVERY_S = 2.5
# After the first answer, so that the first rate doesn't take so long.
FIRST_STRETCH_S = 0.5
# So many containers are asked about in one round; whoever looks at more of them sees gaps.
MOST_AT_ONCE = 20
# A page that shows these figures asks for them at every answer; one that meanwhile shows the host's own doesn't any more.
WANTED_FOR_S = 10.0
# Without anybody who looks the thread ends after this.
LINGER_S = 30.0

Connect = Callable[[str], EngineClient]
_COUNTED = tuple(name for name in InterfaceStats.__slots__ if name != "name")


@dataclass(slots=True)
class Interfaces:
    """A container's interfaces as its Engine counts them. `stack`: what they belong to; another one, other interfaces.

    `indexes`: by which number `traffic` knows an interface, by name. `trouble`: why the Engine gave no answer, in its words.
    `url`: of the Engine. `due_at`, `wanted_at`: when to ask next, and when somebody looked last, monotonic seconds.
    """

    stack: Hashable
    url: str
    due_at: float
    wanted_at: float
    traffic: Traffic = field(default_factory=Traffic)
    indexes: dict[str, int] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def version(self) -> tuple[int, str]:
        """Another one, other figures of this stack."""
        return self.traffic.sequence(), self.trouble

    def take(self, answer: tuple[InterfaceStats, ...], *, now: float, at: float) -> None:
        """Take an answer. `now`: monotonic seconds; `at`: seconds since 1970."""
        self.names = tuple(one.name for one in answer)
        counters = {
            self.indexes.setdefault(one.name, len(self.indexes) + 1): Counters(**{name: getattr(one, name) for name in _COUNTED})
            for one in answer
        }
        self.traffic.add(counters, now=now, at=at)


class Sampler:
    """Asks each Engine in a daemon thread of its own, so that one that hangs holds up no other's figures.

    A thread begins with the first who looks at one of the Engine's containers, and ends with the last.
    """

    def __init__(self, connect: Connect | None = None, *, every_s: float = EVERY_S, linger_s: float = LINGER_S) -> None:
        self._connect = connect or _connect
        self._every_s, self._linger_s = every_s, linger_s
        self._lock = threading.Lock()
        self._engines: dict[str, EngineSampler] = {}
        self._is_ending = False

    def watch(self, engine_slug: str, url: str, container_id: str, *, stack: Hashable) -> Interfaces:
        """Return what was counted, and see to it that it is counted while somebody looks. At once; any thread.

        `stack`: what its interfaces are known by. What was counted of another one is forgotten.
        """
        with self._lock:
            if engine_slug not in self._engines:
                self._engines = {slug: one for slug, one in self._engines.items() if not one.is_forgotten()}
                self._engines[engine_slug] = EngineSampler(
                    engine_slug, self._connect, every_s=self._every_s, linger_s=self._linger_s
                )
            return self._engines[engine_slug].watch(url, container_id, stack=stack, asks=not self._is_ending)

    def is_running(self, engine_slug: str) -> bool:
        """Whether this Engine has a thread now."""
        with self._lock:
            return engine_slug in self._engines and self._engines[engine_slug].is_running

    def stop(self, timeout_s: float = 2.0) -> None:
        """End all threads, and wait for them: `timeout_s` in all."""
        with self._lock:
            self._is_ending = True
            engines = list(self._engines.values())
        until = time.monotonic() + timeout_s
        for engine in engines:
            engine.tell_to_stop()
        for engine in engines:
            engine.join(until - time.monotonic())


class EngineSampler:
    """What is counted of one Engine's containers, and the thread that asks for it."""

    def __init__(self, slug: str, connect: Connect, *, every_s: float, linger_s: float) -> None:
        self._slug = slug
        self._connect = connect
        self._every_s, self._linger_s = every_s, linger_s
        self._woken = threading.Condition()
        self._watched: dict[str, Interfaces] = {}
        self._thread: threading.Thread | None = None
        self._is_ending = False

    @property
    def is_running(self) -> bool:
        """Whether there is a thread now."""
        return self._thread is not None

    def is_forgotten(self) -> bool:
        """Whether nothing is left to keep this for."""
        with self._woken:
            self._forget(time.monotonic())
            return self._thread is None and not self._watched

    def watch(self, url: str, container_id: str, *, stack: Hashable, asks: bool) -> Interfaces:
        """Do as `Sampler.watch` says. `asks`: whether the Engine may be asked."""
        now = time.monotonic()
        with self._woken:
            watched = self._watched.get(container_id)
            if watched is None or watched.stack != stack or watched.url != url:
                watched = self._watched[container_id] = Interfaces(stack, url, now, now)
                self._woken.notify()
            watched.wanted_at = now
            if asks and self._thread is None and not self._is_ending:
                self._thread = threading.Thread(target=self._run, name=f"stats-{self._slug}", daemon=True)
                self._thread.start()
            return watched

    def tell_to_stop(self) -> None:
        """Have the thread end after the question that is under way."""
        with self._woken:
            self._is_ending = True
            self._woken.notify()

    def join(self, timeout_s: float) -> None:
        thread = self._thread
        if thread is not None:
            thread.join(max(0.0, timeout_s))

    def _run(self) -> None:
        clients: dict[str, EngineClient] = {}
        try:
            while (due := self._wait_for_due()) is not None:
                for container_id, watched in due:
                    self._ask(clients, container_id, watched)
                host_changed.send(sender=Sampler, engine_slug=self._slug)
        except Exception:
            log.exception("sampler_failed", engine=self._slug)
            with self._woken:
                self._thread = None
        finally:
            for client in clients.values():
                client.close()
            connection.close()

    def _wait_for_due(self) -> list[tuple[str, Interfaces]] | None:
        idle_since = time.monotonic()
        with self._woken:
            while not self._is_ending:
                now = time.monotonic()
                self._forget(now)
                shown = [(container_id, one) for container_id, one in self._watched.items() if self._is_shown(container_id, one)]
                due = [(container_id, one) for container_id, one in shown if one.due_at <= now][:MOST_AT_ONCE]
                if due:
                    return due
                if not shown and now - idle_since > self._linger_s:
                    self._thread = None  # in the same turn of the lock: whoever comes next starts another
                    return None
                until = min((one.due_at for _container_id, one in shown), default=now + 1.0)
                self._woken.wait(max(0.01, min(until - now, 1.0)))
        return None

    def _is_shown(self, container_id: str, watched: Interfaces) -> bool:
        is_wanted = time.monotonic() - watched.wanted_at < WANTED_FOR_S
        return is_wanted and is_thing_looked_at(self._slug, PAGE, container_id)

    def _forget(self, now: float) -> None:
        for key in [key for key, one in self._watched.items() if now - one.wanted_at > KEPT_S]:
            del self._watched[key]

    def _ask(self, clients: dict[str, EngineClient], container_id: str, watched: Interfaces) -> None:
        began_at = time.monotonic()
        is_first = began_at - watched.traffic.sampled_at > LONGEST_STRETCH_S
        try:
            if watched.url not in clients:
                clients[watched.url] = self._connect(self._slug)
            answer = clients[watched.url].read_stats(container_id)
            watched.take(answer, now=(began_at + time.monotonic()) / 2, at=time.time())
            watched.trouble = ""
        except EngineError as error:
            watched.trouble = error.sentence
            log.info("stats_not_read", engine=self._slug, container=container_id, error=error.sentence)
            if watched.url in clients:
                clients.pop(watched.url).close()  # its credentials may be others by now
        watched.due_at = began_at + (FIRST_STRETCH_S if is_first and not watched.trouble else self._every_s)


def _connect(engine_slug: str) -> EngineClient:
    engine = Engine.objects.filter(slug=engine_slug).first()
    if engine is None:
        raise EngineError("This Engine was removed.")
    return EngineClient(access_of(engine), Profile.READ)


sampler = Sampler()
