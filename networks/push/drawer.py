"""The thread that draws: woken by a change, it draws each view of the changed Engines once and hands the frames over."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection

import structlog
from django.conf import settings
from django.db import connections
from django.urls import set_script_prefix

from networks.partials.screen import Screen, ScreenKey
from networks.push.view import CatchUp, HeldPicture, LiveView, PictureStep, catch_up, step_to

DrawScreen = Callable[[ScreenKey], Screen]
ReadRevision = Callable[[ScreenKey], tuple[str, int]]
Deliver = Callable[[PictureStep | CatchUp], None]

log = structlog.get_logger()

# Between two frames of one view, so that a burst is gathered: forty a second at most. The first of a quiet moment doesn't wait.
GATHER_S = 0.025
# Of pages across Engines, which ask more of the database and are woken by each of them.
GATHER_ACROSS_S = 0.25
RETRY_S = 1.0
MAX_RETRY_S = 30.0
# A view that nobody looks at any more keeps its pictures this long, for browsers that come back from a tunnel or a reload.
KEEP_VIEW_S = 300.0
MAX_UNWATCHED_VIEWS = 16


class Drawer:
    """Draws views in a daemon thread of its own, which starts with the first claim. `deliver` is called in that thread."""

    def __init__(self, draw: DrawScreen, read_revision: ReadRevision, deliver: Deliver, *, gather_s: float = GATHER_S) -> None:
        self._draw_screen = draw
        self._read_revision = read_revision
        self._deliver = deliver
        self._gather_s = gather_s
        self._views: dict[ScreenKey, LiveView] = {}
        self._woken = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_ending = False

    def note_change(self, engine_slug: str, pages: Collection[str] | None = None) -> None:
        """Note that something newer than what was drawn can be read of an Engine, on these pages (None: all).

        Returns at once, in any thread.
        """
        with self._woken:
            touched = [
                view for view in self._views.values() if view.key.shows(engine_slug) and (pages is None or view.key.page in pages)
            ]
            for view in touched:
                view.is_dirty = True
            if touched:
                self._woken.notify()

    def view_of(self, key: ScreenKey) -> LiveView:
        """Return the view of a key, a new one where there is none."""
        with self._woken:
            view = self._views.get(key)
            if view is None:
                self._forget_unwatched(time.monotonic())
                view = self._views[key] = LiveView(key)
            return view

    def ask(self, view: LiveView, claim: HeldPicture) -> None:
        """Ask for a catch-up of one socket. One that greets gets it from a picture drawn after its page was."""
        with self._woken:
            view.claims.append(claim)
            view.is_dirty = view.is_dirty or claim.hello is not None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="push-drawer", daemon=True)
                self._thread.start()
            self._woken.notify()

    def stop(self, timeout_s: float = 5.0) -> None:
        with self._woken:
            self._is_ending = True
            self._woken.notify()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        set_script_prefix(f"{settings.NETADMIN_PREFIX}/")  # each thread has its own, and only requests set theirs
        try:
            while (due := self._wait_for_work()) is not None:
                for view in due:
                    self._serve(view)
        finally:
            connections.close_all()

    def _wait_for_work(self) -> list[LiveView] | None:
        with self._woken:
            while not self._is_ending:
                now = time.monotonic()
                busy = [view for view in self._views.values() if view.has_work]
                due = [view for view in busy if view.due_at <= now]
                if due:
                    return due
                self._woken.wait(min(view.due_at for view in busy) - now if busy else None)
            return None

    def _serve(self, view: LiveView) -> None:
        """Draw one view, and deliver the step that all its sockets take and the catch-ups of those that wait."""
        with self._woken:
            claims, view.claims = view.claims, []
            must_draw, view.is_dirty = view.is_dirty or view.screen is None, False
        try:
            step = step_to(view, self._draw_screen(view.key)) if must_draw else None
            if step:
                self._deliver(step)
            if claims:
                exact = self._exact_revision(view) if any(claim.hello for claim in claims) else None
                self._deliver(catch_up(view, claims, exact))
            # A greeting that brought nothing new must not hold up the first change after it.
            gather_s = GATHER_ACROSS_S if view.key.reach else self._gather_s
            again_s = gather_s if step or not claims else 0.0
            view.failures = 0
        except Exception:  # whatever it was, the other views must go on, and this one is tried again
            log.exception("view_not_drawn", page=view.key.page, engine=view.key.engine_slug)
            connections.close_all()
            again_s = min(RETRY_S * 2**view.failures, MAX_RETRY_S)
            view.failures += 1
            with self._woken:
                view.claims = claims + view.claims
                view.is_dirty = True
        view.due_at = time.monotonic() + again_s

    def _exact_revision(self, view: LiveView) -> tuple[str, int] | None:
        """Return the newest picture's epoch and revision if nothing was written while it was drawn."""
        if view.screen is None:
            return None
        said = (view.screen.epoch, view.screen.revision)
        return said if self._read_revision(view.key) == said else None

    def _forget_unwatched(self, now: float) -> None:
        unwatched = sorted(
            (view for view in self._views.values() if not view.sockets and not view.claims), key=lambda view: view.left_at
        )
        surplus = max(0, len(unwatched) - MAX_UNWATCHED_VIEWS)
        for index, view in enumerate(unwatched):
            if index < surplus or now - view.left_at > KEEP_VIEW_S:
                del self._views[view.key]
