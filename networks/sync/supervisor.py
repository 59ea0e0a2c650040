"""Which follower and which watcher belong to each Engine, and the thread that starts, ends and replaces them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

import structlog
from django.db import transaction
from django.db.models.signals import post_delete, post_save

from networks.hostnet.linux.opening import open_host
from networks.models import Engine, EngineCredentials
from networks.sync.follow.follower import Follower
from networks.sync.host.watcher import HostWatcher, OpenReader
from networks.sync.periodic import PeriodicThread
from networks.sync.signals import engine_changed

watchers: dict[str, HostWatcher] = {}


def start_watchers(open_reader: OpenReader = open_host) -> None:
    """Start watching the machine of each Engine that this process doesn't watch yet; the followers are to run already.

    Where an Engine has none here, nobody tells of a new snapshot: its watcher then asks for one while somebody looks.
    """
    for engine in Engine.objects.all():
        if engine.slug not in watchers:
            watchers[engine.slug] = HostWatcher(engine, open_reader, asks=engine.slug not in followers)
            watchers[engine.slug].start()


def stop_watchers() -> None:
    for watcher in watchers.values():
        watcher.stop()
    watchers.clear()


followers: dict[str, Follower] = {}


def start_followers(data_dir: Path) -> None:
    """Start following every Engine that this process doesn't follow yet."""
    for engine in Engine.objects.all():
        if engine.slug not in followers:
            followers[engine.slug] = Follower(engine, data_dir)
            followers[engine.slug].start()


def stop_followers() -> None:
    """End them all, giving their leases back."""
    for follower in list(followers.values()):
        follower.tell_to_stop()
    for follower in list(followers.values()):
        follower.stop()
    followers.clear()


log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.5  # for what another process has changed; our own changes wake the thread at once
_COLUMNS = ("pk", "url", "netns", "credentials__sealed")


class FollowerSupervisor(PeriodicThread):
    """Looks at the rows, and starts, restarts and stops what follows and watches them; what it started outlives it.

    `data_dir`: where the leases are, None where this process follows nothing.
    """

    held_up = "engines_not_tended"

    def __init__(self, data_dir: Path | None, *, is_watching: bool, every_s: float = LOOK_EVERY_S) -> None:
        super().__init__("tend-engines", every_s)
        self._data_dir, self._is_watching = data_dir, is_watching
        self._known = read_places()

    def start(self) -> None:
        """Start what is to run now, then the thread."""
        self._start_missing()
        super().start()

    def turn(self, *, is_woken: bool) -> None:
        if not self.has_been_written() and not is_woken:
            return
        places = read_places()
        changed = {slug for slug, place in self._known.items() if places.get(slug) != place}
        if changed:
            stop_all(changed)
            log.info("engines_changed", engines=sorted(changed))
        if places != self._known:
            self._known = places
            self._start_missing()
            for slug in changed | set(places):
                engine_changed.send(sender=FollowerSupervisor, engine_slug=slug)

    def _start_missing(self) -> None:
        if self._data_dir is not None:
            start_followers(self._data_dir)
        if self._is_watching:
            start_watchers()


def read_places() -> dict[str, tuple[object, ...]]:
    """Return by slug what makes an Engine another one to follow: its row, its URL, its namespace, its credentials. One query."""
    return {str(row[0]): row[1:] for row in Engine.objects.values_list("slug", *_COLUMNS)}


def stop_all(slugs: Iterable[str]) -> None:
    """Stop what follows and watches these Engines, all at once: one that hangs holds up no other."""
    found = [each for slug in slugs for each in (followers.pop(slug, None), watchers.pop(slug, None)) if each]
    threads = [threading.Thread(target=each.stop, name="stop-following", daemon=True) for each in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


_tender: list[FollowerSupervisor] = []


def start_tending(data_dir: Path | None, *, is_watching: bool = True) -> None:
    """Start followers (where `data_dir` is given) and watchers, and keep them in step until `stop_tending`."""
    tender = FollowerSupervisor(data_dir, is_watching=is_watching)
    tender.start()
    _tender.append(tender)


def stop_tending() -> None:
    while _tender:
        _tender.pop().stop()


def connect_receivers() -> None:
    """Listen to what adds, changes and removes Engines in this process."""
    for model in (Engine, EngineCredentials):
        for signal in (post_save, post_delete):
            signal.connect(_on_change, sender=model, dispatch_uid=f"tend {model.__name__}")


def wake_tenders() -> None:
    """Have them look at once whether Engines were added, changed or removed."""
    for tender in _tender:
        tender.wake()


def _on_change(**_more: object) -> None:
    for tender in _tender:
        transaction.on_commit(tender.wake)
