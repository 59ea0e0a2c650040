"""Ends that nobody wrote down, because no answer came or the process ended before one: settled by later reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from networks.actions.actors import is_under_way
from networks.actions.containers import ORDERS, is_order_seen
from networks.actions.sample_lab.building import is_lab_gone, is_lab_there
from networks.actions.swarm import is_node_gone
from networks.audit.records import write_outcome
from networks.models import Action, Container, Endpoint, Engine, Event, Network, Outcome, OutcomeKind
from networks.models.container import EndpointQuerySet
from networks.models.stored_sentences import say as _
from networks.sync.periodic import PeriodicThread
from networks.sync.requests import request_sync
from networks.sync.signals import engine_changed
from networks.sync.supervisor import followers

log = structlog.get_logger(__name__)

EVERY_S = 15.0
SOONEST_S = 1.0  # while something is open each change of an Engine wakes the thread, and one look may cause the next
CUT_OFF_AFTER = timedelta(seconds=60)  # a request is answered within 10 s
NOT_DONE_AFTER = timedelta(minutes=10)
LOOKED_FOR = timedelta(days=1)
MOST_AT_ONCE = 200
MOST_AT_START = 100_000  # so many actions back a start looks for what was cut off
CLOCK_SLACK = timedelta(minutes=1)  # an Engine's clock may differ from ours

Seen = Callable[[Engine, Action], bool]


def _is_created(engine: Engine, action: Action) -> bool:
    """Tell whether a network of this name was made since. A clock that is far off leaves it unknown, which is safe."""
    return Network.objects.filter(engine=engine, name=action.what, created_at__gte=action.at - CLOCK_SLACK).exists()


def _is_run(engine: Engine, action: Action) -> bool:
    made = Container.objects.filter(engine=engine, name=action.what, created_at__gte=action.at - CLOCK_SLACK)
    return made.exclude(state="created").exists()


def _is_removed(engine: Engine, action: Action) -> bool:
    return bool(action.docker_id) and not Network.objects.filter(engine=engine, docker_id=action.docker_id).exists()


def _is_connected(engine: Engine, action: Action) -> bool:
    return _endpoints_of(engine, action).present().exists()


def _is_disconnected(engine: Engine, action: Action) -> bool:
    return bool(action.docker_id and _asked(action, "container_id")) and not _endpoints_of(engine, action).exists()


def _endpoints_of(engine: Engine, action: Action) -> EndpointQuerySet:
    of_network = Q(network__docker_id=action.docker_id) | Q(network_docker_id=action.docker_id)
    container_id = _asked(action, "container_id")
    found = Endpoint.objects.filter(of_network, engine=engine, container__docker_id=container_id)
    return found if container_id else found.none()


def _asked(action: Action, name: str) -> str:
    """Return what an action says under this name, "" where it says nothing; another process may have written it."""
    return str(action.asked.get(name, "")) if isinstance(action.asked, dict) else ""


# How the snapshot shows that it was done. What has no line here stays unknown.
SEEN: dict[str, Seen] = {
    "create_network": _is_created,
    "remove_network": _is_removed,
    "connect_container": _is_connected,
    "disconnect_container": _is_disconnected,
    "run_container": _is_run,
    **dict.fromkeys(ORDERS, is_order_seen),
    "remove_node": lambda engine, action: is_node_gone(engine, _asked(action, "node_id")),
    "lab_up": lambda engine, action: is_lab_there(engine, _asked(action, "prefix")),
    "lab_down": lambda engine, _action: is_lab_gone(engine),
}
# What the Engine tells of once it has done it all.
_TOLD_BY = {"stop_container": "stop", "restart_container": "restart"}
TOLD_SINCE = timedelta(seconds=5)
TOLD_WITHIN = timedelta(hours=2)  # beyond the longest stop
# These take many requests: not all done is not the same as not done.
_NEVER_FAILED = frozenset({"lab_up", "lab_down"})


def mark_cut_off(engine_slugs: Iterable[str], *, after: int, now: datetime) -> int:
    """Give actions that should have an outcome by now, and have none, the outcome "unknown".

    `engine_slugs`: of whose actions; "" are those about no Engine. `after`: only later ids. Returns the id up to which none is
    left.
    """
    due = Action.objects.filter(id__gt=after, at__lt=now - CUT_OFF_AFTER)
    newest = due.order_by("-id").values_list("id", flat=True).first()
    if newest is None:
        return after
    without = due.filter(~Exists(Outcome.objects.filter(action_id=OuterRef("pk")))).order_by("id")
    left = newest
    slugs = set(engine_slugs)
    for action in without[:MOST_AT_ONCE]:
        wait_s = _asked(action, "wait_s")  # for how long the Engine was asked to wait
        waits_for = timedelta(seconds=int(wait_s) if wait_s.isdecimal() else 0)
        if is_under_way(action.pk) or action.at + waits_for > now - CUT_OFF_AFTER:
            left = min(left, action.pk - 1)
        elif action.engine_slug in slugs:
            _add(action.pk, OutcomeKind.UNKNOWN, _("Netadmin ended, or could not record the answer, before it came."), None)
    return left


def settle_told(engine_slugs: Iterable[str], *, now: datetime) -> int:
    """Settle stops and restarts that a process left behind, where the Engine itself has told that they are done; return how many.

    It goes on with them, and tells when they end: whoever asked for one and still runs has then written its outcome.
    """
    without = ~Exists(Outcome.objects.filter(action_id=OuterRef("pk")))
    recent = Action.objects.filter(without, verb__in=_TOLD_BY, engine_slug__in=set(engine_slugs), at__gt=now - TOLD_WITHIN)
    settled = 0
    for action in recent.exclude(docker_id=""):
        told = Event.objects.filter(engine_slug=action.engine_slug, container_id=action.docker_id, verb=_TOLD_BY[action.verb])
        at = told.filter(kind="container", at__gt=action.at, at__lt=now - TOLD_SINCE).values_list("at", flat=True).order_by("at")
        if (ended_at := at.first()) is None or is_under_way(action.pk):
            continue
        took_ms = (ended_at - action.at).total_seconds() * 1000
        _add(action.pk, OutcomeKind.OK, _("The Engine told of it when it was done."), None, duration_ms=took_ms)
        settled += 1
    return settled


def settle_unknown(engine: Engine, *, now: datetime) -> int:
    """Settle what reading this Engine shows by now, and return how many actions stay open. Asks the follower for a look first."""
    open_actions = _open_actions(engine.slug, now)
    if not open_actions or not request_sync(engine.slug, _ids_of(action for action, _at in open_actions)):
        return len(open_actions)
    left = 0
    for action, unknown_at in open_actions:
        if SEEN[action.verb](engine, action):
            _add(action.pk, OutcomeKind.OK, _("Confirmed by the next read of the Engine."), OutcomeKind.UNKNOWN)
        elif now - unknown_at > NOT_DONE_AFTER and action.verb not in _NEVER_FAILED:
            words = _("Ten minutes of reads did not show it: it was not done.")
            _add(action.pk, OutcomeKind.FAILED, words, OutcomeKind.UNKNOWN)
        else:
            left += 1
    return left


def _open_actions(engine_slug: str, now: datetime) -> list[tuple[Action, datetime]]:
    """Return what is unknown and may be settled, each with the time since when. Two statements."""
    later = Outcome.objects.filter(action_id=OuterRef("action_id"), id__gt=OuterRef("id"))
    unknown = Outcome.objects.filter(~Exists(later), kind=OutcomeKind.UNKNOWN, at__gt=now - LOOKED_FOR).order_by("-action_id")
    since = dict(unknown.values_list("action_id", F("at"))[:MOST_AT_ONCE])
    if not since:
        return []
    actions = Action.objects.filter(id__in=since, engine_slug=engine_slug, verb__in=SEEN).order_by("id")
    return [(action, since[action.pk]) for action in actions if not is_under_way(action.pk)]


def _ids_of(actions: Iterable[Action]) -> tuple[str, ...]:
    """Return what to look at; nothing, hence everything, where one is about a thing whose id nobody knows."""
    ids: list[str] = []
    for action in actions:
        if not action.docker_id:
            return ()
        ids += [action.docker_id, _asked(action, "container_id")]
    return tuple(dict.fromkeys(filter(None, ids)))


def _add(action_id: int, kind: OutcomeKind, sentence: str, only_after: OutcomeKind | None, *, duration_ms: float = 0.0) -> None:
    """Write a further outcome, unless somebody else wrote one meanwhile: the newest has to be `only_after` still."""
    with transaction.atomic():
        newest = Outcome.objects.filter(action_id=action_id).order_by("-id").values_list("kind", flat=True).first()
        if newest == only_after:
            write_outcome(action_id, kind, sentence, duration_ms=duration_ms)
            log.info("outcome_settled", action=action_id, kind=str(kind))


class Settler(PeriodicThread):
    """Settles the actions of the Engines whose lease this process holds; at rest it asks nothing."""

    held_up = "settling_held_up"

    def __init__(self) -> None:
        super().__init__("settling", EVERY_S - SOONEST_S)
        self._open = 0
        self._is_young = False  # something is too young to be called cut off
        self._after: int | None = None

    def start(self) -> None:
        """Start the thread."""
        engine_changed.connect(self._on_change, dispatch_uid="settling")
        super().start()

    def stop(self, timeout_s: float = 2.0) -> None:
        """End within `timeout_s`."""
        engine_changed.disconnect(dispatch_uid="settling")
        super().stop(timeout_s)

    def sweep(self) -> None:
        """Do all that there is to do now."""
        slugs = [slug for slug, follower in followers.items() if follower.has_lease]
        if not slugs:
            return
        now = timezone.now()
        if self._after is None:
            newest = Action.objects.order_by("-id").values_list("id", flat=True).first() or 0
            self._after = max(0, newest - MOST_AT_START)
        settle_told(slugs, now=now)
        self._after = mark_cut_off([*slugs, ""], after=self._after, now=now)
        self._is_young = Action.objects.filter(id__gt=self._after).exists()
        self._open = sum(settle_unknown(engine, now=now) for engine in Engine.objects.filter(slug__in=slugs))

    def turn(self, *, is_woken: bool) -> None:
        """Sweep where anybody has written since the last time, or something is open or may turn out to be."""
        if self.has_been_written() or self._open or self._is_young:
            self.sweep()
        self._ended.wait(SOONEST_S)

    def _on_change(self, **_more: object) -> None:
        if self._open:
            self.wake()


_settlers: list[Settler] = []


def start_settling() -> None:
    """Start settling in this process, once."""
    if not _settlers:
        _settlers.append(Settler())
        _settlers[0].start()


def stop_settling() -> None:
    """End it."""
    while _settlers:
        _settlers.pop().stop()
