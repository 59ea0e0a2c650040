"""Beginning a job, and asking it to stop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from networks.actions.actors import Actor, require_of
from networks.actions.jobs.threads import PULL, wake_runner
from networks.actions.swarm import JOIN_SWARM, KnownSwarm
from networks.engine.cli import command_of, join_swarm_lines
from networks.models import Engine, Job, JobState, JobStep
from networks.models.job import OPEN_STATES
from networks.models.stored_sentences import say as _
from networks.policy.needed_permissions import permission_for_several
from networks.policy.permissions import Denied, Permission

# Of one person, on all Engines: nobody fills the line in which the others wait.
MOST_OPEN_JOBS = 20
MOST_OPEN_PULLS = 3


class TooManyJobs(Exception):
    """This job was not written. `count`: of this person are open; `is_pulls`: pulls, of which there may be fewer."""

    def __init__(self, count: int, *, is_pulls: bool) -> None:
        super().__init__(f"{count} {'pulls' if is_pulls else 'jobs'} are open")
        self.count, self.is_pulls = count, is_pulls

    @property
    def sentence(self) -> str:
        """Whose they are, how many, and until when, in the reader's language."""
        known = {"count": self.count}
        if self.is_pulls:
            return _("%(count)s of your image pulls are open, so this one was not begun. It can be once one has ended.") % known
        return _("%(count)s of your jobs are open, so this one was not begun. It can be once one has ended.") % known


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What shall be done. `key`: of the form, so that one sent twice makes one job. `verb` and `what`: as in models.Job.

    `permission`: what its steps need, beside what their number does.
    """

    key: str
    verb: str
    what: str = ""
    permission: Permission = Permission.CONNECT


def start_job(actor: Actor, engine: Engine, wanted: JobRequest, steps: Iterable[JobStep]) -> Job:
    """Write a job with its steps (unsaved ones, in their order), wake who runs it, and return it; it is not waited for.

    Returns the job of the same key where this person made one before. Raises Denied, in read-only
    mode as well, TooManyJobs, and DatabaseError where it can't be written.
    """
    planned = list(steps)
    permission = permission_for_several(len(planned))
    if permission is Permission.CONNECT:
        permission = wanted.permission
    if settings.NETADMIN_READ_ONLY:
        raise Denied(permission, engine.slug)
    require_of(actor, permission, engine.slug)
    try:
        job = _write(actor, engine, wanted, planned, permission)
    except IntegrityError:
        return Job.objects.get(key=_key_of(actor, wanted))
    wake_runner(engine.slug)
    return job


def ask_to_stop(actor: Actor, job: Job, *, now: datetime | None = None) -> None:
    """Ask a job to end after the step that is under way. One that has ended stays as it is."""
    open_ones = Job.objects.filter(pk=job.pk, state__in=(JobState.WAITING, JobState.RUNNING), stop_asked_at=None)
    open_ones.update(stop_asked_at=now or timezone.now(), stopped_by=actor.name)
    wake_runner(job.engine_slug)


def _write(actor: Actor, engine: Engine, wanted: JobRequest, planned: list[JobStep], permission: Permission) -> Job:
    now = timezone.now()
    with transaction.atomic(durable=True):
        Job.objects.filter(ended_at__lt=now - timedelta(days=settings.NETADMIN_JOB_DAYS)).delete()
        _refuse_too_many(actor, wanted)
        job = Job.objects.create(
            key=_key_of(actor, wanted),
            engine_slug=engine.slug,
            verb=wanted.verb,
            what=wanted.what,
            who=actor.name,
            user_id=actor.user_id,
            from_address=actor.from_address,
            permission=permission,
            created_at=now,
        )
        for position, step in enumerate(planned, start=1):
            step.job, step.position = job, position
        JobStep.objects.bulk_create(planned)
    return job


def _refuse_too_many(actor: Actor, wanted: JobRequest) -> None:
    """Raise TooManyJobs where this person has as many open ones as there may be; one that is sent again is none more."""
    own = Job.objects.filter(state__in=OPEN_STATES, user_id=actor.user_id, who=actor.name).exclude(key=_key_of(actor, wanted))
    if (count := own.count()) >= MOST_OPEN_JOBS:
        raise TooManyJobs(count, is_pulls=False)
    if wanted.verb == PULL and (pulls := own.filter(verb=PULL).count()) >= MOST_OPEN_PULLS:
        raise TooManyJobs(pulls, is_pulls=True)


def _key_of(actor: Actor, wanted: JobRequest) -> str:
    """Return the key as it is kept: nobody's form is taken for another person's."""
    return f"{actor.user_id or 0}:{wanted.key}"[:64]


def start_joining(actor: Actor, engine: Engine, known: KnownSwarm, key: str) -> Job:
    """Begin the job and return it; what it holds is no token. Raises Denied where this person may not shape both Engines."""
    require_of(actor, Permission.SHAPE, known.manager.slug)
    step = JobStep(
        verb=JOIN_SWARM,
        network_id="",
        network_name="",
        container_name=known.manager.name,
        command=command_of(join_swarm_lines(known.spec())),
        spec=document_of_join(known),
    )
    wanted = JobRequest(key, JOIN_SWARM, known.manager.name, Permission.SHAPE)
    return start_job(actor, engine, wanted, [step])


def document_of_join(known: KnownSwarm) -> dict[str, str]:
    """Return what the step holds."""
    return {
        "manager": known.manager.slug,
        "role": known.role,
        "advertise_address": known.advertise_address,
        "listen_address": known.listen_address,
    }
