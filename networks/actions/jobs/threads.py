"""The threads that run jobs: one for each Engine, in the process that follows it and there alone."""

from __future__ import annotations

import threading
from enum import StrEnum

from django.conf import settings
from django.db.models import F, OuterRef, Subquery

from networks.actions.jobs.job_run import JobRun
from networks.actions.jobs.keeping import KeepRun
from networks.actions.jobs.moving import MoveRun
from networks.models import Engine, Job, JobState
from networks.models.job import OPEN_STATES
from networks.queries.addresses.keeping import KEEP
from networks.queries.lifecycle.orders import MOVE
from networks.sync.periodic import PeriodicThread
from networks.sync.signals import others_wrote
from networks.sync.supervisor import followers

POLL_S = 1.0  # until this process may follow the Engine
AT_REST_S = 30.0  # who writes a job down wakes the thread, in whatever process that was
RETRY_S = 1.0
STOPS_WITHIN_S = 5.0
PULL = "pull_image"  # a job's verb
_RUNS = {KEEP: KeepRun, MOVE: MoveRun}


class Lane(StrEnum):
    """What waits in one line. A registry may take minutes, or never answer: pulls hold up each other, and nothing else."""

    CHANGES = "changes"
    PULLS = "pulls"


class JobRunner(PeriodicThread):
    """Runs an Engine's jobs of one lane, one after the other, beginning with what a crash left open.

    People take turns: next is the oldest job of whoever has waited longest since a job of theirs was begun.
    """

    held_up = "job_held_up"  # it stays as it stands, and is taken up again from there

    def __init__(self, engine_slug: str, lane: Lane = Lane.CHANGES) -> None:
        super().__init__(f"jobs-{engine_slug}-{lane}", AT_REST_S)
        self._slug = engine_slug
        self._lane = lane

    def turn(self, *, is_woken: bool) -> None:
        """Run all that is open, one after the other. Stopped, it ends after the step that is under way."""
        self._every_s = RETRY_S
        while not self._ended.is_set() and self._run_next():
            continue
        self._every_s = AT_REST_S if self._may_run() else POLL_S

    def _run_next(self) -> bool:
        """Run the next open job, if there is one and this process may. Returns whether it did. In read-only mode all wait."""
        if settings.NETADMIN_READ_ONLY or not self._may_run():
            return False
        job = self._next()
        if job is None:
            return False
        make = _RUNS.get(job.verb, JobRun)
        make(Engine.objects.get(slug=self._slug), job, self._ended.is_set).run()
        return True

    def _next(self) -> Job | None:
        """Return the job whose turn it is: one that was begun already, else by when its person's last one was begun."""
        ours = Job.objects.filter(engine_slug=self._slug)
        ours = ours.filter(verb=PULL) if self._lane is Lane.PULLS else ours.exclude(verb=PULL)
        begun_before = ours.filter(who=OuterRef("who"), started_at__isnull=False).order_by("-started_at").values("started_at")
        waiting = ours.filter(state__in=OPEN_STATES).alias(turn=Subquery(begun_before[:1]))
        begun = waiting.filter(state=JobState.RUNNING).order_by("pk").first()
        return begun or waiting.order_by(F("turn").asc(nulls_first=True), "pk").first()

    def _may_run(self) -> bool:
        follower = followers.get(self._slug)
        return follower is not None and follower.has_lease


_runners: dict[tuple[str, Lane], JobRunner] = {}
_lock = threading.Lock()
_is_on = threading.Event()  # this process runs jobs


def start_runners() -> None:
    """Run the jobs of every Engine that this process follows, or comes to follow; a runner begins with its first job."""
    _is_on.set()
    others_wrote.connect(_wake_for_jobs, dispatch_uid="jobs")
    _wake_for_jobs()


def stop_runners() -> None:
    """End them all, each after its step."""
    others_wrote.disconnect(dispatch_uid="jobs")
    _is_on.clear()
    for runner in list(_runners.values()):
        runner.stop(STOPS_WITHIN_S)
    _runners.clear()


def wake_runner(engine_slug: str) -> None:
    """Have the Engine's runners look for a job at once, where this process runs jobs and follows the Engine."""
    if _is_on.is_set() and engine_slug in followers:
        for lane in Lane:
            runner_of(engine_slug, lane).wake()


def runner_of(engine_slug: str, lane: Lane = Lane.CHANGES) -> JobRunner:
    """Return the Engine's runner of a lane, which is started where there is none yet."""
    with _lock:
        if (engine_slug, lane) not in _runners:
            _runners[engine_slug, lane] = JobRunner(engine_slug, lane)
            _runners[engine_slug, lane].start()
        return _runners[engine_slug, lane]


def _wake_for_jobs(**_more: object) -> None:
    """Wake the runners of Engines that have open jobs: one question for all of them."""
    for slug in Job.objects.filter(state__in=OPEN_STATES).order_by().values_list("engine_slug", flat=True).distinct():
        wake_runner(slug)
