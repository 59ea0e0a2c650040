"""Reading a container's own interfaces, routes and resolver: in a thread that is given a moment, and never waited for longer."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import structlog

from networks.engine.states import WITH_STACK
from networks.hostnet.errors import HostError, HostNotAllowed, Vanished
from networks.hostnet.facts import InsideFact, Obstacle
from networks.hostnet.linux.opening import open_host
from networks.hostnet.linux.reader import HostReader
from networks.models import Container
from networks.models.access import machine_from_here

log = structlog.get_logger(__name__)

# A reading takes two milliseconds; whoever waits longer than this is told so, and not left with a page that doesn't come.
PATIENCE_S = 2.0
# A reading that hangs keeps its thread. This many may, before no more are begun.
MOST_AT_ONCE = 4

# (path of the namespace or "", URL of the Engine) to a reader. Raises HostError.
OpenReader = Callable[[str, str], HostReader]


class Trouble(StrEnum):
    """Why nothing could be read."""

    NOTHING = ""
    NOT_ALLOWED = "not_allowed"
    VANISHED = "vanished"
    UNKNOWN = "unknown"
    LATE = "late"
    BUSY = "busy"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StackProcess:
    """Whose stack to read. `url`, `netns`: of the Engine; `pid`: the container's first process, as inspected last.

    `is_host`: its stack is the Engine's own, which may be seen even where containers' can't.
    """

    url: str
    netns: str
    container_id: str
    pid: int
    is_host: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read at `at`. `trouble`: why `fact` is empty; `obstacle`: what is in the way, where it isn't allowed;
    `sentence`: the system's own words, where it failed.
    """

    fact: InsideFact = field(default_factory=InsideFact)
    at: datetime | None = None
    trouble: Trouble = Trouble.NOTHING
    obstacle: Obstacle = Obstacle.NOTHING
    sentence: str = ""


_slots = threading.BoundedSemaphore(MOST_AT_ONCE)


def read_stack(process: StackProcess, open_reader: OpenReader, *, patience_s: float = PATIENCE_S) -> Reading:
    """Return what its stack looks like now. Never raises for what may happen to a container or a host, never waits longer.

    The thread enters the namespace, is nobody else's, and ends with the reading.
    """
    if not _slots.acquire(blocking=False):
        return Reading(trouble=Trouble.BUSY)
    answers: queue.SimpleQueue[Reading] = queue.SimpleQueue()
    name = f"inside-{process.container_id[:12]}"
    thread = threading.Thread(target=_answer, args=(process, open_reader, answers), name=name, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no thread to be had
        _slots.release()
        return Reading(trouble=Trouble.BUSY)
    try:
        return answers.get(timeout=patience_s)
    except queue.Empty:
        return Reading(trouble=Trouble.LATE)


def _answer(process: StackProcess, open_reader: OpenReader, answers: queue.SimpleQueue[Reading]) -> None:
    try:
        answers.put(_read(process, open_reader))
    except Exception:
        log.exception("inside_not_read", container=process.container_id)
        answers.put(Reading(trouble=Trouble.FAILED))
    finally:
        _slots.release()


def _read(process: StackProcess, open_reader: OpenReader) -> Reading:
    try:
        reader = open_reader(process.netns, process.url)
        try:
            return _read_by(reader, process)
        finally:
            reader.close()
    except HostNotAllowed as error:
        return Reading(trouble=Trouble.NOT_ALLOWED, obstacle=Obstacle.NOT_ROOT, sentence=error.sentence)
    except Vanished as error:
        return Reading(trouble=Trouble.VANISHED, sentence=error.sentence)
    except HostError as error:
        return Reading(trouble=Trouble.FAILED, sentence=error.sentence)


def _read_by(reader: HostReader, process: StackProcess) -> Reading:
    view = reader.view()
    if view.enters_containers:
        return Reading(reader.inside(process.container_id, process.pid), datetime.now(UTC))
    if process.is_host and view.sees_host:
        # Its resolv.conf is a file of its own, which can't be read from here.
        return Reading(InsideFact(reader.links(), reader.routes()), datetime.now(UTC))
    return Reading(trouble=Trouble.NOT_ALLOWED, obstacle=view.why_not_inside)


def read_container(engine_slug: str, docker_id: str, *, open_reader: OpenReader = open_host) -> Reading | None:
    """Return what its stack looks like now, None where it isn't running, or isn't there. One query; another where it vanished.

    One that was restarted meanwhile has another process by the time its end was noticed: that one is read then.
    """
    process = _process_of(engine_slug, docker_id)
    if process is None:
        return None
    reading = _read_together(process, open_reader)
    if reading.trouble is not Trouble.VANISHED:
        return reading
    newer = _process_of(engine_slug, docker_id)
    if newer is None or newer == process:
        return None if newer is None else reading
    return _read_together(newer, open_reader)


def _read_together(process: StackProcess, open_reader: OpenReader) -> Reading:
    if process.pid <= 0:
        return Reading(trouble=Trouble.UNKNOWN)
    return read_stack(process, open_reader)


def _process_of(engine_slug: str, docker_id: str) -> StackProcess | None:
    columns = ("state", "pid", "network_mode", "engine__url", "engine__netns")
    found = Container.objects.filter(engine__slug=engine_slug, docker_id=docker_id).values_list(*columns).first()
    if found is None or found[0] not in WITH_STACK:
        return None
    _state, pid, network_mode, url, netns = found
    netns, url = machine_from_here(engine_slug, netns, url)
    return StackProcess(url, netns, docker_id, pid, is_host=network_mode == "host")
