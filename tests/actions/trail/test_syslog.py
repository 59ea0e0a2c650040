"""The trail to a syslog receiver: counted messages, checked certificates, receivers that hang, die and come back."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from pathlib import Path

import pytest

from networks.actions.actors import Actor
from networks.actions.networks import create_network
from networks.audit import syslog
from networks.audit.destinations import SyslogDestination
from networks.audit.entries import START, read_line
from networks.audit.progress import read_trail
from networks.engine.specs import NetworkSpec
from networks.models import Action, Engine, Outcome, Trail
from tests.actions.trail.keeping import keeping, told, wait_until_failing, wait_until_written
from tests.actions.trail.receiving import Receiver
from tests.activity import make_action, make_actions
from tests.certificates import Authority
from tests.private_engine import PrivateEngine, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver that hangs is given up after a second."""
    monkeypatch.setattr(syslog, "WITHIN_S", 1.0)


@pytest.fixture
def receiver(tmp_path: Path) -> Receiver:
    return Receiver(tmp_path)


def assert_all_received(receiver: Receiver) -> None:
    """Every row arrived; what came more than once is the same each time, and together it is one chain."""
    lines = {line.sequence: line for line in map(read_line, receiver.texts)}
    assert len(set(receiver.texts)) == len(lines)
    assert sorted(lines) == list(range(1, len(lines) + 1))
    assert [lines[number].previous for number in sorted(lines)] == [START, *(lines[n].hash for n in sorted(lines)[:-1])]
    assert len(set(told(list(lines.values())))) == len(lines) == Action.objects.count() + Outcome.objects.count()
    assert read_trail().hash == lines[max(lines)].hash


def test_it_sends_counted_messages_over_tls(tmp_path: Path, receiver: Receiver) -> None:
    action = make_action("front", asked={"name": "프런트\n"})
    with receiver, keeping(tmp_path, receiver.destination):
        wait_until_written()

    assert [document["kind"] for document in receiver.documents] == ["action", "outcome"]
    assert receiver.documents[0]["id"] == action.pk
    assert receiver.documents[0]["asked"] == {"name": "프런트\n"}
    assert_all_received(receiver)


def test_it_sends_what_comes_batch_by_batch(tmp_path: Path, receiver: Receiver) -> None:
    with receiver, keeping(tmp_path, receiver.destination, at_once=3):
        make_actions(20)
        wait_until_written()
        make_action("later")
        wait_until_written()

    assert receiver.connections > 6
    assert len(receiver.texts) == len(set(receiver.texts))
    assert_all_received(receiver)


def test_it_trusts_the_given_authority_only(tmp_path: Path, receiver: Receiver) -> None:
    other = tmp_path / "other.pem"
    other.write_text(Authority("somebody else").pem)
    make_action("front")
    with receiver:
        with keeping(tmp_path, SyslogDestination("127.0.0.1", receiver.port, other)):
            wait_until_failing("certificate is refused")
        with keeping(tmp_path, SyslogDestination("127.0.0.1", receiver.port)):  # the system's authorities
            wait_until_failing("certificate is refused")
        assert receiver.texts == []

        with keeping(tmp_path, receiver.destination):
            assert wait_until_written().failing_since is None


def test_it_refuses_a_certificate_of_another_name(tmp_path: Path) -> None:
    make_action("front")
    with Receiver(tmp_path, host="elsewhere.example") as receiver, keeping(tmp_path, receiver.destination):
        wait_until_failing("certificate is refused: IP address mismatch")

    assert receiver.texts == []


def test_it_speaks_to_nobody_without_tls(tmp_path: Path, receiver: Receiver) -> None:
    make_action("front")
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as plain:
        destination = SyslogDestination("127.0.0.1", plain.getsockname()[1], None)
        with keeping(tmp_path, destination):
            opened, _address = plain.accept()
            with opened:
                heard.append(opened.recv(65536))
                opened.sendall(b"hello\n")
                wait_until_failing("The system says")

    assert heard[0][:1] == b"\x16"  # a handshake of TLS
    assert b"front" not in heard[0]


def test_it_loses_nothing_while_nobody_listens(tmp_path: Path, receiver: Receiver) -> None:
    with receiver:  # which gives it a port
        pass
    with keeping(tmp_path, receiver.destination):
        make_action("meanwhile")
        wait_until_failing("Connection refused")
        with receiver:
            wait_until_written()
        make_action("away again")
        wait_until_failing("Connection refused")
        with receiver:
            wait_until_written()

    assert_all_received(receiver)


def test_it_loses_nothing_to_a_receiver_that_hangs(tmp_path: Path, receiver: Receiver) -> None:
    receiver.is_hanging = True
    with receiver, keeping(tmp_path, receiver.destination):
        make_actions(5)
        wait_until_failing("does not answer")
        receiver.is_hanging = False
        wait_until_written()

    assert_all_received(receiver)


