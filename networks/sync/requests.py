"""Asking the follower to look: used by actions, pages and commands; whoever asks waits a moment, never long."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from networks.models import Engine, SyncRequest
from networks.sync.supervisor import followers

POLL_S = 0.05
KEEP_REQUESTS = timedelta(minutes=10)


def request_sync(engine_slug: str, docker_ids: Iterable[str] = (), *, timeout_s: float = 2.0) -> bool:
    """Ask the Engine's follower to look at these ids (or at everything), and wait until a pass that began after has ended.

    A queue in this process when the follower is here; a row, seen within 250 ms, when it is elsewhere.
    Returns True when seen; False at the time-out: "asked, not yet seen". Never call it inside a transaction.
    """
    follower = followers.get(engine_slug)
    if follower is not None and follower.has_lease:
        return follower.look(tuple(docker_ids)).wait(timeout_s)
    return _request_elsewhere(engine_slug, tuple(docker_ids), timeout_s)


def _request_elsewhere(engine_slug: str, docker_ids: tuple[str, ...], timeout_s: float) -> bool:
    engine = Engine.objects.filter(slug=engine_slug).first()
    if engine is None:
        return False
    now = datetime.now(UTC)
    SyncRequest.objects.filter(asked_at__lt=now - KEEP_REQUESTS).delete()
    request = SyncRequest.objects.create(engine=engine, docker_ids=list(docker_ids), asked_at=now)
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if SyncRequest.objects.filter(pk=request.pk, done_at__isnull=False).exists():
            return True
        time.sleep(POLL_S)
    return False
