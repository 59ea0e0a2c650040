"""The threads that run jobs: one for each Engine, in the process that follows it and there alone (rule R12)."""

from __future__ import annotations

import threading

import structlog
from django.conf import settings
from django.db import connection

from networks.actions.jobs.keeping import KeepRun
from networks.actions.jobs.moving import MoveRun
from networks.actions.jobs.running import JobRun
from networks.models import Engine, Job, JobState
from networks.models.writes import count_of_writes
from networks.queries.addresses.keeping import KEEP
from networks.queries.running.impact import MOVE
from networks.sync.followers import followers

log = structlog.get_logger(__name__)

POLL_S = 1.0  # for a job that another process wrote down; within one process the thread is woken
RETRY_S = 1.0
_RUNS = {KEEP: KeepRun, MOVE: MoveRun}
_OPEN = (JobState.RUNNING, JobState.WAITING)


class JobRunner:
    """Runs an Engine's jobs one after the other in a daemon thread, beginning with what a crash left open."""

    def __init__(self, engine_slug: str) -> None:
        self._slug = engine_slug
        self._stopped = threading.Event()
        self._woken = threading.Event()
        self._writes: int | None = None
        self._thread = threading.Thread(target=self._run, name=f"jobs-{engine_slug}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wake(self) -> None:
        """Have it look for a job at once."""
        self._woken.set()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End after the step that is under way; an open job is taken up by whoever runs jobs next."""
        self._stopped.set()
        self._woken.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                if not self._run_next():
                    self._woken.wait(POLL_S)
                    self._woken.clear()
            except Exception:
                # A full disk, a locked database: the job stays as it stands, and is taken up again from there.
                log.exception("job_held_up", engine=self._slug)
                self._writes = None  # comparable within one connection only
                connection.close()
                self._stopped.wait(RETRY_S)
        connection.close()

    def _run_next(self) -> bool:
        """Run the oldest open job, if there is one and this process may. Returns whether it did. In read-only mode all wait."""
        if settings.NETADMIN_READ_ONLY:
            return False
        follower = followers.get(self._slug)
        if follower is None or not follower.has_lease:
            self._writes = None
            return False
        writes = count_of_writes()
        if writes is not None and writes == self._writes:  # nobody has written, so nobody has asked for anything
            return False
        job = Job.objects.filter(engine_slug=self._slug, state__in=_OPEN).order_by("pk").first()
        if job is None:
            self._writes = writes
            return False
        make = _RUNS.get(job.verb, JobRun)
        make(Engine.objects.get(slug=self._slug), job, self._stopped.is_set).run()
        return True


_runners: dict[str, JobRunner] = {}


def start_runners() -> None:
    """Start a runner for every Engine that this process follows, or would follow."""
    for slug in followers:
        if slug not in _runners:
            _runners[slug] = JobRunner(slug)
            _runners[slug].start()


def stop_runners() -> None:
    """End them all, each after its step."""
    for runner in _runners.values():
        runner.stop()
    _runners.clear()


def wake_runner(engine_slug: str) -> None:
    """Have the Engine's runner look for a job at once, where it is in this process."""
    if engine_slug in _runners:
        _runners[engine_slug].wake()
