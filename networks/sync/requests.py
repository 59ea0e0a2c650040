"""Asking the follower to look: used by actions, pages and commands; whoever asks waits a moment, never long."""

from __future__ import annotations

from collections.abc import Iterable


def request_sync(engine_slug: str, docker_ids: Iterable[str] = (), *, timeout_s: float = 2.0) -> bool:
    """Ask the Engine's follower to look at these ids (or at everything), and wait until a pass that began after has ended.

    Returns True when seen; False at the time-out: "asked, not yet seen".
    """
    raise NotImplementedError(engine_slug, docker_ids, timeout_s)
