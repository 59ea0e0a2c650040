"""One job from where it stands to its end. What a crash left open is settled by asking the Engine; nothing is done twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

import structlog
from django.conf import settings
from django.utils import timezone

from networks.actions.actors import Actor, require_of
from networks.actions.jobs.journal import StepJournal, StepResources
from networks.actions.jobs.steps import carry_out_step, was_step_done
from networks.actions.recording import ActionResult, Intent, record_intent, record_outcome
from networks.engine.allow_list import Profile
from networks.engine.errors import EngineError
from networks.models import Engine, Job, JobState, JobStep, JobStop, OutcomeKind, StepState
from networks.models.stored_sentences import say as _
from networks.policy.permissions import Denied, Permission

log = structlog.get_logger(__name__)

ENGINE_WITHIN_S = 60.0  # an Engine that is restarted, with its containers, is back by then
PING_EVERY_S = 0.5
# For how long what was asked may still be under way in the Engine: removals take 0.1 s, a forced disconnect up to 5.
SETTLE_WITHIN_S = 5.0
SETTLE_EVERY_S = 0.1
# A process that was killed and started again has taken longer to start than this.
SETTLE_AFTER_CRASH_S = 0.5


class NotRecorded(Exception):
    """A step's intent could not be written, so it was not done; the job waits until the database can be written again."""


class _Halted(Exception):
    """The job ends here. `stop`: why; None: this process ends, and another takes it up."""

    def __init__(self, stop: JobStop | None) -> None:
        super().__init__(stop)
        self.stop = stop


