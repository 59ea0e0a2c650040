"""The lab is built and taken down beside the request: a thread of its own, whose steps a page shows."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connections
from django.utils import timezone
from django.utils.translation import get_language, override

from networks.actions.actors import Actor
from networks.actions.recording import ActionResult
from networks.actions.sample_lab.building import bring_up_lab, take_down_lab
from networks.models import Engine


@dataclass(slots=True)
class LabJob:
    """One way up or down, under way or done. `steps`: sentences. `prefix`: of the names, on the way up. `shown`: ids, as
    `take_down_lab` has them.
    """

    way: str
    who: str
    prefix: str = ""
    shown: frozenset[str] | None = None
    begun_at: datetime = field(default_factory=timezone.now)
    steps: list[str] = field(default_factory=list)
    result: ActionResult | None = None
    ended: threading.Event = field(default_factory=threading.Event)


_jobs: dict[str, LabJob] = {}  # by Engine; the latest of this process
_lock = threading.Lock()


def last_lab_job(engine_slug: str) -> LabJob | None:
    """Return the latest job for this Engine in this process."""
    return _jobs.get(engine_slug)


def start_lab_job(actor: Actor, engine: Engine, way: str, prefix: str = "", *, shown: frozenset[str] | None = None) -> LabJob:
    """Start a job ("up" or "down"), or return the one that is under way."""
    with _lock:
        running = _jobs.get(engine.slug)
        if running is not None and not running.ended.is_set():
            return running
        job = _jobs[engine.slug] = LabJob(way, actor.name, prefix, shown)
    language = get_language() or "en"
    threading.Thread(target=_work, args=(job, actor, engine, language), name=f"lab-{engine.slug}", daemon=True).start()
    return job


def _work(job: LabJob, actor: Actor, engine: Engine, language: str) -> None:
    try:
        with override(language):
            tell = job.steps.append
            if job.way == "up":
                job.result = bring_up_lab(actor, engine, tell, prefix=job.prefix)
            else:
                job.result = take_down_lab(actor, engine, tell, shown=job.shown)
    finally:
        job.ended.set()
        connections.close_all()
