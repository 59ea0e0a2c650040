"""This process's hub, and what wakes it."""

from __future__ import annotations

import asyncio

from django.dispatch import receiver

from networks.actions.terminals.registry import terminals
from networks.partials.framed import beside_of
from networks.partials.screen import ScreenKey
from networks.partials.screens import draw_screen
from networks.policy.signals import rights_changed
from networks.push.registry import Hub
from networks.push.terminal_consumer import close_terminals
from networks.push.watch import Watch
from networks.queries.engines import read_engine
from networks.sync.attention import HOST_PAGES
from networks.sync.signals import engine_changed, host_changed


def read_revision(key: ScreenKey) -> tuple[str, int]:
    """Return the epoch, with what the page shows besides, and the revision that a screen would have now. One query."""
    row = read_engine(key.engine_slug)
    return (row.epoch + beside_of(key), row.revision) if row else ("", 0)


TERMINALS_WITHIN_S = 2.8

hub = Hub(draw_screen, read_revision)
watch = Watch(hub, read_engine)


async def close_all_sockets() -> None:
    """Close every socket (4009) and wait until the browsers have gone, 3 s at most; await it before the reactor stops.

    Terminals end with their processes, at the same time.
    """
    await asyncio.gather(hub.close_all(), close_terminals(TERMINALS_WITHIN_S))


@receiver(engine_changed, dispatch_uid="push hub")
def _wake_drawer(engine_slug: str, **_more: object) -> None:
    hub.note_change(engine_slug)


@receiver(host_changed, dispatch_uid="push hub")
def _wake_drawer_of_the_host(engine_slug: str, **_more: object) -> None:
    hub.note_change(engine_slug, HOST_PAGES)


@receiver(rights_changed, dispatch_uid="push watch")
def _wake_watch(**_more: object) -> None:
    watch.look_now()
    terminals.look_now()