class JobRun:
    """Carries one job on, in the calling thread. `is_ending`: tells that the process ends, so that no further step is begun."""

    def __init__(self, engine: Engine, job: Job, is_ending: Callable[[], bool] = lambda: False) -> None:
        self._engine = engine
        self._job = job
        self._is_ending = is_ending
        self._actor = Actor(job.who, job.user_id, job.from_address)
        self._tools = StepResources(engine)

    def run(self) -> None:
        """Do what is left to do. Raises NotRecorded and DatabaseError: what was done by then is written down."""
        Job.objects.filter(pk=self._job.pk, started_at=None).update(started_at=timezone.now())
        Job.objects.filter(pk=self._job.pk).update(state=JobState.RUNNING)
        log.info("job_begun", job=self._job.pk, engine=self._engine.slug, verb=self._job.verb)
        try:
            for step in self._job.steps.filter(state__in=(StepState.WAITING, StepState.STARTED)).order_by("position"):
                self._go_on(step)
            self._make_whole()
            self._end(None)
        except _Halted as halt:
            if halt.stop is not None:
                self._end(halt.stop)
        finally:
            self._tools.look(is_last=True)
            self._tools.close()

    def _go_on(self, step: JobStep) -> None:
        self._check()
        if step.state == StepState.STARTED and self._settle_lost(step):
            return
        self._require(step)
        result = self._do(step)
        if result.kind is OutcomeKind.FAILED:  # it never came to asking, so it may be asked again
            self._wait_for_engine()
            self._check()
            result = self._do(step)
        if result.kind is OutcomeKind.FAILED:
            raise _Halted(JobStop.ENGINE)
        if result.kind is OutcomeKind.DENIED and not self._is_permitted():  # no more since it was asked just before
            self._deny_the_rest()
        if result.kind is OutcomeKind.UNKNOWN and self._is_done_within(step, SETTLE_WITHIN_S):  # else it stays so
            self._record(step, result.action_id, OutcomeKind.OK, _("Confirmed when the Engine was asked again."))

    def _make_whole(self) -> None:
        """Do what follows from steps that were not done."""

    def _check(self) -> None:
        """Raise _Halted when the process ends, nothing may be changed any more, or somebody asked to stop."""
        if self._is_ending():
            self._halt(None)
        if settings.NETADMIN_READ_ONLY:
            raise _Halted(JobStop.READ_ONLY)
        if Job.objects.filter(pk=self._job.pk, stop_asked_at__isnull=False).exists():
            raise _Halted(JobStop.ASKED)

    def _halt(self, stop: JobStop | None) -> NoReturn:
        raise _Halted(stop)

    def _require(self, step: JobStep) -> None:
        """Ask the policy anew. Where it says no, that is recorded once, and the rest is denied with it."""
        if self._is_permitted():
            return
        intent = Intent(step.verb, step.network_name, step.network_id, command=step.command)
        action_id = record_intent(self._actor_of(step), self._engine.slug, intent)
        words = _("This needs the permission “%(permission)s” on this Engine.") % {"permission": self._job.permission}
        self._record(step, action_id, OutcomeKind.DENIED, words)
        self._deny_the_rest()

    def _is_permitted(self) -> bool:
        try:
            require_of(self._actor, Permission(self._job.permission), self._engine.slug)
        except Denied:
            return False
        return True

    def _deny_the_rest(self) -> NoReturn:
        self._job.steps.filter(state=StepState.WAITING).update(state=StepState.DENIED)
        raise _Halted(JobStop.RIGHTS)

    def _do(self, step: JobStep) -> ActionResult:
        return self._recorded(carry_out_step(self._actor_of(step), self._engine, step))

    def _actor_of(self, step: JobStep) -> Actor:
        return replace(self._actor, journal=StepJournal(step, self._tools))

    def _recorded(self, result: ActionResult) -> ActionResult:
        if not result.action_id:
            raise NotRecorded(result.sentence)
        return result

    def _settle_lost(self, step: JobStep) -> bool:
        """Find out whether a step was done whose end nobody wrote down, and write that. Returns whether it was."""
        left_s = (step.killed_at - timezone.now()).total_seconds() if step.killed_at else 0.0  # the Engine goes on with a stop
        if self._is_done_within(step, SETTLE_AFTER_CRASH_S + max(0.0, left_s)):
            self._record(
                step, step.action_id, OutcomeKind.OK, _("Netadmin ended in the meantime; according to the Engine it was done.")
            )
            return True
        words = _("Netadmin ended in the meantime; according to the Engine it was not done. It is tried again.")
        self._record(step, step.action_id, OutcomeKind.FAILED, words)
        return False

    def _is_done_within(self, step: JobStep, within_s: float) -> bool:
        """Look until it is done, for this long; an Engine that can't be asked is waited for first."""
        until = time.monotonic() + within_s
        while True:
            try:
                if was_step_done(self._tools.client(Profile.READ), step):
                    return True
            except EngineError:
                self._wait_for_engine()
                until = time.monotonic() + within_s
            if time.monotonic() >= until:
                return False
            time.sleep(SETTLE_EVERY_S)

    def _wait_for_engine(self) -> None:
        """Return as soon as the Engine answers. Raises _Halted when it doesn't within a minute, or the job shall end."""
        until = time.monotonic() + ENGINE_WITHIN_S
        while True:
            try:
                self._tools.client(Profile.READ).ping()
            except EngineError:
                self._check()
                if time.monotonic() >= until:
                    raise _Halted(JobStop.ENGINE) from None
                time.sleep(PING_EVERY_S)
            else:
                return

    def _record(self, step: JobStep, action_id: int, kind: OutcomeKind, sentence: str) -> None:
        record_outcome(ActionResult(kind, action_id, sentence=sentence), StepJournal(step, self._tools))

    def _end(self, stop: JobStop | None) -> None:
        self._job.steps.filter(state=StepState.STARTED).update(state=StepState.UNKNOWN)
        if stop is JobStop.ENGINE:
            self._job.steps.filter(state=StepState.WAITING, action_id__gt=0).update(state=StepState.FAILED)
        state = self._state_at_end(stop)
        Job.objects.filter(pk=self._job.pk).update(state=state, stop=stop or "", ended_at=timezone.now())
        log.info("job_ended", job=self._job.pk, state=str(state), stop=str(stop or ""))

    def _state_at_end(self, stop: JobStop | None) -> JobState:
        if stop in (JobStop.ASKED, JobStop.RIGHTS, JobStop.READ_ONLY):
            return JobState.STOPPED
        is_all_done = not self._job.steps.exclude(state=StepState.DONE).exists()
        return JobState.DONE if is_all_done else JobState.ATTENTION
