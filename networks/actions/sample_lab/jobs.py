"""The lab is built and taken down beside the request: a thread of its own, whose steps a page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from networks.actions.actors import Actor
from networks.actions.asking import BackgroundWork, LatestWork
from networks.actions.recording import ActionResult
from networks.actions.sample_lab.building import bring_up_lab, take_down_lab
from networks.models import Engine


@dataclass(slots=True)
class LabJob(BackgroundWork[ActionResult]):
    """One way up or down, under way or done. `steps`: sentences."""

    way: str
    who: str
    begun_at: datetime = field(default_factory=timezone.now)
    steps: list[str] = field(default_factory=list)


_jobs: LatestWork[LabJob] = LatestWork("lab")


def last_lab_job(engine_slug: str) -> LabJob | None:
    """Return the latest job for this Engine in this process."""
    return _jobs.get(engine_slug)


def start_lab_job(actor: Actor, engine: Engine, way: str, prefix: str = "", *, shown: frozenset[str] | None = None) -> LabJob:
    """Start a job ("up" or "down"), or return the one that is under way. `prefix`, `shown`: as building it takes them."""

    def work(job: LabJob) -> ActionResult:
        if way == "up":
            return bring_up_lab(actor, engine, job.steps.append, prefix=prefix)
        return take_down_lab(actor, engine, job.steps.append, shown=shown)

    return _jobs.begin(engine.slug, LabJob(way, actor.name), work)
