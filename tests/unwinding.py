"""How SIGTERM ends a run of tests: as Ctrl-C does, so that everything is cleaned up."""

from __future__ import annotations

import signal
import threading
from types import FrameType


class Terminated(KeyboardInterrupt):
    """SIGTERM came: unwinds like Ctrl-C, so that everything is cleaned up (pytest, too, ends its session on it)."""


def unwind_on_sigterm() -> None:
    """Let SIGTERM unwind the main thread like Ctrl-C; a second one while it does so is ignored."""

    def unwind(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Terminated(f"signal {number}")

    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, unwind)
