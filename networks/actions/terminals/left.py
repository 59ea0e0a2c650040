"""Terminals of a Netadmin that was killed: at the next start their processes are ended, and the record says how they ended."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connections

from networks.actions.actors import Actor
from networks.actions.clients import open_client
from networks.actions.terminals.asked import EndReason
from networks.actions.terminals.ending import Closed, How, ProcessEnding, end_process, outcome_of, prove, write_close
from networks.actions.terminals.open_terminals import Noted, take_left
from networks.actions.terminals.opening import Begun
from networks.engine.allow_list import Profile
from networks.engine.errors import EngineError, NotFound
from networks.engine.specs import ExecSpec
from networks.models import Action, Engine, OutcomeKind
from networks.models.stored_sentences import say as _

ASKED_FOR_S = 60.0  # an Engine that starts with the same machine takes a few seconds; who doesn't answer by then isn't known
_AGAIN_S = 2.0

log = structlog.get_logger(__name__)


class LeftTerminals(threading.Thread):
    """Ends what was left, once; a start waits for no Engine."""

    def __init__(self, data_dir: Path, *, asked_for_s: float = ASKED_FOR_S) -> None:
        super().__init__(name="left-terminals", daemon=True)
        self._data_dir = data_dir
        self._asked_for_s = asked_for_s

    def run(self) -> None:
        try:
            with take_left(self._data_dir) as left:
                self._end_all(left)
        except Exception:  # a database that can't be written: the next start finds the same again
            log.exception("left_terminals_not_ended")
        finally:
            connections.close_all()

    def _end_all(self, left: list[Noted]) -> None:
        deadline = time.monotonic() + self._asked_for_s
        while left:
            is_late = time.monotonic() > deadline
            left = [noted for noted in left if not end_left(noted, is_last_try=is_late)]
            if left:
                time.sleep(_AGAIN_S)


def end_left(noted: Noted, *, is_last_try: bool) -> bool:
    """End what one terminal left, write its close, and tell whether that is done; an Engine may be asked again later."""
    opened = Action.objects.filter(pk=noted.action_id, verb="open_terminal").first()
    if opened is None or _is_closed(noted):
        return True
    ending = _end(opened, noted)
    if ending is None and not is_last_try:
        return False
    ending = ending or ProcessEnding(How.UNKNOWN)
    actor = Actor(opened.who, opened.user_id, opened.from_address)
    closed = Closed(actor, opened.engine_slug, opened.docker_id, opened.what, opened.pk, EndReason.KILLED)
    write_close(closed, ending, {}, _outcome_of(ending))
    log.info("left_terminal_ended", engine=opened.engine_slug, container=opened.docker_id, process=str(ending.how))
    return True


def _is_closed(noted: Noted) -> bool:
    later = Action.objects.filter(pk__gt=noted.action_id, verb="close_terminal")
    return later.filter(asked__opened_by=noted.action_id).exists()


def _end(opened: Action, noted: Noted) -> ProcessEnding | None:
    """End its process and say how; None where the Engine doesn't say."""
    engine = Engine.objects.filter(slug=opened.engine_slug).first()
    if engine is None:
        return ProcessEnding(How.UNKNOWN)
    spec = ExecSpec(opened.docker_id, (noted.program,), noted.user, noted.mark)
    try:
        client = open_client(engine, Profile.TERMINAL)
    except EngineError:
        return None
    try:
        return end_process(Begun(client, spec, noted.exec_id, None), prove(client, noted.exec_id, spec))
    except NotFound:  # the Engine forgets a process some minutes after its end, and all of them when it restarts
        return ProcessEnding(How.UNKNOWN)
    except EngineError:
        return None
    finally:
        client.close()


def _outcome_of(ending: ProcessEnding) -> tuple[OutcomeKind, str]:
    kind, sentence = outcome_of(ending)
    if kind is not OutcomeKind.OK:
        return kind, sentence
    if ending.how is How.ITSELF:
        return kind, _("Netadmin was killed while the terminal was open. Its process had ended before the next start.")
    return kind, _("Netadmin was killed while the terminal was open. Its process was ended at the next start.")


_started: list[LeftTerminals] = []


def start_ending_left() -> None:
    """End what killed processes on this data directory left, once in this process. Returns at once."""
    if not _started:
        _started.append(LeftTerminals(settings.NETADMIN_DATA_DIR))
        _started[0].start()