@pytest.mark.parametrize("read", [0, 1, 4])
def test_it_sends_again_what_a_receiver_had_not_read_when_it_died(tmp_path: Path, receiver: Receiver, read: int) -> None:
    """The kernel of a receiver has taken everything; only that it was read counts."""
    make_actions(5)
    receiver.dies_after = read
    with receiver, keeping(tmp_path, receiver.destination):
        wait_until_failing("reset")
        assert read_trail().sequence == 0
        make_action("meanwhile")
        receiver.dies_after = None
        wait_until_written()

    assert_all_received(receiver)
    assert len(receiver.texts) >= Action.objects.count() + Outcome.objects.count() + read


def test_it_takes_a_receiver_that_closes_without_a_word_for_one_that_has_read(tmp_path: Path, receiver: Receiver) -> None:
    make_actions(5)
    receiver.is_curt = True
    with receiver, keeping(tmp_path, receiver.destination):
        wait_until_written()

    assert receiver.connections == 1
    assert_all_received(receiver)


def test_it_takes_no_receiver_that_closes_at_once_for_one_that_has_read(tmp_path: Path, receiver: Receiver) -> None:
    make_actions(5)
    receiver.is_hasty = True
    with receiver, keeping(tmp_path, receiver.destination):
        wait_until(lambda: receiver.connections > 20, "some attempts")
        assert read_trail().sequence == 0
        receiver.is_hasty = False
        wait_until_written()

    assert_all_received(receiver)


def test_it_knows_what_the_other_side_has_not_confirmed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as near:
        far, _address = listener.accept()
        with far:
            near.setblocking(False)
            sent = 0
            with suppress(BlockingIOError):
                while True:
                    sent += near.send(b"x" * 65536)
            assert syslog.count_unconfirmed(near) > 0  # more than the other kernel has room for

            while sent:
                sent -= len(far.recv(1 << 20))
            wait_until(lambda: syslog.count_unconfirmed(near) == 0, "all to be confirmed")

            near.send(b"unread")
            wait_until(lambda: syslog.count_unconfirmed(near) == 0, "that to be confirmed")
            assert far.recv(1, socket.MSG_PEEK) == b"u"
        wait_until(lambda: is_reset(near), "the reset")


def is_reset(opened: socket.socket) -> bool:
    try:
        syslog.count_unconfirmed(opened)
    except OSError:
        return True
    return False


def test_it_sends_the_same_lines_again_over_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    make_actions(5)
    receiver.dies_after = 2
    with receiver:
        with keeping(tmp_path, receiver.destination):
            wait_until_failing("reset")
        # What is older than the last of them, and was committed since, comes behind them all the same.
        first = Action.objects.earliest("id")
        Outcome.objects.create(action_id=first.pk, at=first.at, kind="ok")
        receiver.dies_after = None
        with keeping(tmp_path, receiver.destination):
            wait_until_written()

    assert_all_received(receiver)


def test_it_holds_up_no_change_while_a_receiver_hangs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    receiver: Receiver,
    engine: PrivateEngine,
    followed: Engine,
    operator: Actor,
) -> None:
    monkeypatch.setattr(syslog, "WITHIN_S", 60.0)
    receiver.is_hanging = True
    make_action("before")
    with receiver, keeping(tmp_path, receiver.destination):
        wait_until(lambda: receiver.connections, "it to be sending")

        result = create_network(operator, followed, NetworkSpec("meanwhile"))

        assert (result.is_ok, result.is_seen) == (True, True)
        assert "meanwhile" in engine.cli("network", "ls")
        assert (receiver.connections, receiver.texts, read_trail().sequence) == (1, [], 0)  # it hangs still
        receiver.let_go()
        receiver.is_hanging = False
        wait_until_written()

    assert_all_received(receiver)


def test_it_refuses_no_change_while_nobody_listens(tmp_path: Path, receiver: Receiver, followed: Engine, operator: Actor) -> None:
    with receiver:
        pass
    make_action("before")
    with keeping(tmp_path, receiver.destination):
        wait_until_failing("Connection refused")

        result = create_network(operator, followed, NetworkSpec("meanwhile"))

        assert (result.is_ok, result.is_seen) == (True, True)
        assert Trail.objects.get().failing_since is not None
        with receiver:
            wait_until_written()

    assert_all_received(receiver)
    assert [document["what"] for document in receiver.documents if document["kind"] == "action"] == ["before", "meanwhile"]


def test_it_speaks_tls_1_2_too(tmp_path: Path, receiver: Receiver) -> None:
    receiver.context.minimum_version = receiver.context.maximum_version = ssl.TLSVersion.TLSv1_2
    make_action("front")
    with receiver, keeping(tmp_path, receiver.destination):
        wait_until_written()

    assert_all_received(receiver)
