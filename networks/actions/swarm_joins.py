"""Joining by a token goes on beside the request: Docker takes 10 s to find a token wrong, and 20 s to find nobody there."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from django.db import connections
from django.utils.translation import get_language, override

from networks.actions.actors import Actor
from networks.actions.recording import ActionResult
from networks.actions.swarm import join_swarm
from networks.engine.specs import JoinSpec
from networks.models import Engine


@dataclass(slots=True)
class Joining:
    """A join under way, or ended. `spec`: without its token, which only the thread that sends it has."""

    spec: JoinSpec
    user_id: int | None
    result: ActionResult | None = None
    ended: threading.Event = field(default_factory=threading.Event)


_joins: dict[str, Joining] = {}  # by Engine; the latest of this process
_lock = threading.Lock()


def last_joining(engine_slug: str, user_id: int | None) -> Joining | None:
    """Return this person's latest join of this Engine in this process."""
    joining = _joins.get(engine_slug)
    return joining if joining is not None and joining.user_id == user_id else None


def begin_joining(actor: Actor, engine: Engine, spec: JoinSpec) -> Joining:
    """Begin to join, or return the join of this Engine that is under way, whoever began it."""
    with _lock:
        running = _joins.get(engine.slug)
        if running is not None and not running.ended.is_set():
            return running
        joining = _joins[engine.slug] = Joining(replace(spec, token=""), actor.user_id)
    arguments = (joining, actor, engine, spec, get_language() or "en")
    threading.Thread(target=_work, args=arguments, name=f"join-{engine.slug}", daemon=True).start()
    return joining


def _work(joining: Joining, actor: Actor, engine: Engine, spec: JoinSpec, language: str) -> None:
    try:
        with override(language):
            joining.result = join_swarm(actor, engine, spec)
    finally:
        joining.ended.set()
        connections.close_all()
