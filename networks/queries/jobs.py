"""Jobs and their steps, as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q, QuerySet

from networks.models import Job, JobState, JobStep, StepState
from networks.queries.addresses.keeping import CONNECT, KEEP

MOST_JOBS = 50
OPEN_STATES = frozenset({JobState.WAITING.value, JobState.RUNNING.value})
_TO_DO = frozenset({StepState.WAITING.value, StepState.STARTED.value})


@dataclass(frozen=True)
class JobProgress:
    """A job and how far it is."""

    job: Job
    steps: tuple[JobStep, ...]

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.job.state in OPEN_STATES

    @cached_property
    def ended(self) -> int:
        """How many steps have an end."""
        return sum(step.state not in _TO_DO for step in self.steps)

    @cached_property
    def now(self) -> JobStep | None:
        """The step that is under way, else the next."""
        return next((step for step in self.steps if step.state in _TO_DO), None) if self.is_open else None

    @cached_property
    def undone(self) -> tuple[JobStep, ...]:
        """The steps that a job which is over has left to be done by hand."""
        if self.is_open or self.job.state == JobState.ROLLED_BACK:
            return ()
        return tuple(step for step in self.steps if step.state != StepState.DONE)

    @property
    def by_hand(self) -> tuple[JobStep, ...]:
        """Those of them whose commands finish it. Of several ways to connect one container again only the last, the surest."""
        if self.job.verb != KEEP:
            return self.undone
        connects = [step for step in self.undone if step.verb == CONNECT]
        return tuple(step for step in self.undone if step.verb != CONNECT or step is connects[-1])

    @cached_property
    def not_done(self) -> int:
        """How many steps have ended and were not done."""
        return self.ended - sum(step.state == StepState.DONE for step in self.steps)

    @property
    def things(self) -> int:
        """Of how many networks or containers its title speaks."""
        ids = {step.network_id if self.job.verb.endswith("networks") else step.container_id for step in self.steps}
        return len(ids)


def read_job(job_id: int) -> JobProgress | None:
    """Return a job with its steps, None where there is none. Two queries."""
    job = Job.objects.filter(pk=job_id).first()
    return JobProgress(job, tuple(job.steps.order_by("position"))) if job else None


def find_job(user_id: int, key: str) -> Job | None:
    """Return the job that this person's form with this key made."""
    return Job.objects.filter(key=f"{user_id}:{key}"[:64]).first() if key else None


def jobs_of_late(user_id: int, viewed: Iterable[str], administered: Iterable[str]) -> QuerySet[Job]:
    """Return the newest jobs: this person's own on Engines that they may view, and all on those that they administer.

    Each with counts of its steps, `total` and `done`, and of its `networks` and `containers`.
    """
    counts = {
        "total": Count("steps"),
        "done": Count("steps", filter=Q(steps__state=StepState.DONE)),
        "networks": Count("steps__network_id", distinct=True),
        "containers": Count("steps__container_id", distinct=True),
    }
    return _seen(user_id, viewed, administered).annotate(**counts).order_by("-pk")[:MOST_JOBS]


def has_jobs(user_id: int, viewed: Iterable[str], administered: Iterable[str]) -> bool:
    """Tell whether there is any of them. One query."""
    return _seen(user_id, viewed, administered).exists()


def _seen(user_id: int, viewed: Iterable[str], administered: Iterable[str]) -> QuerySet[Job]:
    own = Q(user_id=user_id, engine_slug__in=list(viewed))
    return Job.objects.filter(own | Q(engine_slug__in=list(administered)))
