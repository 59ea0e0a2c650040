"""Terminals on a real Engine: what goes each way, what is refused, how they end, and that nothing is left behind."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User

from networks.actions.terminals import ending, session
from networks.actions.terminals.asked import MOST_OF_ONE, EndReason
from networks.actions.terminals.registry import Terminals, TooManyTerminals
from networks.actions.terminals.session import WINDOW_BYTES, TerminalSession, is_from_person
from networks.engine.specs import ScreenSize
from networks.models import Action, Engine, Grant, Outcome
from tests.actions.terminals.hearing import Hearing, ask
from tests.conftest import IS_FULL
from tests.private_engine import PrivateEngine, wait_until

CLOSES = 100 if IS_FULL else 6


@pytest.fixture
def terminals() -> Iterator[Terminals]:
    made = Terminals(look_every_s=0.1)
    yield made
    made.stop(10)


@pytest.fixture
def web(engine: PrivateEngine) -> str:
    return engine.run("web", "--init")


def processes(engine: PrivateEngine) -> list[str]:
    """Return what runs in "web" but for its own two processes."""
    rows = engine.cli("top", "web", "-o", "pid,args").splitlines()[1:]
    return [row for row in rows if "sleep 1000000" not in row and "docker-init" not in row]


def open_one(terminals: Terminals, followed: Engine, web: str, *command: str, **more: str) -> tuple[TerminalSession, Hearing]:
    hearing = Hearing()
    opened = terminals.open(ask(followed, web, *command, **more), hearing)
    hearing.credit = opened.credit
    return opened, hearing


def closed() -> Action:
    return wait_until(lambda: Action.objects.filter(verb="close_terminal").order_by("-pk").first(), "the row of the close")


def test_it_carries_what_is_typed_and_shown(engine: PrivateEngine, followed: Engine, web: str, terminals: Terminals) -> None:
    opened, hearing = open_one(terminals, followed, web)

    opened.give("echo $((6*7)) 한국어; stty size; echo $TERM\n".encode())
    hearing.until("42 한국어\r\n30 100\r\nxterm-256color")
    opened.resize(ScreenSize(77, 11))
    wait_until(lambda: opened._size is None, "the size to be told")
    opened.give(b"stty size\n")
    hearing.until("11 77")
    opened.give(b"sleep 1000\n")
    wait_until(lambda: any("sleep 1000" in row for row in processes(engine)), "the sleep")
    opened.give(b"\x03")
    wait_until(lambda: not any("sleep 1000" in row for row in processes(engine)), "its end")
    opened.give(b"exit 7\n")

    assert (hearing.over().why, hearing.over().exit_code) == (EndReason.EXITED, 7)
    row = closed()
    assert Action.objects.get(verb="open_terminal").command == "docker exec -it web /bin/sh"
    assert (row.asked["exit_code"], row.asked["why"], row.who, row.docker_id) == (7, "exited", "tina", web)
    assert row.asked["bytes_from_person"] == hearing.taken > 50
    assert row.asked["bytes_to_person"] == len(hearing.output)
    assert row.asked["seconds"] > 0
    assert "한국어" not in str(Action.objects.values_list())


def test_it_sends_no_more_than_it_was_credited_and_everything_in_order(
    engine: PrivateEngine, followed: Engine, web: str, terminals: Terminals
) -> None:
    count = 10_000_000
    opened, hearing = open_one(terminals, followed, web, "sh", "-c", f"stty raw; seq 1 2000000 | head -c {count}")
    hearing.credit = None
    hearing.opened.wait(60)
    wait_until(lambda: len(hearing.output) == WINDOW_BYTES, "a window's worth")
    time.sleep(0.3)
    assert len(hearing.output) == WINDOW_BYTES

    hearing.credit = opened.credit
    opened.credit(WINDOW_BYTES)

    assert hearing.over().exit_code == 0
    wanted = b"".join(b"%d\n" % number for number in range(1, 2_000_001))[:count]
    assert hashlib.sha256(hearing.output).digest() == hashlib.sha256(wanted).digest()


@pytest.mark.parametrize(
    ("command", "user", "words"),
    [
        (("/bin/bash",), "", "no such file"),
        (("nothing-such",), "", "not found"),
        (("/bin/sh",), "nobody-such", "unable to find user"),
    ],
)
def test_it_says_what_isn_t_there(
    followed: Engine, web: str, terminals: Terminals, command: tuple[str, ...], user: str, words: str
) -> None:
    _opened, hearing = open_one(terminals, followed, web, *command, user=user)

    end = hearing.over()

    assert end.why is EndReason.REFUSED
    assert words in end.sentence


def test_it_refuses_containers_that_can_t_be_entered(
    engine: PrivateEngine, followed: Engine, web: str, terminals: Terminals
) -> None:
    guarded = engine.run("guarded", "--label", "netadmin.protect=true")
    engine.cli("pause", "web")
    ends = [open_one(terminals, followed, each)[1].over() for each in (web, guarded, "0" * 64)]
    engine.cli("unpause", "web")
    engine.cli("kill", "web")
    ends.append(open_one(terminals, followed, web)[1].over())

    assert [end.why for end in ends] == [EndReason.REFUSED] * 4
    assert "paused" in ends[0].sentence
    assert "netadmin.protect" in ends[1].sentence
    assert "no longer exists" in ends[2].sentence
    assert "isn't running" in ends[3].sentence
    kinds = list(Outcome.objects.order_by("action_id").values_list("kind", flat=True))
    assert kinds == ["denied", "denied", "refused", "denied"]
    assert not Action.objects.filter(verb="close_terminal").exists()


@pytest.mark.parametrize("means", ["host", "container", "keys"])
def test_it_ends_what_runs_by_each_of_its_means(
    engine: PrivateEngine,
    followed: Engine,
    web: str,
    terminals: Terminals,
    means: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if means != "host":  # as on another machine
        monkeypatch.setattr(session, "prove", lambda *_: None)
    if means == "keys":  # as in an image without a shell
        monkeypatch.setattr(ending, "_from_within", lambda _: False)
    opened, hearing = open_one(terminals, followed, web)
    if means != "keys":
        opened.give(b"trap '' HUP; (sleep 4321 &) ; sleep 1234 &\n")
        opened.give(b"echo be''gun; sleep 999\n")
        hearing.until("begun")
    else:
        hearing.until("#")

    opened.end(EndReason.GONE)

    assert hearing.over().why is EndReason.GONE
    row = closed()
    how = {"host": "from the host", "container": "from within the container", "keys": "by keys"}[means]
    assert row.asked["process"] == how
    assert row.asked["exit_code"] is not None
    wait_until(lambda: processes(engine) == [], f"nothing to run, not {processes(engine)}")


def test_it_leaves_nothing_behind_when_browsers_go(
    engine: PrivateEngine, followed: Engine, web: str, terminals: Terminals
) -> None:
    open_one(terminals, followed, web)[0].end(EndReason.GONE)  # what is made once for all
    wait_until(lambda: not terminals.all(), "the first to end")
    wait_until(lambda: threads() == 0, "its threads to end")
    before = sockets()

    for number in range(CLOSES):
        opened, hearing = open_one(terminals, followed, web)
        if number % 3:  # some go before it is open
            hearing.opened.wait(60)
            opened.give(b"sleep 1000 & cat /dev/zero\n" if number % 3 == 1 else b"sleep 1000\n")
        opened.end(EndReason.GONE)
        if number % 2:
            wait_until(lambda: not terminals.all(), "it to end", deadline_s=20)
        else:
            wait_until(lambda: len(terminals.all()) < MOST_OF_ONE, "room for another", deadline_s=20)

    wait_until(lambda: not terminals.all() and threads() == 0, "all to end", deadline_s=20)
    wait_until(lambda: processes(engine) == [], f"nothing to run, not {processes(engine)}")
    wait_until(lambda: sockets() <= before, "descriptors to be closed")


def sockets() -> int:
    """Return how many this process has: all that a terminal opens are sockets. SQLite keeps a descriptor or two for later."""
    found = 0
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found += os.readlink(f"/proc/self/fd/{name}").startswith("socket:")
    return found


def threads() -> int:
    return sum(1 for thread in threading.enumerate() if thread.name.startswith("terminal"))


def test_it_ends_when_nobody_types_whatever_is_shown(followed: Engine, web: str, terminals: Terminals) -> None:
    hearing = Hearing()
    opened = terminals.open(ask(followed, web, "sh", "-c", "while :; do echo x; sleep 0.05; done"), hearing, idle_s=1.0)
    hearing.credit = opened.credit

    assert hearing.over().why is EndReason.IDLE
    assert hearing.idle
    assert b"x\r\nx" in hearing.output


@pytest.mark.parametrize(
    ("content", "is_a_persons"),
    [(b"l", True), (b"\x1b[A", True), (b"\x03", True), ("가".encode(), True), (b"", False), (b"\x1b[12;40R", False),
     (b"\x1b[?1;2c", False), (b"\x1b[I", False), (b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\", False), (b"\x1b[12;40Rx", True)],
)  # fmt: skip
def test_it_knows_what_a_person_typed(content: bytes, is_a_persons: bool) -> None:
    assert is_from_person(content) is is_a_persons


def test_it_lets_one_person_have_three(followed: Engine, web: str, terminals: Terminals) -> None:
    for _ in range(MOST_OF_ONE):
        open_one(terminals, followed, web)
    with pytest.raises(TooManyTerminals):
        open_one(terminals, followed, web)

    open_one(terminals, followed, web, name="tom")


def take_the_grant(person: User) -> None:
    Grant.objects.filter(user=person).update(has_terminal=False)


def take_the_role(person: User) -> None:
    Grant.objects.filter(user=person).delete()


def switch_off(_person: User) -> None:
    Engine.objects.update(is_terminal_on=False)


def deactivate(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


@pytest.mark.parametrize(
    ("cause", "why"),
    [
        (take_the_grant, EndReason.REVOKED),
        (take_the_role, EndReason.REVOKED),
        (switch_off, EndReason.REVOKED),
        (deactivate, EndReason.LOGGED_OUT),
    ],
    ids=lambda each: getattr(each, "__name__", str(each)),
)
def test_it_ends_within_two_seconds_when_a_right_is_taken(
    engine: PrivateEngine, followed: Engine, web: str, terminals: Terminals, cause: object, why: EndReason
) -> None:
    opened, hearing = open_one(terminals, followed, web)
    hearing.opened.wait(60)
    begun = time.monotonic()

    cause(User.objects.get(username="tina"))  # type: ignore[operator]

    assert hearing.over().why is why
    assert time.monotonic() - begun < 2
    wait_until(lambda: not terminals.all() and processes(engine) == [], "its process to end")
    opened.give(b"touch /late\n")
    assert "late" not in engine.cli("exec", "web", "ls", "/")


def test_it_ends_everything_when_netadmin_stops(engine: PrivateEngine, followed: Engine, web: str, terminals: Terminals) -> None:
    hearings = [open_one(terminals, followed, web)[1] for _ in range(MOST_OF_ONE)]
    for hearing in hearings:
        hearing.opened.wait(60)

    terminals.stop(8)

    assert {hearing.over().why for hearing in hearings} == {EndReason.STOPPING}
    wait_until(lambda: processes(engine) == [], "the sentinels, which were let go, to be gone", deadline_s=2)
    with pytest.raises(TooManyTerminals):
        open_one(terminals, followed, web)


def test_it_refuses_who_was_not_given_one(followed: Engine, web: str, terminals: Terminals) -> None:
    asked = ask(followed, web)
    Grant.objects.update(has_terminal=False)
    hearing = Hearing()

    Terminals(look_every_s=60).open(asked, hearing)

    assert hearing.over().why in (EndReason.REFUSED, EndReason.REVOKED)
