"""Several changes as one piece of work: what shall be done, how far it is, and what came of each step."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from networks.models.stored_sentences import read_said


class JobState(models.TextChoices):
    """How a job stands. `attention`: it is over, and somebody has to look at what it could not do.

    `rolledback`: what it was for was refused, and all is as it was before.
    """

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped")
    ATTENTION = "attention", _("needs attention")
    ROLLED_BACK = "rolledback", _("rolled back")


OPEN_STATES = (JobState.WAITING, JobState.RUNNING)


class JobStop(models.TextChoices):
    """Why a job ended before its last step."""

    ASKED = "asked", _("somebody stopped it")
    RIGHTS = "rights", _("the right to do it was taken away")
    ENGINE = "engine", _("the Engine can't be asked")
    READ_ONLY = "readonly", _("Netadmin is in read-only mode")


class StepState(models.TextChoices):
    """How a step stands. `started` is committed before the Engine is asked; all that follow it are ends."""

    WAITING = "waiting", _("not done yet")
    STARTED = "started", _("under way")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused by the Engine")
    FAILED = "failed", _("failed")
    UNKNOWN = "unknown", _("unknown")
    DENIED = "denied", _("not permitted")
    SKIPPED = "skipped", _("not needed")


class Job(models.Model):
    """One piece of work on one Engine. Who and where are copied text, as in an Action.

    `key`: of the form that asked for it, so that a form sent twice makes one job. `verb`: such as "remove_networks"; `what`: the
    name of the half that all steps share, such as the network to connect to. `permission`: asked again before every step.
    `stopped_by`: a user's name.
    """

    key = models.CharField(max_length=64, unique=True)
    engine_slug = models.CharField(max_length=40)
    verb = models.CharField(max_length=40)
    what = models.TextField(blank=True, default="")
    who = models.CharField(max_length=150)
    user_id = models.BigIntegerField(null=True)
    from_address = models.CharField(max_length=45, blank=True, default="")
    permission = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING.value)
    stop = models.CharField(max_length=8, choices=JobStop.choices, blank=True, default="")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    stop_asked_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["engine_slug", "state"], name="job_by_state")]

    def __str__(self) -> str:
        return f"{self.who}: {self.verb} {self.what}"


class JobStep(models.Model):
    """One change of a job, done by the action called `verb`. `action_id`: of the action row that tried it last, 0 before that.

    `command`: the docker command that does the same. `sentence`, `said`: as in an Outcome.
    `spec`: what is asked for besides, such as an address; members as in ConnectSpec, absent ones are its defaults.
    Of the verb pull_image: `layers`, how far each is; its `network_name` is the image's reference.
    `kept` among them: which of its addresses a job keeps.
    """

    job = models.ForeignKey(Job, models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    verb = models.CharField(max_length=40)
    network_id = models.CharField(max_length=64)
    network_name = models.TextField()
    container_id = models.CharField(max_length=64, blank=True, default="")
    container_name = models.TextField(blank=True, default="")
    command = models.TextField(blank=True, default="")
    spec = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=StepState.choices, default=StepState.WAITING.value)
    action_id = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    sentence = models.TextField(blank=True, default="")
    said = models.JSONField(null=True)
    status = models.PositiveSmallIntegerField(default=0)

    @property
    def words(self) -> str:
        """The sentence in the active language and in one line: the Engine speaks in several where it finds several faults."""
        return " ".join(read_said(self.sentence, self.said).split("\n"))

    @property
    def killed_at(self) -> datetime | None:
        """When a container that is being stopped by this step is killed, None where none is."""
        wait_s = self.spec.get("wait_s")
        if self.state != StepState.STARTED or self.started_at is None or not isinstance(wait_s, int):
            return None
        return self.started_at + timedelta(seconds=wait_s)

    class Meta:
        ordering = ["job", "position"]
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="one_step_per_position")]

    def __str__(self) -> str:
        return f"{self.position}: {self.verb} {self.container_name} {self.network_name}"
