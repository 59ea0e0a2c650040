"""A listener that keeps what it hears, and what tests ask a terminal for."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.contrib.auth.models import User

from networks.actions.actors import Actor
from networks.actions.terminals.asked import TerminalEnd, TerminalRequest
from networks.engine.specs import ScreenSize
from networks.models import Engine, Grant
from networks.policy.login.store import SessionStore
from tests.private_engine import wait_until


class Hearing:
    """See Listener. `credit`: what every piece is answered with; without it nothing more may come than the window holds."""

    def __init__(self, credit: Callable[[int], None] | None = None) -> None:
        self.output = bytearray()
        self.taken = 0
        self.idle: list[int] = []
        self.opened = threading.Event()
        self.ended = threading.Event()
        self.end: TerminalEnd | None = None
        self.credit = credit

    def on_open(self) -> None:
        self.opened.set()

    def on_output(self, content: bytes) -> None:
        self.output += content
        if self.credit is not None:
            self.credit(len(content))

    def on_taken(self, count: int) -> None:
        self.taken += count

    def on_idle(self, left_s: int) -> None:
        self.idle.append(left_s)

    def on_end(self, end: TerminalEnd) -> None:
        assert not self.ended.is_set(), "it ends once"
        self.end = end
        self.ended.set()

    def until(self, text: str) -> None:
        """Wait until the screen has been sent this."""
        wait_until(lambda: text.encode() in self.output, f"{text!r} among {bytes(self.output[-500:])!r}")

    def over(self) -> TerminalEnd:
        """Return how it ended, once it has."""
        assert self.ended.wait(60)
        assert self.end is not None
        return self.end


def ask(engine: Engine, container_id: str, *command: str, user: str = "", name: str = "tina") -> TerminalRequest:
    """Return what a person who was given a terminal asks for; the person is made where they aren't there."""
    person, is_new = User.objects.get_or_create(username=name)
    if is_new:
        Grant.objects.create(user=person, engine=engine, role="viewer", has_terminal=True)
        Engine.objects.filter(pk=engine.pk).update(is_terminal_on=True)
    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = person.get_session_auth_hash()
    session.create()
    actor, size = Actor(person.username, person.pk, "192.0.2.7"), ScreenSize(100, 30)
    return TerminalRequest(actor, session.row_key, engine, container_id, "web", command or ("/bin/sh",), user, size, "en")
